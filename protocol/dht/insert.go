package dht

import (
	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// insert lets a contact enter the table that is in no bucket yet, if there is or can be made a
// place for it: BEP 5's insertion, and those of the clients.
func (g *Group) insert(i uint32, t *protocol.Turn, s slot, id krpc.ID) {
	n := &g.nodes[i]
	if old := g.position(i, id); old >= 0 {
		b := n.bucketOf(id)
		if g.isBad(g.bucket(i, b)[old]) && g.acceptable(i, t, &s, id) { // it has moved
			g.enterBucket(i, t, b, old, s)
		}
		return
	}
	if !g.acceptable(i, t, &s, id) {
		return
	}
	for {
		b := n.bucketOf(id)
		p := g.place(i, b, t.Now)
		if p >= 0 {
			g.enterBucket(i, t, b, p, s)
			return
		}
		if !g.splittable(n, b) || g.picky && !g.worthSplitting(i, b, s, id, t.Now) {
			g.insertFull(i, t, b, s, id)
			return
		}
		g.split(i)
	}
}

// place returns the position for a newcomer to a bucket that takes nothing from a live contact, or
// -1. A bad contact gives way before a bucket is split by BEP 5, and after by other clients.
func (g *Group) place(i uint32, b int, now protocol.Time) int {
	bucket := g.bucket(i, b)
	p := room(bucket)
	if p < 0 && g.cfg.Eviction == EvictChallenged {
		p = g.bad(bucket)
	}
	return p
}

// insertFull finds a place for a newcomer in a bucket that is full and is not split.
func (g *Group) insertFull(i uint32, t *protocol.Turn, b int, s slot, id krpc.ID) {
	if g.picky {
		if p := g.victim(i, b, s, id); p >= 0 {
			g.enterBucket(i, t, b, p, s)
			return
		}
		g.stow(i, b, s)
	}
	switch {
	case g.cfg.Eviction == EvictChallenged:
		g.challenge(i, t, b, s.ref, 0)
	case g.cfg.Admission == AdmitMentioned:
		g.doubt(i, t, b)
	}
}

// enterBucket puts a contact into a place of a bucket.
func (g *Group) enterBucket(i uint32, t *protocol.Turn, b, p int, s slot) {
	g.bucket(i, b)[p] = s
	if g.cfg.Replacements > 0 {
		g.unstow(i, b, s.ref)
	}
	if s.proven() || g.cfg.Upkeep != UpkeepAsk {
		g.changed(i, b, t.Now)
	}
	if g.cfg.Upkeep == UpkeepAsk && b == int(g.nodes[i].depth)-1 {
		g.vigils[i].since = seconds(t.Now)
	}
}

// acceptable reports whether a newcomer may be let in at all, and notes in it what it is worth.
func (g *Group) acceptable(i uint32, t *protocol.Turn, s *slot, id krpc.ID) bool {
	if !g.picky {
		return true
	}
	_, addr := g.env.Directory.Contact(s.ref)
	if g.insecure(id, addr) {
		if g.cfg.SecureIDs == SecureIDsEnforced {
			return false
		}
		s.meta |= flagInsecure
	}
	return !g.cfg.Diverse || g.loneAddress(i, t, addr) &&
		g.diverse(i, g.nodes[i].bucketOf(id), addr)
}

// insecure reports whether BEP 42 does not allow an id at its address, and the node cares.
func (g *Group) insecure(id krpc.ID, a protocol.Addr) bool {
	return g.cfg.SecureIDs != SecureIDsIgnored && !krpc.ValidID(id, a)
}

// worthSplitting reports whether a newcomer justifies that the last bucket, which is full, is
// split.
//
// libtorrent does not let a bucket be split where that would serve one who forges ids near ours:
// the bucket above must have more than one contact, both halves must get some, and where ids are
// to be secure, two thirds of the bucket and the newcomer must be; but here not before the node
// knows its own address, or a network in which nobody does could never find out. jech does not
// split a bucket that has contacts which are not good, except the first.
func (g *Group) worthSplitting(i uint32, b int, s slot, id krpc.ID, now protocol.Time) bool {
	bucket := g.bucket(i, b)
	if _, known := g.External(i); known && g.cfg.SecureIDs != SecureIDsIgnored {
		secure := 0
		for _, have := range bucket {
			if have.secure() {
				secure++
			}
		}
		if !s.secure() || 3*secure < 2*len(bucket) {
			return false
		}
	}
	if g.cfg.Diverse && (b > 0 && used(g.bucket(i, b-1)) <= 1 || !g.bothSides(i, b, id)) {
		return false
	}
	if g.cfg.Admission == AdmitMentioned && b > 0 {
		for _, have := range bucket {
			if !g.isGood(have, now) {
				return false
			}
		}
	}
	return true
}

// bothSides reports whether both halves of a full last bucket would have contacts, counting the
// newcomer.
func (g *Group) bothSides(i uint32, b int, id krpc.ID) bool {
	own := g.nodes[i].id
	near := own.SharedBits(id) > b
	for _, s := range g.bucket(i, b) {
		have, _ := g.env.Directory.Contact(s.ref)
		if (own.SharedBits(have) > b) != near {
			return true
		}
	}
	return false
}

// victim returns the position in a full bucket of the contact that gives way to a newcomer at
// once, or -1: the one that failed most often, if that is too often; then, for one that has
// answered, one that never did; then, for a secure id, one that is not; then the one that the
// spread of ids can do without.
func (g *Group) victim(i uint32, b int, s slot, id krpc.ID) int {
	bucket := g.bucket(i, b)
	worst, unproven, insecure := -1, -1, -1
	for p := len(bucket) - 1; p >= 0; p-- {
		have := bucket[p]
		if g.isBad(have) && (worst < 0 || have.fails() >= bucket[worst].fails()) {
			worst = p
		}
		if !have.proven() {
			unproven = p
		}
		if !have.secure() {
			insecure = p
		}
	}
	switch {
	case worst >= 0 && g.cfg.Eviction == EvictFailed:
		return worst
	case unproven >= 0 && s.proven() && g.cfg.Eviction == EvictFailed &&
		g.cfg.Admission == AdmitSenders:
		return unproven
	case insecure >= 0 && s.secure() && s.proven() && g.cfg.SecureIDs != SecureIDsIgnored:
		return insecure
	case g.cfg.Diverse && s.proven() && s.secure():
		return g.redundant(i, b, id)
	}
	return -1
}

// doubt pings a contact of a full bucket that is not good, so that it proves itself or fails:
// jech's, whenever somebody else would like to have the place.
func (g *Group) doubt(i uint32, t *protocol.Turn, b int) {
	bucket := g.bucket(i, b)
	for p, s := range bucket {
		if g.isGood(s, t.Now) || s.isAsked() {
			continue
		}
		if g.verify(i, t, s.ref) {
			bucket[p].meta |= flagAsked
		}
		return
	}
}

// position returns where in its bucket the contact of that id is, at whatever address, or -1.
func (g *Group) position(i uint32, id krpc.ID) int {
	for p, s := range g.bucket(i, g.nodes[i].bucketOf(id)) {
		if !s.used() {
			break
		}
		if g.env.Directory.Lead(s.ref) != id.Hi { // nearly always
			continue
		}
		if have, _ := g.env.Directory.Contact(s.ref); have == id {
			return p
		}
	}
	return -1
}

// bad returns the position of a bad contact, or -1.
func (g *Group) bad(bucket []slot) int {
	for p, s := range bucket {
		if s.used() && g.isBad(s) {
			return p
		}
	}
	return -1
}
