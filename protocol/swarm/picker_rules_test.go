package swarm

import (
	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

// candidates returns the open pieces with free blocks that a peer has and that ok admits.
func (m *modelled) candidates(s slot, ok func(*openPiece) bool) (list []*openPiece) {
	for i := range m.p.open.list {
		o := &m.p.open.list[i]
		if m.theirs[s][o.piece] && len(m.free(o.piece)) > 0 && ok(o) {
			list = append(list, o)
		}
	}
	return list
}

func (m *modelled) free(piece uint32) (list []block) {
	for i := range m.geo.Blocks(piece) {
		b := block{piece, i}
		_, busy := m.there[b]
		for s := range m.asked {
			busy = busy || m.asked[s][b]
		}
		if !busy {
			list = append(list, b)
		}
	}
	return list
}

// leechers returns how many connected peers that lack something have a piece.
func (m *modelled) leechers(piece uint32) (n int) {
	for _, has := range m.theirs {
		if has[piece] && len(has) < int(m.geo.Pieces()) {
			n++
		}
	}
	return n
}

func (m *modelled) finishFirst(list []*openPiece) map[block]bool {
	best := list[0]
	key := func(o *openPiece) [3]int {
		return [3]int{len(m.free(o.piece)), m.leechers(o.piece), int(o.piece)}
	}
	for _, o := range list {
		x, y := key(o), key(best)
		if x[0] < y[0] || x[0] == y[0] && (x[1] < y[1] || x[1] == y[1] && x[2] < y[2]) {
			best = o
		}
	}
	return map[block]bool{m.free(best.piece)[0]: true}
}

// allowed returns the blocks that a peer may be asked for, and by which rule.
func (m *modelled) allowed(s slot, w *wish) (may map[block]bool, rule string) {
	if w.choked {
		return m.allowedFast(s, w), "fast"
	}
	parole := m.p.peers[s].parole
	list := m.candidates(s, func(o *openPiece) bool {
		switch {
		case o.owner == s:
			return true
		case o.owner != nobody || parole || w.whole:
			return false
		}
		return !w.snubbed || o.slow
	})
	if len(list) > 0 {
		return m.finishFirst(list), "begun"
	}
	if may = m.allowedNew(s, w); len(may) > 0 {
		return may, "new"
	}
	list = m.candidates(s, func(o *openPiece) bool { return m.admits(s, o) })
	if len(list) > 0 && (!parole || len(m.asked[s]) == 0) {
		return m.finishFirst(list), "joined"
	}
	return m.allowedBusy(s, parole), "busy"
}

func (m *modelled) admits(s slot, o *openPiece) bool {
	asked := 0
	for _, blocks := range m.asked {
		for b := range blocks {
			if b.piece == o.piece {
				asked++
			}
		}
	}
	return o.owner == s || asked == 0 || !o.alone && !m.p.peers[s].parole
}

func (m *modelled) allowedFast(s slot, w *wish) map[block]bool {
	for _, piece := range w.fast {
		if !m.theirs[s][piece] || m.have[piece] || len(m.free(piece)) == 0 {
			continue
		}
		if o := m.entry(piece); o == nil || m.admits(s, o) {
			return map[block]bool{m.free(piece)[0]: true}
		}
	}
	return nil
}

func (m *modelled) allowedNew(s slot, w *wish) map[block]bool {
	may, least := map[block]bool{}, 1<<30
	open := m.open()
	idle := func(i uint32) bool { return m.theirs[s][i] && !m.have[i] && !open[i] }
	for _, piece := range w.suggested {
		if idle(piece) {
			return map[block]bool{{piece, 0}: true}
		}
	}
	for i := range m.geo.Pieces() {
		if !idle(i) {
			continue
		}
		n := m.leechers(i)
		switch {
		case m.p.cfg.Picking == Sequential:
			n = int(i)
		case m.p.cfg.Picking == Random || len(m.have) < int(m.p.cfg.FirstRandom):
			n = 0
		case w.snubbed:
			n = -n
		}
		if n < least {
			least = n
			clear(may)
		}
		if n == least {
			may[block{i, 0}] = true
		}
	}
	return may
}

func (m *modelled) allowedBusy(s slot, parole bool) map[block]bool {
	if parole || m.p.cfg.NoEndgame || len(m.asked[s]) > 0 {
		return nil
	}
	askers := map[block]int{}
	for i := range m.geo.Pieces() {
		if !m.have[i] && len(m.free(i)) > 0 {
			return nil // a free block exists
		}
	}
	least := 1 << 30
	for _, blocks := range m.asked {
		for b := range blocks {
			if o := m.entry(b.piece); m.theirs[s][b.piece] && !o.alone {
				askers[b]++
			}
		}
	}
	may := map[block]bool{}
	for _, n := range askers {
		least = min(least, n)
	}
	for b, n := range askers {
		if n == least {
			may[b] = true
		}
	}
	return may
}

// chooser is where a test's choices come from: a random stream, or the bytes of a fuzzer.
type chooser interface{ Intn(n int) int }

// aimless does anything in any order to a picker, and checks it all the time.
func aimless(t require.TestingT, r chooser, steps int) *modelled {
	g := Geometry{PieceLength: BlockSize * uint32(1+r.Intn(4))}
	g.Total = uint64(1+r.Intn(20))*uint64(g.PieceLength) - uint64(r.Intn(BlockSize))
	cfg := PickerConfig{Picking: Picking(r.Intn(4) % 3), FirstRandom: uint32(r.Intn(5)),
		NoEndgame: r.Intn(5) == 0}
	var have bits
	if r.Intn(3) == 0 {
		have = newBits(g.Pieces())
		have.set(uint32(r.Intn(int(g.Pieces()))))
	}
	m := newModelled(t, cfg, g, have, uint64(r.Intn(1000)))
	for n := range steps {
		m.step(r, slot(r.Intn(6)))
		if n%4 == 0 {
			m.check()
		}
		if m.p.done() {
			break
		}
	}
	m.check()
	return m
}

func (m *modelled) step(r chooser, s slot) {
	if m.theirs[s] == nil {
		m.join(s)
		switch r.Intn(4) {
		case 0:
			m.gainAll(s)
		case 1:
			has := newBits(m.geo.Pieces())
			for i := range m.geo.Pieces() {
				if r.Intn(2) == 0 {
					has.set(i)
					m.theirs[s][i] = true
				}
			}
			m.p.gainBits(s, has)
		}
		return
	}
	piece := uint32(r.Intn(int(m.geo.Pieces())))
	b := block{piece, uint32(r.Intn(int(m.geo.Blocks(piece))))}
	if asked := m.p.requests(s, nil); len(asked) > 0 && r.Intn(8) > 0 {
		b = asked[r.Intn(len(asked))]
	}
	switch k := r.Intn(100); {
	case k < 1:
		m.leave(s)
	case k < 2:
		m.gainAll(s)
	case k < 4:
		m.lose(s, piece)
	case k < 6:
		m.drop(s)
	case k < 8:
		m.lost(s, b)
	case k < 10:
		m.cancel(s, b)
	case k < 20:
		m.gain(s, piece)
	case k < 65:
		m.pick(s, m.wish(r))
	default:
		m.got(s, b, r.Intn(3) > 0)
	}
}

func (m *modelled) wish(r chooser) (w wish) {
	w.snubbed, w.whole = r.Intn(4) == 0, r.Intn(4) == 0
	w.choked = r.Intn(6) == 0
	for range r.Intn(3) {
		w.fast = append(w.fast, uint32(r.Intn(int(m.geo.Pieces()))))
		w.suggested = append(w.suggested, uint32(r.Intn(int(m.geo.Pieces()))))
	}
	return w
}

var _ chooser = (*protocol.Rand)(nil)
