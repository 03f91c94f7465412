package krpc

import (
	"cmp"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/bits"

	"swarmlab/protocol"
)

// IDSize is the length of an ID in bytes, and IDBits in bits.
const (
	IDSize = 20
	IDBits = 8 * IDSize
)

// ID is a 160-bit big-endian number: a node ID or an infohash. The distance of two IDs is their
// Xor (BEP 5). It is comparable with == and usable as a map key.
type ID struct {
	Hi, Mid uint64
	Lo      uint32
}

// IDFromBytes returns the ID in the first 20 bytes of b. It panics if b is shorter.
func IDFromBytes(b []byte) ID {
	_ = b[IDSize-1]
	return ID{
		binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:]), binary.BigEndian.Uint32(b[16:]),
	}
}

// ParseID reads an ID from 40 hexadecimal digits.
func ParseID(digits string) (ID, error) {
	b, err := hex.DecodeString(digits)
	if err != nil || len(b) != IDSize {
		return ID{}, fmt.Errorf("krpc: id %.60q is not 40 hexadecimal digits", digits)
	}
	return IDFromBytes(b), nil
}

// String returns 40 lower-case hexadecimal digits.
func (a ID) String() string { return fmt.Sprintf("%016x%016x%08x", a.Hi, a.Mid, a.Lo) }

// Append appends the 20 bytes of a.
func (a ID) Append(dst []byte) []byte {
	dst = binary.BigEndian.AppendUint64(dst, a.Hi)
	dst = binary.BigEndian.AppendUint64(dst, a.Mid)
	return binary.BigEndian.AppendUint32(dst, a.Lo)
}

// Xor returns the distance between a and b.
func (a ID) Xor(b ID) ID { return ID{a.Hi ^ b.Hi, a.Mid ^ b.Mid, a.Lo ^ b.Lo} }

// Cmp returns -1, 0 or +1 as a is below, equal to or above b.
func (a ID) Cmp(b ID) int {
	if a.Hi != b.Hi {
		return cmp.Compare(a.Hi, b.Hi)
	}
	if a.Mid != b.Mid {
		return cmp.Compare(a.Mid, b.Mid)
	}
	return cmp.Compare(a.Lo, b.Lo)
}

// Less reports whether a is below b.
func (a ID) Less(b ID) bool {
	if a.Hi != b.Hi {
		return a.Hi < b.Hi
	}
	if a.Mid != b.Mid {
		return a.Mid < b.Mid
	}
	return a.Lo < b.Lo
}

// SharedBits returns the number of leading bits that a and b have in common, 0..160. Below 160 it
// is the index of the bucket of b in the table of a, 0 being the half of the space without a.
func (a ID) SharedBits(b ID) int {
	if x := a.Hi ^ b.Hi; x != 0 {
		return bits.LeadingZeros64(x)
	}
	if x := a.Mid ^ b.Mid; x != 0 {
		return 64 + bits.LeadingZeros64(x)
	}
	return 128 + bits.LeadingZeros32(a.Lo^b.Lo)
}

// Bit returns bit i of a, 0 or 1; bit 0 is the most significant and 159 the least.
func (a ID) Bit(i int) uint {
	switch {
	case i < 64:
		return uint(a.Hi>>(63-i)) & 1
	case i < 128:
		return uint(a.Mid>>(127-i)) & 1
	}
	return uint(a.Lo>>(159-i)) & 1
}

// RandomID returns a random ID. It takes three draws.
func RandomID(r *protocol.Rand) ID {
	hi, mid := r.Uint64(), r.Uint64()
	return ID{hi, mid, uint32(r.Uint64() >> 32)}
}

// RandomInBucket returns a random ID that shares exactly the first i bits with a, 0..159: bit i is
// inverted and the rest is random. It takes three draws for every i.
func (a ID) RandomInBucket(i int, r *protocol.Rand) ID {
	if i < 0 || i >= IDBits {
		panic("krpc: no such bucket")
	}
	mask := prefix(i + 1)
	own, other := a.Xor(mask.Xor(prefix(i))), RandomID(r)
	return ID{
		own.Hi&mask.Hi | other.Hi&^mask.Hi,
		own.Mid&mask.Mid | other.Mid&^mask.Mid,
		own.Lo&mask.Lo | other.Lo&^mask.Lo,
	}
}

// prefix returns the ID whose first n bits are set.
func prefix(n int) ID {
	return ID{ones(n), ones(n - 64), uint32(ones(n-128) >> 32)}
}

// ones returns a word whose first n bits are set; n may be outside 0..64.
func ones(n int) uint64 { return ^(^uint64(0) >> min(max(n, 0), 64)) }
