package swarm

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

// rota is a choker with its peers, as the half of connections would keep them.
type rota struct {
	t     require.TestingT
	c     choker
	now   protocol.Time
	r     protocol.Rand
	peers []fact // by slot; those that left have slot nobody
	seed  bool   // everything is there
	rest  []fact
}

func newRota(t require.TestingT, cfg ChokerConfig, peers int) *rota {
	require.NoError(t, cfg.Validate())
	o := &rota{t: t, r: protocol.NewRand(9, 9, 9)}
	o.c.reset(cfg, Geometry{Total: 100 << 18, PieceLength: 1 << 18})
	for s := range slot(peers) {
		o.join(fact{slot: s, interested: true})
	}
	return o
}

func (o *rota) join(f fact) {
	for len(o.peers) <= int(f.slot) {
		o.peers = append(o.peers, fact{slot: nobody})
	}
	o.peers[f.slot] = f
	o.c.join(o.now, f.slot)
}

// rechoke decides now, and checks that the changes are those of the seats.
func (o *rota) rechoke() []change {
	o.rest = o.rest[:0]
	before := map[slot]bool{}
	for _, f := range o.peers {
		if f.slot != nobody {
			o.rest = append(o.rest, f)
			before[f.slot] = o.c.unchoked(f.slot)
		}
	}
	list := o.c.rechoke(o.now, o.seed, o.rest, &o.r, nil)
	require.True(o.t, slices.IsSortedFunc(list, func(x, y change) int {
		return cmp.Compare(fmt.Sprint(x.unchoke), fmt.Sprint(y.unchoke))
	}), "chokes first")
	for _, ch := range list {
		require.NotEqual(o.t, before[ch.slot], ch.unchoke)
		before[ch.slot] = ch.unchoke
	}
	for s, is := range before {
		require.Equal(o.t, is, o.c.unchoked(s))
	}
	return list
}

// round lets a period pass and decides.
func (o *rota) round() []change {
	o.now = max(o.now, o.c.due())
	return o.rechoke()
}

// String lists the unchoked; an optimistic one has a question mark.
func (o *rota) String() string {
	var b strings.Builder
	for _, f := range o.peers {
		if f.slot == nobody || !o.c.unchoked(f.slot) {
			continue
		}
		fmt.Fprintf(&b, " %d", f.slot)
		if o.c.optimistic(f.slot) {
			b.WriteByte('?')
		}
	}
	return fmt.Sprintf("%3ds%s\n", int64(o.now/second), b.String())
}

// Eight peers: 0 is slowest, 7 fastest. After the first round, in which nothing is known, the three
// best stay, and the fourth place (marked) is given anew every 30 seconds, at 10 s also because 7
// has got a regular one. At 50 s peer 7 snubs, and 4 comes in; at 60 s it gets the fourth place,
// regardless. At 65 s peer 5 leaves, and the best that waits, 3, comes in at once. At 70 s peer 1,
// which wants nothing, is unchoked besides, for it is faster than all. At 71 s it comes to want
// something, and the worst of the regular, 3, goes.
const classicTrace = `  0s 2 3 4 7?
 10s 1? 5 6 7
 20s 1? 5 6 7
 30s 3? 5 6 7
 40s 3? 5 6 7
 50s 3? 4 5 6
 60s 4 5 6 7?
 65s 3 4 6 7?
 70s 1 3 4 6 7?
 71s 1 4 6 7?
`

func TestClassicTrace(t *testing.T) {
	o := newRota(t, DefaultChoker(), 8)
	var got strings.Builder
	for range 5 {
		o.round()
		for s := range o.peers {
			o.peers[s].down = uint64(1000 * (s + 1))
		}
		got.WriteString(o.String())
	}
	o.peers[7].snubbed = true
	o.round()
	got.WriteString(o.String())
	o.round()
	got.WriteString(o.String())
	o.now += 5 * second
	o.peers[5].slot = nobody
	require.True(t, o.c.leave(5))
	o.rechoke()
	got.WriteString(o.String())
	o.peers[1].interested, o.peers[1].down = false, 50_000
	o.round()
	got.WriteString(o.String())
	o.now += second
	o.peers[1].interested = true
	o.rechoke()
	got.WriteString(o.String())
	require.Equal(t, classicTrace, got.String())
}

