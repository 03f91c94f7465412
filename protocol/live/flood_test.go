package live_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/dht"
	"swarmlab/protocol/krpc"
	"swarmlab/protocol/live"
)

const (
	floodRate  = 50_000 // datagrams a second
	honestRate = 200    // queries a second
	patience   = 2 * time.Second
)

// target is the node under attack.
type target struct {
	live  *live.Node
	group *dht.Group
	book  *dht.Book
	end   func() error
}

func newTarget(tb testing.TB, cfg dht.Config) *target {
	v := &target{book: dht.NewBook()}
	var err error
	v.group, err = dht.New(cfg, dht.Env{
		Directory: v.book,
		Seeds:     func(_ uint32, dst []protocol.Addr) []protocol.Addr { return dst },
	}, 1)
	require.NoError(tb, err)
	v.group.Assign(0, krpc.ID{Hi: 5})
	v.live, err = live.Listen("127.0.0.1:0")
	require.NoError(tb, err)
	ctx, cancel := context.WithCancel(context.Background())
	result := make(chan error, 1)
	go func() { result <- v.live.Run(ctx, v.group) }()
	v.end = func() error { cancel(); return <-result }
	return v
}

// sources opens sockets that send to the target, each on an address of its own: network.1 and on.
// One of them stands for a host, and many for a flood whose sources are forged.
func (v *target) sources(tb testing.TB, network string, count int) []*net.UDPConn {
	tb.Helper()
	to := net.UDPAddrFromAddrPort(v.live.Addr().AddrPort())
	var conns []*net.UDPConn
	for k := range count {
		from := &net.UDPAddr{IP: net.ParseIP(fmt.Sprintf("%s.%d", network, k+1))}
		conn, err := net.DialUDP("udp4", from, to)
		if errors.Is(err, syscall.EADDRNOTAVAIL) {
			tb.Skip("this system has one loopback address only")
		}
		require.NoError(tb, err)
		tb.Cleanup(func() { conn.Close() })
		conns = append(conns, conn)
	}
	return conns
}

// flood is what an attacker sends.
type flood struct {
	rate int          // datagrams a second, if the machine can; 0: none
	sent atomic.Int64 // so far
}

// run sends at a steady rate until ctx ends.
func (f *flood) run(ctx context.Context, from []*net.UDPConn) {
	r := protocol.NewRand(1, 2, 3)
	packet := make([]byte, 0, 2048)
	start, sent := time.Now(), 0
	for ; ctx.Err() == nil; time.Sleep(time.Millisecond) {
		due := int(time.Since(start).Seconds() * float64(f.rate))
		for ; sent < due; sent++ {
			packet = attack(packet[:0], &r, sent)
			from[sent%len(from)].Write(packet) // an answer that bounced is no concern of ours
			f.sent.Store(int64(sent + 1))
		}
	}
}

// pace returns what waits until it is time for the n-th query from now on. Of a flood there is as
// much between two queries on a slow machine as on a fast one: it takes longer there.
func (f *flood) pace() (wait func(n int)) {
	start, before := time.Now(), f.sent.Load()
	return func(n int) {
		time.Sleep(time.Until(start.Add(time.Duration(n) * time.Second / honestRate)))
		for f.sent.Load()-before < int64(n)*int64(f.rate)/honestRate {
			time.Sleep(time.Millisecond)
		}
	}
}

// attack is one datagram of the flood.
func attack(dst []byte, r *protocol.Rand, n int) []byte {
	var tid [2]byte
	binary.BigEndian.PutUint16(tid[:], uint16(r.Uint64()))
	id := krpc.RandomID(r)
	switch n % 5 {
	case 0: // bytes at random, which begin as a message does half of the time
		if n%2 == 0 {
			dst = append(dst, "d1:"...)
		}
		for range 1 + r.Intn(60) {
			dst = binary.BigEndian.AppendUint64(dst, r.Uint64())
		}
		return dst
	case 1:
		return krpc.Writer{}.Ping(dst, tid[:], id)
	case 2:
		return krpc.Writer{}.GetPeers(dst, tid[:], id, krpc.RandomID(r))
	case 3:
		return krpc.Writer{}.Announce(dst, tid[:], id, krpc.RandomID(r), 6881, true, tid[:])
	}
	return krpc.Writer{}.Reply(dst, &krpc.Reply{T: tid[:], ID: id})
}

