package live

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

func TestWakeComesInTimeAndNeverEarly(t *testing.T) {
	const wait = 30 * time.Millisecond
	var asked protocol.Time
	late := make(chan time.Duration, 8)
	ask := func(t *protocol.Turn) {
		asked = t.Now.Add(wait)
		t.Out.WakeAt(asked)
	}
	g := &toy{onStart: ask}
	g.onWake = func(t *protocol.Turn) {
		late <- t.Now.Sub(asked)
		if len(late) < cap(late) {
			ask(t)
		}
	}
	n, end := run(t, g, "127.0.0.1:0")
	for range cap(late) {
		select {
		case d := <-late:
			require.GreaterOrEqual(t, d, time.Duration(0), "woken early")
			require.Less(t, d, time.Second, "woken far too late")
		case <-time.After(5 * time.Second):
			t.Fatal("not woken")
		}
	}
	require.NoError(t, end())
	require.EqualValues(t, cap(late), n.Stats().Wakes, "a deadline that nobody set was kept")
}

func TestLastDeadlineCountsAlsoAcrossTurns(t *testing.T) {
	woken := make(chan time.Duration, 1)
	g := &toy{onStart: func(t *protocol.Turn) { t.Out.WakeAt(t.Now.Add(time.Hour)) }}
	g.onWake = func(t *protocol.Turn) { woken <- time.Duration(t.Now) }
	n, _ := run(t, g, "127.0.0.1:0")
	require.NoError(t, n.Do(func(t *protocol.Turn) { t.Out.WakeAt(t.Now) }))
	select {
	case <-woken:
	case <-time.After(5 * time.Second):
		t.Fatal("an earlier deadline did not replace the later one")
	}
	require.NoError(t, n.Do(func(t *protocol.Turn) {
		t.Out.WakeAt(t.Now.Add(20 * time.Millisecond))
		t.Out.WakeAt(protocol.Never)
	}))
	select {
	case <-woken:
		t.Fatal("woken though Never took the deadline away")
	case <-time.After(60 * time.Millisecond):
	}
}

func TestCoreThatAlwaysWantsToBeWokenIsNotDeaf(t *testing.T) {
	again := func(t *protocol.Turn) { t.Out.WakeAt(0) }
	echo := func(t *protocol.Turn, from protocol.Addr, p []byte) { t.Out.SendTo(from, p) }
	n, _ := run(t, &toy{onStart: again, onWake: again, onDatagram: echo}, "127.0.0.1:0")
	conn := outsider(t, n)
	for range 20 {
		_, err := conn.Write([]byte("hello"))
		require.NoError(t, err)
		var b [16]byte
		size, err := conn.Read(b[:])
		require.NoError(t, err)
		require.Equal(t, "hello", string(b[:size]))
	}
}

func TestFloodDoesNotDelayTheDeadline(t *testing.T) {
	wakes := make(chan struct{}, 3)
	again := func(t *protocol.Turn) { t.Out.WakeAt(t.Now.Add(10 * time.Millisecond)) }
	g := &toy{onStart: again}
	g.onWake = func(t *protocol.Turn) {
		select {
		case wakes <- struct{}{}:
		default:
		}
		again(t)
	}
	n, _ := run(t, g, "127.0.0.1:0")
	conn := outsider(t, n)
	ctx, cancel := context.WithCancel(context.Background())
	var flood sync.WaitGroup
	flood.Go(func() {
		for ctx.Err() == nil {
			conn.Write([]byte("junk"))
		}
	})
	defer flood.Wait()
	defer cancel()
	for range cap(wakes) {
		select {
		case <-wakes:
		case <-time.After(5 * time.Second):
			t.Fatal("no wake-up during the flood")
		}
	}
	require.Positive(t, n.Stats().Received)
}

func TestStopTurnIsSentAndTheCoreDropped(t *testing.T) {
	g := &toy{}
	n, err := Listen("127.0.0.1:0")
	require.NoError(t, err)
	conn := outsider(t, n)
	to := protocol.AddrOf(conn.LocalAddr().(*net.UDPAddr).AddrPort())
	g.onStop = func(t *protocol.Turn) { t.Out.SendTo(to, []byte("bye")) }
	end := drive(t, n, g)
	require.NoError(t, n.Do(func(*protocol.Turn) {}))
	require.NoError(t, end())
	var b [16]byte
	size, err := conn.Read(b[:])
	require.NoError(t, err)
	require.Equal(t, "bye", string(b[:size]))
	require.EqualValues(t, 1, g.dropped.Load())
	again, err := Listen(n.Addr().String())
	require.NoError(t, err, "the port was not given back")
	require.NoError(t, again.Close())
}

func TestCloseIsACrash(t *testing.T) {
	g := &toy{onStop: func(*protocol.Turn) { panic("a crash has no Stop turn") }}
	n, err := Listen("127.0.0.1:0")
	require.NoError(t, err)
	result := make(chan error, 1)
	go func() { result <- n.Run(context.Background(), g) }()
	require.NoError(t, n.Do(func(*protocol.Turn) {}))
	require.NoError(t, n.Close())
	select {
	case err := <-result:
		require.NoError(t, err)
	case <-time.After(5 * time.Second):
		t.Fatal("Run did not return")
	}
	require.EqualValues(t, 1, g.dropped.Load())
}

