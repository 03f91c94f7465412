package dht

import (
	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// Ref stands for one contact, an id at an address, in four bytes. It means nothing but equality.
type Ref uint32

// NoRef is no contact.
const NoRef = ^Ref(0)

// Directory turns contacts into references and back. Two calls with the same id and address give
// the same reference while it is in use. In the simulator it is arithmetic; a real node has a
// [Book].
type Directory interface {
	Ref(id krpc.ID, addr protocol.Addr) Ref
	Contact(r Ref) (krpc.ID, protocol.Addr)
	// Lead returns the first 64 bits of the id, which nearly always decide.
	Lead(r Ref) uint64
}

// Contact is an id at an address.
type Contact struct {
	ID   krpc.ID
	Addr protocol.Addr
}

// Book is a directory that remembers contacts. It forgets those that its group no longer uses:
// when it has doubled since the last time, the group sweeps it at the start of a turn. Who keeps a
// book as a part of a directory of his own, for any number of groups, calls [Book.Sweep].
type Book struct {
	refs    map[Contact]Ref
	entries []Contact
	used    []bool
	free    []Ref
	limit   int
}

const bookStart = 1 << 12

// NewBook returns an empty book.
func NewBook() *Book {
	return &Book{refs: make(map[Contact]Ref), limit: bookStart}
}

// Ref returns the contact's reference and enters it if it is new.
func (b *Book) Ref(id krpc.ID, addr protocol.Addr) Ref {
	c := Contact{id, addr}
	if r, ok := b.refs[c]; ok {
		return r
	}
	var r Ref
	if n := len(b.free); n > 0 {
		r, b.free = b.free[n-1], b.free[:n-1]
		b.entries[r] = c
	} else {
		r = Ref(len(b.entries))
		b.entries, b.used = append(b.entries, c), append(b.used, false)
	}
	b.refs[c] = r
	return r
}

// Contact returns what r stands for.
func (b *Book) Contact(r Ref) (krpc.ID, protocol.Addr) {
	c := &b.entries[r]
	return c.ID, c.Addr
}

// Lead returns the first 64 bits of the id of what r stands for.
func (b *Book) Lead(r Ref) uint64 { return b.entries[r].ID.Hi }

// Len returns the number of contacts remembered.
func (b *Book) Len() int { return len(b.refs) }

func (b *Book) full() bool { return len(b.refs) >= b.limit }

// Sweep forgets every contact that uses does not name; its references may be given to others. It
// must not be called during a turn, and uses must name what all groups hold that share the book:
// see [Group.Uses].
func (b *Book) Sweep(uses func(mark func(Ref))) {
	clear(b.used)
	uses(func(r Ref) {
		if r != NoRef {
			b.used[r] = true
		}
	})
	b.free = b.free[:0]
	for r, c := range b.entries {
		if b.used[r] {
			continue
		}
		if b.refs[c] == Ref(r) {
			delete(b.refs, c)
		}
		b.entries[r] = Contact{}
		b.free = append(b.free, Ref(r))
	}
	b.limit = max(bookStart, 2*len(b.refs))
}
