package swarm

import (
	"swarmlab/protocol"
)

// Torrent is what a group knows of a torrent.
type Torrent struct {
	InfoHash [20]byte
	Content  uint32 // its number in bodies, below protocol.Junk; the same at both ends
	Geometry Geometry
	// Metadata is the info dictionary, as bytes. It may be nil: then peers that have only the
	// infohash do not get it from here.
	Metadata []byte
	Private  bool // BEP 27: no peer exchange, and only peers of the tracker
}

// Entry is how a core takes part in a torrent.
type Entry struct {
	Torrent uint32 // as Register numbered it
	Have    []byte // what is there, as a bitfield of the wire; nil: nothing
	All     bool   // everything is there
	Magnet  bool   // the core has only the infohash, and asks its peers for the rest
}

// member is one torrent at one core.
type member struct {
	index   uint32 // of the torrent in the group
	hearsay uint32 // how often others said of somebody that it is a seed
	geo     Geometry
	known   bool // the geometry is known
	seed    bool // everything is there
	showing bool // it super-seeds
	private bool
	leaving bool
	shaken  bool // rechoke at the end of the turn
	spilt   bool // blocks are free again: offer them at the end of the turn

	picker picker
	choker choker
	show   superseed

	metadata []byte
	fetch    *fetch // the metadata on its way; nil if it is here
	started  protocol.Time
	finished protocol.Time // Never until everything is there
	found    protocol.Time // when somebody was found; Never until then

	conns []*conn // past the infohash, in the order in which they came to it
	slots []*conn // by slot
	free  []slot
	peers peers

	gossip  gossip
	dialAt  protocol.Time // when to look for somebody to dial
	turnAt  protocol.Time // when to drop somebody for another
	claimed bits          // pieces that it pretends to have; nil if it does not pretend
	claimAt protocol.Time // when to pretend to have another one
	opening uint16        // connections of the torrent that are not live yet

	brought   uint64 // bytes of the pieces that were there at the beginning
	ended     Tally  // of connections that are no more
	forgotten Tally  // of it, that of peers which are not remembered
}

// slotFor takes a slot for a connection.
func (m *member) slotFor(c *conn) slot {
	if n := len(m.free); n > 0 {
		s := m.free[n-1]
		m.free = m.free[:n-1]
		m.slots[s] = c
		return s
	}
	m.slots = append(m.slots, c)
	return slot(len(m.slots) - 1)
}

// bitsOf reads the bitfield of an entry.
func bitsOf(e *Entry, g Geometry) bits {
	n := g.Pieces()
	b := newBits(n)
	switch {
	case e.All:
		b.setAll(n)
	case e.Have != nil && !b.fromWire(e.Have, n):
		panic("swarm: an entry has a bitfield that is not one of its torrent")
	}
	return b
}

// has says whether a piece is there and verified.
func (m *member) has(piece uint32) bool { return m.picker.have.has(piece) }
