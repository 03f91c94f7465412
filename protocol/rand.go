package protocol

import "math/bits"

// Rand is a random stream of eight bytes: SplitMix64 (Steele, Lea, Flood, OOPSLA 2014). It is for
// modelling and for choices a peer may guess; secrets come from the driver's configuration.
type Rand uint64

const golden = 0x9e3779b97f4a7c15

// NewRand returns the stream of (seed, purpose, index). Streams with different arguments are
// independent of each other, and of how many there are.
func NewRand(seed, purpose, index uint64) Rand {
	return Rand(Mix(Mix(Mix(seed)+purpose*golden) + index*golden))
}

// Mix is SplitMix64's finaliser, a bijection that spreads every input bit over the whole word.
func Mix(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}

// Uint64 returns the next 64 random bits.
func (r *Rand) Uint64() uint64 {
	*r += golden
	return Mix(uint64(*r))
}

// Uint64n returns a number below n, without bias (Lemire 2019). n must not be 0.
func (r *Rand) Uint64n(n uint64) uint64 {
	hi, lo := bits.Mul64(r.Uint64(), n)
	if lo < n {
		for floor := -n % n; lo < floor; {
			hi, lo = bits.Mul64(r.Uint64(), n)
		}
	}
	return hi
}

// Intn returns a number from 0 to n-1. n must be positive.
func (r *Rand) Intn(n int) int { return int(r.Uint64n(uint64(n))) }
