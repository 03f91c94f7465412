package peerwire

import "encoding/binary"

// AppendKeepAlive appends a keep-alive.
func AppendKeepAlive(dst []byte) []byte { return append(dst, 0, 0, 0, 0) }

// AppendPlain appends a message without payload: choke, unchoke, interested, not interested, have
// all or have none. It panics if k is of another kind.
func AppendPlain(dst []byte, k Kind) []byte { return head(dst, k, 1) }

// AppendIndex appends have, suggest or allowed fast. It panics if k is of another kind.
func AppendIndex(dst []byte, k Kind, index uint32) []byte {
	return binary.BigEndian.AppendUint32(head(dst, k, 5), index)
}

// AppendBlock appends request, cancel or reject. It panics if k is of another kind.
func AppendBlock(dst []byte, k Kind, index, begin, length uint32) []byte {
	dst = binary.BigEndian.AppendUint32(head(dst, k, 13), index)
	dst = binary.BigEndian.AppendUint32(dst, begin)
	return binary.BigEndian.AppendUint32(dst, length)
}

// AppendPiece appends the 13 bytes in front of the data of a piece message, which the caller
// writes right after them, as a body or as bytes; length is how many those are.
func AppendPiece(dst []byte, index, begin, length uint32) []byte {
	dst = append(binary.BigEndian.AppendUint32(dst, 9+length), byte(Piece))
	dst = binary.BigEndian.AppendUint32(dst, index)
	return binary.BigEndian.AppendUint32(dst, begin)
}

// AppendBitfield appends a bitfield. The highest bit of the first byte is piece 0; spare bits at
// the end are 0.
func AppendBitfield(dst, bits []byte) []byte {
	dst = binary.BigEndian.AppendUint32(dst, 1+uint32(len(bits)))
	return append(append(dst, byte(Bitfield)), bits...)
}

// AppendPort appends the port of the sender's DHT node (BEP 5).
func AppendPort(dst []byte, port uint16) []byte {
	return binary.BigEndian.AppendUint16(head(dst, Port, 3), port)
}

// AppendExtended appends an extended message (BEP 10); ext is the number that the receiver gave to
// the extension, or 0 for the handshake. For the bodies of this package, their own Append is
// shorter.
func AppendExtended(dst []byte, ext uint8, body []byte) []byte {
	dst = binary.BigEndian.AppendUint32(dst, 2+uint32(len(body)))
	return append(append(dst, byte(Extended), ext), body...)
}

// head appends the length and the id of a message of fixed length.
func head(dst []byte, k Kind, length uint8) []byte {
	if int(k) >= len(lengths) || lengths[k] != length {
		panic("peerwire: a message of kind " + k.String() + " has another form")
	}
	return append(dst, 0, 0, 0, length, byte(k))
}

// openExtended starts an extended message whose length is known when it is closed.
func openExtended(dst []byte, ext uint8) []byte {
	return append(dst, 0, 0, 0, 0, byte(Extended), ext)
}

// closeExtended fills in the length of the message that starts at a place of dst.
func closeExtended(dst []byte, start int) []byte {
	binary.BigEndian.PutUint32(dst[start:], uint32(len(dst)-start-4))
	return dst
}
