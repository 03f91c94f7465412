package crawl

import "swarmlab/protocol/krpc"

// within reports whether an id is in the zone that is crawled.
func (c *Crawler) within(id krpc.ID) bool { return id.SharedBits(c.cfg.Centre) >= c.cfg.Zone }

// wanted reports whether a contact that host i told of is in the zone, or at least closer to it
// than the host: such are asked for the way.
func (c *Crawler) wanted(i uint32, id krpc.ID) bool {
	if c.within(id) || id.SharedBits(c.cfg.Centre) > c.hosts[i].id.SharedBits(c.cfg.Centre) {
		return true
	}
	c.counters[Outside]++
	return false
}

// bucket returns the next one that a host in the zone is asked for. Those before Zone hold nobody
// of the zone.
func (c *Crawler) bucket(h *host) int { return max(int(h.depth), c.cfg.Zone) }
