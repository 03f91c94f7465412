package peerwire

import "encoding/binary"

// Partial returns how many bytes of data there are of a piece message that has not come whole. They
// are lost if the connection ends now.
func (d *Decoder) Partial() int {
	if d.part == nil || d.given || len(d.part.bytes) <= PieceHeader || d.stage != Past {
		return 0
	}
	if Kind(d.part.bytes[4]) != Piece {
		return 0
	}
	return len(d.part.bytes) - PieceHeader
}

// Unread returns how many bytes of data of piece messages came in the chunk behind the message that
// Next returned last. Nobody will read them if the connection is closed for that message.
func (d *Decoder) Unread() (n uint64) {
	rest := d.in[min(len(d.in), int(d.skip)):]
	for len(rest) >= 5 {
		all := uint64(len(rest)) + uint64(d.body.Length)
		size := min(4+uint64(binary.BigEndian.Uint32(rest)), all)
		if Kind(rest[4]) == Piece && size > PieceHeader {
			n += size - PieceHeader
		}
		rest = rest[min(size, uint64(len(rest))):]
	}
	return n
}
