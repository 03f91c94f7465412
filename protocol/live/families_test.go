package live

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

// both returns a node on a loopback socket of each family.
func both(t *testing.T) *Node {
	t.Helper()
	if !haveIPv6() {
		t.Skip("this machine has no IPv6 loopback address")
	}
	n, err := Listen("127.0.0.1:0", "[::1]:0")
	require.NoError(t, err)
	return n
}

func haveIPv6() bool {
	probe, err := net.ListenUDP("udp6", &net.UDPAddr{IP: net.IPv6loopback})
	if err != nil {
		return false
	}
	return probe.Close() == nil
}

// dialed is a plain socket that is connected to one of a node's addresses.
func dialed(t *testing.T, to protocol.Addr) *net.UDPConn {
	t.Helper()
	conn, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(to.AddrPort()))
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close() })
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(5*time.Second)))
	return conn
}

func TestEachFamilyIsAnsweredFromItsSocket(t *testing.T) {
	n := both(t)
	require.Equal(t, n.Addr(), n.Addrs()[0])
	require.True(t, n.Addrs()[0].Is4())
	require.False(t, n.Addrs()[1].Is4())
	drive(t, n, &toy{onDatagram: func(t *protocol.Turn, from protocol.Addr, p []byte) {
		t.Out.SendTo(from, append([]byte(from.String()+" "), p...))
	}})
	for _, addr := range n.Addrs() {
		conn := dialed(t, addr) // connected: it takes answers from this address only
		for range 50 {
			_, err := conn.Write([]byte("hello"))
			require.NoError(t, err)
			var b [128]byte
			size, err := conn.Read(b[:])
			require.NoError(t, err)
			require.Equal(t, conn.LocalAddr().String()+" hello", string(b[:size]))
		}
	}
	s := n.Stats()
	require.EqualValues(t, 100, s.Received)
	require.EqualValues(t, 100, s.Sent)
	require.Zero(t, s.OtherFamily)
}

func TestTurnsNeverOverlap(t *testing.T) {
	n := both(t)
	inside, turns := 0, 0 // not atomic: the race detector watches, too
	turn := func() {
		inside++
		turns++
		if inside != 1 {
			t.Error("two turns at once")
		}
		inside--
	}
	again := func(t *protocol.Turn) { turn(); t.Out.WakeAt(t.Now) }
	end := drive(t, n, &toy{onStart: again, onWake: again,
		onDatagram: func(*protocol.Turn, protocol.Addr, []byte) { turn() }})
	var all sync.WaitGroup
	for _, addr := range n.Addrs() {
		conn := dialed(t, addr)
		all.Go(func() {
			for range 5000 {
				conn.Write([]byte("x"))
			}
		})
	}
	for range 500 {
		require.NoError(t, n.Do(func(*protocol.Turn) { turn() }))
	}
	all.Wait()
	require.NoError(t, end())
	require.Greater(t, turns, 500)
	require.Greater(t, n.Stats().Received, uint64(0))
}

// A deadline that a datagram of the second socket asks for is kept, although the first socket's
// read has begun without one.
func TestSecondSocketMovesTheDeadline(t *testing.T) {
	n := both(t)
	woken := make(chan time.Duration, 1)
	var asked protocol.Time
	drive(t, n, &toy{
		onDatagram: func(t *protocol.Turn, _ protocol.Addr, p []byte) {
			asked = t.Now.Add(20 * time.Millisecond)
			t.Out.WakeAt(asked)
		},
		onWake: func(t *protocol.Turn) { woken <- t.Now.Sub(asked) },
	})
	conn := dialed(t, n.Addrs()[1])
	for range 5 {
		time.Sleep(5 * time.Millisecond) // the first socket waits without a deadline
		_, err := conn.Write([]byte("x"))
		require.NoError(t, err)
		select {
		case late := <-woken:
			require.GreaterOrEqual(t, late, time.Duration(0), "woken early")
		case <-time.After(5 * time.Second):
			t.Fatal("not woken")
		}
	}
}

func TestStopAndCrashOfTwoSockets(t *testing.T) {
	for range 20 {
		n := both(t)
		g := &toy{}
		conns := []*net.UDPConn{dialed(t, n.Addrs()[0]), dialed(t, n.Addrs()[1])}
		g.onStop = func(t *protocol.Turn) {
			for _, c := range conns {
				t.Out.SendTo(protocol.AddrOf(c.LocalAddr().(*net.UDPAddr).AddrPort()),
					[]byte("bye"))
			}
			g.onDatagram = func(*protocol.Turn, protocol.Addr, []byte) {
				panic("a turn after Stop")
			}
		}
		end := drive(t, n, g)
		for _, c := range conns {
			c.Write([]byte("x"))
		}
		require.NoError(t, n.Do(func(*protocol.Turn) {}))
		require.NoError(t, end())
		for _, c := range conns {
			var b [16]byte
			size, err := c.Read(b[:])
			require.NoError(t, err)
			require.Equal(t, "bye", string(b[:size]))
		}
		require.EqualValues(t, 1, g.dropped.Load())

		crashed := both(t)
		result := make(chan error, 1)
		go func() { result <- crashed.Run(context.Background(), &toy{}) }()
		require.NoError(t, crashed.Do(func(*protocol.Turn) {}))
		require.NoError(t, crashed.Close())
		require.NoError(t, <-result)
	}
}

// failing is a socket that hears nothing but errors once it is let loose.
type failing struct {
	script
	loose chan struct{}
}

func TestSecondSocketThatFailsEndsRun(t *testing.T) {
	quiet, loud := make(chan struct{}), make(chan struct{})
	silent := &failing{loose: quiet}
	silent.read = func([]byte) (int, netip.AddrPort, error) {
		<-quiet
		return 0, netip.AddrPort{}, errTimeout{}
	}
	broken := &script{read: func([]byte) (int, netip.AddrPort, error) {
		<-loud
		return 0, netip.AddrPort{}, &net.OpError{Op: "read", Err: syscall.ENETDOWN}
	}}
	n := newNode(&ear{conn: silent, addr: protocol.Addr4(1, 1)},
		&ear{conn: broken, addr: protocol.Addr6(net.IPv6loopback, 1)})
	close(loud)
	err := n.Run(context.Background(), &toy{})
	require.ErrorIs(t, err, syscall.ENETDOWN)
	require.ErrorContains(t, err, "[::1]:1 failed 1000 times in a row")
	require.True(t, silent.closed && broken.closed)
}

// SetReadDeadline is how the node cuts this socket's read short.
func (f *failing) SetReadDeadline(at time.Time) error {
	if at.Equal(longAgo) {
		close(f.loose)
	}
	return nil
}

// errTimeout is what a read returns when its deadline has passed.
type errTimeout struct{}

func (errTimeout) Error() string        { return "i/o timeout" }
func (errTimeout) Is(target error) bool { return target.Error() == "i/o timeout" }

func TestListenTakesOneOfEachFamily(t *testing.T) {
	_, err := Listen("127.0.0.1:0", "127.0.0.1:0")
	require.ErrorContains(t, err, `"127.0.0.1:0" and "127.0.0.1:0" are of one family`)
	_, err = Listen()
	require.ErrorContains(t, err, "give one, or one of each address family")
	_, err = Listen("127.0.0.1:0", "[::1]:0", "127.0.0.1:0")
	require.ErrorContains(t, err, "3 listen addresses")
	taken, err := Listen("127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	_, err = Listen("[::1]:0", taken.Addr().String())
	require.ErrorContains(t, err, taken.Addr().String())
}
