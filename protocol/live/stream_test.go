package live

import (
	"bytes"
	"math/rand/v2"
	"net"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

// chunks draws chunks and what they are as bytes.
func chunks(seed uint64, count int) (all []protocol.Chunk, want []byte) {
	r := rand.New(rand.NewPCG(seed, 1))
	for range count {
		ch := protocol.Chunk{Bytes: make([]byte, r.IntN(40)*r.IntN(3))}
		if r.IntN(30) == 0 {
			ch.Bytes = make([]byte, r.IntN(400_000))
		}
		for k := range ch.Bytes {
			ch.Bytes[k] = byte(r.Uint32())
		}
		if r.IntN(2) == 0 {
			ch.Body = protocol.Body{Content: r.Uint32(), Length: 1 + r.Uint32N(16384),
				Offset: r.Uint64N(1 << 40)}
		}
		if r.IntN(30) == 0 {
			ch.Body.Length = r.Uint32N(600_000)
		}
		all = append(all, ch)
		want = append(want, ch.Bytes...)
		body := make([]byte, ch.Body.Length)
		pattern{}.ReadBody(ch.Body, body)
		want = append(want, body...)
	}
	return all, want
}

// Two nodes, each of which writes chunks of all sizes and forms in several turns, read each the
// other's bytes, and are told of as many bytes as they wrote.
func TestBothDirectionsCarryEveryByte(t *testing.T) {
	const rounds = 10
	type end struct {
		node           *Node
		got            []byte
		sent           int
		want           []byte
		script         []protocol.Chunk
		over, allThere chan struct{}
	}
	var ends [2]end
	for k := range ends {
		e := &ends[k]
		e.over, e.allThere = make(chan struct{}, 1), make(chan struct{}, 2)
		e.script, e.want = chunks(uint64(k), 100*rounds)
	}
	for k := range ends {
		e, other := &ends[k], &ends[1-k]
		ready := func() {
			if len(e.got) == len(other.want) && e.sent == len(e.want) {
				e.allThere <- struct{}{}
			}
		}
		write := func(t *protocol.Turn, c protocol.Conn) {
			for _, ch := range e.script[:min(100, len(e.script))] {
				t.Out.Write(c, ch)
			}
			e.script = e.script[min(100, len(e.script)):]
			t.Out.WakeAt(t.Now.Add(time.Millisecond))
		}
		g := &talker{}
		g.onOpened = func(t *protocol.Turn, c protocol.Conn) { write(t, c) }
		g.onAccept = func(t *protocol.Turn, _ protocol.Addr) (protocol.Conn, bool) {
			write(t, 7)
			return 7, true
		}
		g.onWake = func(t *protocol.Turn) { write(t, 7) }
		g.onData = func(_ *protocol.Turn, _ protocol.Conn, p []byte) {
			e.got = append(e.got, p...)
			ready()
		}
		g.onSent = func(_ *protocol.Turn, _ protocol.Conn, n int) { e.sent += n; ready() }
		s := settings()
		s.Queue = 64 << 20
		e.node, _ = talk(t, s, g, "127.0.0.1:0")
	}
	require.NoError(t, ends[0].node.Do(func(t *protocol.Turn) {
		t.Out.Dial(7, ends[1].node.Addr())
	}))
	for k := range ends {
		soon(t, ends[k].allThere)
	}
	for k := range ends {
		require.NoError(t, ends[k].node.Do(func(*protocol.Turn) {
			require.True(t, bytes.Equal(ends[1-k].want, ends[k].got))
		}))
		s := ends[k].node.StreamStats()
		require.EqualValues(t, len(ends[k].want), s.SentBytes)
		require.EqualValues(t, len(ends[1-k].want), s.ReceivedBytes)
		require.EqualValues(t, 1, s.Open)
	}
}

func TestWhyDialingFails(t *testing.T) {
	closed := make(chan protocol.Reason, 1)
	g := &talker{onClosed: func(_ *protocol.Turn, c protocol.Conn, why protocol.Reason) {
		if c != 3 {
			panic("another number")
		}
		closed <- why
	}}
	s := settings()
	s.Dial = 200 * time.Millisecond
	n, _ := talk(t, s, g, "127.0.0.1:0")
	l, nobody := peer(t)
	l.Close()
	for _, c := range []struct {
		to  protocol.Addr
		why protocol.Reason
	}{
		{nobody, protocol.Refused},
		{protocol.Addr6(net.IPv6loopback, 9), protocol.Unreachable},
		{silent(t), protocol.Unreachable},
		{nobody, protocol.Refused},
	} {
		require.NoError(t, n.Do(func(t *protocol.Turn) {
			t.Out.Dial(3, c.to)
			t.Out.Write(3, protocol.Chunk{Bytes: []byte("lost")})
		}))
		require.Equal(t, c.why, soon(t, closed), c.to)
	}
	require.EqualValues(t, 4, n.StreamStats().DialFailures)
	require.Zero(t, n.StreamStats().Open)
}

// The other side sees the host at which a node listens, so that nodes on several addresses of one
// machine can be told apart.
func TestDialsComeFromTheListeningHost(t *testing.T) {
	from := make(chan protocol.Addr, 1)
	g := &talker{}
	g.onAccept = func(_ *protocol.Turn, peer protocol.Addr) (protocol.Conn, bool) {
		from <- peer
		g.next++
		return g.next, true
	}
	taker, _ := talk(t, settings(), g, "127.0.0.1:0")
	for _, addr := range []string{"127.0.7.1:0", "127.0.7.2:0"} {
		n, err := ListenStreams(settings(), addr)
		if err != nil {
			t.Skipf("this system has no address %s: %v", addr, err)
		}
		end := drive(t, n, &talker{})
		require.NoError(t, n.Do(func(t *protocol.Turn) { t.Out.Dial(0, taker.Addr()) }))
		require.True(t, soon(t, from).SameIP(n.Addr()))
		require.NoError(t, end())
	}
}

func TestTwoFamiliesHoldConnections(t *testing.T) {
	if !haveIPv6() {
		t.Skip("this machine has no IPv6 loopback address")
	}
	s := settings()
	n, err := ListenStreams(s, "127.0.0.1:0", "[::1]:0")
	require.NoError(t, err)
	drive(t, n, &talker{onData: func(t *protocol.Turn, c protocol.Conn, p []byte) {
		t.Out.Write(c, protocol.Chunk{Bytes: p})
	}})
	got := make(chan string, 2)
	m, err := ListenStreams(s, "[::1]:0", "127.0.0.1:0")
	require.NoError(t, err)
	drive(t, m, &talker{
		onOpened: func(t *protocol.Turn, c protocol.Conn) {
			t.Out.Write(c, protocol.Chunk{Bytes: []byte("hello")})
		},
		onData: func(_ *protocol.Turn, _ protocol.Conn, p []byte) { got <- string(p) },
	})
	for k, addr := range n.Addrs() {
		require.NoError(t, m.Do(func(t *protocol.Turn) { t.Out.Dial(protocol.Conn(k), addr) }))
		require.Equal(t, "hello", soon(t, got))
	}
}

func TestFinishedComesAfterAllThatWasWritten(t *testing.T) {
	const size = 3 << 20
	got := 0
	closed := make(chan protocol.Reason, 1)
	g := &talker{onData: func(_ *protocol.Turn, _ protocol.Conn, p []byte) { got += len(p) }}
	g.onClosed = func(_ *protocol.Turn, _ protocol.Conn, why protocol.Reason) { closed <- why }
	n, _ := talk(t, settings(), g, "127.0.0.1:0")
	conn := caller(t, n)
	_, err := conn.Write(make([]byte, size))
	require.NoError(t, err)
	// Also when only this direction is closed: half a connection is no use to a core.
	require.NoError(t, conn.CloseWrite())
	require.Equal(t, protocol.Finished, soon(t, closed))
	require.NoError(t, n.Do(func(*protocol.Turn) { require.Equal(t, size, got) }))
	require.Empty(t, rest(t, conn))

	conn = caller(t, n)
	require.NoError(t, conn.SetLinger(0))
	require.NoError(t, conn.Close())
	require.Equal(t, protocol.Reset, soon(t, closed))
}

// What was written before Close arrives, however slowly it is read, and even though the other end
// goes on sending what nobody reads.
func TestCloseDrains(t *testing.T) {
	s := settings()
	s.Queue, s.Drain = 64<<20, 10*time.Second
	n, end := talk(t, s, &talker{
		onSent:   func(*protocol.Turn, protocol.Conn, int) { panic("the core closed it") },
		onData:   func(*protocol.Turn, protocol.Conn, []byte) { panic("the core closed it") },
		onClosed: func(*protocol.Turn, protocol.Conn, protocol.Reason) { panic("it closed it") },
	}, "127.0.0.1:0")
	var want []byte
	conn := dialedBy(t, n, 1)
	require.NoError(t, n.Do(func(t *protocol.Turn) {
		for k := range 1000 {
			b := protocol.Body{Content: 1, Offset: uint64(k), Length: 16384}
			t.Out.Write(1, protocol.Chunk{Bytes: []byte{byte(k)}, Body: b})
			want = append(want, byte(k))
			want = append(want, make([]byte, 16384)...)
			pattern{}.ReadBody(b, want[len(want)-16384:])
		}
		t.Out.Close(1)
		at := protocol.AddrOf(conn.LocalAddr().(*net.TCPAddr).AddrPort())
		t.Out.Dial(1, at) // the number is free again at once
		t.Out.Close(1)
	}))
	_, err := conn.Write(make([]byte, 100_000))
	require.NoError(t, err)
	time.Sleep(50 * time.Millisecond)
	require.True(t, bytes.Equal(want, rest(t, conn)))
	conn.Close()
	require.Eventually(t, func() bool { return n.StreamStats().Open == 0 },
		5*time.Second, time.Millisecond)
	require.NoError(t, end())
}

func TestCloseBeforeItIsEstablishedStillBringsWhatWasWritten(t *testing.T) {
	n, _ := talk(t, settings(), &talker{
		onOpened: func(*protocol.Turn, protocol.Conn) { panic("the core closed it") },
	}, "127.0.0.1:0")
	l, at := peer(t)
	require.NoError(t, n.Do(func(t *protocol.Turn) {
		t.Out.Dial(1, at)
		t.Out.Write(1, protocol.Chunk{Bytes: []byte("bye")})
		t.Out.Close(1)
	}))
	conn, err := l.AcceptTCP()
	require.NoError(t, err)
	defer conn.Close()
	require.Equal(t, "bye", string(rest(t, conn)))
}

func TestFarewellsOfStopDrain(t *testing.T) {
	const size = 2 << 20
	s := settings()
	s.Queue = 2 * size
	g := &talker{onOpened: func(t *protocol.Turn, c protocol.Conn) {
		t.Out.Write(c, protocol.Chunk{Bytes: []byte("hello ")})
	}}
	g.onStop = func(t *protocol.Turn) {
		t.Out.Write(1, protocol.Chunk{Bytes: make([]byte, size)})
		t.Out.Write(1, protocol.Chunk{Bytes: []byte("bye")})
	}
	n, end := talk(t, s, g, "127.0.0.1:0")
	conn := dialedBy(t, n, 1)
	first := make([]byte, 6)
	_, err := conn.Read(first)
	require.NoError(t, err)
	ended := make(chan error, 1)
	go func() { ended <- end() }()
	time.Sleep(20 * time.Millisecond)
	all := rest(t, conn)
	require.Len(t, all, size+3)
	require.Equal(t, "bye", string(all[size:]))
	conn.Close()
	require.NoError(t, soon(t, ended))
	require.EqualValues(t, 1, g.dropped.Load())
	again, err := ListenStreams(s, n.Addr().String())
	require.NoError(t, err, "the port was not given back")
	require.NoError(t, again.Close())
}

func TestStopDoesNotWaitForEver(t *testing.T) {
	s := settings()
	s.Queue = 64 << 20
	for _, size := range []int{0, 1, 32 << 20} { // the last is more than sockets hold
		g, silent := &talker{}, silent(t)
		g.onStop = func(t *protocol.Turn) {
			t.Out.Write(1, protocol.Chunk{Bytes: make([]byte, size)})
			t.Out.Dial(2, silent)
			t.Out.Write(2, protocol.Chunk{Bytes: []byte("to nobody")})
		}
		n, end := talk(t, s, g, "127.0.0.1:0")
		conn := dialedBy(t, n, 1) // which neither reads nor closes, but sends
		go func() {
			for err := error(nil); err == nil; {
				_, err = conn.Write(make([]byte, 1000))
			}
		}()
		began := time.Now()
		require.NoError(t, end())
		require.Less(t, time.Since(began), s.Drain+parting+2*time.Second)
	}
}

func TestCrashOfConnections(t *testing.T) {
	g := &talker{}
	g.onStop = func(*protocol.Turn) { panic("a crash has no Stop turn") }
	g.onClosed = func(*protocol.Turn, protocol.Conn, protocol.Reason) { panic("nor this") }
	n, end := talk(t, settings(), g, "127.0.0.1:0")
	in, out := caller(t, n), dialedBy(t, n, 9)
	at := silent(t)
	require.NoError(t, n.Do(func(t *protocol.Turn) {
		t.Out.Write(9, protocol.Chunk{Body: protocol.Body{Length: 1 << 31}})
		t.Out.Dial(8, at)
	}))
	began := time.Now()
	require.NoError(t, n.Close())
	require.NoError(t, end())
	require.Less(t, time.Since(began), time.Second)
	for _, conn := range []*net.TCPConn{in, out} {
		_, err := conn.Read(make([]byte, 1<<20))
		for err == nil {
			_, err = conn.Read(make([]byte, 1<<20))
		}
		require.ErrorIs(t, err, syscall.ECONNRESET)
	}
	require.EqualValues(t, 1, g.dropped.Load())
}

func TestNumbersThatAreNotTheCoresPanic(t *testing.T) {
	n, err := ListenStreams(settings(), "127.0.0.1:0")
	require.NoError(t, err)
	defer n.Close()
	require.Panics(t, func() { n.adopt(&toy{}) }, "it accepts connections for nobody")
	n.adopt(&talker{})
	require.PanicsWithValue(t, "live: the core writes on connection 4 or closes it, but has none "+
		"of this number", func() { n.apply(protocol.Call{Verb: protocol.CallWrite, Conn: 4}) })
	n.newLink(5, n.Addr())
	require.Panics(t, func() { n.apply(protocol.Call{Conn: 5, To: n.Addr()}) })
	require.Panics(t, func() { n.newLink(5, n.Addr()) })
}

func TestListenStreamsSaysWhatIsWrong(t *testing.T) {
	_, err := ListenStreams(Streams{}, "127.0.0.1:0")
	require.ErrorContains(t, err, "start from DefaultStreams")
	_, err = ListenStreams(settings(), "nonsense")
	require.ErrorContains(t, err, "write it as HOST:PORT")
	l, at := peer(t)
	defer l.Close()
	_, err = ListenStreams(settings(), at.String())
	require.ErrorContains(t, err, "is the port free for TCP as well as UDP?")
	require.ErrorIs(t, err, syscall.EADDRINUSE)
	n, err := Listen(at.String())
	require.NoError(t, err, "the socket of the try that failed was kept")
	require.NoError(t, n.Close())
}
