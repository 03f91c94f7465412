package live_test

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/dht"
	"swarmlab/protocol/krpc"
	"swarmlab/protocol/live"
)

// BenchmarkThroughput is how long a running node takes for a ping and its answer when many are
// under way, the asker's work on the same machine included.
func BenchmarkThroughput(b *testing.B) {
	g, err := dht.New(dht.Default(), dht.Env{
		Directory: dht.NewBook(),
		Seeds:     func(_ uint32, dst []protocol.Addr) []protocol.Addr { return dst },
	}, 1)
	require.NoError(b, err)
	n, err := live.Listen("127.0.0.1:0")
	require.NoError(b, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- n.Run(ctx, g) }()
	defer func() { cancel(); <-ended }()
	conn, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(n.Addr().AddrPort()))
	require.NoError(b, err)
	defer conn.Close()
	ping := krpc.Writer{ReadOnly: true}.Ping(nil, []byte("aa"), krpc.ID{Hi: 9})
	answer := make([]byte, 1500)
	const window = 64
	sent := 0
	b.ReportAllocs()
	b.ResetTimer()
	for ; sent < min(window, b.N); sent++ {
		conn.Write(ping)
	}
	conn.SetReadDeadline(time.Now().Add(time.Minute))
	for range b.N {
		if _, err := conn.Read(answer); err != nil {
			b.Fatal(err)
		}
		if sent < b.N {
			conn.Write(ping)
			sent++
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "answers/s")
}
