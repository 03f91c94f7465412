package dht

import (
	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// answered notes that a contact answered one of our queries: it is good, and may enter the table.
func (g *Group) answered(i uint32, t *protocol.Turn, r Ref, id krpc.ID) {
	n := &g.nodes[i]
	b := n.bucketOf(id)
	bucket := g.bucket(i, b)
	if p := find(bucket, r); p >= 0 {
		bucket[p].heard(t.Now, true)
		g.changed(i, b, t.Now)
		return
	}
	if g.cfg.Replacements > 0 {
		g.unstow(i, b, r)
	}
	g.insert(i, t, newSlot(r, t.Now), id)
}

// asked notes that a contact sent us a query. Its address may be forged: if it is unknown and
// there is a place for it, it is pinged, and enters the table when it answers. Clients with another
// Admission let it in at once, as one that is not proven, and libtorrent keeps it in reserve.
func (g *Group) asked(i uint32, t *protocol.Turn, r Ref, id krpc.ID) {
	b := g.nodes[i].bucketOf(id)
	bucket := g.bucket(i, b)
	if p := find(bucket, r); p >= 0 {
		g.askedAgain(i, t, b, &bucket[p])
		return
	}
	if g.cfg.Admission != AdmitAnswered {
		g.insert(i, t, senderSlot(r, t.Now), id)
		return
	}
	if g.cfg.Replacements > 0 && g.callers == nil {
		g.consider(i, b, senderSlot(r, t.Now), id)
	}
	if g.cfg.VerifySenders {
		g.meet(i, t, b, r, id)
	}
}

// wanted reports whether the sender of a query would enter the table if it answered a ping. Two
// nodes that pinged each other without that would go on for ever: to each, the ping of the other
// would be one more query of a stranger. So whatever keeps a contact out must be asked here, too.
func (g *Group) wanted(i uint32, t *protocol.Turn, b int, r Ref, id krpc.ID) bool {
	n, bucket := &g.nodes[i], g.bucket(i, b)
	if !g.picky {
		return (room(bucket) >= 0 || g.bad(bucket) >= 0 || g.splittable(n, b)) &&
			!g.elsewhere(i, id)
	}
	_, addr := g.env.Directory.Contact(r)
	s := newSlot(r, t.Now)
	if g.insecure(id, addr) {
		if g.cfg.SecureIDs == SecureIDsEnforced {
			return false
		}
		s.meta |= flagInsecure
	}
	if g.cfg.Diverse {
		inReserve := g.cfg.Replacements > 0 && find(g.reserve(i, b), r) >= 0 // with its network
		if _, holder := g.holder(i, addr); holder != NoRef || g.inNet(bucket, addr) ||
			!inReserve && !g.diverse(i, b, addr) {
			return false
		}
	}
	return !g.elsewhere(i, id) && (g.place(i, b, t.Now) >= 0 || g.victim(i, b, s, id) >= 0 ||
		g.splittable(n, b) && g.worthSplitting(i, b, s, id, t.Now))
}

// elsewhere reports whether the table has an id at an address where it is alive, as far as we know.
func (g *Group) elsewhere(i uint32, id krpc.ID) bool {
	p := g.position(i, id)
	return p >= 0 && !g.isBad(g.bucket(i, g.nodes[i].bucketOf(id))[p])
}

// askedAgain notes a query from a contact that is in the table. One that had failed too often may
// be well again, and is pinged as a stranger is: nothing else would ever ask it, since lookups and
// replies leave it out, and a node that all others gave up would stay unknown to them.
func (g *Group) askedAgain(i uint32, t *protocol.Turn, b int, s *slot) {
	switch g.cfg.Upkeep {
	case UpkeepProbe: // its clock is that of our own queries
		return
	case UpkeepPing: // to which any sign of life is news
		g.changed(i, b, t.Now)
	}
	s.heard(t.Now, false)
	if g.cfg.VerifySenders && g.isBad(*s) {
		g.verify(i, t, s.ref)
	}
}

// overhear takes note of the contacts that an answer mentions, of the family that it came over.
func (g *Group) overhear(i uint32, t *protocol.Turn, from protocol.Addr, m *krpc.Message) {
	nodes := krpc.Nodes6(m.Nodes6)
	if from.Is4() {
		nodes = krpc.Nodes4(m.Nodes)
	}
	for {
		id, addr, ok := nodes.Next()
		if !ok {
			return
		}
		if id != g.nodes[i].id && g.reachable(addr) {
			g.mentioned(i, t, id, addr)
		}
	}
}

// mentioned notes one contact that we only heard of. It counts for nothing where it is known.
func (g *Group) mentioned(i uint32, t *protocol.Turn, id krpc.ID, addr protocol.Addr) {
	r := g.env.Directory.Ref(id, addr)
	b := g.nodes[i].bucketOf(id)
	if find(g.bucket(i, b), r) >= 0 {
		return
	}
	if g.cfg.Admission == AdmitMentioned {
		g.insert(i, t, hearsay(r), id)
	} else if g.cfg.Replacements > 0 {
		g.consider(i, b, hearsay(r), id)
	}
}

// failed notes that a contact did not answer. It may have to go, though nobody waits for its place,
// or have one from the reserve follow it.
func (g *Group) failed(i uint32, t *protocol.Turn, r Ref) {
	if r == NoRef {
		return
	}
	id, _ := g.env.Directory.Contact(r)
	b := g.nodes[i].bucketOf(id)
	bucket := g.bucket(i, b)
	p := find(bucket, r)
	if p < 0 {
		if g.cfg.Replacements > 0 {
			g.unstow(i, b, r)
		}
		return
	}
	bucket[p].failed()
	if g.cfg.RemoveAfter > 0 || g.cfg.Replacements > 0 {
		g.outlive(i, t, b, p)
	}
}

// outlive removes a contact that has just failed if it has done so too often, and calls on the
// reserve.
func (g *Group) outlive(i uint32, t *protocol.Turn, b, p int) {
	bucket := g.bucket(i, b)
	s := bucket[p]
	gone := g.cfg.RemoveAfter > 0 && s.fails() >= g.cfg.RemoveAfter
	// libtorrent lets one go at its first failure if anybody is in reserve; jech pings that one.
	replaced := g.cfg.Replacements > 0 && g.isBad(s) && g.reserve(i, b)[0].used()
	if gone || replaced && g.cfg.Admission == AdmitAnswered {
		remove(bucket, p)
	}
	if gone || replaced {
		g.promote(i, t, b)
	}
}

// renamed notes that another id answered at a contact's address.
func (g *Group) renamed(i uint32, t *protocol.Turn, r Ref) {
	if !g.cfg.Diverse || r == NoRef {
		g.failed(i, t, r)
		return
	}
	id, _ := g.env.Directory.Contact(r)
	g.expel(i, t, g.nodes[i].bucketOf(id), r)
}

// changed puts off the upkeep of a bucket in which something happened.
func (g *Group) changed(i uint32, b int, now protocol.Time) {
	switch g.cfg.Upkeep {
	case UpkeepAsk:
		g.dues(i)[b] = seconds(now) + g.confirmAge(b)
	case UpkeepPing: // one clock for the whole table
		g.dues(i)[0] = seconds(now) + g.refreshSecs
	default:
		g.dues(i)[b] = seconds(now) + g.refreshSecs
	}
}
