package peerwire

import (
	"crypto/sha1"
	"encoding/binary"
	"slices"
)

// AllowedFastSize is how many pieces BEP 6 suggests to allow.
const AllowedFastSize = 10

// AllowedFastSet appends the pieces that a peer at an IPv4 address may request while it is choked
// (BEP 6): k of them, or all if there are fewer. They depend on the first three bytes of the
// address only. It takes longer the closer k is to pieces.
func AllowedFastSet(dst []uint32, ip4 uint32, infoHash *[20]byte, pieces, k uint32) []uint32 {
	start := len(dst)
	k = min(k, pieces)
	var seed [24]byte
	binary.BigEndian.PutUint32(seed[:], ip4&^0xff)
	copy(seed[4:], infoHash[:])
	x := sha1.Sum(seed[:])
	for {
		for y := 0; y < len(x); y += 4 {
			if uint32(len(dst)-start) == k {
				return dst
			}
			index := binary.BigEndian.Uint32(x[y:]) % pieces
			if !slices.Contains(dst[start:], index) {
				dst = append(dst, index)
			}
		}
		x = sha1.Sum(x[:])
	}
}
