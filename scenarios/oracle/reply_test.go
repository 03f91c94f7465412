package oracle

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every way in which k entries can fall on the levels 0 to top, one by one.
func bruteAnswers(c *chain, k, top, want int) map[contacts]float64 {
	sum := map[contacts]float64{}
	draws := make([]int, k)
	for {
		p := 1.0
		for _, x := range draws {
			p *= math.Pow(2, float64(max(x, 1)-top-1))
		}
		if top == 0 {
			p = 1
		}
		best := slices.Sorted(slices.Values(draws))
		v := c.nobody
		for i := range min(want, k) {
			v[i] = uint8(best[i])
		}
		sum[c.settle(v)] += p
		i := 0
		for ; i < k && draws[i] == top; i++ {
			draws[i] = 0
		}
		if i == k {
			return sum
		}
		draws[i]++
	}
}

func TestAnswersAgreeWithEnumeration(t *testing.T) {
	for _, stale := range []float64{0, 0.1} { // with 0, a contact at distance 0 stands alone
		for _, k := range []int{1, 2, 3, 5} {
			for want := 1; want <= 3; want++ {
				m := plain(100, k, 3, 3)
				m.Stale = stale
				g, err := m.geometry()
				require.NoError(t, err)
				c := newChain(g)
				for d := 1; d <= 5; d++ {
					got := map[contacts]float64{}
					for _, o := range c.answers(d, want, 1) {
						got[o.contacts] += o.p
					}
					require.InDeltaMapValues(t, bruteAnswers(c, k, d-1, want), got, 1e-12)
				}
			}
		}
	}
}

// One round, from a state to the next, against all combinations of three full answers.
func TestRoundAgreesWithEnumeration(t *testing.T) {
	m := plain(60, 3, 3, 2)
	m.Stale = 0.25
	g, err := m.geometry()
	require.NoError(t, err)
	c := newChain(g)
	state := contacts{2, 3, 4}
	want := map[contacts]float64{}
	for x, p := range bruteReply(c, 2) {
		for y, q := range bruteReply(c, 3) {
			for z, r := range bruteReply(c, 4) {
				all := slices.Concat(x[:], y[:], z[:])
				slices.Sort(all)
				next := contacts(all[:3])
				for i := range next {
					if next[i] == c.dead {
						next[i] = 4 // the farthest of the state
					}
				}
				want[next] += p * q * r
			}
		}
	}
	got := map[contacts]float64{}
	total := c.hit(state)
	for _, o := range c.next([]outcome{{state, 1}}) {
		got[o.contacts] = o.p
		total += o.p
	}
	require.InDeltaMapValues(t, want, got, 1e-12)
	require.InDelta(t, 1, total, 1e-12)
}

func bruteReply(c *chain, d int) map[contacts]float64 {
	reply := map[contacts]float64{{c.dead, c.dead, c.dead}: c.stale}
	for v, p := range bruteAnswers(c, c.size[d], d-1, c.beta) {
		reply[v] += p * (1 - c.stale) * (1 - c.direct[d])
	}
	return reply
}
