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
	g     *Group
	now   protocol.Time
	rand  protocol.Rand
	out   protocol.Outbox
	t     protocol.Turn
	queue []parcel
	first int
	arena []byte
	ends  map[[2]uint32]*wireEnd // by core and connection
}

type wireEnd struct {
	core   uint32
	conn   protocol.Conn
	other  *wireEnd
	closed bool
}

type parcel struct {
	from *wireEnd
	at   int // of the bytes in the arena
	n    int
	body protocol.Body
}

func newWire(tb testing.TB, cfg Config, cores int, pieces uint32) *wire {
	g, err := New(cfg, Env{Store: soloStore{new(solo)}}, cores)
	require.NoError(tb, err)
	g.Register(testTorrent(pieces))
	w := &wire{g: g, ends: map[[2]uint32]*wireEnd{}}
	for i := range uint32(cores) {
		id := soloID(1)
		id[18], id[19] = byte(i>>8), byte(i)
		g.Assign(i, id, soloAddr(i))
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

// collect keeps what a core wrote, and opens and closes what it wants.
func (w *wire) collect(i uint32) {
	var later []protocol.Call
	for k := range w.out.Calls() {
		c := w.out.Call(k)
		if c.Verb != protocol.CallWrite {
			later = append(later, c)
			continue
		}
		w.queue = append(w.queue, parcel{from: w.ends[[2]uint32{i, uint32(c.Conn)}],
			at: len(w.arena), n: len(c.Chunk.Bytes), body: c.Chunk.Body})
		w.arena = append(w.arena, c.Chunk.Bytes...)
	}
	for _, c := range later {
		if c.Verb == protocol.CallDial {
			w.dial(i, c)
		} else if e := w.ends[[2]uint32{i, uint32(c.Conn)}]; !e.closed {
			o := e.other
			e.closed, o.closed = true, true
			w.turn(o.core, func(t *protocol.Turn) {
				w.g.Closed(o.core, t, o.conn, protocol.Finished)
			})
		}
	}
}

func (w *wire) dial(i uint32, c protocol.Call) {
	a := &wireEnd{core: i, conn: c.Conn}
	b := &wireEnd{core: (c.To.IP4() - 0x0a000001) >> 8, other: a}
	a.other = b
	ok := false
	w.turn(b.core, func(t *protocol.Turn) { b.conn, ok = w.g.Accept(b.core, t, soloAddr(i)) })
	if !ok {
		w.turn(i, func(t *protocol.Turn) { w.g.Closed(i, t, c.Conn, protocol.Refused) })
		return
	}
	w.ends[[2]uint32{a.core, uint32(a.conn)}] = a
	w.ends[[2]uint32{b.core, uint32(b.conn)}] = b
	w.turn(i, func(t *protocol.Turn) { w.g.Opened(i, t, c.Conn) })
}

// step carries so many chunks.
func (w *wire) step(n int) (done int) {
	for ; done < n && w.first < len(w.queue); done++ {
		p := w.queue[w.first]
		w.first++
		e, o := p.from, p.from.other
		ch := protocol.Chunk{Bytes: w.arena[p.at : p.at+p.n], Body: p.body}
		if !o.closed {
			w.g.Data(o.core, w.begin(), o.conn, ch)
			w.collect(o.core)
		}
		if !e.closed {
			w.g.Sent(e.core, w.begin(), e.conn, ch.Len())
			w.collect(e.core)
		}
		if w.first == len(w.queue) {
			w.first, w.queue, w.arena = 0, w.queue[:0], w.arena[:0]
		}
	}
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
	messages := uint64(0)
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
		p, _ := w.g.Progress(39, 0)
		require.Equal(b, p.Pieces, p.Have)
		messages += w.g.Counters().Messages
	}
	b.ReportMetric(float64(messages)/b.Elapsed().Seconds(), "msgs/s")
}