// check holds a regular decision of the classic algorithm against its rules.
func (o *rota) check(regular bool, held map[slot]bool) {
	cfg := o.c.cfg
	var regulars, waiting []uint64 // what they bring
	hopeful, able, before, lost := 0, 0, 0, 0
	for _, f := range o.peers {
		if f.slot == nobody {
			continue
		}
		blocked := !o.seed && cfg.Leeching == BlockTitForTat && f.given >= f.taken+cfg.Deficit
		eligible := f.interested && !f.seed && (!blocked || f.down > 0)
		if eligible {
			able++
		}
		require.False(o.t, f.seed && o.c.unchoked(f.slot), "a seed wants nothing")
		switch un := o.c.unchoked(f.slot); {
		case un && o.c.optimistic(f.slot):
			require.True(o.t, eligible)
			hopeful++
		case un && f.interested:
			require.True(o.t, eligible)
			regulars = append(regulars, o.value(f))
			require.True(o.t, o.seed || !f.snubbed, "who snubs gets only optimistic places")
		case un:
			require.False(o.t, o.seed)
		case eligible && (o.seed || !f.snubbed):
			waiting = append(waiting, o.value(f))
		}
		if held[f.slot] && eligible {
			before++
			if !o.c.unchoked(f.slot) && (o.seed || !f.snubbed) {
				lost++
			}
		}
	}
	require.Equal(o.t, min(able, int(cfg.Slots)), len(regulars)+hopeful, "all slots are used")
	if regular && len(regulars) > 0 && len(waiting) > 0 {
		require.GreaterOrEqual(o.t, slices.Min(regulars), slices.Max(waiting))
	}
	if !regular && lost > 0 {
		require.Greater(o.t, before, int(cfg.Slots-cfg.Optimistic), "too many came to want")
	}
}

func (o *rota) value(f fact) uint64 {
	switch {
	case !o.seed:
		return f.down
	case o.c.cfg.Seeding == AntiLeech:
		return uint64(max(100, 2*f.held) - min(100, 2*f.held))
	}
	return f.up
}

// TestChokerInvariants lets peers do anything under every rule that ranks.
func TestChokerInvariants(t *testing.T) {
	r := protocol.NewRand(3, 1, 4)
	for range 60 {
		bustle(t, &r, 150)
	}
}

// FuzzChoker lets them do what the bytes say.
func FuzzChoker(f *testing.F) {
	f.Add([]byte("leechers come and go, as they like it; some snub, and some want nothing"))
	f.Add(make([]byte, 1000))
	f.Fuzz(func(t *testing.T, p []byte) {
		bustle(t, &bytesOf{p: p}, min(100, len(p)/20+1))
	})
}

func bustle(t require.TestingT, r chooser, steps int) {
	cfg := DefaultChoker()
	cfg.Slots = uint16(1 + r.Intn(10))
	cfg.Optimistic = OptimisticShare(cfg.Slots)
	cfg.Leeching = Leeching(r.Intn(2))
	cfg.Seeding = []Seeding{FastestUpload, AntiLeech}[r.Intn(2)]
	o := newRota(t, cfg, 0)
	o.seed = r.Intn(2) == 0
	for range steps {
		o.disturb(r)
		held := map[slot]bool{}
		for _, f := range o.peers {
			held[f.slot] = f.slot != nobody && o.c.unchoked(f.slot)
		}
		if r.Intn(2) == 0 {
			o.round()
			o.check(true, held)
			continue
		}
		if o.now+second < o.c.due() {
			o.now += second
		}
		regular := o.now >= o.c.due()
		o.rechoke()
		o.check(regular, held)
	}
}

