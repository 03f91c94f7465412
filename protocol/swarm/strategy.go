package swarm

// Strategy is a kind of peer.
type Strategy uint8

const (
	// Compliant peers do what everybody does.
	Compliant Strategy = iota
	// FreeRiding peers never upload (BitThief, HotNets 2006).
	FreeRiding
	// LargeView peers never upload and have three times the connections (Sirivianos et al. 2007).
	LargeView
	// Tyrannical peers give to whom it pays (BitTyrant, NSDI 2007).
	Tyrannical
	// Polluting peers send other bytes than those of the content.
	Polluting
	// SuperSeeding peers pretend, as seeds, to have nothing (BEP 16).
	SuperSeeding
	// Observing peers have nothing, want nothing and give nothing: they stay connected to as many
	// others as they may, seeds too, and see what those have. A [Watcher] is told.
	Observing
)

// String returns the word for the strategy.
func (s Strategy) String() string {
	return [...]string{"compliant", "free-rider", "large-view", "tyrant", "polluter",
		"super-seed", "observer"}[s]
}

// Apply returns the configuration of a peer that would be compliant with c.
func (s Strategy) Apply(c Config) Config {
	switch s {
	case FreeRiding:
		c.Choker.Leeching, c.AllowedFast = FreeRider, 0
	case LargeView:
		c.Choker.Leeching, c.AllowedFast = FreeRider, 0
		c.MaxConns, c.Initiate = 3*c.MaxConns, 3*c.MaxConns
		c.HalfOpen, c.MaxPeers = 3*c.HalfOpen, 3*c.MaxPeers
	case Tyrannical:
		c.Choker.Leeching = Tyrant
	case Polluting:
		c.Pollute = true
	case SuperSeeding:
		c.SuperSeed = true
	case Observing:
		c.Choker.Leeching, c.AllowedFast = FreeRider, 0
		c.Observe, c.Initiate, c.KeepSeeds, c.Turnover = true, c.MaxConns, true, 0
	}
	return c
}
