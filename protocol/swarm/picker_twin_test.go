package swarm

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

// modelled is what a picker must know, kept in the plainest way, and what it may answer.
type modelled struct {
	t      require.TestingT
	p      picker
	geo    Geometry
	have   map[uint32]bool
	theirs map[slot]map[uint32]bool
	asked  map[slot]map[block]bool
	void   map[slot]int
	there  map[block]slot
	copies int // blocks that were ever asked of two at once
	picks  int
	failed int
}

func newModelled(t require.TestingT, cfg PickerConfig, g Geometry, have bits,
	seed uint64) *modelled {
	m := &modelled{t: t, geo: g, have: map[uint32]bool{}, theirs: map[slot]map[uint32]bool{},
		asked: map[slot]map[block]bool{}, void: map[slot]int{}, there: map[block]slot{}}
	r := protocol.NewRand(seed, 1, 0)
	m.p.reset(cfg, g, have, &r)
	for i := range g.Pieces() {
		if have != nil && have.has(i) {
			m.have[i] = true
		}
	}
	return m
}

func (m *modelled) join(s slot) {
	m.p.join(s)
	m.theirs[s], m.asked[s], m.void[s] = map[uint32]bool{}, map[block]bool{}, 0
}

func (m *modelled) leave(s slot) {
	m.p.leave(s)
	delete(m.theirs, s)
	delete(m.asked, s)
	for b, by := range m.there {
		if by == s {
			m.there[b] = nobody
		}
	}
}

func (m *modelled) gain(s slot, piece uint32) {
	require.Equal(m.t, !m.theirs[s][piece], m.p.gain(s, piece))
	m.theirs[s][piece] = true
}

func (m *modelled) gainAll(s slot) {
	m.p.gainAll(s)
	for i := range m.geo.Pieces() {
		m.theirs[s][i] = true
	}
}

func (m *modelled) lose(s slot, piece uint32) {
	m.p.lose(s, piece)
	delete(m.theirs[s], piece)
	for b := range m.asked[s] {
		if b.piece == piece {
			delete(m.asked[s], b)
			m.void[s]++
		}
	}
}

func (m *modelled) drop(s slot) {
	m.p.drop(s)
	m.void[s] += len(m.asked[s])
	clear(m.asked[s])
}

func (m *modelled) lost(s slot, b block) {
	want := m.asked[s][b]
	if !want && m.void[s] > 0 {
		m.void[s]--
		want = true
	}
	delete(m.asked[s], b)
	require.Equal(m.t, want, m.p.lost(s, b))
}

func (m *modelled) cancel(s slot, b block) {
	require.Equal(m.t, m.asked[s][b], m.p.cancel(s, b))
	if m.asked[s][b] {
		m.void[s]++
	}
	delete(m.asked[s], b)
}

// got delivers a block and checks the fate, and then the hash when the piece is full.
func (m *modelled) got(s slot, b block, good bool) {
	before := m.p.waste.redundant
	pending, alone := m.open()[b.piece], m.aloneForOther(s, b.piece)
	a, others := m.p.got(s, b, nil)
	was := m.asked[s][b]
	delete(m.asked[s], b)
	if !was && m.void[s] > 0 {
		m.void[s]--
		was = true
	}
	require.Equal(m.t, was, a.asked)
	_, there := m.there[b]
	switch {
	case m.have[b.piece] || there:
		require.Equal(m.t, redundant, a.fate)
	case !was && (!pending || alone):
		require.Equal(m.t, stray, a.fate)
	default:
		require.Equal(m.t, fresh, a.fate)
	}
	if a.fate != fresh {
		require.Empty(m.t, others)
		lost := uint64(m.geo.BlockLength(b.piece, b.index))
		require.Equal(m.t, before+lost, m.p.waste.redundant)
		return
	}
	m.there[b] = s
	var want []slot
	for o := range m.asked {
		if m.asked[o][b] {
			delete(m.asked[o], b)
			m.void[o]++
			want = append(want, o)
		}
	}
	require.ElementsMatch(m.t, want, others)
	full := true
	for i := range m.geo.Blocks(b.piece) {
		_, there := m.there[block{b.piece, i}]
		full = full && there
	}
	require.Equal(m.t, full, a.full)
	if full {
		m.verify(b.piece, good)
	}
}

func (m *modelled) verify(piece uint32, good bool) {
	from := map[slot]uint32{}
	for i := range m.geo.Blocks(piece) {
		b := block{piece, i}
		from[m.there[b]] += m.geo.BlockLength(piece, i)
		delete(m.there, b)
	}
	if !good {
		m.failed++
		several := len(from) > 1
		for _, b := range m.p.failed(piece, nil) {
			require.Equal(m.t, from[b.slot], b.bytes)
			switch {
			case b.slot == nobody:
				require.Equal(m.t, gone, b.sentence)
			case !several:
				require.Equal(m.t, banned, b.sentence)
			default:
				require.Equal(m.t, suspect, b.sentence)
				require.True(m.t, m.p.peers[b.slot].parole)
			}
			delete(from, b.slot)
		}
		require.Empty(m.t, from)
		return
	}
	before := m.interest()
	ended := m.p.passed(piece, nil)
	m.have[piece] = true
	after := m.interest()
	for s := range m.theirs {
		require.Equal(m.t, before[s] && !after[s], slices.Contains(ended, s))
	}
}

func (m *modelled) interest() map[slot]bool {
	is := map[slot]bool{}
	for s, has := range m.theirs {
		for piece := range has {
			is[s] = is[s] || !m.have[piece]
		}
	}
	return is
}

