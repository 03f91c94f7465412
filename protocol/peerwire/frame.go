package peerwire

import "encoding/binary"

// Limits is what a decoder must know of the torrent and of the connection. It may change between
// messages.
type Limits struct {
	// Pieces is the number of pieces; 0 while it is not known. A bitfield of up to BitfieldMax
	// bytes is then let through, for ValidBitfield to check later.
	Pieces uint32
	// Fast says that both handshakes offered the Fast extension.
	Fast bool
}

// lengths has the length prefix of the kinds that know only one, and 0 for others.
var lengths = [...]uint8{
	Choke: 1, Unchoke: 1, Interested: 1, NotInterested: 1, Have: 5, Request: 13, Cancel: 13,
	Port: 3, Suggest: 5, HaveAll: 1, HaveNone: 1, Reject: 13, AllowedFast: 5,
}

// size returns how many bytes the message takes that starts with p, as far as p tells: if that is
// more than p has, then more is needed to go on. Of an unknown message it counts the head only.
func (l *Limits) size(p []byte) (n int, f Fault) {
	if len(p) < 4 {
		return 4, OK
	}
	length := binary.BigEndian.Uint32(p)
	if length == 0 {
		return 4, OK
	}
	if len(p) < 5 {
		return 5, OK
	}
	k := Kind(p[4])
	if int(k) >= len(lengths) || lengths[k] == 0 {
		return l.variable(k, length, p)
	}
	switch {
	case k >= Suggest && !l.Fast:
		return 0, NotNegotiated
	case length != uint32(lengths[k]):
		return 0, BadLength
	}
	return 4 + int(length), OK
}

// variable is size for the kinds that come in several lengths.
func (l *Limits) variable(k Kind, length uint32, p []byte) (n int, f Fault) {
	n = 4 + int(length)
	switch k {
	case Piece:
		f = between(length, 9, 9+BlockMax)
	case Bitfield:
		if l.Pieces == 0 {
			f = between(length, 1, 1+BitfieldMax)
		} else if length != 1+bitfieldSize(l.Pieces) {
			f = BitfieldSize
		}
	case Extended:
		if f = between(length, 2, 2+PEXMax); f == OK && len(p) < 6 {
			return 6, OK
		}
		if f == OK && p[5] != ExtPEX {
			f = between(length, 2, 2+ExtendedMax)
		}
	default:
		n, f = 5, between(length, 1, 1+BitfieldMax)
	}
	return n, f
}

func between(length, low, high uint32) Fault {
	switch {
	case length < low:
		return BadLength
	case length > high:
		return TooLong
	}
	return OK
}

// bitfieldSize returns the number of bytes that the bits of so many pieces take.
func bitfieldSize(pieces uint32) uint32 { return pieces/8 + (pieces%8+7)/8 }

// ValidBitfield checks a bitfield against the number of pieces, for those that came before it was
// known. It returns OK, BitfieldSize or SpareBits.
func ValidBitfield(bits []byte, pieces uint32) Fault {
	if uint32(len(bits)) != bitfieldSize(pieces) {
		return BitfieldSize
	}
	if spare := pieces % 8; spare != 0 && bits[len(bits)-1]<<spare != 0 {
		return SpareBits
	}
	return OK
}

// parse reads a whole message of size bytes, as it is in p.
func (l *Limits) parse(m *Message, p []byte) Fault {
	if len(p) == 4 {
		*m = Message{Kind: KeepAlive}
		return OK
	}
	*m = Message{Kind: Kind(p[4])}
	if int(m.Kind) >= len(lengths) || lengths[m.Kind] == 0 {
		return l.parseVariable(m, p)
	}
	switch len(p) {
	case 7: // port
		m.Port = binary.BigEndian.Uint16(p[5:])
	case 9: // have, suggest, allowed fast
		m.Index = binary.BigEndian.Uint32(p[5:])
	case 17: // request, cancel, reject
		m.block(p)
		m.Length = binary.BigEndian.Uint32(p[13:])
	}
	return OK
}

func (l *Limits) parseVariable(m *Message, p []byte) Fault {
	switch m.Kind {
	case Piece:
		m.block(p)
		m.Length, m.Payload = uint32(len(p)-PieceHeader), p[PieceHeader:len(p):len(p)]
	case Bitfield:
		m.Payload = p[5:len(p):len(p)]
		if l.Pieces != 0 {
			return ValidBitfield(m.Payload, l.Pieces)
		}
	case Extended:
		m.Ext, m.Payload = p[5], p[6:len(p):len(p)]
	default:
		m.Kind, m.Ext, m.Length = Unknown, p[4], binary.BigEndian.Uint32(p)-1
	}
	return OK
}

// block reads the piece and the first byte of a block.
func (m *Message) block(p []byte) {
	m.Index, m.Begin = binary.BigEndian.Uint32(p[5:]), binary.BigEndian.Uint32(p[9:])
}
