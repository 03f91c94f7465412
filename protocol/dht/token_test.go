package dht

import (
	"encoding/binary"
	"math/bits"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// TestTokenAges walks a token through its life, in both halves of a rotation period.
func TestTokenAges(t *testing.T) {
	host, other := protocol.Addr4(0x0a000001, 6881), protocol.Addr4(0x0a000002, 6881)
	const period = 5 * time.Minute
	for _, given := range []time.Duration{0, 1, period - 1, period, 7*period + period/2} {
		d := newDriven(t, quiet())
		at := protocol.Time(given)
		tok := d.token(0, host, d.tokenPeriod(at))
		valid := func(a protocol.Addr, age time.Duration) bool {
			return d.tokenValid(0, a, at.Add(age), tok[:])
		}
		require.True(t, valid(host, 0))
		require.True(t, valid(host, period), "whatever the moment, good for one period")
		require.True(t, valid(host.WithPort(1), period), "NATs change ports")
		require.False(t, valid(host, 2*period), "and never for more than two")
		require.False(t, valid(other, 0), "bound to the address")
		require.Equal(t, given%period == 0, valid(host, 2*period-1), "it depends on the moment")
		for _, bad := range [][]byte{nil, {}, tok[:7], append(tok[:8:8], 0), make([]byte, 8)} {
			require.False(t, d.tokenValid(0, host, at, bad))
		}
	}
}

// TestTokensDiffer compares tokens by address, node, period and secret.
func TestTokensDiffer(t *testing.T) {
	seen := map[[tokenLen]byte]bool{}
	secret := quiet()
	secret.Secret[15] = 1
	for _, cfg := range []Config{quiet(), secret} {
		d := newDriven(t, cfg)
		for host := range uint32(10) {
			for node := range uint32(5) {
				for p := range uint64(5) {
					tok := d.token(node, protocol.Addr4(host+1<<24, 1), p)
					require.False(t, seen[tok])
					seen[tok] = true
				}
			}
		}
	}
	require.Len(t, seen, 2*10*5*5)
}

// TestTokenOnTheWire announces with tokens good and bad.
func TestTokenOnTheWire(t *testing.T) {
	d := newDriven(t, quiet())
	host, other := protocol.Addr4(0x0a000001, 6881), protocol.Addr4(0x0a000002, 6881)
	hash := krpc.ID{Hi: 9}
	d.gets(host, krpc.Writer{}.GetPeers(nil, []byte("aa"), krpc.ID{Hi: 7}, hash))
	tok := append([]byte{}, d.answer(t).m.Token...)
	announce := func(from protocol.Addr) *sent {
		d.gets(from,
			krpc.Writer{}.Announce(nil, []byte("bb"), krpc.ID{Hi: 7}, hash, 80, false, tok))
		return d.answer(t)
	}
	require.Equal(t, int64(krpc.ProtocolError), announce(other).m.Code)
	require.Equal(t, uint64(1), d.Counters()[BadToken])
	require.Zero(t, d.store.peers.inUse())
	require.Equal(t, krpc.Response, announce(host.WithPort(7)).m.Kind)
	d.turn.Now = d.turn.Now.Add(2*d.cfg.TokenRotation - 1)
	require.Equal(t, krpc.Response, announce(host).m.Kind)
	d.turn.Now++
	require.Equal(t, int64(krpc.ProtocolError), announce(host).m.Code)
	require.Equal(t, 1, d.store.peers.inUse())
}

// TestSipHash compares with SipHash-2-4 written byte by byte from the paper, and that with the
// paper's vector (appendix A).
func TestSipHash(t *testing.T) {
	bytes := make([]byte, 32)
	for i := range bytes {
		bytes[i] = byte(i)
	}
	k0, k1 := binary.LittleEndian.Uint64(bytes), binary.LittleEndian.Uint64(bytes[8:])
	require.Equal(t, uint64(0xa129ca6149be45e5), paperSipHash(k0, k1, bytes[:15]))
	r := protocol.NewRand(1, 2, 3)
	for range 100 {
		m := [5]uint64{r.Uint64(), r.Uint64(), r.Uint64(), r.Uint64(), 32 << 56}
		var b []byte
		for _, w := range m[:4] {
			b = binary.LittleEndian.AppendUint64(b, w)
		}
		require.Equal(t, paperSipHash(k0, k1, b), sipHash(k0, k1, m))
		k0, k1 = r.Uint64(), r.Uint64()
	}
}

func paperSipHash(k0, k1 uint64, m []byte) uint64 {
	a, b := k0^0x736f6d6570736575, k1^0x646f72616e646f6d
	c, d := k0^0x6c7967656e657261, k1^0x7465646279746573
	rounds := func(n int) {
		for range n {
			a, c = a+b, c+d
			b, d = bits.RotateLeft64(b, 13)^a, bits.RotateLeft64(d, 16)^c
			a = bits.RotateLeft64(a, 32)
			c, a = c+b, a+d
			b, d = bits.RotateLeft64(b, 17)^c, bits.RotateLeft64(d, 21)^a
			c = bits.RotateLeft64(c, 32)
		}
	}
	padded := append([]byte{}, m...)
	for len(padded)%8 != 7 {
		padded = append(padded, 0)
	}
	for padded = append(padded, byte(len(m))); len(padded) > 0; padded = padded[8:] {
		word := binary.LittleEndian.Uint64(padded)
		d ^= word
		rounds(2)
		a ^= word
	}
	c ^= 0xff
	rounds(4)
	return a ^ b ^ c ^ d
}
