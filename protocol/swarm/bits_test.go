package swarm

import (
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

// The vector of the sheet: of ten pieces 0, 1 and 9 are there.
func TestBitfieldVector(t *testing.T) {
	b := newBits(10)
	require.True(t, b.fromWire([]byte{0xc0, 0x40}, 10))
	for i := range uint32(10) {
		require.Equal(t, i == 0 || i == 1 || i == 9, b.has(i))
	}
	require.Equal(t, []byte{0xc0, 0x40}, b.appendWire(nil, 10))
}

func TestBitsAgainstPlainBytes(t *testing.T) {
	r := protocol.NewRand(1, 2, 3)
	for n := uint32(1); n < 200; n++ {
		b, wire, count := newBits(n), make([]byte, (n+7)/8), uint32(0)
		for i := range n {
			if r.Intn(3) == 0 {
				b.set(i)
				wire[i/8] |= 0x80 >> (i % 8)
				count++
			}
		}
		require.Equal(t, count, b.count())
		require.Equal(t, append([]byte("x"), wire...), b.appendWire([]byte("x"), n))
		back := newBits(n)
		back.setAll(n)
		require.Equal(t, n, back.count())
		require.True(t, back.fromWire(wire, n))
		require.Equal(t, b, back)
		require.False(t, back.fromWire(append(wire, 0), n), "too long")
		require.False(t, back.fromWire(wire[:len(wire)-1], n), "too short")
		for spare := n; spare < uint32(len(wire))*8; spare++ {
			wire[spare/8] |= 0x80 >> (spare % 8)
			require.False(t, back.fromWire(wire, n), "spare bit %d of %d", spare, n)
			wire[spare/8] &^= 0x80 >> (spare % 8)
		}
		for i := range n {
			b.clear(i)
		}
		require.Equal(t, newBits(n), b)
	}
}
