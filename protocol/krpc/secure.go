package krpc

import "swarmlab/protocol"

// secureBits is how many leading bits of an ID the address determines (BEP 42).
const secureBits = 21

// SecureID returns a random ID that BEP 42 allows at address a. The last byte of the ID is the
// given one, whose low three bits tell apart the eight prefixes that an address has. The port does
// not matter. It takes three draws.
func SecureID(a protocol.Addr, last byte, r *protocol.Rand) ID {
	id := RandomID(r)
	id.Lo = id.Lo&^0xff | uint32(last)
	const free = 64 - secureBits
	id.Hi = uint64(secureHash(a, last))>>(32-secureBits)<<free | id.Hi&(1<<free-1)
	return id
}

// ValidID reports whether BEP 42 allows the ID at address a: the first 21 bits are as they should
// be, or a is exempt, being in one of the BEP's five private IPv4 networks. It has no exemption
// for IPv6. What to do about an ID that is not valid is for the caller; its queries are answered.
func ValidID(id ID, a protocol.Addr) bool {
	want := secureHash(a, byte(id.Lo)) >> (32 - secureBits)
	return id.Hi>>(64-secureBits) == uint64(want) || exempt(a)
}

// exempt reports whether a is in 10/8, 172.16/12, 192.168/16, 169.254/16 or 127/8.
func exempt(a protocol.Addr) bool {
	if !a.Is4() {
		return false
	}
	ip := a.IP4()
	return ip>>24 == 10 || ip>>20 == 172<<4|1 || ip>>16 == 192<<8|168 ||
		ip>>16 == 169<<8|254 || ip>>24 == 127
}

// secureHash returns the 32 bits whose first 21 start an ID with this last byte at address a.
func secureHash(a protocol.Addr, last byte) uint32 {
	r := uint64(last&7) << 61
	if a.Is4() {
		return crc32c(uint64(a.IP4()&0x030f3fff)<<32|r, 4)
	}
	hi, _ := a.IP16()
	return crc32c(hi&0x0103070f1f3f7fff|r, 8)
}

// crc32c returns the CRC-32C (Castagnoli) of the first n bytes of a big-endian word. The standard
// library's would put the word on the heap.
func crc32c(word uint64, n int) uint32 {
	c := ^uint32(0)
	for range n {
		c = castagnoli[byte(c)^byte(word>>56)] ^ c>>8
		word <<= 8
	}
	return ^c
}

var castagnoli = castagnoliTable()

func castagnoliTable() (table [256]uint32) {
	const reversed = 0x82f63b78
	for i := range table {
		c := uint32(i)
		for range 8 {
			c = c>>1 ^ c&1*reversed
		}
		table[i] = c
	}
	return table
}
