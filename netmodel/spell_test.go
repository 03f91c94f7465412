package netmodel

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"swarmlab/protocol"
)

func percent(p uint64) Probability { return Certain / 100 * Probability(p) }

// A chain that is run forward, slot by slot, with the same hashes is where the look back says.
func TestSpellIsTheChainRunForward(t *testing.T) {
	for _, share := range []Probability{percent(1), percent(30), percent(50), percent(95)} {
		s := newSpell(newStream(1, 2), share, time.Second)
		for link := range uint64(20) {
			key := protocol.Mix(uint64(s.links) + link*golden)
			bad, known, checked := false, false, 0
			for slot := uint64(1); slot < 3000; slot++ {
				switch u := protocol.Mix(key+slot*golden) >> 1; {
				case u < s.bad:
					bad, known = true, true
				case u < s.change:
					bad, known = false, true
				}
				begin := protocol.Time(slot*s.slot - below(key, s.slot))
				if known {
					require.Equal(t, bad, s.is(link, begin))
					require.Equal(t, bad, s.is(link, begin+protocol.Time(s.slot)-1))
					checked++
				}
			}
			require.Greater(t, checked, 2000)
		}
	}
}

// Bad for the right share of time, with lengths of geometric distribution and of the right mean,
// and good times too: Gilbert's chain. Links are independent of each other.
func TestSpellStatistics(t *testing.T) {
	for _, share := range []Probability{percent(2), percent(20), percent(80)} {
		const length, slots = 800 * time.Millisecond, 400_000
		s := newSpell(newStream(3, 4), share, length)
		var runs [2][]float64 // in slots
		var track [2][]float64
		last, since := false, 0
		for slot := range slots {
			at := protocol.Time(uint64(slot) * s.slot)
			bad := s.is(5, at)
			if slot > 0 && bad != last {
				runs[index(last)] = append(runs[index(last)], float64(slot-since))
				since = slot
			}
			last = bad
			track[0] = append(track[0], float64(index(bad)))
			track[1] = append(track[1], float64(index(s.is(6, at))))
		}
		p := float64(share) / float64(Certain)
		slot := float64(s.slot)
		means := [2]float64{float64(length) / slot * (1 - p) / p, float64(length) / slot}
		for state, want := range means {
			n := float64(len(runs[state]))
			require.Greater(t, n, 400.)
			mean, sd := stat.MeanStdDev(runs[state], nil)
			require.InDelta(t, want, mean, 4*want/math.Sqrt(n), "state %d of %v", state, share)
			// The deviation of a geometric distribution from 1 is sqrt(1-1/mean) of its mean.
			require.InEpsilon(t, want*math.Sqrt(1-1/want), sd, 8/math.Sqrt(n))
			requireGeometric(t, runs[state], want)
		}
		correlated := math.Sqrt(2 * (means[0] + means[1]) / slots)
		require.InDelta(t, p, stat.Mean(track[0], nil), 4*correlated)
		require.InDelta(t, 0, stat.Correlation(track[0], track[1], nil), 4*correlated)
	}
}

func index(bad bool) int {
	if bad {
		return 1
	}
	return 0
}

// requireGeometric is the chi-square test at 1 % over eight classes of lengths.
func requireGeometric(t *testing.T, lengths []float64, mean float64) {
	t.Helper()
	const bins = 8
	var counts, want [bins]float64
	bin := func(length float64) int { return min(int(length/mean*3), bins-1) }
	for _, length := range lengths {
		counts[bin(length)]++
	}
	q := 1 - 1/mean
	left := 1.0
	for length := 1.0; left > 1e-12; length++ {
		want[bin(length)] += left * (1 - q)
		left *= q
	}
	sum := 0.0
	for i := range want {
		expected := want[i] * float64(len(lengths))
		sum += (counts[i] - expected) * (counts[i] - expected) / expected
	}
	require.Less(t, sum, distuv.ChiSquared{K: bins - 1}.Quantile(0.99))
}

// The extremes of the settings: still a chain, and found within a few steps.
func TestSpellAtTheLimits(t *testing.T) {
	for _, length := range []time.Duration{spellMin, spellMost} {
		for _, share := range []Probability{1, percent(50), spellShareMost} {
			s := newSpell(newStream(1, 1), share, length)
			require.Greater(t, s.change, uint64(1)<<58, "%v of %v", share, length)
			require.LessOrEqual(t, s.change, uint64(1)<<63)
			bad := 0
			for i := range 1000 {
				bad += index(s.is(uint64(i), protocol.Time(i)))
			}
			require.InDelta(t, 1000*float64(share)/float64(Certain), bad, 70)
		}
	}
}
