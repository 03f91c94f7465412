package oracle

import (
	"math"
	"slices"
)

// geometry is a model made concrete: everything that depends on the distance alone, indexed by
// the bit distance d from 0 to bits.
type geometry struct {
	bits        int // b', the bits that are modelled
	alpha, beta int
	stale       float64
	size        []int     // k_d, the bucket that a node at distance d uses
	gain        [][]split // l, the bits that this bucket resolves
	direct      []float64 // s(d)
}

// split is one way in which a bucket may resolve bits, and how likely it is.
type split struct {
	bits int
	p    float64
}

func (m Model) geometry() (*geometry, error) {
	if err := m.validate(); err != nil {
		return nil, err
	}
	epsilon := m.Epsilon
	if epsilon == 0 {
		epsilon = defaultEpsilon
	}
	bits := effectiveBits(m.Nodes, slices.Min(m.Buckets), epsilon)
	g := &geometry{bits: bits, alpha: m.Alpha, beta: m.Beta, stale: m.Stale}
	for d := range bits + 1 {
		g.size = append(g.size, m.Buckets[min(bits-d, len(m.Buckets)-1)])
		g.gain = append(g.gain, gain(m.Kad, d, bits))
		g.direct = append(g.direct, g.directAt(m.Nodes, d))
	}
	return g, nil
}

// gain is the number of bits that the bucket used at distance d resolves.
func gain(kad bool, d, bits int) []split {
	switch {
	case !kad:
		return []split{{1, 1}}
	case d <= 3:
		return []split{{d, 1}}
	case d == bits:
		return []split{{4, 1}}
	}
	return []split{{3, 0.75}, {4, 0.25}}
}

// effectiveBits returns b', the fewest bits beyond which more than k of n nodes agree with the
// target with a probability of at most epsilon.
func effectiveBits(n, k int, epsilon float64) int {
	for b := 1; ; b++ {
		p := math.Ldexp(1, -b-1) - 0x1p-161
		within := 0.0
		for m := range k + 1 {
			within += binomial(n, m, p)
		}
		if 1-within <= epsilon {
			return b
		}
	}
}

// directAt returns s(d), the probability that the bucket which a node at distance d uses for the
// target holds the target itself.
func (g *geometry) directAt(n, d int) float64 {
	if d == 0 {
		return 1
	}
	s := 0.0
	for _, l := range g.gain[d] {
		s += l.p * holds(n-2, g.size[d], math.Ldexp(1, -(l.bits+g.bits-d)))
	}
	return s
}

// holds returns the expectation of min(1, k/(m+1)) for m ~ Bin(n, q): a bucket of k entries, the
// target and m others that could be in it. Where the bucket overflows, k/(m+1) has a closed
// form, since E[1/(m+1)] = (1-(1-q)^(n+1)) / ((n+1)q); so only m < k is summed.
func holds(n, k int, q float64) float64 {
	over := float64(n + 1)
	s := float64(k) * -math.Expm1(over*math.Log1p(-q)) / (over * q)
	for m := range k {
		s += binomial(n, m, q) * (1 - float64(k)/float64(m+1))
	}
	return min(max(s, 0), 1)
}

// binomial returns P(Bin(n, p) = m) for 0 < p < 1.
func binomial(n, m int, p float64) float64 {
	if m > n {
		return 0
	}
	log := float64(m)*math.Log(p) + float64(n-m)*math.Log1p(-p)
	for i := range m {
		log += math.Log(float64(n-i) / float64(i+1))
	}
	return math.Exp(log)
}