func (o *rota) disturb(r chooser) {
	s := slot(r.Intn(20))
	if int(s) >= len(o.peers) || o.peers[s].slot == nobody {
		o.join(fact{slot: s, seed: r.Intn(5) == 0})
	} else if r.Intn(4) == 0 {
		was := o.c.unchoked(s)
		require.Equal(o.t, was, o.c.leave(s))
		o.peers[s].slot = nobody
	}
	for i := range o.peers {
		f := &o.peers[i]
		f.interested, f.snubbed = r.Intn(4) > 0, r.Intn(6) == 0
		f.down, f.up = uint64(r.Intn(50))*1000, uint64(r.Intn(50))*1000
		f.held = uint32(r.Intn(101))
		f.given += uint64(r.Intn(3)) * BlockSize
		f.taken += uint64(r.Intn(3)) * BlockSize
	}
}

// TestBetweenDecisionsNothingIsTakenAway: an event fills what is free; who has a place keeps it.
func TestBetweenDecisionsNothingIsTakenAway(t *testing.T) {
	for _, seeding := range []Seeding{FastestUpload, RoundRobin, AntiLeech} {
		cfg := DefaultChoker()
		cfg.Seeding = seeding
		for _, seed := range []bool{false, true} {
			o := newRota(t, cfg, 12)
			o.seed = seed
			r := protocol.NewRand(1, 1, 1)
			for range 100 {
				if r.Intn(3) == 0 {
					o.round()
				}
				for i := range o.peers {
					o.peers[i].down, o.peers[i].up = r.Uint64n(1000), r.Uint64n(1000)
				}
				if o.now+second < o.c.due() {
					o.now += second
					require.Empty(t, o.rechoke())
				}
			}
		}
	}
}

// TestOptimisticPlacesGoRound counts how often each of many equal peers gets the optimistic place,
// and that newcomers get it three times as often as others.
func TestOptimisticPlacesGoRound(t *testing.T) {
	o := newRota(t, DefaultChoker(), 13)
	for s := range 3 {
		o.peers[s].down = 1000
	}
	o.round()
	turns := [14]int{}
	const rounds = 20_000
	for n := range rounds {
		if n%3 == 0 { // slot 13 is always a newcomer when the place is given anew
			if n > 0 {
				o.c.leave(13)
				o.peers[13].slot = nobody
			}
			for (o.c.round)%3 != 0 {
				o.round()
			}
			o.now = o.c.due() - second
			o.join(fact{slot: 13, interested: true})
		}
		before := o.now
		o.round()
		for s := range turns {
			if o.c.optimistic(slot(s)) && before < o.now && n%3 == 0 {
				turns[s]++
			}
		}
	}
	each := rounds / 3 / 13 // ten old peers and one that weighs three
	for s := 3; s < 13; s++ {
		require.InDelta(t, each, turns[s], 95, "peer %d of %v", s, turns) // 4 sigma
	}
	require.InDelta(t, 3*each, turns[13], 160, turns)
	require.Zero(t, turns[0]+turns[1]+turns[2])
}

// TestEqualTimeOfASeed is what the new seed choke is for.
func TestEqualTimeOfASeed(t *testing.T) {
	o := newRota(t, DefaultChoker(), 20)
	o.seed = true
	served := [20]int{}
	const rounds = 6000
	for range rounds {
		for s := range o.peers {
			o.peers[s].up = uint64(1000 * s)
		}
		o.round()
		n := 0
		for s := range served {
			if o.c.unchoked(slot(s)) {
				served[s]++
				n++
			}
		}
		require.Equal(t, 4, n)
	}
	for s, n := range served {
		require.InDelta(t, rounds*4/20, n, rounds*4/20/10, "peer %d of %v", s, served)
	}
	cfg := DefaultChoker()
	cfg.Seeding = FastestUpload
	o = newRota(t, cfg, 20)
	o.seed = true
	for s := range o.peers {
		o.peers[s].up = uint64(1000 * s)
	}
	o.round()
	for s := slot(17); s < 20; s++ {
		require.True(t, o.c.unchoked(s), "the fastest")
	}
}

func TestFreeRiderNeverUnchokes(t *testing.T) {
	cfg := DefaultChoker()
	cfg.Leeching = FreeRider
	o := newRota(t, cfg, 10)
	for n := range 50 {
		o.seed = n > 25
		o.peers[n%10].down = uint64(n) * 1000
		require.Empty(t, o.round())
	}
}

