package swarm

import (
	"time"

	"swarmlab/protocol"
)

// Leeching is whom a peer that is not complete unchokes.
type Leeching uint8

const (
	// TitForTat unchokes those that send most, by the rate of the last 20 seconds (BEP 3).
	TitForTat Leeching = iota
	// BlockTitForTat serves only those that were sent less than Deficit bytes more than they
	// sent themselves (Bharambe, Herley, Padmanabhan 2006).
	BlockTitForTat
	// FreeRider never unchokes anybody, not as a seed either.
	FreeRider
	// Tyrant unchokes those that give most for what they cost (BitTyrant, NSDI 2007).
	Tyrant
	// PropShare divides its upload in proportion to what it was sent (SIGCOMM 2008).
	PropShare
)

// String returns the word for the rule.
func (l Leeching) String() string {
	return [...]string{"tit-for-tat", "block-tit-for-tat", "free-rider", "tyrant", "prop-share"}[l]
}

// Seeding is whom a complete peer unchokes.
type Seeding uint8

const (
	// FastestUpload unchokes those that take most (BEP 3).
	FastestUpload Seeding = iota
	// RoundRobin gives everybody the same time (the new seed choke of Legout et al. 2006).
	RoundRobin
	// AntiLeech prefers those that have just begun or are nearly done (libtorrent).
	AntiLeech
)

// String returns the word for the rule.
func (s Seeding) String() string {
	return [...]string{"fastest-upload", "round-robin", "anti-leech"}[s]
}

// ChokerConfig says whom a peer unchokes, and when.
type ChokerConfig struct {
	Leeching   Leeching
	Seeding    Seeding
	Slots      uint16        // how many interested peers are unchoked, optimistic ones included
	Optimistic uint16        // of which optimistic
	Period     time.Duration // of the regular decision
	Rotation   time.Duration // of the optimistic decision: a multiple of Period
	Deficit    uint64        // BlockTitForTat: bytes
	Upload     uint64        // Tyrant and PropShare: what there is to give, in bytes per second
}

// DefaultChoker returns what BEP 3 says: four, one of them optimistic, every 10 and 30 seconds.
func DefaultChoker() ChokerConfig {
	return ChokerConfig{Slots: 4, Optimistic: 1, Period: 10 * time.Second,
		Rotation: 30 * time.Second, Seeding: RoundRobin, Deficit: 2 * BlockSize}
}

// snubAfter is how long a peer may have us unchoked and asked, and send nothing, before it snubs.
const snubAfter = 60 * time.Second

// fact is what the choker is told of one connection.
type fact struct {
	slot       slot
	interested bool   // it wants something from here
	snubbed    bool   // it unchoked, was asked, and sent nothing for snubAfter
	opened     bool   // it does not choke us
	seed       bool   // it has everything, or wants nothing more: never unchoked
	held       uint32 // pieces that it has
	down, up   uint64 // bytes in the last 20 seconds, from it and to it
	taken      uint64 // bytes that it sent, in all
	given      uint64 // bytes that it was sent, in all
}

// change is one decision.
type change struct {
	slot    slot
	unchoke bool
}

// choker decides who is unchoked, for one torrent at one peer. It keeps who is; the caller sends
// the messages. rechoke is called when due says so, and besides when an unchoked peer leaves or
// changes its interest; it then fills what became free, and rotates nobody.
type choker struct {
	cfg   ChokerConfig
	seats []seat // by slot
	next  protocol.Time
	round uint32 // regular decisions so far
}

// seat is what the choker keeps of one connection.
type seat struct {
	joined     protocol.Time
	since      protocol.Time // of the last unchoke
	present    bool
	unchoked   bool
	optimistic bool
}

// reset empties the choker and keeps its memory.
func (c *choker) reset(cfg ChokerConfig, pieces, pieceLength uint32) { panic("todo") }

// join adds a connection, which is choked.
func (c *choker) join(now protocol.Time, s slot) { panic("todo") }

// leave removes one. If it says true, a slot became free: call rechoke.
func (c *choker) leave(s slot) bool { panic("todo") }

// due returns when the next regular decision is to be made; Never without connections.
func (c *choker) due() protocol.Time { return c.next }

// unchoked says whether a peer is unchoked.
func (c *choker) unchoked(s slot) bool { return c.seats[s].unchoked }

// rechoke decides. facts has every connection once, in any order, and is reordered. seeding says
// that everything is there. It appends what changes, chokes first.
func (c *choker) rechoke(now protocol.Time, seeding bool, facts []fact, r *protocol.Rand,
	dst []change) []change {
	panic("todo")
}

// serves says whether the rule lets the next block go to an unchoked peer: BlockTitForTat counts
// every block. If not, call rechoke.
func (c *choker) serves(seeding bool, given, taken uint64) bool { panic("todo") }

// allowance returns the bytes per second that an unchoked peer is to be sent, 0 for any: Tyrant
// and PropShare divide their upload.
func (c *choker) allowance(s slot) uint64 { panic("todo") }
