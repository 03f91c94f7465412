package peerwire

import (
	"encoding/binary"

	"swarmlab/protocol"
)

// Punch is what a holepunch message says.
type Punch uint8

// The messages of BEP 55.
const (
	Rendezvous  Punch = iota // to the relay: connect me with the peer at Addr
	Connect                  // from the relay: open a connection to Addr
	PunchFailed              // from the relay: Error says why
)

// PunchError says why a relay refused.
type PunchError uint32

// The errors of BEP 55.
const (
	NoPunchError PunchError = iota
	NoSuchPeer              // the address makes no sense
	NotConnected            // the relay has no connection to it
	NoSupport               // it does not know the extension
	NoSelf                  // it is the relay itself
)

// Holepunch is a message of ut_holepunch (BEP 55).
type Holepunch struct {
	Type  Punch // of a message that is to be ignored, any other number
	Addr  protocol.Addr
	Error PunchError
}

// Append appends the message; ext is the receiver's number for it.
func (h *Holepunch) Append(dst []byte, ext uint8) []byte {
	start, family := len(dst), byte(0)
	if !h.Addr.Is4() {
		family = 1
	}
	dst = append(openExtended(dst, ext), byte(h.Type), family)
	dst = binary.BigEndian.AppendUint32(appendCompact(dst, h.Addr), uint32(h.Error))
	return closeExtended(dst, start)
}

// Parse reads the body of a message. The error code may be missing, as it is with some peers in
// messages that are no errors.
func (h *Holepunch) Parse(p []byte) Fault {
	*h = Holepunch{}
	if len(p) < 2 {
		return BadSize
	}
	size := 4
	switch p[1] {
	case 0:
	case 1:
		size = 16
	default:
		return BadField
	}
	rest := p[2:]
	if len(rest) != size+6 && (len(rest) != size+2 || p[0] == byte(PunchFailed)) {
		return BadSize
	}
	h.Type = Punch(p[0])
	h.Addr, _ = parseIP(rest[:size], binary.BigEndian.Uint16(rest[size:]))
	if len(rest) == size+6 {
		h.Error = PunchError(binary.BigEndian.Uint32(rest[size+2:]))
	}
	return OK
}
