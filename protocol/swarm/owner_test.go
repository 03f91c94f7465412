package swarm

import (
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/peerwire"
)

// leaver is an owner that leaves a torrent as soon as it is complete.
type leaver struct {
	g        *Group
	verified int
	complete []uint32
}

func (l *leaver) Verified(i uint32, t *protocol.Turn, torrent, _ uint32) {
	l.verified++
	l.g.Found(i, t, torrent, []protocol.Addr{soloAddr(99)}, FromManual)
}

func (l *leaver) Completed(i uint32, t *protocol.Turn, torrent uint32) {
	l.complete = append(l.complete, i)
	l.g.Leave(i, t, torrent)
}

// TestOwner: the owner hears of every piece and of completion, once, and may act at once.
func TestOwner(t *testing.T) {
	r := newRig(t, testTorrent(30))
	n := r.group(Default(), 4)
	l := &leaver{g: n[0].g}
	n[0].g.env.Observer = l
	for k := range n {
		r.start(n[k], k == 0, false)
	}
	r.meet(n...)
	r.run(5 * time.Minute)
	require.Equal(t, 90, l.verified)
	require.ElementsMatch(t, []uint32{1, 2, 3}, l.complete)
	for _, n := range n[1:] {
		require.Empty(t, n.ends)
		_, ok := n.g.Progress(n.i, 0)
		require.False(t, ok)
	}
}

// TestResume: who left with some pieces comes back with them.
func TestResume(t *testing.T) {
	r := newRig(t, testTorrent(40))
	n := r.group(Default(), 2)
	n[0].rate = 1 << 17
	r.start(n[0], true, false)
	r.start(n[1], false, false)
	r.found(n[1], n[0])
	r.run(5 * time.Second)
	p, _ := n[1].g.Progress(n[1].i, 0)
	require.True(t, p.Have > 5 && p.Have < 35 && p.Finished == protocol.Never)
	kept := n[1].g.AppendBitfield(nil, n[1].i, 0)
	for piece := range uint32(40) {
		has := kept[piece/8]&(0x80>>(piece%8)) != 0
		require.Equal(t, n[1].g.Has(n[1].i, 0, piece), has)
	}
	r.turn(n[1], func(t *protocol.Turn) { n[1].g.Stop(n[1].i, t) })
	require.Empty(t, n[1].ends)
	n[1].g.Drop(n[1].i)
	r.run(2 * time.Minute)
	r.turn(n[1], func(t *protocol.Turn) { n[1].g.Start(n[1].i, t) })
	r.turn(n[1], func(t *protocol.Turn) { n[1].g.Add(n[1].i, t, Entry{Have: kept}) })
	r.found(n[1], n[0])
	r.run(time.Minute)
	r.complete(n...)
	require.Equal(t, p.Left, n[1].g.Tally(n[1].i, 0, r.now).Useful)
	for _, c := range n[1].g.AppendAvailability(nil, n[1].i, 0) {
		require.Zero(t, c, "nobody is connected any more")
	}
}

// TestTwoTorrents: a core takes part in several torrents; the handshake says in which, and all
// share what may be dialed at a time.
func TestTwoTorrents(t *testing.T) {
	cfg := Default()
	cfg.HalfOpen = 1
	s := newSolo(t, cfg, testTorrent(20), Entry{})
	first := s.tor
	s.tor = testTorrent(7)
	s.g.Register(s.tor)
	s.turn(func(t *protocol.Turn) { s.g.Add(0, t, Entry{Torrent: 1, All: true}) })
	a := s.join(1, speech{}.plain(peerwire.HaveNone), fastBit)
	require.Contains(t, s.heard(a), "have_all")
	s.tor = first
	b := s.join(2, speech{}.plain(peerwire.HaveNone), fastBit)
	require.Contains(t, s.heard(b), "have_none")
	for torrent := range uint32(2) {
		s.turn(func(t *protocol.Turn) {
			s.g.Found(0, t, torrent, []protocol.Addr{soloAddr(5 + torrent)}, FromDHT)
		})
	}
	require.Len(t, s.dials, 1)
	s.turn(func(t *protocol.Turn) { s.g.Closed(0, t, s.dials[0].Conn, protocol.Refused) })
	require.Len(t, s.dials, 2)
	require.Equal(t, soloAddr(6), s.dials[1].To)
	s.turn(func(t *protocol.Turn) { s.g.Leave(0, t, 1) })
	require.True(t, s.ended[a] && !s.ended[b])
}

// TestConfig: what cannot be is refused, by name.
func TestConfig(t *testing.T) {
	for name, set := range map[string]func(c *Config){
		"max_connections": func(c *Config) { c.MaxConns = 0 },
		"initiate":        func(c *Config) { c.Initiate = c.MaxConns + 1 },
		"half_open":       func(c *Config) { c.HalfOpen = 0 },
		"reqq":            func(c *Config) { c.Reqq = 2001 },
		"idle_timeout":    func(c *Config) { c.IdleTimeout = c.KeepAlive },
		"pex_period":      func(c *Config) { c.PexPeriod = time.Second },
		"turnover":        func(c *Config) { c.Turnover = -1 },
		"slots":           func(c *Config) { c.Choker.Slots = 0 },
	} {
		cfg := Default()
		require.NoError(t, cfg.Validate())
		set(&cfg)
		require.ErrorContains(t, cfg.Validate(), name)
		_, err := New(cfg, Env{}, 1)
		require.Error(t, err)
	}
	for s := Compliant; s <= Observing; s++ {
		cfg := Default()
		cfg.Choker.Upload = 1 << 20
		cfg = s.Apply(cfg)
		require.NoError(t, cfg.Validate(), s.String())
	}
}

// BenchmarkMemory is what a connection end takes, with all that belongs to it: 400 cores in a
// torrent of 400 pieces, each connected with 60 others.
func BenchmarkMemory(b *testing.B) {
	cfg := Default()
	cfg.Initiate = 80
	for b.Loop() {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		const cores, degree = 400, 30
		w := newWire(b, cfg, cores, 400)
		for i := range uint32(cores) {
			for k := range uint32(degree) {
				w.connect(i, (i+k+1)%cores)
			}
		}
		w.step(1 << 17)
		g := w.g
		*w = wire{}
		g.scratch = scratch{} // it points into the arena of the wire
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&after)
		ends := 0
		for i := range uint32(cores) {
			p, _ := g.Progress(i, 0)
			ends += p.Conns
		}
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(ends), "B/end")
		b.ReportMetric(float64(ends), "ends")
		runtime.KeepAlive(g)
	}
}