// honest are clients that ask the target at a steady rate, all together.
type honest struct {
	conns    []*net.UDPConn
	asked    []time.Time     // of each query, when
	answered []atomic.Bool   // of each query, in time
	waits    []time.Duration // of each query, until its answer
	readers  sync.WaitGroup
}

func newHonest(conns []*net.UDPConn, queries int) *honest {
	h := &honest{conns: conns, asked: make([]time.Time, queries),
		answered: make([]atomic.Bool, queries), waits: make([]time.Duration, queries)}
	return h
}

// ask asks all queries, and once more each that had no answer in time, each in its time by pace. It
// returns the share that was answered at once, and in the end.
func (h *honest) ask(pace func() (wait func(n int))) (first, second float64) {
	var mu sync.Mutex // asked is read by the readers
	for _, conn := range h.conns {
		h.readers.Go(func() { h.listen(conn, &mu) })
	}
	for range 2 {
		first, second = second, h.round(&mu, pace())
	}
	for _, conn := range h.conns {
		conn.SetReadDeadline(time.Now())
	}
	h.readers.Wait()
	return first, second
}

// round asks every query that has no answer, waits, and returns the share of those that have one.
func (h *honest) round(mu *sync.Mutex, wait func(n int)) float64 {
	sent := 0
	var packet []byte
	for q := range h.asked {
		if h.answered[q].Load() {
			continue
		}
		wait(sent)
		sent++
		mu.Lock()
		h.asked[q] = time.Now()
		mu.Unlock()
		packet = question(packet[:0], q)
		h.conns[q%len(h.conns)].Write(packet)
	}
	count := 0
	for until := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		count = 0
		for q := range h.answered {
			if h.answered[q].Load() {
				count++
			}
		}
		if count == len(h.answered) || time.Now().After(until) {
			return float64(count) / float64(len(h.answered))
		}
	}
}

// question is what an honest client asks, its number the transaction id.
func question(dst []byte, q int) []byte {
	var tid [4]byte
	binary.BigEndian.PutUint32(tid[:], uint32(q))
	r := protocol.NewRand(4, 5, uint64(q))
	id, w := krpc.RandomID(&r), krpc.Writer{ReadOnly: true}
	switch q % 3 {
	case 0:
		return w.Ping(dst, tid[:], id)
	case 1:
		return w.FindNode(dst, tid[:], id, krpc.RandomID(&r))
	}
	return w.GetPeers(dst, tid[:], id, krpc.RandomID(&r))
}

// listen takes the answers that a client gets.
func (h *honest) listen(conn *net.UDPConn, mu *sync.Mutex) {
	buffer := make([]byte, 2048)
	var m krpc.Message
	for {
		size, err := conn.Read(buffer)
		if errors.Is(err, syscall.ECONNREFUSED) {
			continue
		}
		if err != nil {
			return
		}
		ok := krpc.Decode(buffer[:size], &m) == krpc.OK && m.Kind == krpc.Response
		if !ok || len(m.T) != 4 {
			continue
		}
		q := binary.BigEndian.Uint32(m.T)
		mu.Lock()
		wait := time.Since(h.asked[q])
		if wait <= patience && !h.answered[q].Load() {
			h.waits[q] = wait
			h.answered[q].Store(true)
		}
		mu.Unlock()
	}
}

// siege is a flood with honest clients beside it, and what came of it.
type siege struct {
	first, second float64 // share of the honest queries answered
	wait          time.Duration
	sent          int // by the flood
	stats         live.Stats
	cpu, took     time.Duration
	heap          int64 // bytes in use afterwards, less those before
	contacts      int   // in the node's book
	counters      dht.Counters
}