// TestBlockTitForTatBoundsTheDeficit serves whoever may be served. Peers from 5 on give a block for
// a block, but late, and keep their slots; the others give nothing, and lose theirs.
func TestBlockTitForTatBoundsTheDeficit(t *testing.T) {
	cfg := DefaultChoker()
	cfg.Leeching = BlockTitForTat
	o := newRota(t, cfg, 10)
	waited := 0
	for n := range 4000 {
		if o.now += second / 2; o.now >= o.c.due() {
			o.rechoke()
		}
		for s := range o.peers {
			f := &o.peers[s]
			if s >= 5 && n%5 == 0 && f.taken < f.given {
				f.taken += BlockSize
				f.down = BlockSize
			}
			if !o.c.unchoked(f.slot) {
				continue
			}
			if !o.c.serves(false, f.given, f.taken) {
				o.rechoke()
				require.Equal(t, s >= 5 && f.down > 0, o.c.unchoked(f.slot))
				waited++
				continue
			}
			f.given += BlockSize
		}
	}
	require.Greater(t, waited, 1000)
	for s, f := range o.peers {
		require.LessOrEqual(t, f.given, f.taken+cfg.Deficit)
		if s < 5 {
			require.Equal(t, cfg.Deficit, f.given)
		}
	}
	total := uint64(0)
	for _, f := range o.peers[5:] {
		total += f.given
	}
	require.Greater(t, total, uint64(2000*BlockSize), "three or four at a time, 800 blocks each")
	require.True(t, o.c.serves(true, 1<<40, 0), "a seed gives")
}

func TestChokerDoesNotAllocate(t *testing.T) {
	for _, rule := range []Leeching{TitForTat, BlockTitForTat, Tyrant, PropShare} {
		cfg := DefaultChoker()
		cfg.Leeching, cfg.Upload = rule, 100_000
		o := newRota(t, cfg, 80)
		r := protocol.NewRand(2, 2, 2)
		facts, changes := make([]fact, 80), make([]change, 0, 160)
		require.Zero(t, testing.AllocsPerRun(5, func() {
			for range 100 {
				o.now += 10 * second
				copy(facts, o.peers)
				for i := range facts {
					facts[i].down = r.Uint64n(1 << 20)
				}
				changes = o.c.rechoke(o.now, r.Intn(2) == 0, facts, &r, changes[:0])
			}
		}))
	}
}

func BenchmarkRechoke(b *testing.B) {
	o := newRota(b, DefaultChoker(), 80)
	facts, changes := make([]fact, 80), make([]change, 0, 160)
	for b.Loop() {
		o.now += 10 * second
		copy(facts, o.peers)
		for i := range facts {
			facts[i].down = o.r.Uint64n(1 << 20)
		}
		changes = o.c.rechoke(o.now, false, facts, &o.r, changes[:0])
	}
}

func TestChokerConfigIsChecked(t *testing.T) {
	good := DefaultChoker()
	require.NoError(t, good.Validate())
	for want, mend := range map[string]func(*ChokerConfig){
		"no leeching rule": func(c *ChokerConfig) { c.Leeching = 9 },
		"no seeding rule":  func(c *ChokerConfig) { c.Seeding = 9 },
		"FreeRider":        func(c *ChokerConfig) { c.Slots = 0 },
		"at most all":      func(c *ChokerConfig) { c.Optimistic = 5 },
		"must be positive": func(c *ChokerConfig) { c.Period = 0 },
		"multiple of":      func(c *ChokerConfig) { c.Rotation = 25 * time.Second },
		"nobody begins":    func(c *ChokerConfig) { c.Leeching, c.Deficit = BlockTitForTat, 1 },
		"divides from":     func(c *ChokerConfig) { c.Leeching = Tyrant },
	} {
		c := good
		mend(&c)
		require.ErrorContains(t, c.Validate(), want)
	}
	for slots, want := range map[uint16]uint16{1: 1, 4: 1, 8: 1, 10: 2, 50: 10} {
		require.Equal(t, want, OptimisticShare(slots))
	}
}
