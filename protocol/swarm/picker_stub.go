package swarm

import "swarmlab/protocol"

// reset makes the picker one of a torrent of which have is there (nil: nothing), without
// connections. It draws once from r and keeps the memory it had.
func (p *picker) reset(cfg PickerConfig, g Geometry, have bits, r *protocol.Rand) { panic("todo") }

// join adds a connection whose peer has nothing yet. The slot must be free.
func (p *picker) join(s slot) { panic("todo") }

// leave removes a connection; all asked of it may be asked of others.
func (p *picker) leave(s slot) { panic("todo") }

// gain says that a peer has a piece now. It returns false if it had it already.
func (p *picker) gain(s slot, piece uint32) bool { panic("todo") }

// gainBits says what a peer has that had nothing before; b is copied.
func (p *picker) gainBits(s slot, b bits) { panic("todo") }

// gainAll says that a peer has everything, whatever it had before.
func (p *picker) gainAll(s slot) { panic("todo") }

// lose says that a peer does not have a piece any more (BEP 54). What was asked of it there is void.
func (p *picker) lose(s slot, piece uint32) { panic("todo") }

// interesting says whether a peer has a piece that is missing here.
func (p *picker) interesting(s slot) bool { return p.peers[s].missing > 0 }

// has says whether a peer has a piece.
func (p *picker) has(s slot, piece uint32) bool { panic("todo") }

// isSeed says whether a peer has everything.
func (p *picker) isSeed(s slot) bool { return p.peers[s].seed }

// held returns how many pieces a peer has.
func (p *picker) held(s slot) uint32 { return p.peers[s].held }

// outstanding returns how many blocks are asked of a peer and not answered.
func (p *picker) outstanding(s slot) int { return int(p.peers[s].asked) }

// requests appends the blocks that are asked of a peer.
func (p *picker) requests(s slot, dst []block) []block { panic("todo") }

// copies returns how many connected peers have a piece.
func (p *picker) copies(piece uint32) uint32 { panic("todo") }

// done says whether everything is there.
func (p *picker) done() bool { return p.complete == p.geo.Pieces() }

// left returns the bytes of the pieces that are missing.
func (p *picker) left() uint64 { panic("todo") }

// pick appends up to w.n blocks to ask a peer for. They count as asked at once.
func (p *picker) pick(s slot, w wish, dst []block) []block { panic("todo") }

// got says that a peer sent a block. It appends the others that were asked for the same block and
// need a cancel: to them it counts as no longer asked.
func (p *picker) got(s slot, b block, dst []slot) (arrival, []slot) { panic("todo") }

// lost says that a block which was asked of a peer will not come: rejected, timed out, cancelled.
// It returns false if it was not asked of it.
func (p *picker) lost(s slot, b block) bool { panic("todo") }

// drop says that all that was asked of a peer is void: it choked, without the Fast extension.
func (p *picker) drop(s slot) { panic("todo") }

// passed says that the hash of a full piece is right. It appends the peers that are not
// interesting any more.
func (p *picker) passed(piece uint32, dst []slot) []slot { panic("todo") }

// failed says that the hash of a full piece is wrong. It appends who sent how much of it. All of
// the piece is missing again.
func (p *picker) failed(piece uint32, dst []blame) []blame { panic("todo") }
