package torrents

import (
	"time"

	"swarmlab/protocol/swarm"
)

// Observer is how a client takes part that has no files, and only watches what peers show.
type Observer struct {
	Eye         swarm.Watcher
	Connections int // at most
}

// apply makes the configuration of a client that of an observer. Peers that drop it are dialed
// again, and those that could not be reached are not forgotten soon: the line may have been down.
// Of who is silent for longer than keep-alives are apart it is not said that it was seen.
func (o *Observer) apply(c *swarm.Config) {
	const failures, addresses, silence = 20, 20, 150 * time.Second
	c.MaxConns, c.ReconnectAfter, c.MaxFailures = o.Connections, observerReconnect, failures
	c.IdleTimeout = silence
	c.MaxPeers = max(c.MaxPeers, addresses*o.Connections)
	*c = swarm.Observing.Apply(*c)
}

// observerReconnect is the least time between two connections with a peer: what it gets meanwhile
// is seen when it says what it has, unless it never comes back.
const observerReconnect = 10 * time.Second
