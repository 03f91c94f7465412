package live

import (
	"net"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/dht"
	"swarmlab/protocol/krpc"
)

// pinged returns a DHT node on a real socket, which nobody runs, and a function that sends it a
// ping, lets it do one round of Run's loop, and takes its answer.
func pinged(tb testing.TB) (n *Node, once func()) {
	n, err := Listen("127.0.0.1:0")
	require.NoError(tb, err)
	tb.Cleanup(func() { n.Close() })
	g, err := dht.New(dht.Default(), dht.Env{
		Directory: dht.NewBook(),
		Seeds:     func(_ uint32, dst []protocol.Addr) []protocol.Addr { return dst },
	}, 1)
	require.NoError(tb, err)
	g.Assign(0, krpc.ID{Hi: 5})
	n.adopt(g)
	g.Start(0, n.begin())
	n.carryOut()
	conn, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(n.Addr().AddrPort()))
	require.NoError(tb, err)
	tb.Cleanup(func() { conn.Close() })
	ping := krpc.Writer{ReadOnly: true}.Ping(nil, []byte("aa"), krpc.ID{Hi: 9})
	answer := make([]byte, 1500)
	return n, func() {
		conn.Write(ping)
		if !n.attend() || !n.hear(n.ears[0]) {
			tb.Fatal("the node ended")
		}
		conn.Read(answer)
	}
}

func TestDatagramsDoNotAllocate(t *testing.T) {
	n, once := pinged(t)
	once()
	require.Zero(t, testing.AllocsPerRun(200, once))
	require.EqualValues(t, 202, n.Stats().Received)
	require.EqualValues(t, 202, n.Stats().Sent)
}

func BenchmarkPing(b *testing.B) {
	_, once := pinged(b)
	b.ReportAllocs()
	for b.Loop() {
		once()
	}
}
