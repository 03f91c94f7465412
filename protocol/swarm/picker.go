package swarm

import "swarmlab/protocol"

// slot is the number of a connection among those of one torrent at one peer: small, dense, and
// used again. The half of connections gives them out; everything here is indexed by them.
type slot uint16

// nobody is no slot.
const nobody = ^slot(0)

// Picking is the order in which pieces are opened.
type Picking uint8

const (
	// Rarest opens the pieces that the fewest connected peers have, ties at random.
	Rarest Picking = iota
	// Random opens any piece.
	Random
	// Sequential opens pieces in the order of the content.
	Sequential
)

// String returns the word for the order.
func (p Picking) String() string { return [...]string{"rarest", "random", "sequential"}[p] }

// PickerConfig says how a peer chooses what to ask for.
type PickerConfig struct {
	Picking Picking
	// FirstRandom is how many pieces are picked at random before Picking holds: rare pieces are
	// slow, and who has nothing can give nothing. libtorrent: 4.
	FirstRandom uint32
	// NoEndgame never asks for a block twice at the same time.
	NoEndgame bool
}

// DefaultPicker returns what libtorrent does.
func DefaultPicker() PickerConfig { return PickerConfig{FirstRandom: 4} }

// picker decides what one peer asks for, of one torrent. It knows which pieces every connected
// peer has, which blocks were asked of whom, and who sent the blocks of pieces that are not
// verified yet. It holds blocks only for pieces that are open: asked for or partly there.
//
// reset comes first. A connection is join, then at most one of gainBits and gainAll, then gain and
// lose as messages come, and leave. After every gain, lose and passed, interesting says whether
// the peer has anything that is missing here. pick gives the next blocks to ask for; each of them
// ends by got, lost, drop or leave. When got says that a piece is full, the caller checks its hash
// and says passed or failed.
type picker struct {
	cfg PickerConfig
	geo Geometry
	rnd protocol.Rand // own stream, for ties

	have     bits   // verified pieces
	complete uint32 // how many these are

	peers   []party  // by slot
	theirs  []uint64 // the bits of every peer: slot times words(pieces)
	seeds   uint32   // connected peers that have everything
	waste   waste
	avail   availability
	openers open
}

// party is what the picker knows of one connected peer.
type party struct {
	held    uint32 // pieces that it has
	missing uint32 // pieces that it has and that are missing here
	asked   uint16 // blocks asked of it and not answered
	joined  bool
	seed    bool // it has everything; its bits are not kept
	parole  bool // it contributed to a piece that failed: it gets whole pieces alone
}

// waste is what was received for nothing, in bytes.
type waste struct {
	redundant uint64 // of blocks that were there already, or that nobody wanted
	failed    uint64 // of pieces whose hash was wrong
}

// wish says what a call of pick is for.
type wish struct {
	n         int      // at most so many blocks
	choked    bool     // only pieces of fast may be asked for
	fast      []uint32 // pieces allowed fast (BEP 6)
	suggested []uint32 // pieces that the peer suggests (BEP 6)
	snubbed   bool     // common pieces first, so that the slow share one
	whole     bool     // a fast peer: pieces of its own, so that one peer answers for each
}

// fate is what became of a block that came.
type fate uint8

const (
	fresh     fate = iota // it was missing; keep it
	redundant             // it was there already
	stray                 // nobody asked for it, and it has no place
)

// arrival says what a block was that came.
type arrival struct {
	fate  fate
	asked bool // this peer was asked for it (with the Fast extension, close if not)
	full  bool // with it its piece has all blocks: check the hash
}

// blame is what one peer contributed to a failed piece.
type blame struct {
	slot     slot // nobody for those that have left
	bytes    uint32
	sentence sentence
}

type sentence uint8

const (
	suspect sentence = iota // one of several: from now on it gets whole pieces alone
	banned                  // the only one: close the connection, and do not open another
	gone                    // it has left
)