func besiege(tb testing.TB, v *target, attackers int, rate, queries int) siege {
	from := v.sources(tb, "127.2.0", attackers)
	h := newHonest(v.sources(tb, "127.3.0", 100), queries)
	before := heapInUse()
	cpu, began := cpuTime(), time.Now()
	ctx, cancel := context.WithCancel(context.Background())
	f := &flood{rate: rate}
	var s siege
	var attack sync.WaitGroup
	attack.Go(func() { f.run(ctx, from) })
	s.first, s.second = h.ask(f.pace)
	cancel()
	attack.Wait()
	s.sent = int(f.sent.Load())
	s.cpu, s.took = cpuTime()-cpu, time.Since(began)
	for _, wait := range h.waits {
		s.wait = max(s.wait, wait)
	}
	require.NoError(tb, v.live.Do(func(*protocol.Turn) {
		s.contacts, s.counters = v.book.Len(), v.group.Counters()
	}))
	s.stats, s.heap = v.live.Stats(), heapInUse()-before
	return s
}

func heapInUse() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func (s *siege) String() string {
	arrived := float64(s.stats.Received)
	return fmt.Sprintf("honest queries answered %.1f %%, with a retry %.1f %%, within %v; "+
		"flood %.0f/s, of which lost %.1f %%; sent by the node %.0f/s; CPU %.2f cores with the "+
		"attackers'; heap %+d KiB, %d contacts known",
		100*s.first, 100*s.second, s.wait.Round(time.Microsecond),
		float64(s.sent)/s.took.Seconds(), 100*max(0, 1-arrived/float64(s.sent)),
		float64(s.stats.Sent)/s.took.Seconds(), s.cpu.Seconds()/s.took.Seconds(), s.heap>>10,
		s.contacts)
}

// limited are settings that protect a node from busy sources.
func limited() dht.Config {
	cfg := dht.Default()
	cfg.SourceLimit, cfg.SourceBan = 100, 5*time.Minute
	return cfg
}

func TestFlood(t *testing.T) {
	for name, cfg := range map[string]dht.Config{"open": dht.Default(), "limited": limited()} {
		for _, attackers := range []int{1, 200} {
			t.Run(fmt.Sprintf("%s/sources=%d", name, attackers), func(t *testing.T) {
				v := newTarget(t, cfg)
				s := besiege(t, v, attackers, floodRate, honestRate)
				require.NoError(t, v.end())
				t.Log(&s)
				require.Greater(t, s.sent, floodRate/2, "that was no flood")
				kept := float64(s.stats.Received) / float64(s.sent) // by a busy machine, few
				require.GreaterOrEqual(t, s.second, min(kept, 0.95),
					"honest queries fared worse than the flood")
				require.Less(t, s.heap, int64(16<<20), "memory grew with the flood")
				require.Less(t, s.contacts, 1<<14, "the book grew with the flood")
			})
		}
	}
}

// BenchmarkFlood asks honest queries, 200 a second, and reports what became of them.
func BenchmarkFlood(b *testing.B) {
	for _, rate := range []int{0, floodRate, 2 * floodRate, 4 * floodRate} {
		for _, attackers := range []int{1, 200} {
			b.Run(fmt.Sprintf("rate=%d/sources=%d", rate, attackers), func(b *testing.B) {
				v := newTarget(b, dht.Default())
				s := besiege(b, v, attackers, rate, b.N)
				require.NoError(b, v.end())
				b.ReportMetric(100*s.first, "answered-%")
				b.ReportMetric(100*s.second, "with-retry-%")
				b.ReportMetric(float64(s.sent)/s.took.Seconds(), "flood/s")
				b.ReportMetric(float64(s.stats.Received)/s.took.Seconds(), "received/s")
				b.ReportMetric(s.cpu.Seconds()/s.took.Seconds(), "cores")
			})
		}
	}
}
