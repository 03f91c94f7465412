package krpc

import (
	"crypto/sha1"
	"encoding/binary"
	"math/bits"

	"swarmlab/protocol"
)

// FilterSize is the length of a Filter in bytes, and FilterBits in bits.
const (
	FilterSize = 256
	FilterBits = 8 * FilterSize
)

// Filter is the Bloom filter of BEP 33, with two hash functions: a set of hosts that can be counted
// and united with others, but not listed. Convert to it from the 256 bytes in a message.
type Filter [FilterSize]byte

// Insert adds the host of a; the port does not matter.
func (f *Filter) Insert(a protocol.Addr) {
	i, j := filterBits(a)
	f[i/8] |= 1 << (i % 8)
	f[j/8] |= 1 << (j % 8)
}

// Has reports whether the host of a may be in f. It may say so of a host that is not: the more
// hosts there are in f, the more often.
func (f *Filter) Has(a protocol.Addr) bool {
	i, j := filterBits(a)
	return f[i/8]>>(i%8)&(f[j/8]>>(j%8))&1 != 0
}

// filterBits returns the two bits of a host.
func filterBits(a protocol.Addr) (i, j uint16) {
	var ip [16]byte
	n := 4
	if a.Is4() {
		binary.BigEndian.PutUint32(ip[:], a.IP4())
	} else {
		hi, lo := a.IP16()
		binary.BigEndian.PutUint64(ip[:], hi)
		binary.BigEndian.PutUint64(ip[8:], lo)
		n = 16
	}
	sum := sha1.Sum(ip[:n])
	i = binary.LittleEndian.Uint16(sum[:]) // not the network's order: so says the BEP
	j = binary.LittleEndian.Uint16(sum[2:])
	return i % FilterBits, j % FilterBits
}

// Union adds all hosts in g.
func (f *Filter) Union(g *Filter) {
	for i := range f {
		f[i] |= g[i]
	}
}

// Zeros returns the number of bits not set, 0..2048.
func (f *Filter) Zeros() int {
	n := FilterBits
	for _, b := range f {
		n -= bits.OnesCount8(b)
	}
	return n
}

// Estimate returns about how many hosts are in f, in thousandths of a host, 500..7805704. With c
// the number of zeros, but at most 2047, the BEP has
//
//	ln(c/2048) / (2 ln(1-1/2048))
//
// hosts, so that an empty filter seems to hold half of one. Where no bit is zero, which BEP 33
// leaves open, one is assumed: there are too many hosts to tell. Above some 6000 hosts estimates
// are bad anyway.
func (f *Filter) Estimate() int64 {
	c := max(1, min(f.Zeros(), FilterBits-1))
	full := log2(FilterBits)
	single := full - log2(FilterBits-1) // what one bit of one host takes off
	return int64((1000*(full-log2(uint64(c))) + single) / (2 * single))
}

// log2 returns the binary logarithm of n, 1..2048, in units of 1/2^48, by squaring: whenever the
// square of a number of [1, 2) is above 2, the next bit of its logarithm is 1.
func log2(n uint64) uint64 {
	zeros := bits.LeadingZeros64(n)
	x, log := n<<zeros, uint64(63-zeros) // x is in units of 1/2^63
	for range 48 {
		hi, lo := bits.Mul64(x, x)
		bit := hi >> 63
		x = hi
		if bit == 0 {
			x = hi<<1 | lo>>63
		}
		log = log<<1 | bit
	}
	return log
}
