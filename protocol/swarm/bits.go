package swarm

import (
	"encoding/binary"
	mathbits "math/bits"
)

// bits is a set of pieces. Piece i is bit 63-i%64 of word i/64, so that the words, written as
// big-endian, are the bitfield of the wire. Bits past the last piece are never set.
type bits []uint64

// words returns how many words a set of n pieces has.
func words(n uint32) int { return int((uint64(n) + 63) / 64) }

func newBits(n uint32) bits { return make(bits, words(n)) }

func bit(i uint32) uint64 { return 1 << 63 >> (i % 64) }

func (b bits) has(i uint32) bool { return b[i/64]&bit(i) != 0 }
func (b bits) set(i uint32)      { b[i/64] |= bit(i) }
func (b bits) clear(i uint32)    { b[i/64] &^= bit(i) }

// setAll makes the set that of all n pieces.
func (b bits) setAll(n uint32) {
	for i := range b {
		b[i] = ^uint64(0)
	}
	if spare := uint(len(b))*64 - uint(n); spare > 0 {
		b[len(b)-1] &^= 1<<spare - 1
	}
}

// count returns how many pieces are in the set.
func (b bits) count() (n uint32) {
	for _, w := range b {
		n += uint32(mathbits.OnesCount64(w))
	}
	return n
}

// fromWire reads the bitfield of n pieces. It refuses one of another length, and spare bits that
// are set: clients close the connection for both. What b held is lost either way.
func (b bits) fromWire(p []byte, n uint32) bool {
	if uint64(len(p)) != (uint64(n)+7)/8 {
		return false
	}
	for i := range b {
		var word [8]byte
		copy(word[:], p[i*8:])
		b[i] = binary.BigEndian.Uint64(word[:])
	}
	return n%64 == 0 || b[len(b)-1]<<(n%64) == 0
}

// appendWire writes the bitfield of n pieces.
func (b bits) appendWire(dst []byte, n uint32) []byte {
	for i := range (n + 7) / 8 {
		dst = append(dst, byte(b[i/8]>>(56-i%8*8)))
	}
	return dst
}
