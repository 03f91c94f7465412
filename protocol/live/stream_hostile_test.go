package live

import (
	"errors"
	"net"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

// heap is the memory in use, stacks included.
func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}

// echo is a core that sends back what comes.
func echo() *talker {
	return &talker{onData: func(t *protocol.Turn, c protocol.Conn, p []byte) {
		t.Out.Write(c, protocol.Chunk{Bytes: p})
	}}
}

// taken says whether a node takes one more connection, and echoes it.
func taken(t *testing.T, n *Node) bool {
	conn, err := net.DialTCP("tcp", nil, net.TCPAddrFromAddrPort(n.Addr().AddrPort()))
	if err != nil {
		require.ErrorIs(t, err, syscall.ECONNRESET) // it was quick to reset it
		return false
	}
	t.Cleanup(func() { conn.Close() })
	return answered(conn)
}

// answered says whether a connection is echoed.
func answered(conn *net.TCPConn) bool {
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	conn.Write([]byte("x"))
	var b [1]byte
	_, err := conn.Read(b[:])
	return err == nil
}

// Connections that say nothing cost little memory, and no more of them than the limit.
func TestManySilentConnections(t *testing.T) {
	const limit, extra, each = 400, 200, 24 << 10
	s := settings()
	s.Connections = limit
	n, _ := talk(t, s, echo(), "127.0.0.1:0")
	before := heap()
	var early []*net.TCPConn
	for range limit {
		early = append(early, caller(t, n))
	}
	open := func(count int64) {
		require.True(t, inTime(func() bool { return n.StreamStats().Open == count }))
	}
	open(limit)
	require.Less(t, (heap()-before)/limit, int64(each), "of both ends, a connection")
	for range extra {
		require.False(t, taken(t, n))
	}
	require.EqualValues(t, extra, n.StreamStats().TurnedAway)
	require.Equal(t, protocol.Unreachable, dialOut(t, n, 1000), "its own dials count, too")
	require.True(t, answered(early[limit-1]), "those that were there first go on")
	for _, conn := range early[:limit/2] {
		conn.Close()
	}
	open(limit - limit/2)
	for range limit / 2 {
		require.True(t, taken(t, n), "there is room again")
	}
	require.EqualValues(t, limit, n.StreamStats().Open)
}

// dialOut lets a node dial a listener and returns how that failed.
func dialOut(t *testing.T, n *Node, c protocol.Conn) protocol.Reason {
	t.Helper()
	_, at := peer(t)
	closed := make(chan protocol.Reason, 1)
	require.NoError(t, n.Do(func(t *protocol.Turn) {
		n.group.(*talker).onClosed = func(_ *protocol.Turn, d protocol.Conn, why protocol.Reason) {
			if c == d {
				closed <- why
			}
		}
		t.Out.Dial(c, at)
	}))
	return soon(t, closed)
}

func TestRefusedByTheCore(t *testing.T) {
	g := echo()
	g.onAccept = func(_ *protocol.Turn, p protocol.Addr) (protocol.Conn, bool) { return 0, false }
	n, _ := talk(t, settings(), g, "127.0.0.1:0")
	for range 100 {
		require.False(t, taken(t, n))
	}
	s := n.StreamStats()
	require.Zero(t, s.Accepted+s.TurnedAway)
	require.Zero(t, s.Open)
}

// zeros is contents that take no time.
type zeros struct{}

func (zeros) ReadBody(protocol.Body, []byte) error { return nil }

// A core that keeps a fast connection's queue full, and readers that take nothing: those are held
// with small buffers until they are reset, and the rest goes on meanwhile.
func TestSlowReadersAreBoundedAndReset(t *testing.T) {
	const slow = 40
	s := settings()
	s.Stall, s.Connections, s.Contents = 3*time.Second, 100, zeros{}
	closed := make(chan protocol.Reason, slow)
	fast := make(chan struct{}, 1)
	fastSent := 0
	block := protocol.Chunk{Body: protocol.Body{Length: 1 << 20}}
	g := &talker{onOpened: func(t *protocol.Turn, c protocol.Conn) { t.Out.Write(c, block) }}
	g.onSent = func(t *protocol.Turn, c protocol.Conn, n int) {
		t.Out.Write(c, protocol.Chunk{Body: protocol.Body{Length: uint32(n)}}) // as much again
		if c != slow {
			return
		}
		if fastSent += n; fastSent > 32<<20 && len(fast) == 0 {
			fast <- struct{}{}
		}
	}
	g.onClosed = func(_ *protocol.Turn, c protocol.Conn, why protocol.Reason) {
		if c != slow {
			closed <- why
		}
	}
	n, _ := talk(t, s, g, "127.0.0.1:0")
	before := heap()
	for c := range slow {
		dialedBy(t, n, protocol.Conn(c))
	}
	reader := dialedBy(t, n, slow)
	go func() {
		for buffer := make([]byte, 1<<20); ; {
			if _, err := reader.Read(buffer); err != nil {
				return
			}
		}
	}()
	soon(t, fast)
	require.True(t, inTime(func() bool {
		return heap()-before < slow*(smallBuffer+24<<10)+3<<20 // the last for the fast one
	}), "%d bytes more", heap()-before)
	require.Empty(t, closed, "measured too late")
	for range slow {
		require.Equal(t, protocol.Reset, soon(t, closed))
	}
	require.EqualValues(t, slow, n.StreamStats().Stalls)
	require.EqualValues(t, 1, n.StreamStats().Open)
}

