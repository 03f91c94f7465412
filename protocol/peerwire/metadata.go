package peerwire

import (
	"math"

	"swarmlab/protocol/bencode"
)

// MetadataBlock is the length of the blocks that metadata is sent in; the last is shorter.
const MetadataBlock = 16384

// MetadataMax is how much metadata is believed to exist. It bounds what a peer can make us reserve.
const MetadataMax = 4 << 20

// MetadataType is what a message of ut_metadata is.
type MetadataType uint8

// The types of BEP 9. Others are to be ignored.
const (
	MetadataRequest MetadataType = 0
	MetadataData    MetadataType = 1
	MetadataReject  MetadataType = 2
)

// Metadata is a message of ut_metadata (BEP 9): it asks for a block of the info dictionary, brings
// it, or refuses.
type Metadata struct {
	Type  MetadataType
	Piece uint32 // number of the block
	Total uint32 // length of the info dictionary; in data
	Data  []byte // the block; in data
}

// Append appends the message; ext is the receiver's number for it.
func (d *Metadata) Append(dst []byte, ext uint8) []byte {
	start := len(dst)
	dst = bencode.AppendString(append(openExtended(dst, ext), 'd'), "msg_type")
	dst = bencode.AppendString(bencode.AppendInt(dst, int64(d.Type)), "piece")
	dst = bencode.AppendInt(dst, int64(d.Piece))
	if d.Type == MetadataData {
		dst = bencode.AppendInt(bencode.AppendString(dst, "total_size"), int64(d.Total))
	}
	dst = append(dst, 'e')
	if d.Type == MetadataData {
		dst = append(dst, d.Data...)
	}
	return closeExtended(dst, start)
}

// Parse reads the body of a message. Data points into p, and is as long as a block of its number
// is in metadata of its total length. Of a message whose type is none of the three, only the type
// is read.
func (d *Metadata) Parse(p []byte) Fault {
	*d = Metadata{}
	s := bencode.NewScanner(p, extLimits, bencode.Tolerant)
	keys, ok := s.Dict()
	if !ok {
		return BadBencode
	}
	kind, piece, total, good := int64(-1), int64(-1), int64(0), true
	for key, ok := keys.Next(&s); ok; key, ok = keys.Next(&s) {
		switch string(key) {
		case "msg_type":
			kind, good = natural(&s, math.MaxUint8, good)
		case "piece":
			piece, good = natural(&s, MetadataMax/MetadataBlock-1, good)
		case "total_size":
			total, good = natural(&s, MetadataMax, good)
		default:
			s.Skip()
		}
	}
	if f := verdict(s.Fault(), good); f != OK {
		return f
	}
	if kind < 0 {
		return NoField
	}
	d.Type = MetadataType(kind)
	return d.fill(piece, total, p[s.At():])
}

// natural takes a value, which should be an integer of 0 to high, and reports whether it is and all
// was good before.
func natural(s *bencode.Scanner, high int64, before bool) (n int64, good bool) {
	at := s.At()
	n, ok := s.Int()
	return n, taken(s, at, ok) && n >= 0 && n <= high && before
}

// fill checks the fields together.
func (d *Metadata) fill(piece, total int64, rest []byte) Fault {
	switch {
	case d.Type > MetadataReject:
		return OK
	case piece < 0:
		return NoField
	}
	d.Piece = uint32(piece)
	if d.Type != MetadataData {
		if len(rest) != 0 {
			return BadSize
		}
		return OK
	}
	if total == 0 {
		return NoField
	}
	size := min(total-piece*MetadataBlock, MetadataBlock)
	if size <= 0 || int64(len(rest)) != size {
		return BadSize
	}
	d.Total, d.Data = uint32(total), rest
	return OK
}
