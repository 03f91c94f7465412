package peerwire

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
