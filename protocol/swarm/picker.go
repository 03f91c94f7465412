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
// lose as messages come, and leave. After every one of these, and after passed, interesting says
// whether the peer has anything that is missing here. pick gives the next blocks to ask for; each
// of them ends by got, lost, cancel, drop or leave. When got says that a piece is full, the caller
// checks its hash and says passed or failed.
type picker struct {
	peers  []party  // by slot
	theirs []uint64 // the bits of every peer: slot times words(pieces)
	idle   bits     // missing and not open: those in avail.order
	have   bits     // verified pieces
	avail  availability
	rnd    protocol.Rand // own stream, for ties

	geo      Geometry
	complete uint32 // pieces that are verified
	seeds    uint32 // connected peers that have everything
	cfg      PickerConfig
	open     openPieces
	waste    waste
}

// party is what the picker knows of one connected peer.
type party struct {
	held    uint32 // pieces that it has
	missing uint32 // pieces that it has and that are missing here
	asked   uint16 // blocks asked of it and not answered
	void    uint16 // blocks asked of it and given up, which may still come
	joined  bool
	seed    bool // it has everything; its bits are not kept
	parole  bool // it contributed to a piece that failed: it gets whole pieces alone
}

// waste is what was received for nothing, in bytes.
type waste struct {
	redundant uint64 // of blocks that were there already, or that nobody wanted
	failed    uint64 // of pieces whose hash was wrong
}

// reset makes the picker one of a torrent of which have is there (nil: nothing), without
// connections. It draws once from r and keeps the memory it had. have is copied.
func (p *picker) reset(cfg PickerConfig, g Geometry, have bits, r *protocol.Rand) {
	n := g.Pieces()
	p.cfg, p.geo, p.rnd = cfg, g, protocol.Rand(r.Uint64())
	p.have = zeroed(p.have, words(n))
	copy(p.have, have)
	p.idle = zeroed(p.idle, words(n))
	p.idle.setAll(n)
	for i, w := range p.have {
		p.idle[i] &^= w
	}
	p.complete, p.seeds, p.waste = p.have.count(), 0, waste{}
	p.peers, p.theirs = p.peers[:0], p.theirs[:0]
	p.avail.reset(n, p.idle, &p.rnd)
	p.open.reset(g.Blocks(0))
}

// zeroed returns n zeros, in the memory of s if it has as much.
func zeroed[S ~[]E, E any](s S, n int) S {
	if cap(s) < n {
		return make(S, n)
	}
	s = s[:n]
	clear(s)
	return s
}

// interesting says whether a peer has a piece that is missing here.
func (p *picker) interesting(s slot) bool { return p.peers[s].missing > 0 }

// has says whether a peer has a piece.
func (p *picker) has(s slot, piece uint32) bool {
	return p.peers[s].seed || p.theirs[int(s)*len(p.have)+int(piece/64)]&bit(piece) != 0
}

// bitsOf returns what a peer has that does not have everything.
func (p *picker) bitsOf(s slot) bits {
	n := len(p.have)
	return p.theirs[int(s)*n : int(s)*n+n]
}

// isSeed says whether a peer has everything.
func (p *picker) isSeed(s slot) bool { return p.peers[s].seed }

// held returns how many pieces a peer has.
func (p *picker) held(s slot) uint32 { return p.peers[s].held }

// outstanding returns how many blocks are asked of a peer and not answered.
func (p *picker) outstanding(s slot) int { return int(p.peers[s].asked) }

// copies returns how many connected peers have a piece.
func (p *picker) copies(piece uint32) uint32 { return p.avail.of(piece) + p.seeds }

// done says whether everything is there.
func (p *picker) done() bool { return p.complete == p.geo.Pieces() }

// left returns the bytes of the pieces that are missing.
func (p *picker) left() uint64 {
	there := uint64(p.complete) * uint64(p.geo.PieceLength)
	if last := p.geo.Pieces() - 1; p.have.has(last) {
		there -= uint64(p.geo.PieceLength - p.geo.PieceSize(last))
	}
	return p.geo.Total - there
}
