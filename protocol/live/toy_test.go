package live

import (
	"context"
	"net"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"swarmlab/protocol"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// toy is a group of one core that does what its fields say and nothing else.
type toy struct {
	onStart, onWake, onStop func(t *protocol.Turn)
	onDatagram              func(t *protocol.Turn, from protocol.Addr, p []byte)
	dropped                 atomic.Int32
}

func (g *toy) Len() int                         { return 1 }
func (g *toy) Start(i uint32, t *protocol.Turn) { call(g.onStart, t) }
func (g *toy) Wake(i uint32, t *protocol.Turn)  { call(g.onWake, t) }
func (g *toy) Stop(i uint32, t *protocol.Turn)  { call(g.onStop, t) }
func (g *toy) Drop(i uint32)                    { g.dropped.Add(1) }
func (g *toy) Datagram(i uint32, t *protocol.Turn, from protocol.Addr, p []byte) {
	if g.onDatagram != nil {
		g.onDatagram(t, from, p)
	}
}

func call(f func(t *protocol.Turn), t *protocol.Turn) {
	if f != nil {
		f(t)
	}
}

// run starts a node and returns it with what waits for its end and gives Run's error.
func run(t *testing.T, g protocol.Datagrams, addr string) (n *Node, end func() error) {
	t.Helper()
	n, err := Listen(addr)
	require.NoError(t, err)
	return n, drive(t, n, g)
}

func drive(t *testing.T, n *Node, g protocol.Group) (end func() error) {
	ctx, cancel := context.WithCancel(context.Background())
	result := make(chan error, 1)
	go func() { result <- n.Run(ctx, g) }()
	ended := false
	end = func() error {
		if ended {
			return nil
		}
		ended = true
		cancel()
		select {
		case err := <-result:
			return err
		case <-time.After(5 * time.Second):
			panic("Run did not end")
		}
	}
	t.Cleanup(func() { end() })
	return end
}

// outsider is a plain socket that is connected to a node.
func outsider(t *testing.T, n *Node) *net.UDPConn {
	t.Helper()
	conn, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(n.Addr().AddrPort()))
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close() })
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(5*time.Second)))
	return conn
}

// script is a socket whose reads follow a script, without a network.
type script struct {
	read   func(b []byte) (int, netip.AddrPort, error)
	wrote  int
	closed bool
}

func (s *script) ReadFromUDPAddrPort(b []byte) (int, netip.AddrPort, error) { return s.read(b) }
func (s *script) WriteToUDPAddrPort(b []byte, _ netip.AddrPort) (int, error) {
	s.wrote++
	return len(b), nil
}
func (s *script) SetReadDeadline(time.Time) error { return nil }
func (s *script) Close() error                    { s.closed = true; return nil }