func TestDoRunsInOrderFromManyGoroutines(t *testing.T) {
	n, err := Listen("127.0.0.1:0")
	require.NoError(t, err)
	const callers, calls = 8, 200
	var last [callers]int // written by the node's goroutine only
	var last64 protocol.Time
	var all sync.WaitGroup
	for c := range callers {
		all.Go(func() { // some of these come before Run
			for k := range calls {
				err := n.Do(func(turn *protocol.Turn) {
					if last[c] == k && turn.Now >= last64 {
						last[c], last64 = k+1, turn.Now
					}
				})
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	end := drive(t, n, &toy{})
	all.Wait()
	require.NoError(t, end())
	for c := range last {
		require.Equal(t, calls, last[c], "commands of one caller out of order, or time ran back")
	}
	require.ErrorIs(t, n.Do(func(*protocol.Turn) { panic("it has ended") }), ErrEnded)
}

func TestEndDuringCommandsLeavesNobodyWaiting(t *testing.T) {
	for range 50 {
		n, end := run(t, &toy{}, "127.0.0.1:0")
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				for n.Do(func(*protocol.Turn) {}) == nil {
				}
			})
		}
		require.NoError(t, end())
		all.Wait()
	}
}

func TestReadErrorsAreNotFatalUntilThereIsNothingElse(t *testing.T) {
	from := netip.MustParseAddrPort("127.0.0.1:9")
	reads := 0
	s := &script{read: func(b []byte) (int, netip.AddrPort, error) {
		reads++
		if reads%(readFailures-1) == 0 && reads < 5*readFailures {
			return 1, from, nil
		}
		return 0, netip.AddrPort{}, &net.OpError{Op: "read", Err: syscall.ECONNREFUSED}
	}}
	n := newNode(&ear{conn: s, addr: protocol.AddrOf(from)})
	err := n.Run(context.Background(), &toy{})
	require.ErrorIs(t, err, syscall.ECONNREFUSED)
	require.ErrorContains(t, err, "1000 times in a row")
	require.EqualValues(t, 5, n.Stats().Received, "gave up before the datagrams between")
	require.EqualValues(t, reads-5, n.Stats().ReadErrors)
	require.True(t, s.closed)
}

func TestPortsThatBounceAreNotFatal(t *testing.T) {
	n, _ := run(t, &toy{}, "127.0.0.1:0")
	gone, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	require.NoError(t, err)
	nobody := protocol.AddrOf(gone.LocalAddr().(*net.UDPAddr).AddrPort())
	require.NoError(t, gone.Close())
	for range 50 {
		require.NoError(t, n.Do(func(t *protocol.Turn) { t.Out.SendTo(nobody, []byte("x")) }))
	}
	s := n.Stats()
	require.EqualValues(t, 50, s.Sent+s.SendErrors)
}

func TestOversizeIsDroppedAndTheLargestIsNot(t *testing.T) {
	sizes := make(chan int, 4)
	g := &toy{onDatagram: func(_ *protocol.Turn, _ protocol.Addr, p []byte) { sizes <- len(p) }}
	n, _ := run(t, g, "127.0.0.1:0")
	conn := outsider(t, n)
	for _, size := range []int{MaxDatagram + 1, 60000, MaxDatagram, 0, 1} {
		_, err := conn.Write(make([]byte, size))
		require.NoError(t, err)
	}
	for _, want := range []int{MaxDatagram, 0, 1} {
		select {
		case got := <-sizes:
			require.Equal(t, want, got)
		case <-time.After(5 * time.Second):
			t.Fatal("a datagram of allowed length did not arrive")
		}
	}
	s := n.Stats()
	require.EqualValues(t, 2, s.Oversize)
	require.EqualValues(t, 3, s.Received)
	require.EqualValues(t, MaxDatagram+1, s.ReceivedBytes)
}

func TestFamilies(t *testing.T) {
	for _, host := range []string{"127.0.0.1:0", "[::1]:0", "0.0.0.0:0", "[::]:0", ":0"} {
		n, err := Listen(host)
		if errors.Is(err, syscall.EADDRNOTAVAIL) || errors.Is(err, syscall.EAFNOSUPPORT) {
			t.Logf("no IPv6 here: %s not tried", host)
			continue
		}
		require.NoError(t, err)
		require.Equal(t, host[0] != '[', n.Addr().Is4(), host)
		require.NotZero(t, n.Addr().Port())
		end := drive(t, n, &toy{})
		four, six := protocol.Addr4(0x7f000001, 9), protocol.Addr6(net.IPv6loopback, 9)
		other := four
		if n.Addr().Is4() {
			other = six
		}
		require.NoError(t, n.Do(func(t *protocol.Turn) {
			t.Out.SendTo(four, []byte("x"))
			t.Out.SendTo(six, []byte("x"))
			t.Out.SendTo(other, []byte("x"))
		}))
		require.EqualValues(t, 2, n.Stats().OtherFamily, host)
		require.NoError(t, end())
	}
}

func TestListenSaysWhatIsWrong(t *testing.T) {
	for addr, hint := range map[string]string{
		"nonsense":         "write it as HOST:PORT",
		"127.0.0.1:123456": "write it as HOST:PORT",
		"192.0.2.1:0":      "one of this machine's",
	} {
		_, err := Listen(addr)
		require.ErrorContains(t, err, hint)
		require.ErrorContains(t, err, addr)
	}
}

func TestRunTakesOneGroupOnce(t *testing.T) {
	n, end := run(t, &toy{}, "127.0.0.1:0")
	require.NoError(t, n.Do(func(*protocol.Turn) {}))
	require.NoError(t, end())
	require.Panics(t, func() { n.Run(context.Background(), &toy{}) })
}
