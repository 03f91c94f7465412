package netmodel

import (
	"errors"
	"fmt"
)

// Whom names nodes: those that fit all of what is given. The zero value is all nodes.
type Whom struct {
	// Share of all nodes, drawn by their numbers; 0 if it does not matter. A smaller share of one
	// Draw is part of a greater one.
	Share Probability
	Draw  uint32
	// Regions of the model regions; none if it does not matter.
	Regions RegionSet
	// The nodes from First, Count of them; Count is 0 if it does not matter.
	First, Count uint32
}

// RegionSet is a set of regions, see [ParseRegion]; sets are joined by |.
type RegionSet uint16

// ParseRegion returns the region of a name: us-east, us-west, oregon, ireland, frankfurt, tokyo,
// seoul, singapore, sydney or sao-paulo.
func ParseRegion(name string) (RegionSet, error) {
	for i := range regionCount {
		if regionName(i) == name {
			return 1 << i, nil
		}
	}
	known := regionName(0)
	for i := 1; i < regionCount; i++ {
		known += ", " + regionName(i)
	}
	return 0, fmt.Errorf("%s is no region: use one of %s", quote(name), known)
}

func regionName(i int) string {
	return [regionCount]string{"us-east", "us-west", "oregon", "ireland", "frankfurt", "tokyo",
		"seoul", "singapore", "sydney", "sao-paulo"}[i]
}

// crowd is a Whom that is ready to be asked.
type crowd struct {
	everybody    bool
	share        uint64 // threshold; 0: any
	draws        stream
	regions      RegionSet
	places       *regions
	first, count uint32
	without      *crowd // who does not belong
}

func (c *Whom) build(seed uint64, m model) (crowd, error) {
	who := crowd{everybody: *c == Whom{}, regions: c.Regions, first: c.First, count: c.Count}
	if c.Share > Certain {
		return who, fmt.Errorf("share: %v is above 100%%", c.Share)
	}
	if c.Share > 0 {
		who.share = max(c.Share.threshold(), 1)
		who.draws = newStream(seed, purposeWhom|uint64(c.Draw)<<32)
	}
	if c.Regions != 0 {
		places, ok := m.(*regions)
		if !ok {
			return who, errors.New("regions: only the latency model regions has them")
		}
		who.places = places
	}
	return who, nil
}

func (c *crowd) has(node uint32) bool {
	switch {
	case c.without != nil && c.without.has(node):
		return false
	case c.everybody:
		return true
	case c.count > 0 && node-c.first >= c.count:
		return false
	case c.share > 0 && c.draws.node(node)>>1 >= c.share:
		return false
	case c.regions != 0 && c.regions>>c.places.region(node)&1 == 0:
		return false
	}
	return true
}

// empty reports whether none of so many nodes belongs. It asks until it finds one.
func (c *crowd) empty(nodes uint32) bool {
	for node := c.first; node < nodes; node++ {
		if c.has(node) {
			return false
		}
		if c.count > 0 && node-c.first >= c.count {
			break
		}
	}
	return true
}