// open returns the pieces that have blocks asked for or there.
func (m *modelled) open() map[uint32]bool {
	is := map[uint32]bool{}
	for b := range m.there {
		is[b.piece] = true
	}
	for _, asked := range m.asked {
		for b := range asked {
			is[b.piece] = true
		}
	}
	return is
}

func (m *modelled) entry(piece uint32) *openPiece {
	for i := range m.p.open.list {
		if o := &m.p.open.list[i]; o.piece == piece {
			return o
		}
	}
	return nil
}

func (m *modelled) aloneForOther(s slot, piece uint32) bool {
	o := m.entry(piece)
	return o != nil && o.alone && o.owner != s
}

// pick asks for one block, and checks that it is one of those that the rules allow.
func (m *modelled) pick(s slot, w wish) {
	w.n = 1
	may, kind := m.allowed(s, &w)
	blocks := m.p.pick(s, w, nil)
	if len(may) == 0 {
		require.Empty(m.t, blocks, kind)
		return
	}
	require.Len(m.t, blocks, 1, kind)
	require.True(m.t, may[blocks[0]], "%s: %v is not in %v", kind, blocks, may)
	for o := range m.asked {
		if m.asked[o][blocks[0]] {
			require.Equal(m.t, "busy", kind)
			m.copies++
		}
	}
	m.asked[s][blocks[0]] = true
	m.picks++
}

func (m *modelled) check() {
	p := &m.p
	open := m.open()
	for i := range m.geo.Pieces() {
		n := uint32(0)
		for s := range m.theirs {
			if p.has(s, i) != m.theirs[s][i] {
				require.Fail(m.t, "what a peer has", "slot %d piece %d", s, i)
			}
			if m.theirs[s][i] {
				n++
			}
		}
		if n != p.copies(i) || m.have[i] != p.have.has(i) || open[i] != p.isOpen(i) ||
			open[i] != (m.entry(i) != nil) {
			require.Fail(m.t, "a piece", "%d: %d copies", i, n)
		}
	}
	is := m.interest()
	for s := range m.theirs {
		require.Equal(m.t, is[s], p.interesting(s))
		require.Equal(m.t, len(m.asked[s]), p.outstanding(s))
		require.Equal(m.t, len(m.theirs[s]), int(p.held(s)))
		require.Equal(m.t, m.void[s], int(p.peers[s].void))
		var asked []block
		for b := range m.asked[s] {
			asked = append(asked, b)
		}
		require.ElementsMatch(m.t, asked, p.requests(s, nil))
	}
	left := uint64(0)
	for i := range m.geo.Pieces() {
		if !m.have[i] {
			left += uint64(m.geo.PieceSize(i))
		}
	}
	require.Equal(m.t, left, p.left())
	require.Equal(m.t, left == 0, p.done())
	m.checkOrder()
	m.checkOpen()
}

func (m *modelled) checkOrder() {
	a := &m.p.avail
	require.True(m.t, slices.IsSortedFunc(a.order, func(x, y uint32) int {
		return int(a.of(x)) - int(a.of(y))
	}))
	require.Equal(m.t, m.p.idle.count(), uint32(len(a.order)))
	for at, piece := range a.order {
		if !m.p.idle.has(piece) || uint32(at) != a.where[piece] {
			require.Fail(m.t, "the order", "%d at %d", piece, at)
		}
	}
	for n, end := range a.ends {
		many := 0
		for _, piece := range a.order {
			if int(a.of(piece)) <= n {
				many++
			}
		}
		if many != int(end) {
			require.Fail(m.t, "a bucket", "of %d: %d is not %d", n, end, many)
		}
	}
	require.Equal(m.t, len(a.order), int(a.ends[len(a.ends)-1]))
}

func (m *modelled) checkOpen() {
	o := &m.p.open
	twins := 0
	for i := range o.list {
		e := &o.list[i]
		require.Equal(m.t, uint32(i), m.p.avail.where[e.piece])
		require.Equal(m.t, i < o.ready, e.free > 0)
		free, got := uint32(0), uint32(0)
		for index, c := range o.row(e) {
			b := block{e.piece, uint32(index)}
			askers := 0
			for s := range m.asked {
				if m.asked[s][b] {
					askers++
				}
			}
			by, there := m.there[b]
			ok := true
			switch c.state {
			case blockFree:
				free++
				ok = b.index >= e.first && askers == 0 && !there
			case blockAsked:
				ok = askers-1 == int(c.twins) && m.asked[c.by][b] && !there
				twins += int(c.twins)
			case blockThere:
				got++
				ok = there && by == c.by && askers == 0
			}
			if !ok {
				require.Fail(m.t, "a block", "%v: %v, asked of %d", b, c, askers)
			}
		}
		require.Equal(m.t, free, e.free)
		require.Equal(m.t, got, e.got)
	}
	require.Len(m.t, o.twice, twins)
}

func TestPickerAgainstPlainTwin(t *testing.T) {
	copies, picks, failed := 0, 0, 0
	for seed := range uint64(120) {
		r := protocol.NewRand(seed, 7, 0)
		m := aimless(t, &r, 400)
		copies += m.copies
		picks += m.picks
		failed += m.failed
	}
	t.Logf("%d blocks picked, %d of them asked of somebody else too; %d pieces failed",
		picks, copies, failed)
	require.Greater(t, copies, 30, "the endgame was seen")
	require.Greater(t, picks, 3000)
	require.Greater(t, failed, 50)
}

// requests appends the blocks that are asked of a peer, those of one piece together.
func (p *picker) requests(s slot, dst []block) []block {
	left := p.peers[s].asked
	for i := 0; i < len(p.open.list) && left > 0; i++ {
		o := &p.open.list[i]
		for index := range o.size {
			if b := (block{o.piece, index}); p.askedOf(s, b) {
				dst = append(dst, b)
				left--
			}
		}
	}
	return dst
}
