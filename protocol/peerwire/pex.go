package peerwire

import (
	"encoding/binary"

	"swarmlab/protocol"
	"swarmlab/protocol/bencode"
)

// The bounds of peer exchange (BEP 11). Those of senders hold for all messages but the first.
const (
	PEXAdded   = 50   // contacts of both families that a sender may add in a message
	PEXDropped = 50   // and drop
	PEXEntries = 1024 // contacts added, or dropped, that a receiver reads; more is a fault
)

// The flags of a contact that was added.
const (
	PEXEncrypt   = 0x01 // prefers encryption
	PEXSeed      = 0x02 // uploads only
	PEXUTP       = 0x04 // supports uTP
	PEXHolepunch = 0x08 // supports ut_holepunch
	PEXReachable = 0x10 // the sender connected to it
)

// PEX is a message of peer exchange, as compact strings: contacts whose connections the sender
// opened and closed since its last message. To write one, Add and Drop; to read one, Parse, and
// then AddedAt and DroppedAt. Contacts are not checked against each other: whether one came twice
// is for the receiver, who knows those of earlier messages too.
type PEX struct {
	Added, AddedFlags, Dropped    []byte // IPv4: 6 bytes, 1 byte and 6 bytes a contact
	Added6, Added6Flags, Dropped6 []byte // IPv6: 18 bytes, 1 byte and 18 bytes a contact
}

// Lengths of a contact, in bytes.
const (
	contact4 = 6
	contact6 = 18
)

// Reset empties the message and keeps its memory, to write the next.
func (x *PEX) Reset() {
	x.Added, x.AddedFlags, x.Dropped = x.Added[:0], x.AddedFlags[:0], x.Dropped[:0]
	x.Added6, x.Added6Flags, x.Dropped6 = x.Added6[:0], x.Added6Flags[:0], x.Dropped6[:0]
}

// Add adds a contact.
func (x *PEX) Add(a protocol.Addr, flags uint8) {
	if a.Is4() {
		x.Added, x.AddedFlags = appendCompact(x.Added, a), append(x.AddedFlags, flags)
	} else {
		x.Added6, x.Added6Flags = appendCompact(x.Added6, a), append(x.Added6Flags, flags)
	}
}

// Drop adds a contact that is no more.
func (x *PEX) Drop(a protocol.Addr) {
	if a.Is4() {
		x.Dropped = appendCompact(x.Dropped, a)
	} else {
		x.Dropped6 = appendCompact(x.Dropped6, a)
	}
}

// AddedCount returns the number of contacts added.
func (x *PEX) AddedCount() int { return len(x.Added)/contact4 + len(x.Added6)/contact6 }

// DroppedCount returns the number of contacts dropped.
func (x *PEX) DroppedCount() int { return len(x.Dropped)/contact4 + len(x.Dropped6)/contact6 }

// AddedAt returns a contact that was added, and its flags; 0 if none were sent.
func (x *PEX) AddedAt(n int) (a protocol.Addr, flags uint8) {
	list := x.AddedFlags
	if n >= len(x.Added)/contact4 {
		list = x.Added6Flags
	}
	a, n = contact(x.Added, x.Added6, n)
	if n < len(list) {
		flags = list[n]
	}
	return a, flags
}

// DroppedAt returns a contact that was dropped.
func (x *PEX) DroppedAt(n int) protocol.Addr {
	a, _ := contact(x.Dropped, x.Dropped6, n)
	return a
}

// contact returns a contact of two lists that follow each other, and its place in its own.
func contact(list4, list6 []byte, n int) (a protocol.Addr, at int) {
	if count := len(list4) / contact4; n >= count {
		n -= count
		p := list6[n*contact6 : (n+1)*contact6]
		return protocol.Addr6(p, binary.BigEndian.Uint16(p[16:])), n
	}
	p := list4[n*contact4 : (n+1)*contact4]
	return protocol.Addr4(binary.BigEndian.Uint32(p), binary.BigEndian.Uint16(p[4:])), n
}

// Append appends the message; ext is the receiver's number for it. Of each family it writes what
// there is. If there is nothing, it says that nothing was added.
func (x *PEX) Append(dst []byte, ext uint8) []byte {
	start := len(dst)
	dst = append(openExtended(dst, ext), 'd')
	if len(x.Added) > 0 || x.AddedCount()+x.DroppedCount() == 0 {
		dst = appendList(dst, "added", x.Added)
		dst = appendList(dst, "added.f", x.AddedFlags)
	}
	if len(x.Added6) > 0 {
		dst = appendList(dst, "added6", x.Added6)
		dst = appendList(dst, "added6.f", x.Added6Flags)
	}
	if len(x.Dropped) > 0 {
		dst = appendList(dst, "dropped", x.Dropped)
	}
	if len(x.Dropped6) > 0 {
		dst = appendList(dst, "dropped6", x.Dropped6)
	}
	return closeExtended(append(dst, 'e'), start)
}

func appendList(dst []byte, key string, list []byte) []byte {
	return bencode.AppendBytes(bencode.AppendString(dst, key), list)
}

// Parse reads the body of a message. The lists point into p. Flags may be left out, but not be of
// another number than the contacts.
func (x *PEX) Parse(p []byte) Fault {
	*x = PEX{}
	s := bencode.NewScanner(p, extLimits, bencode.Tolerant)
	keys, ok := s.Dict()
	if !ok {
		return BadBencode
	}
	known, good := false, true
	for key, ok := keys.Next(&s); ok; key, ok = keys.Next(&s) {
		list := x.list(key)
		if list == nil {
			s.Skip()
			continue
		}
		at := s.At()
		*list, ok = s.Bytes()
		good = taken(&s, at, ok) && good
		known = known || list != &x.AddedFlags && list != &x.Added6Flags
	}
	if f := verdict(s.End(), good); f != OK {
		return f
	}
	if !known {
		return NoField
	}
	return x.check()
}

// list returns where the value of a key belongs, or nil.
func (x *PEX) list(key []byte) *[]byte {
	switch string(key) {
	case "added":
		return &x.Added
	case "added.f":
		return &x.AddedFlags
	case "added6":
		return &x.Added6
	case "added6.f":
		return &x.Added6Flags
	case "dropped":
		return &x.Dropped
	case "dropped6":
		return &x.Dropped6
	}
	return nil
}

// check holds the lengths of the lists against each other.
func (x *PEX) check() Fault {
	ragged := len(x.Added)%contact4 + len(x.Dropped)%contact4 +
		len(x.Added6)%contact6 + len(x.Dropped6)%contact6
	switch {
	case ragged != 0,
		len(x.AddedFlags) != 0 && len(x.AddedFlags) != len(x.Added)/contact4,
		len(x.Added6Flags) != 0 && len(x.Added6Flags) != len(x.Added6)/contact6:
		return BadField
	case x.AddedCount() > PEXEntries || x.DroppedCount() > PEXEntries:
		return TooMany
	}
	return OK
}