func TestReaderThatIsSlowButReadsIsKept(t *testing.T) {
	s := settings()
	s.Stall = time.Second
	n, _ := talk(t, s, &talker{}, "127.0.0.1:0")
	conn := dialedBy(t, n, 1)
	conn.SetReadBuffer(4 << 10)
	require.NoError(t, n.Do(func(t *protocol.Turn) {
		t.Out.Write(1, protocol.Chunk{Body: protocol.Body{Length: 1 << 31}})
	}))
	b := make([]byte, 256<<10)
	for began := time.Now(); time.Since(began) < 5*s.Stall/2; time.Sleep(50 * time.Millisecond) {
		_, err := conn.Read(b)
		require.NoError(t, err)
	}
	require.Zero(t, n.StreamStats().Stalls)
	require.EqualValues(t, 1, n.StreamStats().Open)
}

// A core that writes without end what the other end does not read loses the connection, not the
// machine's memory.
func TestQueueIsBounded(t *testing.T) {
	s := settings()
	s.Queue = 1 << 20
	closed := make(chan protocol.Reason, 1)
	wrote, over := 0, false
	g := &talker{}
	g.onWake = func(t *protocol.Turn) {
		if over {
			return
		}
		for range 10 {
			t.Out.Write(1, protocol.Chunk{Bytes: make([]byte, 50_000)})
			wrote += 50_000
		}
		t.Out.WakeAt(t.Now)
	}
	g.onOpened = func(t *protocol.Turn, _ protocol.Conn) { t.Out.WakeAt(t.Now) }
	g.onClosed = func(_ *protocol.Turn, _ protocol.Conn, why protocol.Reason) {
		over = true
		closed <- why
	}
	n, _ := talk(t, s, g, "127.0.0.1:0")
	conn := dialedBy(t, n, 1)
	require.NoError(t, conn.SetReadBuffer(4<<10))
	require.Equal(t, protocol.Reset, soon(t, closed))
	require.EqualValues(t, 1, n.StreamStats().Overflows)
	require.NoError(t, n.Do(func(*protocol.Turn) {
		require.Less(t, wrote, 64<<20)
		require.GreaterOrEqual(t, wrote, s.Queue)
	}))
	require.True(t, answeredBy(t, n), "others are not touched")
}

// answeredBy says whether a node takes a connection and reads from it.
func answeredBy(t *testing.T, n *Node) bool {
	before := n.StreamStats().ReceivedBytes
	conn := caller(t, n)
	conn.Write([]byte("x"))
	return inTime(func() bool { return n.StreamStats().ReceivedBytes > before })
}

func inTime(f func() bool) bool {
	for began := time.Now(); time.Since(began) < 5*time.Second; time.Sleep(time.Millisecond) {
		if f() {
			return true
		}
	}
	return false
}

// gaps is contents of which one has been lost.
type gaps struct{ pattern }

func (g gaps) ReadBody(b protocol.Body, p []byte) error {
	if b.Content == 13 {
		return errors.New("it is gone")
	}
	return g.pattern.ReadBody(b, p)
}

