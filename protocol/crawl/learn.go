package crawl

import (
	"math"
	"slices"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// learn takes the contacts in c.msg, from host i, and returns how many this host had not shown
// before.
func (c *Crawler) learn(i uint32) (news int) {
	it := krpc.Nodes6(c.msg.Nodes6)
	if c.four {
		it = krpc.Nodes4(c.msg.Nodes)
	}
	if it.Tail() != 0 {
		c.counters[BadContacts]++
	}
	if more := it.Len() - c.cfg.PerAnswer; more > 0 {
		c.counters[Surplus] += uint64(more)
	}
	for range c.cfg.PerAnswer {
		id, a, ok := it.Next()
		if !ok {
			break
		}
		if c.believable(i, id, a) && c.wanted(i, id) && c.show(i, id, a) {
			news++
			c.meet(i, id, a)
		}
	}
	return news
}

// believable reports whether a contact may exist, and may be asked.
func (c *Crawler) believable(i uint32, id krpc.ID, a protocol.Addr) bool {
	switch {
	case id == c.self:
		c.counters[OwnID]++
	case a.Port() == 0:
		c.counters[NoPort]++
	case a.Is4() != c.four, !askable(a), !public(a) && public(c.hosts[i].addr):
		c.counters[BadAddress]++
	default:
		return true
	}
	return false
}

// show notes that host i has a contact in its table, and reports whether that is news of it.
func (c *Crawler) show(i uint32, id krpc.ID, a protocol.Addr) bool {
	h := &c.hosts[i]
	list := &c.shown[h.shown]
	mark := uint32(protocol.Mix(a.Hash() ^ id.Hi ^ id.Mid<<1 ^ uint64(id.Lo)<<2))
	if slices.Contains(*list, mark) {
		return false
	}
	*list = append(*list, mark)
	h.learned = saturated(h.learned)
	if b := h.id.SharedBits(id); b < c.cfg.Depth {
		if fill := &c.fills[h.fills+uint32(b)]; *fill < math.MaxUint8 {
			*fill++
		}
	}
	return true
}

// meet takes a contact that host i told of into the books, if it is new and there is a place.
func (c *Crawler) meet(i uint32, id krpc.ID, a protocol.Addr) {
	j, ok := c.byAddr[a]
	if ok && c.has(j, id) {
		return
	}
	h := &c.hosts[i]
	o := c.origins[originOf(a)]
	switch {
	case len(c.contacts) >= c.cfg.Nodes:
		c.counters[Overfull]++
		return
	case !c.trusted(h.addr):
		c.counters[Distrusted]++
		return
	case ok && c.hosts[j].ids >= idsMax, !ok && public(a) && int(o.hosts) >= c.cfg.PerHost:
		c.counters[Crowded]++
		return
	}
	hop := h.hop + 1
	h.taught = saturated(h.taught)
	teller := c.origins[originOf(h.addr)]
	teller.taught = saturated(teller.taught)
	c.origins[originOf(h.addr)] = teller
	if !ok {
		j = c.enlist(a, hop)
		o = c.origins[originOf(a)] // may be the teller's
		o.hosts = saturated(o.hosts)
		c.origins[originOf(a)] = o
	}
	c.add(j, id, hop, false)
}

// trusted reports whether an address may still teach us new nodes.
func (c *Crawler) trusted(a protocol.Addr) bool {
	return int(c.origins[originOf(a)].taught) < c.cfg.PerSource
}

// has reports whether an id is in the books at a host.
func (c *Crawler) has(i uint32, id krpc.ID) bool {
	for x := c.hosts[i].contacts; x != nilIndex; x = c.contacts[x].next {
		if c.contacts[x].id == id {
			return true
		}
	}
	return false
}

// add writes an id at a host into the books; one that has just answered there always has a place.
func (c *Crawler) add(i uint32, id krpc.ID, hop uint16, answered bool) {
	if answered && c.has(i, id) {
		return
	}
	h := &c.hosts[i]
	if !h.known && !answered {
		h.id, h.known = id, true
	}
	x := uint32(len(c.contacts))
	c.contacts = append(c.contacts, contact{id: id, host: i, next: h.contacts, hop: hop})
	h.contacts = x
	h.ids++
	c.byID[id]++
	c.progress.Known++
}
