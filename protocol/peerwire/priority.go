package peerwire

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"

	"swarmlab/protocol"
)

// castagnoli is used byte by byte: the standard library's faster way makes its input escape.
var castagnoli = *crc32.MakeTable(crc32.Castagnoli)

// Priority returns the canonical priority of a connection between two peers (BEP 40), the same seen
// from both ends. Greater is preferred, within a torrent. Addresses of two families, which cannot
// meet, are compared as IPv6 addresses.
func Priority(a, b protocol.Addr) uint32 {
	var one, two [16]byte
	if a.SameIP(b) {
		low, high := min(a.Port(), b.Port()), max(a.Port(), b.Port())
		p := binary.BigEndian.AppendUint16(one[:0], low)
		return checksum(binary.BigEndian.AppendUint16(p, high), nil)
	}
	if a.Is4() && b.Is4() {
		return masked(appendIP(one[:0], a), appendIP(two[:0], b), 2)
	}
	return masked(wide(one[:0], a), wide(two[:0], b), 6)
}

// masked hashes two different addresses: of bytes behind the first one in which they differ, and
// behind the first ones that always count, every second bit.
func masked(p, q []byte, always int) uint32 {
	same := 0
	for p[same] == q[same] {
		same++
	}
	if same >= always {
		always = same + 1
	}
	for n := always; n < len(p); n++ {
		p[n] &= 0x55
		q[n] &= 0x55
	}
	if bytes.Compare(p, q) > 0 {
		p, q = q, p
	}
	return checksum(p, q)
}

// wide appends the 16 bytes of an address of any family.
func wide(dst []byte, a protocol.Addr) []byte {
	hi, lo := a.IP16()
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(dst, hi), lo)
}

// checksum returns the CRC-32C of p and then q.
func checksum(p, q []byte) uint32 {
	crc := ^uint32(0)
	for _, c := range p {
		crc = castagnoli[byte(crc)^c] ^ crc>>8
	}
	for _, c := range q {
		crc = castagnoli[byte(crc)^c] ^ crc>>8
	}
	return ^crc
}
