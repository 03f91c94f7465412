package swarm

import (
	"errors"
	"fmt"
	"time"
)

// Leeching is whom a peer that is not complete unchokes.
type Leeching uint8

const (
	// TitForTat unchokes those that send most, by the rate of the last 20 seconds (BEP 3).
	TitForTat Leeching = iota
	// BlockTitForTat serves only those that were sent less than Deficit bytes more than they
	// sent themselves (Bharambe, Herley, Padmanabhan 2006). Who reached that keeps its slot as
	// long as it sends: its requests wait.
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
	Leeching Leeching
	Seeding  Seeding
	// Slots is how many interested peers are unchoked, the optimistic ones included. Tyrant and
	// PropShare unchoke as many as their upload is worth.
	Slots uint16
	// Optimistic is how many of the slots are given regardless of what a peer brings.
	Optimistic uint16
	// Period is the time from one regular decision to the next.
	Period time.Duration
	// Rotation is the time that an optimistic slot is held, a multiple of Period.
	Rotation time.Duration
	// Deficit is how many bytes BlockTitForTat serves in advance.
	Deficit uint64
	// Upload is what Tyrant and PropShare have to give, in bytes per second.
	Upload uint64
}

// DefaultChoker returns what BEP 3 says: four slots, one of them optimistic, every 10 and 30
// seconds; and as a seed equal time for all.
func DefaultChoker() ChokerConfig {
	return ChokerConfig{Slots: 4, Optimistic: 1, Period: 10 * time.Second,
		Rotation: 30 * time.Second, Seeding: RoundRobin, Deficit: 2 * BlockSize}
}

// OptimisticShare returns how many of some slots libtorrent gives optimistically: a fifth, at
// least one.
func OptimisticShare(slots uint16) uint16 { return max(1, slots/5) }

// Validate returns the first thing that is wrong.
func (c ChokerConfig) Validate() error {
	switch {
	case c.Leeching > PropShare:
		return fmt.Errorf("swarm: there is no leeching rule %d", uint8(c.Leeching))
	case c.Seeding > AntiLeech:
		return fmt.Errorf("swarm: there is no seeding rule %d", uint8(c.Seeding))
	case c.Slots == 0:
		return errors.New("swarm: 0 slots: who never unchokes is a FreeRider")
	case c.Optimistic > c.Slots:
		return fmt.Errorf("swarm: %d optimistic slots of %d: at most all", c.Optimistic, c.Slots)
	case c.Period <= 0:
		return fmt.Errorf("swarm: period %v: it must be positive", c.Period)
	case c.Rotation < c.Period || c.Rotation%c.Period != 0:
		return fmt.Errorf("swarm: rotation %v must be a multiple of the period %v",
			c.Rotation, c.Period)
	case c.Leeching == BlockTitForTat && c.Deficit < BlockSize:
		return fmt.Errorf("swarm: deficit %d: nobody begins without a block of %d bytes",
			c.Deficit, BlockSize)
	case c.divides() && (c.Upload < minCost || c.Upload > maxUpload):
		return fmt.Errorf("swarm: upload %d: %v divides from %d to %d bytes per second",
			c.Upload, c.Leeching, minCost, uint64(maxUpload))
	}
	return nil
}

// divides says whether the rule divides the upload.
func (c ChokerConfig) divides() bool { return c.Leeching == Tyrant || c.Leeching == PropShare }

// rounds returns how many regular decisions an optimistic slot is held.
func (c ChokerConfig) rounds() uint32 { return uint32(c.Rotation / c.Period) }