func TestBodyThatIsNotToBeHadResetsItsConnection(t *testing.T) {
	s := settings()
	s.Contents = gaps{}
	closed := make(chan protocol.Conn, 1)
	g := &talker{onClosed: func(_ *protocol.Turn, c protocol.Conn, why protocol.Reason) {
		if why == protocol.Reset {
			closed <- c
		}
	}}
	n, _ := talk(t, s, g, "127.0.0.1:0")
	lost, fine := dialedBy(t, n, 1), dialedBy(t, n, 2)
	require.NoError(t, n.Do(func(t *protocol.Turn) {
		t.Out.Write(1, protocol.Chunk{Body: protocol.Body{Content: 13, Length: 9}})
		t.Out.Write(2, protocol.Chunk{Body: protocol.Body{Content: 14, Length: 9}})
	}))
	require.EqualValues(t, 1, soon(t, closed))
	_, err := lost.Read(make([]byte, 9))
	require.ErrorIs(t, err, syscall.ECONNRESET)
	size, err := fine.Read(make([]byte, 9))
	require.NoError(t, err)
	require.Equal(t, 9, size)
	require.EqualValues(t, 1, n.StreamStats().Unreadable)
}

// Many connections come, speak, and go in every manner, while the core closes some itself: turns
// never overlap, each connection ends once, and none is left.
func TestStormOfConnections(t *testing.T) {
	inside, alive := 0, map[protocol.Conn]bool{}
	turn := func(c protocol.Conn) func() {
		if inside++; inside != 1 || !alive[c] {
			t.Error("two turns at once, or one for a connection that is no more")
		}
		return func() { inside-- }
	}
	g := &talker{}
	g.onAccept = func(*protocol.Turn, protocol.Addr) (protocol.Conn, bool) {
		c := protocol.Conn(0) // numbers are used again as early as may be
		for alive[c] {
			c++
		}
		alive[c] = true
		defer turn(c)()
		return c, true
	}
	g.onData = func(t *protocol.Turn, c protocol.Conn, p []byte) {
		defer turn(c)()
		t.Out.Write(c, protocol.Chunk{Bytes: p, Body: protocol.Body{Length: 70_000}})
		if p[0] == 'q' {
			t.Out.Close(c)
			alive[c] = false
		}
	}
	g.onSent = func(_ *protocol.Turn, c protocol.Conn, _ int) { turn(c)() }
	g.onClosed = func(_ *protocol.Turn, c protocol.Conn, _ protocol.Reason) {
		turn(c)()
		alive[c] = false
	}
	s := settings()
	s.Connections = 50
	n, end := talk(t, s, g, "127.0.0.1:0")
	var all sync.WaitGroup
	for worker := range 8 {
		all.Go(func() {
			for k := range 60 {
				conn, err := net.DialTCP("tcp", nil, net.TCPAddrFromAddrPort(n.Addr().AddrPort()))
				if err != nil {
					t.Error(err)
					return
				}
				conn.SetDeadline(time.Now().Add(10 * time.Second))
				conn.Write([]byte(map[bool]string{true: "quit", false: "stay"}[k%3 == 0]))
				if k%2 == 0 {
					conn.Read(make([]byte, 1000))
				}
				if (k+worker)%4 == 0 {
					conn.SetLinger(0)
				}
				conn.Close()
			}
		})
	}
	all.Wait()
	require.True(t, inTime(func() bool { return n.StreamStats().Open == 0 }))
	require.NoError(t, end())
	require.EqualValues(t, 8*60, n.StreamStats().Accepted+n.StreamStats().TurnedAway)
	require.Greater(t, n.StreamStats().Accepted, uint64(100))
	for c, there := range alive {
		require.False(t, there, "connection %d never ended", c)
	}
}

// Data that came before a reset is handed over.
func TestWhatCameBeforeAResetIsHandedOver(t *testing.T) {
	got, closed := 0, make(chan protocol.Reason, 1)
	hold := make(chan struct{})
	g := &talker{onData: func(_ *protocol.Turn, _ protocol.Conn, p []byte) { got += len(p) }}
	g.onOpened = func(t *protocol.Turn, c protocol.Conn) {
		<-hold
		t.Out.Write(c, protocol.Chunk{Bytes: make([]byte, 1000)})
	}
	g.onClosed = func(_ *protocol.Turn, _ protocol.Conn, why protocol.Reason) { closed <- why }
	n, _ := talk(t, settings(), g, "127.0.0.1:0")
	conn := dialedBy(t, n, 1)
	_, err := conn.Write(make([]byte, 5000))
	require.NoError(t, err)
	close(hold)
	require.NoError(t, conn.CloseWrite())
	require.Contains(t, []protocol.Reason{protocol.Reset, protocol.Finished}, soon(t, closed))
	require.NoError(t, n.Do(func(*protocol.Turn) { require.Equal(t, 5000, got) }))
}
