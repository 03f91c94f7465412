package peerwire_test

import (
	"bytes"
	"encoding/binary"
	"math/big"

	"swarmlab/protocol/peerwire"
)

// twin is a second decoder, written from the table of messages to be obviously right: it has the
// whole stream at once, and takes it apart from the left.
type twin struct {
	rest     []byte
	lim      peerwire.Limits
	messages []peerwire.Message
	fault    peerwire.Fault
}

// twinForms has what the payload of each kind consists of: one letter a field.
var twinForms = map[byte]string{
	0: "", 1: "", 2: "", 3: "", 4: "i", 5: "*", 6: "ibl", 7: "ib*", 8: "ibl", 9: "p",
	13: "i", 14: "", 15: "", 16: "ibl", 17: "i", 20: "e*",
}

var twinSizes = map[rune]int{'i': 4, 'b': 4, 'l': 4, 'p': 2, 'e': 1, '*': 0}

func (w *twin) run() {
	const name = "\x13BitTorrent protocol"
	if n := min(len(name), len(w.rest)); string(w.rest[:n]) != name[:n] {
		w.fault = peerwire.BadHandshake
		return
	}
	if len(w.rest) < 68 {
		return
	}
	w.rest = w.rest[68:]
	for w.message() {
	}
}

// message takes one message, and reports whether there may be another.
func (w *twin) message() bool {
	if len(w.rest) < 4 {
		return false
	}
	length := int(binary.BigEndian.Uint32(w.rest))
	if length == 0 {
		w.messages = append(w.messages, peerwire.Message{Kind: peerwire.KeepAlive})
		w.rest = w.rest[4:]
		return true
	}
	if len(w.rest) < 5 {
		return false
	}
	payload := bytes.Clone(w.rest[5:min(len(w.rest), 4+length)])
	form, known := twinForms[w.rest[4]]
	if w.fault = w.judge(w.rest[4], length-1, form, known, payload); w.fault != 0 {
		return false
	}
	if len(payload) < length-1 && known {
		return false
	}
	if !known {
		w.messages = append(w.messages, peerwire.Message{
			Kind: peerwire.Unknown, Ext: w.rest[4], Length: uint32(length - 1)})
	} else {
		w.messages = append(w.messages, fields(w.rest[4], form, payload))
	}
	w.rest = w.rest[5+len(payload):]
	return true
}

// fields reads a payload by its form.
func fields(id byte, form string, p []byte) (m peerwire.Message) {
	m.Kind = peerwire.Kind(id)
	for _, c := range form {
		v := uint32(new(big.Int).SetBytes(p[:twinSizes[c]]).Uint64())
		p = p[twinSizes[c]:]
		switch c {
		case 'i':
			m.Index = v
		case 'b':
			m.Begin = v
		case 'l':
			m.Length = v
		case 'p':
			m.Port = uint16(v)
		case 'e':
			m.Ext = uint8(v)
		case '*':
			m.Payload = p
			if m.Kind == peerwire.Piece {
				m.Length = uint32(len(p))
			}
		}
	}
	return m
}

// judge checks the rules, with as much of the payload as there is.
func (w *twin) judge(id byte, size int, form string, known bool, p []byte) peerwire.Fault {
	least, open := 0, false
	for _, c := range form {
		least += twinSizes[c]
		open = open || c == '*'
	}
	switch {
	case id >= 13 && id <= 17 && !w.lim.Fast:
		return peerwire.NotNegotiated
	case id == 5 && w.lim.Pieces != 0:
		return w.judgeBits(size, p)
	case size < least, known && !open && size != least:
		return peerwire.BadLength
	case !known && size > 1<<20, id == 5 && size > 1<<20, id == 7 && size > 8+16384:
		return peerwire.TooLong
	case id == 20 && (size > 1+(500<<10) || len(p) > 0 && p[0] != 1 && size > 1+(17<<10)):
		return peerwire.TooLong
	}
	return peerwire.OK
}

func (w *twin) judgeBits(size int, p []byte) peerwire.Fault {
	pieces := int(w.lim.Pieces)
	if size != (pieces+7)/8 {
		return peerwire.BitfieldSize
	}
	if len(p) == size {
		for n := pieces; n < 8*size; n++ {
			if p[n/8]>>(7-n%8)&1 != 0 {
				return peerwire.SpareBits
			}
		}
	}
	return peerwire.OK
}
