package live

import (
	"io"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

// talker is a group of one core with connections that does what its fields say. Without onAccept
// it takes every connection, under the next free number.
type talker struct {
	toy
	next     protocol.Conn
	onAccept func(t *protocol.Turn, peer protocol.Addr) (protocol.Conn, bool)
	onOpened func(t *protocol.Turn, c protocol.Conn)
	onData   func(t *protocol.Turn, c protocol.Conn, p []byte)
	onSent   func(t *protocol.Turn, c protocol.Conn, n int)
	onClosed func(t *protocol.Turn, c protocol.Conn, why protocol.Reason)
}

func (g *talker) Accept(_ uint32, t *protocol.Turn, peer protocol.Addr) (protocol.Conn, bool) {
	if g.onAccept != nil {
		return g.onAccept(t, peer)
	}
	g.next++
	return g.next, true
}

func (g *talker) Opened(_ uint32, t *protocol.Turn, c protocol.Conn) {
	if g.onOpened != nil {
		g.onOpened(t, c)
	}
}

func (g *talker) Data(_ uint32, t *protocol.Turn, c protocol.Conn, ch protocol.Chunk) {
	if ch.Body.Length != 0 || len(ch.Bytes) == 0 {
		panic("sockets have bytes only, and at least one")
	}
	if g.onData != nil {
		g.onData(t, c, ch.Bytes)
	}
}

func (g *talker) Sent(_ uint32, t *protocol.Turn, c protocol.Conn, n int) {
	if g.onSent != nil {
		g.onSent(t, c, n)
	}
}

func (g *talker) Closed(_ uint32, t *protocol.Turn, c protocol.Conn, why protocol.Reason) {
	if g.onClosed != nil {
		g.onClosed(t, c, why)
	}
}

// pattern is contents of which every byte follows from its place.
type pattern struct{}

func (pattern) ReadBody(b protocol.Body, p []byte) error {
	if len(p) != int(b.Length) {
		panic("p is not as long as the body")
	}
	for k := range p {
		p[k] = patternAt(b.Content, b.Offset+uint64(k))
	}
	return nil
}

func patternAt(content uint32, at uint64) byte {
	return byte(protocol.Mix(uint64(content)<<40+at>>3) >> (8 * (at & 7)))
}

// settings are those of the tests: times short enough to be waited for.
func settings() Streams {
	s := DefaultStreams()
	s.Contents, s.Drain, s.Dial = pattern{}, time.Second, 5*time.Second
	return s
}

// talk starts a node with connections.
func talk(t *testing.T, s Streams, g protocol.Group, addr string) (n *Node, end func() error) {
	t.Helper()
	n, err := ListenStreams(s, addr)
	require.NoError(t, err)
	return n, drive(t, n, g)
}

// caller is a plain connection to a node.
func caller(t *testing.T, n *Node) *net.TCPConn {
	t.Helper()
	conn, err := net.DialTCP("tcp", nil, net.TCPAddrFromAddrPort(n.Addr().AddrPort()))
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close() })
	require.NoError(t, conn.SetDeadline(time.Now().Add(10*time.Second)))
	return conn
}

// peer is a plain listener and its address.
func peer(t *testing.T) (*net.TCPListener, protocol.Addr) {
	t.Helper()
	l, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	require.NoError(t, l.SetDeadline(time.Now().Add(10*time.Second)))
	return l, protocol.AddrOf(l.Addr().(*net.TCPAddr).AddrPort())
}

// dialedBy lets a node dial a plain listener, and returns the listener's end.
func dialedBy(t *testing.T, n *Node, c protocol.Conn) *net.TCPConn {
	t.Helper()
	l, at := peer(t)
	require.NoError(t, n.Do(func(t *protocol.Turn) { t.Out.Dial(c, at) }))
	conn, err := l.AcceptTCP()
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close() })
	require.NoError(t, conn.SetDeadline(time.Now().Add(10*time.Second)))
	return conn
}

// soon takes from a channel.
func soon[T any](t *testing.T, from <-chan T) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(10 * time.Second):
		t.Fatal("it did not come")
		panic("unreachable")
	}
}

// rest reads all that comes.
func rest(t *testing.T, from io.Reader) []byte {
	t.Helper()
	all, err := io.ReadAll(from)
	require.NoError(t, err)
	return all
}
