package oracle

import "math"

// BitsPerHop returns D, the bits by which one hop of a single-path lookup comes closer to its
// target: the guaranteed bits that the split into buckets resolves, and m(k), what the best of k
// random contacts adds, which is the mean of the largest of k geometric variables (Stutzbach and
// Rejaie, INFOCOM 2006). The guaranteed bits are 1 in plain Kademlia and 3.25 in eMule Kad. k is
// at least 1; m(k) comes close to log2(k) + 0.3327 as k grows.
func BitsPerHop(k int, guaranteed float64) float64 {
	m := 0.0
	for j := 1; ; j++ {
		// 1-(1-2^-j)^k
		p := -math.Expm1(float64(k) * math.Log1p(-math.Ldexp(1, -j)))
		m += p
		if p < 1e-12 {
			return guaranteed + m
		}
	}
}

// HopsPerDecade returns by how much the mean number of hops grows when the network grows
// tenfold, for a lookup that gains so many bits with each hop.
func HopsPerDecade(bitsPerHop float64) float64 { return math.Log2(10) / bitsPerHop }
