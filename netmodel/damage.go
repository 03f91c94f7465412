package netmodel

// Damage flips one to eight neighbouring bits of a datagram, at a place that the flaw of its [Trip]
// says, with what is behind the end left out. It changes every datagram that has bytes: links fail
// in bursts, and what a checksum of 16 bits would have found is found no more once a NAT has
// written a new one.
func Damage(p []byte, flaw uint64) {
	size := uint64(len(p)) * 8
	if size == 0 {
		return
	}
	first := below(flaw, size)
	last := min(first+flaw%8, size-1)
	for bit := first; bit <= last; bit++ {
		p[bit/8] ^= 1 << (bit % 8)
	}
}
