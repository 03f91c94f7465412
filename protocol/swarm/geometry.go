package swarm

// BlockSize is what one request asks for: 16 KiB, less only at the end of the content (BEP 3; who
// asks for more is disconnected by every client).
const BlockSize = 16384

// Geometry is how a content is cut into pieces, and these into blocks. Both values are positive,
// and there are fewer than 2^32 pieces; who reads them from outside has checked that.
type Geometry struct {
	Total       uint64 // bytes
	PieceLength uint32 // bytes of every piece but the last, which may be shorter
}

// block is one block of a content.
type block struct{ piece, index uint32 }

// Pieces returns how many pieces there are.
func (g Geometry) Pieces() uint32 {
	return uint32((g.Total + uint64(g.PieceLength) - 1) / uint64(g.PieceLength))
}

// PieceSize returns the bytes of a piece.
func (g Geometry) PieceSize(piece uint32) uint32 {
	return uint32(min(uint64(g.PieceLength), g.Total-uint64(piece)*uint64(g.PieceLength)))
}

// Blocks returns how many blocks a piece has.
func (g Geometry) Blocks(piece uint32) uint32 { return blocksIn(g.PieceSize(piece)) }

func blocksIn(size uint32) uint32 { return uint32((uint64(size) + BlockSize - 1) / BlockSize) }

// BlockLength returns the bytes of a block.
func (g Geometry) BlockLength(piece, index uint32) uint32 {
	return min(BlockSize, g.PieceSize(piece)-index*BlockSize)
}

// Valid says whether a request lies within a piece. Its length may be any but 0.
func (g Geometry) Valid(piece, begin, length uint32) bool {
	return piece < g.Pieces() && length > 0 &&
		uint64(begin)+uint64(length) <= uint64(g.PieceSize(piece))
}

// request returns the begin and length by which a block is asked for.
func (g Geometry) request(b block) (begin, length uint32) {
	return b.index * BlockSize, g.BlockLength(b.piece, b.index)
}

// block returns the block that is asked for by a request, if it is one whole block.
func (g Geometry) block(piece, begin, length uint32) (b block, ok bool) {
	if !g.Valid(piece, begin, length) || begin%BlockSize != 0 {
		return block{}, false
	}
	b = block{piece, begin / BlockSize}
	return b, length == g.BlockLength(piece, b.index)
}

// offset returns where in the content a place in a piece is.
func (g Geometry) offset(piece, begin uint32) uint64 {
	return uint64(piece)*uint64(g.PieceLength) + uint64(begin)
}
