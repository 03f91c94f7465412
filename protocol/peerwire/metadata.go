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
	kind, piece, total := int64(-1), int64(-1), int64(0)
	for key, ok := keys.Next(&s); ok; key, ok = keys.Next(&s) {
		good := true
		switch string(key) {
		case "msg_type":
			kind, good = natural(&s, math.MaxUint8)
		case "piece":
			piece, good = natural(&s, MetadataMax/MetadataBlock-1)
		case "total_size":
			total, good = natural(&s, MetadataMax)
		default:
			s.Skip()
		}
		if !good {
			return fieldFault(&s)
		}
	}
	switch {
	case s.Fault() != bencode.OK:
		return BadBencode
	case kind < 0:
		return NoField
	}
	d.Type = MetadataType(kind)
	return d.fill(piece, total, p[s.At():])
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
	if size := min(total-piece*MetadataBlock, MetadataBlock); int64(len(rest)) != size {
		return BadSize
	}
	d.Total, d.Data = uint32(total), rest
	return OK
}
