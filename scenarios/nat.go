package scenarios

import (
	"math/bits"
	"time"

	"swarmlab/netmodel"
)

// NAT is who is behind a NAT or a firewall; the zero value is nobody. The classes are those of
// netmodel, of all nodes of the network.
type NAT struct {
	Preset string `yaml:"preset"` // custom, or the name of a netmodel.ReachPreset
	// Open is the share of nodes that everybody can reach; 0 is what the other classes leave, or
	// what the preset has. Written beside a preset, the other classes share the rest as they do
	// in it.
	Open netmodel.Probability `yaml:"open"`

	FullCone       netmodel.Probability `yaml:"full_cone"` // of custom, as all that follow
	Restricted     netmodel.Probability `yaml:"restricted"`
	PortRestricted netmodel.Probability `yaml:"port_restricted"`
	Symmetric      netmodel.Probability `yaml:"symmetric"`
	Firewalled     netmodel.Probability `yaml:"firewalled"`

	Timeout Duration `yaml:"timeout"` // of mappings and of filters
}

// None reports whether no node is behind anything.
func (n *NAT) None() bool { return *n == NAT{} }

// Gated reports whether some nodes are not open.
func (n *NAT) Gated() bool {
	r := n.reach()
	return !n.None() && r.Shares[netmodel.Open] != netmodel.Certain
}

// reach translates the classes; their shares were checked.
func (n *NAT) reach() netmodel.Reach {
	if n.None() {
		return netmodel.Reach{}
	}
	r, known := netmodel.ReachPreset(n.Preset)
	switch {
	case !known:
		copy(r.Shares[:], n.shares())
		if n.Open == 0 {
			r.Shares[netmodel.Open] = netmodel.Certain - n.closed()
		}
	case n.Open != 0:
		scaleReach(&r, n.Open)
	}
	r.Timeout = time.Duration(n.Timeout)
	return r
}

// shares are those of a custom NAT in the order of netmodel's classes.
func (n *NAT) shares() []netmodel.Probability {
	return []netmodel.Probability{n.Open, n.FullCone, n.Restricted, n.PortRestricted, n.Symmetric,
		n.Firewalled}
}

// closed is the sum of all classes but the open one.
func (n *NAT) closed() netmodel.Probability {
	sum := netmodel.Probability(0)
	for _, share := range n.shares()[1:] {
		sum += share
	}
	return sum
}

// scaleReach gives the open class another share and the others what is left, in proportion. What
// rounding leaves is the last one's.
func scaleReach(r *netmodel.Reach, open netmodel.Probability) {
	was, left := uint64(netmodel.Certain-r.Shares[netmodel.Open]), netmodel.Certain-open
	rest := left
	for c := range r.Shares {
		if class := netmodel.Class(c); class != netmodel.Open && class != netmodel.Firewalled {
			hi, lo := bits.Mul64(uint64(r.Shares[c]), uint64(left))
			scaled, _ := bits.Div64(hi, lo, was)
			r.Shares[c] = netmodel.Probability(scaled)
			rest -= r.Shares[c]
		}
	}
	r.Shares[netmodel.Open], r.Shares[netmodel.Firewalled] = open, rest
}

// checkNAT demands that the classes are all nodes, and that somebody can be reached.
func (s *Scenario) checkNAT(c *complaints) {
	n := &s.Network.NAT
	if n.Preset != customWord {
		return
	}
	const path = "network.nat"
	closed := n.closed()
	switch {
	case closed > netmodel.Certain:
		c.addAt(path, "the shares add up to %v without open; they must make 100%%", closed)
	case closed == netmodel.Certain:
		c.addAt(path, "nobody is open, so that a newcomer could reach nobody; lower another share")
	case n.Open != 0 && closed+n.Open != netmodel.Certain:
		c.addAt(path, "the shares add up to %v; they must make 100%%: write %v for open, or leave "+
			"it out", closed+n.Open, netmodel.Certain-closed)
	}
}
