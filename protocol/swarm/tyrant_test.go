package swarm

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func newTyrant(t require.TestingT, rule Leeching, upload uint64, peers int) *rota {
	cfg := DefaultChoker()
	cfg.Leeching, cfg.Upload = rule, upload
	return newRota(t, cfg, peers)
}

// TestTyrantLearnsTheCost follows the update of NSDI 2007: a fifth more for a peer that does not
// answer in kind, a tenth less for one that has done so for three rounds.
func TestTyrantLearnsTheCost(t *testing.T) {
	o := newTyrant(t, Tyrant, 100_000, 2)
	o.peers[0].opened, o.peers[0].down = true, 20*50_000
	want := []uint64{25_000, 25_000, 25_000, 22_500, 20_250, 18_225, 16_403}
	stingy := []uint64{25_000, 30_000, 36_000, 43_200, 51_840, 62_208, 74_649}
	for n := range want {
		o.round()
		require.Equal(t, want[n], o.c.allowance(0), n)
		require.Equal(t, stingy[n], o.c.allowance(1), n)
	}
	o.peers[0].opened, o.peers[0].down = false, 0
	o.round()
	require.Equal(t, uint64(16_403+16_403/5), o.c.allowance(0), "it stopped: the trust is gone")
	require.Equal(t, uint32(50_000), o.c.bribes[0].value, "what it was worth is remembered")
}

// TestTyrantBuysTheBest: the most for the money comes first, and no more is promised than there is.
// All peers open for 10 kB/s, and give from 5 to 100 kB/s. The first guess buys four of them; after
// ten minutes the price is known, and the upload buys twice as many, of those that give most.
func TestTyrantBuysTheBest(t *testing.T) {
	o := newTyrant(t, Tyrant, 100_000, 20)
	var bought []slot
	for range 60 {
		for s := range o.peers {
			f := &o.peers[s]
			f.opened = o.c.unchoked(f.slot) && o.c.allowance(f.slot) >= 10_000
			f.down = 0
			if f.opened {
				f.down = 20 * 5000 * uint64(s+1)
			}
		}
		o.round()
		spent, worst := uint64(0), ^uint64(0)
		bought = bought[:0]
		for s := range slot(20) {
			if o.c.unchoked(s) {
				spent += o.c.allowance(s)
				worst = min(worst, o.worth(s))
				bought = append(bought, s)
			}
		}
		require.LessOrEqual(t, spent, uint64(100_000))
		for s := range slot(20) {
			if !o.c.unchoked(s) {
				require.LessOrEqual(t, o.worth(s), worst)
			}
		}
	}
	require.GreaterOrEqual(t, len(bought), 8, bought)
	sum := 0
	for _, s := range bought {
		sum += 5 * (int(s) + 1)
	}
	require.Greater(t, sum, 2*4*52, "kB/s; four at random give 4 times 52")
}

func (o *rota) worth(s slot) uint64 {
	return uint64(o.c.bribes[s].value) << 24 / uint64(o.c.bribes[s].cost)
}

// TestTyrantGuessesFromHaves: a peer that never gave anything is worth what one of its rate gives
// to each of those whom it unchokes.
func TestTyrantGuessesFromHaves(t *testing.T) {
	o := newTyrant(t, Tyrant, 100_000, 1)
	o.peers[0].held = 10
	o.round()
	require.Equal(t, uint32(25_000), o.c.bribes[0].value, "how fast is not known yet")
	o.peers[0].held = 20 // ten pieces of 256 KiB in 10 s; it unchokes 13 peers
	o.round()
	require.Equal(t, uint32(262_144/13), o.c.bribes[0].value)
	require.Equal(t, uint32(2_500), equalSplit(10_000), "four at least")
	require.Equal(t, uint32(1_000_000/25), equalSplit(1_000_000))
}

func TestPropShareDividesInProportion(t *testing.T) {
	o := newTyrant(t, PropShare, 100_000, 6)
	o.peers[0].down, o.peers[1].down, o.peers[2].down = 10_000, 20_000, 50_000
	o.round()
	require.Equal(t, uint64(10_000), o.c.allowance(0))
	require.Equal(t, uint64(20_000), o.c.allowance(1))
	require.Equal(t, uint64(50_000), o.c.allowance(2))
	hopeful := 0
	for s := slot(3); s < 6; s++ {
		if o.c.unchoked(s) {
			require.True(t, o.c.optimistic(s))
			require.Equal(t, uint64(20_000), o.c.allowance(s), "a fifth, to find better")
			hopeful++
		}
	}
	require.Equal(t, 1, hopeful)
	o.peers[1].interested = false
	o.round()
	require.False(t, o.c.unchoked(1))
	require.Equal(t, uint64(13_333), o.c.allowance(0))
}
