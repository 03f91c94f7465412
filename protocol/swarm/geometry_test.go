package swarm

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestGeometryCoversTheContentOnce(t *testing.T) {
	for _, length := range []uint32{1, 1000, BlockSize, BlockSize + 1, 5 * BlockSize / 2, 1 << 17} {
		for _, total := range []uint64{1, uint64(length) - 1, uint64(length), uint64(length) + 1,
			3*uint64(length) - 7, 20 * uint64(length), BlockSize, BlockSize + 1} {
			if total == 0 || total/uint64(length) > 1000 {
				continue
			}
			g := Geometry{Total: total, PieceLength: length}
			at := uint64(0)
			for piece := range g.Pieces() {
				require.Equal(t, at, g.offset(piece, 0))
				end := at + uint64(g.PieceSize(piece))
				for index := range g.Blocks(piece) {
					b := block{piece, index}
					begin, n := g.request(b)
					require.Equal(t, at, g.offset(piece, begin))
					require.LessOrEqual(t, n, uint32(BlockSize))
					require.True(t, n == BlockSize || index == g.Blocks(piece)-1)
					back, ok := g.block(piece, begin, n)
					require.True(t, ok)
					require.Equal(t, b, back)
					_, ok = g.block(piece, begin, n+1)
					require.False(t, ok)
					at += uint64(n)
				}
				require.Equal(t, end, at)
			}
			require.Equal(t, total, at)
		}
	}
}

func TestGeometryOfFourGigabytePieces(t *testing.T) {
	g := Geometry{Total: 1<<40 + 5, PieceLength: 1<<32 - 1}
	require.Equal(t, uint32(257), g.Pieces())
	require.Equal(t, uint32(261), g.PieceSize(256))
	require.Equal(t, uint32(1<<18), g.Blocks(0))
	require.Equal(t, uint32(BlockSize-1), g.BlockLength(0, 1<<18-1))
	require.False(t, g.Valid(0, 1<<32-1, 1<<32-1), "no overflow")
}

func TestRequestsOutsideAreNotValid(t *testing.T) {
	g := Geometry{Total: 100_000, PieceLength: 32768}
	for _, c := range []struct {
		piece, begin, length uint32
		valid, whole         bool
	}{
		{0, 0, BlockSize, true, true},
		{0, BlockSize, BlockSize, true, true},
		{0, 100, 5, true, false},
		{0, 0, BlockSize - 1, true, false},
		{0, 0, 32768, true, false},
		{0, 0, 32769, false, false},
		{0, 32768, 1, false, false},
		{0, 0, 0, false, false},
		{3, 0, 1696, true, true},
		{3, 0, 1697, false, false},
		{4, 0, 1, false, false},
		{1<<32 - 1, 0, 1, false, false},
		{0, 1<<32 - 1, 1<<32 - 1, false, false},
	} {
		require.Equal(t, c.valid, g.Valid(c.piece, c.begin, c.length), c)
		_, ok := g.block(c.piece, c.begin, c.length)
		require.Equal(t, c.whole, ok, c)
	}
}
