package swarm

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

// wire joins cores of one group without any world: what one writes others read at once, in the
// order in which it was written.
type wire struct {
	g      *Group
	now    protocol.Time
	rand   protocol.Rand
	out    protocol.Outbox
	t      protocol.Turn
	queue  []parcel // a ring
	first  int
	arena  []byte
	ends   map[[2]uint32][2]uint32 // core and connection at both ends
	chunks int
}

type parcel struct {
	from [2]uint32
	at   int // of the bytes in the arena
	n    int
	body protocol.Body
}

func newWire(tb testing.TB, cfg Config, cores int, pieces uint32) *wire {
	g, err := New(cfg, Env{Store: soloStore{new(solo)}}, cores)
	require.NoError(tb, err)
	g.Register(testTorrent(pieces))
	w := &wire{g: g, ends: map[[2]uint32][2]uint32{}}
	for i := range uint32(cores) {
		g.Assign(i, soloID(byte(i+1)), soloAddr(i))
		w.turn(i, func(t *protocol.Turn) { g.Start(i, t) })
		w.turn(i, func(t *protocol.Turn) { g.Add(i, t, Entry{All: i == 0}) })
	}
	return w
}

// connect lets a core find another.
func (w *wire) connect(from, to uint32) {
	w.turn(from, func(t *protocol.Turn) {
		w.g.Found(from, t, 0, []protocol.Addr{soloAddr(to)}, FromTracker)
	})
}

func (w *wire) turn(i uint32, do func(t *protocol.Turn)) {
	do(w.begin())
	w.collect(i)
}

// begin returns a turn.
func (w *wire) begin() *protocol.Turn {
	w.out.Reset()
	w.now += protocol.Time(20 * time.Microsecond)
	w.t = protocol.Turn{Now: w.now, Rand: &w.rand, Out: &w.out}
	return &w.t
}

// collect keeps what a core wrote.
func (w *wire) collect(i uint32) {
	var dials []protocol.Call
	for k := range w.out.Calls() {
		c := w.out.Call(k)
		switch c.Verb {
		case protocol.CallWrite:
			p := parcel{from: [2]uint32{i, uint32(c.Conn)}, at: len(w.arena),
				n: len(c.Chunk.Bytes), body: c.Chunk.Body}
			w.arena = append(w.arena, c.Chunk.Bytes...)
			w.queue = append(w.queue, p)
		case protocol.CallDial:
			dials = append(dials, c)
		}
	}
	for _, d := range dials {
		to := (d.To.IP4() - 0x0a000001) >> 8
		var n protocol.Conn
		w.turn(to, func(t *protocol.Turn) { n, _ = w.g.Accept(to, t, soloAddr(i)) })
		w.ends[[2]uint32{i, uint32(d.Conn)}] = [2]uint32{to, uint32(n)}
		w.ends[[2]uint32{to, uint32(n)}] = [2]uint32{i, uint32(d.Conn)}
		w.turn(i, func(t *protocol.Turn) { w.g.Opened(i, t, d.Conn) })
	}
}

// step carries so many chunks.
func (w *wire) step(n int) (done int) {
	for ; done < n && w.first < len(w.queue); done++ {
		p := w.queue[w.first]
		w.first++
		to := w.ends[p.from]
		ch := protocol.Chunk{Bytes: w.arena[p.at : p.at+p.n], Body: p.body}
		w.g.Data(to[0], w.begin(), protocol.Conn(to[1]), ch)
		w.collect(to[0])
		w.g.Sent(p.from[0], w.begin(), protocol.Conn(p.from[1]), ch.Len())
		w.collect(p.from[0])
		if w.first == len(w.queue) {
			w.first, w.queue, w.arena = 0, w.queue[:0], w.arena[:0]
		}
	}
	w.chunks += done
	return done
}

// TestSteadyPath: a request, its block and the have that follows allocate nothing.
func TestSteadyPath(t *testing.T) {
	for _, fast := range []bool{false, true} {
		cfg := Default()
		cfg.Fast = fast
		w := newWire(t, cfg, 2, 20000)
		w.connect(1, 0)
		w.step(5000)
		w.arena, w.queue = slices.Grow(w.arena, 1<<20), slices.Grow(w.queue, 1<<16)
		before, _ := w.g.Progress(1, 0)
		require.Zero(t, testing.AllocsPerRun(50, func() { w.step(200) }))
		after, _ := w.g.Progress(1, 0)
		require.Greater(t, after.Have, before.Have+500)
		require.Less(t, after.Have, after.Pieces)
	}
}

// BenchmarkMessages is what a core costs in a swarm of 40: requests, blocks and haves.
func BenchmarkMessages(b *testing.B) {
	cfg := Default()
	b.ReportAllocs()
	for b.Loop() {
		w := newWire(b, cfg, 40, 400)
		for i := range uint32(40) {
			for k := range i {
				w.connect(i, k)
			}
		}
		for rounds := 0; rounds < 200; rounds++ {
			for w.step(1<<20) > 0 {
			}
			w.now += protocol.Time(5 * time.Second)
			for i := range uint32(40) {
				w.turn(i, func(t *protocol.Turn) { w.g.Wake(i, t) })
			}
		}
		n := w.g.Counters().Messages
		b.ReportMetric(float64(n)/b.Elapsed().Seconds()*float64(b.N), "msgs/s")
		b.ReportMetric(float64(n), "msgs")
	}
}
