package netmodel

import (
	"fmt"
	"time"

	"swarmlab/protocol"
)

// Class says who can reach a node. In the terms of RFC 4787 a NAT has a mapping behaviour (which
// external port a datagram gets) and a filtering behaviour (whose datagrams come in).
type Class uint8

const (
	// Open is a public address without a filter: everybody gets in.
	Open Class = iota
	// FullCone is a NAT with endpoint-independent mapping and filtering: everybody gets in for
	// as long as the node has sent something to anybody.
	FullCone
	// Restricted is a NAT with endpoint-independent mapping and address-dependent filtering: in
	// gets who has the address of a host that the node has sent to.
	Restricted
	// PortRestricted is a NAT with endpoint-independent mapping and address- and port-dependent
	// filtering: in gets who has the address and port that the node has sent to.
	PortRestricted
	// Symmetric is a NAT with address- and port-dependent mapping and filtering: each address
	// and port that the node sends to sees another external port, and only they get in, by it.
	Symmetric
	// Firewalled is a public address behind a filter that lets in nothing but answers: one
	// datagram for each that the node sent to the same address and port, so that nobody gets in
	// with a question, not even who was asked one.
	Firewalled

	classes = int(Firewalled) + 1
)

// String returns the name that the scenario file has for a class.
func (c Class) String() string {
	switch c {
	case Open:
		return "open"
	case FullCone:
		return "full-cone"
	case Restricted:
		return "restricted"
	case PortRestricted:
		return "port-restricted"
	case Symmetric:
		return "symmetric"
	case Firewalled:
		return "firewalled"
	}
	return "?"
}

// Reach is who is behind a NAT or a firewall, and how these behave. The zero value has all nodes
// open, and costs nothing.
type Reach struct {
	// Shares of the nodes that belong to each class, in the order of the constants; a node's
	// class is drawn once and for ever. They add up to Certain, or all are 0.
	Shares [classes]Probability
	// Timeout is how long a mapping, and the filter's memory of whom the node has sent to, live
	// without a datagram from the node (RFC 4787's outbound refresh; one from outside refreshes
	// nothing), 1 s to 24 h. The usual 60 s are a modelling choice: RFC 4787 demands 2 min, and
	// much equipment gives 30 s.
	Timeout time.Duration
}

// ReachPreset returns the reachability of that name. The one there is, dht-2010s, is a public DHT
// of the 2010s: 35 % public, 10 % behind firewalls, and 55 % behind NATs, of which three fifths map
// independently of the endpoint. How these three fifths filter no measurement says: it is a
// modelling choice that a tenth does not filter, three tenths by address, six by port too.
func ReachPreset(name string) (Reach, bool) {
	if name != "dht-2010s" {
		return Reach{}, false
	}
	const percent = Certain / 100
	return Reach{Timeout: time.Minute, Shares: [classes]Probability{
		Open: 35 * percent, FullCone: 3 * percent, Restricted: 10 * percent,
		PortRestricted: 20 * percent, Symmetric: 22 * percent, Firewalled: 10 * percent,
	}}, true
}

const (
	mappingLeast = time.Second
	mappingMost  = 24 * time.Hour
)

// reach draws the class of each node; it is nil if all are open.
type reach struct {
	nodes   stream
	bounds  [classes - 1]uint64 // of the classes before, in units of 2^-63
	timeout time.Duration
	others  uint32 // nodes from this one on are open
}

func (c *Reach) build(seed uint64) (*reach, error) {
	if *c == (Reach{}) {
		return nil, nil
	}
	sum, r := Probability(0), &reach{nodes: newStream(seed, purposeClass), timeout: c.Timeout}
	for i, share := range c.Shares {
		if share > Certain {
			return nil, fmt.Errorf("nat.%v: %v is above 100%%: a share is 0 to 100%%",
				Class(i), share)
		}
		sum += share
		if i < len(r.bounds) {
			r.bounds[i] = min(sum, Certain).threshold()
		}
	}
	if sum != Certain {
		return nil, fmt.Errorf("nat: the shares add up to %v: they must make 100%%; "+
			"give open what is left", sum)
	}
	if c.Timeout < mappingLeast || c.Timeout > mappingMost {
		return nil, fmt.Errorf("nat.timeout: %v is outside %v to %v: a mapping lives for a "+
			"minute or so", c.Timeout, mappingLeast, mappingMost)
	}
	if c.Shares[Open] == Certain {
		return nil, nil
	}
	return r, nil
}

func (r *reach) class(node uint32) Class {
	if node >= r.others {
		return Open
	}
	u, c := r.nodes.node(node)>>1, 0
	for c < len(r.bounds) && u >= r.bounds[c] {
		c++
	}
	return Class(c)
}

// Class returns who can reach a node.
func (n *Network) Class(node uint32) Class {
	if n.reach == nil {
		return Open
	}
	return n.reach.class(node)
}

// NewGates returns the state of all NATs and firewalls at the beginning of a run, or nil if all
// nodes are open. It belongs to one run.
func (n *Network) NewGates() *Gates {
	if n.reach == nil {
		return nil
	}
	g := &Gates{
		timeout: n.reach.timeout, kinds: make([]Class, n.nodes), gates: make([]gate, n.nodes),
		ports: newStream(n.seed, purposePort),
	}
	for node := range n.nodes {
		g.kinds[node] = n.reach.class(node)
	}
	return g
}

// port draws the external port of a symmetric NAT's new mapping.
func (g *Gates) port(now protocol.Time, node, remote uint32, port uint16) uint16 {
	u := protocol.Mix(g.ports.message(node, remote, uint32(port)) + uint64(now)*golden)
	return mappedPort + uint16(below(u, mappedPorts))
}
