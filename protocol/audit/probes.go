package audit

import (
	"errors"

	"swarmlab/protocol"
)

// Challenge is a block that an auditor asks of a peer that says it has the piece.
type Challenge struct {
	Piece uint32
	Begin uint32
	Size  uint32
}

// Answer is what came of a challenge.
type Answer uint8

// The answers.
const (
	Served  Answer = iota // the right bytes
	Wrong                 // other bytes
	Silent                // nothing, though the peer had unchoked
	Choked                // the peer did not unchoke: that proves nothing
	Denied                // a reject, though the peer had unchoked: it has not what it says
	answers               // how many there are
)

// ProbesConfig is what an auditor knows of the torrent.
type ProbesConfig struct {
	Pieces      uint32
	PieceLength uint32
	Last        uint32 // bytes of the last piece, from 1 to PieceLength
	Block       uint32 // asked for at most, at least 1
}

// Probes is the active half of M10: who says that he has pieces, and so seems to upload, is asked
// for one at random. Who has invented a share f of them is not found out by k challenges with
// probability (1-f)^k.
type Probes struct {
	cfg   ProbesConfig
	users []Probed
}

// Probed counts a user's answers.
type Probed [answers]uint32

// NewProbes returns probes that asked nobody. Errors name the field that is wrong.
func NewProbes(cfg ProbesConfig) (*Probes, error) {
	if cfg.Pieces == 0 || cfg.Last == 0 || cfg.Last > cfg.PieceLength || cfg.Block == 0 {
		return nil, errors.New("audit: probes need Pieces, PieceLength, Last and Block")
	}
	return &Probes{cfg: cfg}, nil
}

// Draw draws a challenge from the bitfield of a peer, in the bytes of the wire. Ok is false if it
// has no piece, or the bitfield is none.
func (p *Probes) Draw(rand *protocol.Rand, field []byte) (c Challenge, ok bool) {
	if uint64(len(field)) != (uint64(p.cfg.Pieces)+7)/8 {
		return c, false
	}
	seen := uint64(0)
	for piece := range p.cfg.Pieces {
		if field[piece/8]&(0x80>>(piece%8)) != 0 {
			seen++
			if rand.Uint64n(seen) == 0 { // each of them with the same probability
				c.Piece = piece
			}
		}
	}
	if seen == 0 {
		return c, false
	}
	length := p.cfg.PieceLength
	if c.Piece == p.cfg.Pieces-1 {
		length = p.cfg.Last
	}
	blocks := (uint64(length) + uint64(p.cfg.Block) - 1) / uint64(p.cfg.Block)
	c.Begin = uint32(rand.Uint64n(blocks)) * p.cfg.Block
	c.Size = min(p.cfg.Block, length-c.Begin)
	return c, true
}

// Note takes what came of a challenge of a user.
func (p *Probes) Note(u User, a Answer) { at(&p.users, u)[a]++ }

// Probed returns a user's answers.
func (p *Probes) Probed(u User) Probed {
	if uint64(u) >= uint64(len(p.users)) {
		return Probed{}
	}
	return p.users[u]
}

// Guilty reports whether a user sent wrong bytes, a reject, or nothing, at least so many times: a
// bad line or a broken disk does so now and then.
func (p Probed) Guilty(least uint32) bool { return p.Failed() >= least }

// Failed returns how many challenges a user failed, of those that prove something.
func (p Probed) Failed() uint32 { return p[Wrong] + p[Silent] + p[Denied] }

// Asked returns how many challenges of a user proved something.
func (p Probed) Asked() uint32 { return p[Served] + p.Failed() }
