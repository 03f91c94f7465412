package dht

import (
	"encoding/binary"
	"math/bits"

	"swarmlab/protocol"
)

// A token is SipHash-2-4 (Aumasson, Bernstein 2012) of the asker's IP address, if so configured
// also of his port, and of the current rotation period, under the node's secret. Nothing is stored:
// the latest periods are tried.

const tokenLen = 8

func (g *Group) token(i uint32, a protocol.Addr, period uint64) [tokenLen]byte {
	hi, lo := a.IP16()
	who := uint64(i)
	if g.cfg.TokenPort {
		who |= uint64(a.Port()) << 32
	}
	var b [tokenLen]byte
	binary.LittleEndian.PutUint64(b[:], sipHash(g.secretLo, g.secretHi, [5]uint64{
		hi, lo, period, who, 32 << 56,
	}))
	return b
}

func (g *Group) tokenPeriod(now protocol.Time) uint64 {
	return uint64(now) / uint64(g.cfg.TokenRotation)
}

func (g *Group) tokenValid(i uint32, a protocol.Addr, now protocol.Time, token []byte) bool {
	if len(token) != tokenLen {
		return false
	}
	got := [tokenLen]byte(token)
	p := g.tokenPeriod(now)
	for past := range min(uint64(g.cfg.TokenPeriods), p+1) {
		if got == g.token(i, a, p-past) {
			return true
		}
	}
	return false
}

// sipHash is SipHash-2-4 over little-endian words, the last of which is the padding: the length
// in bytes in its highest byte.
func sipHash(k0, k1 uint64, m [5]uint64) uint64 {
	v := [4]uint64{
		k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d,
		k0 ^ 0x6c7967656e657261, k1 ^ 0x7465646279746573,
	}
	for _, w := range m {
		v[3] ^= w
		sipRound(&v)
		sipRound(&v)
		v[0] ^= w
	}
	v[2] ^= 0xff
	for range 4 {
		sipRound(&v)
	}
	return v[0] ^ v[1] ^ v[2] ^ v[3]
}

func sipRound(v *[4]uint64) {
	v[0] += v[1]
	v[2] += v[3]
	v[1] = bits.RotateLeft64(v[1], 13) ^ v[0]
	v[3] = bits.RotateLeft64(v[3], 16) ^ v[2]
	v[0] = bits.RotateLeft64(v[0], 32)
	v[2] += v[1]
	v[0] += v[3]
	v[1] = bits.RotateLeft64(v[1], 17) ^ v[2]
	v[3] = bits.RotateLeft64(v[3], 21) ^ v[0]
	v[2] = bits.RotateLeft64(v[2], 32)
}
