package swarm

import (
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

// fetching downloads a content from peers by hand: in every step one of them does something.
type fetching struct {
	t        *testing.T
	p        picker
	r        protocol.Rand
	wish     func(s slot) wish
	polluter map[slot]bool
	bad      map[block]bool // what is there is not what it should be
	banned   map[slot]bool
	accepted uint64
	others   []slot
}

func newFetch(t *testing.T, cfg PickerConfig, g Geometry, peers int) *fetching {
	f := &fetching{t: t, r: protocol.NewRand(uint64(peers), 6, 7), bad: map[block]bool{},
		polluter: map[slot]bool{}, banned: map[slot]bool{}}
	f.p.reset(cfg, g, nil, &f.r)
	for s := range slot(peers) {
		f.p.join(s)
	}
	f.wish = func(slot) wish { return wish{n: 4} }
	return f
}

// serve fills a peer's queue, and lets it answer one of the requests.
func (f *fetching) serve(s slot) {
	if f.banned[s] {
		return
	}
	if w := f.wish(s); f.p.outstanding(s) < w.n {
		w.n -= f.p.outstanding(s)
		f.p.pick(s, w, nil)
	}
	asked := f.p.requests(s, nil)
	if len(asked) == 0 {
		return
	}
	b := asked[f.r.Intn(len(asked))]
	var a arrival
	a, f.others = f.p.got(s, b, f.others[:0])
	require.True(f.t, a.asked)
	require.Equal(f.t, fresh, a.fate)
	f.accepted += uint64(f.p.geo.BlockLength(b.piece, b.index))
	f.bad[b] = f.polluter[s]
	if !a.full {
		return
	}
	good := true
	for i := range f.p.geo.Blocks(b.piece) {
		good = good && !f.bad[block{b.piece, i}]
	}
	if good {
		f.p.passed(b.piece, nil)
		return
	}
	for _, c := range f.p.failed(b.piece, nil) {
		if c.sentence == banned {
			require.True(f.t, f.polluter[c.slot], "only who sent it is banned")
			f.banned[c.slot] = true
			f.p.leave(c.slot)
		}
	}
}

func (f *fetching) run(peers int) {
	for n := 0; !f.p.done(); n++ {
		require.Less(f.t, n, 200_000, "%d bytes left", f.p.left())
		f.serve(slot(f.r.Intn(peers)))
		if s := slot(f.r.Intn(peers)); n%200 == 0 && !f.banned[s] {
			f.p.drop(s) // it chokes
		}
	}
	require.Equal(f.t, f.p.geo.Total+f.p.waste.failed, f.accepted)
	require.Zero(f.t, f.p.left())
	require.Empty(f.t, f.p.open.list)
	require.Empty(f.t, f.p.open.twice)
}

func TestEveryBlockIsFetched(t *testing.T) {
	const peers = 10
	for picking := range Picking(3) {
		for _, cfg := range []PickerConfig{{Picking: picking, FirstRandom: 4},
			{Picking: picking, NoEndgame: true}} {
			g := Geometry{Total: 60*5*BlockSize - 1000, PieceLength: 5 * BlockSize}
			f := newFetch(t, cfg, g, peers)
			f.p.gainAll(0)
			for s := slot(1); s < peers; s++ {
				for range s * 10 {
					f.p.gain(s, uint32(f.r.Intn(60)))
				}
			}
			f.wish = func(s slot) wish { return wish{n: 6, snubbed: s == 3, whole: s == 7} }
			f.run(peers)
			require.Zero(t, f.p.waste)
		}
	}
}

// TestPolluterIsFoundOut: one of ten sends junk. Who worked on a piece with it is suspected, works
// alone for a piece, and is cleared; the polluter is banned.
func TestPolluterIsFoundOut(t *testing.T) {
	const peers = 10
	for seed := range 10 {
		g := Geometry{Total: 100 * 8 * BlockSize, PieceLength: 8 * BlockSize}
		f := newFetch(t, DefaultPicker(), g, peers)
		f.r = protocol.NewRand(uint64(seed), 1, 1)
		for s := range slot(peers) {
			f.p.gainAll(s)
		}
		f.polluter[slot(seed%peers)] = true
		f.run(peers)
		require.Len(t, f.banned, 1)
		require.LessOrEqual(t, f.p.waste.failed, uint64(15*8*BlockSize), "15 pieces")
	}
}

// TestDuplicatesOnlyAtTheEnd: of two peers the second is asked for what the first does not send,
// when there is nothing else. The first is told by a cancel, and what comes nevertheless is waste.
func TestDuplicatesOnlyAtTheEnd(t *testing.T) {
	g := Geometry{Total: 4 * BlockSize, PieceLength: 2 * BlockSize}
	f := newFetch(t, DefaultPicker(), g, 3)
	p := &f.p
	for s := range slot(3) {
		p.gainAll(s)
	}
	first := p.pick(0, wish{n: 3}, nil)
	require.Len(t, first, 3)
	last := p.pick(1, wish{n: 3}, nil)
	require.Len(t, last, 1, "the last free block; nothing is asked twice by who has work")
	require.Empty(t, p.pick(1, wish{n: 3}, nil))
	busy := p.pick(2, wish{n: 3}, nil)
	require.Len(t, busy, 1, "one only")
	a, others := p.got(2, busy[0], nil)
	require.Equal(t, arrival{fate: fresh, asked: true, full: a.full}, a)
	require.Len(t, others, 1)
	a, _ = p.got(others[0], busy[0], nil)
	require.Equal(t, arrival{fate: redundant, asked: true}, a, "the cancel was late")
	require.Equal(t, uint64(BlockSize), p.waste.redundant)
	a, _ = p.got(others[0], busy[0], nil)
	require.Equal(t, arrival{fate: redundant}, a, "and this is nobody's request")
}

// TestTiesAreRandom: among pieces that are equally rare every one is opened equally often, also by
// a peer that has but some of them, and whatever moved before.
func TestTiesAreRandom(t *testing.T) {
	const pieces, runs = 24, 24_000
	for _, seed := range []bool{false, true} {
		for _, commonest := range []bool{false, true} {
			var opened [pieces]int
			var p picker
			r := protocol.NewRand(11, 0, 0)
			for range runs {
				g := Geometry{Total: pieces * BlockSize, PieceLength: BlockSize}
				p.reset(PickerConfig{}, g, nil, &r)
				for s := range slot(3) {
					p.join(s)
				}
				// 0 to 7 have one owner, 8 to 15 two, 16 to 23 three. What is asked of has them all
				// but 3, 11 and 19, which move about.
				for i := range uint32(pieces) {
					for s := range slot(i/8 + 1) {
						p.gain((s+1)%3, i)
					}
				}
				p.lose(1, 3)
				p.gain(1, 3)
				p.lose(1, 3)
				p.gain(2, 3)
				at := slot(1)
				if seed {
					p.join(3)
					p.gainAll(3)
					at = 3
				}
				got := p.pick(at, wish{n: 1, snubbed: commonest}, nil)
				require.Len(t, got, 1)
				opened[got[0].piece]++
			}
			from, to := 0, 8
			if commonest {
				from, to = 16, 24
			}
			options := 8
			if !commonest && !seed {
				options = 7
			}
			for i, n := range opened {
				want := 0
				if i >= from && i < to && (seed || i != 3) {
					want = runs / options
				}
				require.InDelta(t, want, n, 260, "piece %d of %v", i, opened) // 4.5 sigma
			}
		}
	}
}

// TestWalkAndScanAgree: both ways to find a rarest piece find one that is equally rare.
func TestWalkAndScanAgree(t *testing.T) {
	d := newDownloading(2000, 5)
	found := 0
	for range 4000 {
		d.step()
		s := slot(d.r.Intn(80))
		for _, commonest := range []bool{false, true} {
			x, ok := d.p.walk(s, commonest)
			y, sure := d.p.scan(s, commonest)
			if ok && !d.p.isSeed(s) {
				require.True(t, sure)
				require.Equal(t, d.p.avail.of(y), d.p.avail.of(x))
				found++
			}
		}
	}
	require.Greater(t, found, 2000)
}
