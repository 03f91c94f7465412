package oracle

import (
	"math/bits"

	"swarmlab/protocol"
)

const (
	// SampledLookups is how many lookups [Model.CDF] follows where it does not compute.
	SampledLookups = 1 << 18

	sampledSeed   = 1
	purposeSample = 1
)

// sample follows lookups through the chain one by one and returns the CDF of their hops.
func (g *geometry) sample(seed uint64, lookups int) []float64 {
	w := walker{
		geometry: g,
		rand:     protocol.NewRand(seed, purposeSample, 0),
		found:    make([]int, g.bits+1),
		draws:    make([]int, g.bits+1),
	}
	var ended []int
	for range lookups {
		hops := w.walk()
		for len(ended) < hops {
			ended = append(ended, 0)
		}
		ended[hops-1]++
	}
	cdf := make([]float64, len(ended))
	sum := 0
	for i, n := range ended {
		sum += n
		cdf[i] = float64(sum) / float64(lookups)
	}
	return cdf
}

// walker follows one lookup after the other.
type walker struct {
	*geometry
	rand  protocol.Rand
	round []int // the distances of the contacts to be asked, ascending
	found []int // by distance: how many contacts the answers of this round held
	draws []int // by distance: scratch of answer
}

// walk returns the hops of one lookup.
func (w *walker) walk() int {
	d := max(w.bits-w.halvings(), 0)
	if w.chance(w.direct[d]) {
		return 1
	}
	w.answer(d, w.alpha)
	for hops := 2; ; hops++ {
		w.choose()
		if w.ask() {
			clear(w.found)
			return hops
		}
	}
}

// choose moves the alpha best of what was found into the round.
func (w *walker) choose() {
	w.round = w.round[:0]
	for x, n := range w.found {
		for range min(n, w.alpha-len(w.round)) {
			w.round = append(w.round, x)
		}
	}
	clear(w.found)
}

// ask queries the round, fills found with the answers, and reports whether the target was in
// one of them.
func (w *walker) ask() bool {
	silent := 0
	for _, d := range w.round {
		switch {
		case w.chance(w.stale):
			silent++
		case w.chance(w.direct[d]):
			return true
		default:
			w.answer(d, min(w.alpha, w.beta))
		}
	}
	if silent > 0 {
		w.found[w.round[len(w.round)-1]] += w.alpha
	}
	return false
}

// answer finds the want best entries of the bucket that a node at distance d uses.
func (w *walker) answer(d, want int) {
	top := d - w.resolved(d)
	for range w.size[d] {
		w.draws[max(top-w.halvings(), 0)]++
	}
	for x := range w.draws[:top+1] {
		n := min(w.draws[x], want)
		w.found[x] += n
		want -= n
		w.draws[x] = 0
	}
}

// resolved draws the bits that the bucket of a node at distance d resolves.
func (w *walker) resolved(d int) int {
	for _, l := range w.gain[d][1:] {
		if w.chance(l.p) {
			return l.bits
		}
	}
	return w.gain[d][0].bits
}

// halvings is geometric: it is at least i with probability 2^-i.
func (w *walker) halvings() int { return bits.TrailingZeros64(w.rand.Uint64()) }

func (w *walker) chance(p float64) bool {
	return p > 0 && float64(w.rand.Uint64()>>11)*0x1p-53 < p
}
