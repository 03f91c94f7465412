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
	g.insert(i, t, r, id)
}

// verifyingMax bounds the pings to strangers that are in flight. Without it, a flood of queries
// with forged ids would fill the pool and, from one address, use up all transaction ids.
const verifyingMax = 256

// asked notes that a contact sent us a query. Its address may be forged: if it is unknown and
// there is a place for it, it is pinged, and enters the table when it answers.
func (g *Group) asked(i uint32, t *protocol.Turn, r Ref, id krpc.ID) {
	n := &g.nodes[i]
	b := n.bucketOf(id)
	bucket := g.bucket(i, b)
	if p := find(bucket, r); p >= 0 {
		bucket[p].heard(t.Now, false)
		return
	}
	if !g.cfg.VerifySenders || !(room(bucket) >= 0 || g.bad(bucket) >= 0 || g.splittable(n, b)) {
		return
	}
	if !g.pinging(n, r) && g.verifying(n) < verifyingMax {
		g.ping(i, t, r, NoRef)
	}
}

// failed notes that a contact did not answer.
func (g *Group) failed(i uint32, r Ref) {
	if r == NoRef {
		return
	}
	id, _ := g.env.Directory.Contact(r)
	bucket := g.bucket(i, g.nodes[i].bucketOf(id))
	if p := find(bucket, r); p >= 0 {
		bucket[p].failed()
	}
}

// insert is BEP 5's insertion of a contact that has just answered.
func (g *Group) insert(i uint32, t *protocol.Turn, r Ref, id krpc.ID) {
	n := &g.nodes[i]
	if old := g.position(i, id); old >= 0 {
		if b := n.bucketOf(id); g.isBad(g.bucket(i, b)[old]) { // it has moved to another address
			g.bucket(i, b)[old] = newSlot(r, t.Now)
			g.changed(i, b, t.Now)
		}
		return
	}
	for {
		b := n.bucketOf(id)
		bucket := g.bucket(i, b)
		p := room(bucket)
		if p < 0 {
			p = g.bad(bucket)
		}
		if p >= 0 {
			bucket[p] = newSlot(r, t.Now)
			g.changed(i, b, t.Now)
			return
		}
		if !g.splittable(n, b) {
			g.challenge(i, t, b, r)
			return
		}
		g.split(i)
	}
}

// position returns where in its bucket the contact of that id is, at whatever address, or -1.
func (g *Group) position(i uint32, id krpc.ID) int {
	for p, s := range g.bucket(i, g.nodes[i].bucketOf(id)) {
		if !s.used() {
			break
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

// challenge pings the longest silent questionable contact of a full bucket. If it does not answer,
// twice, the newcomer gets its place; if it does, the next one is challenged.
func (g *Group) challenge(i uint32, t *protocol.Turn, b int, newcomer Ref) {
	n := &g.nodes[i]
	oldest := -1
	bucket := g.bucket(i, b)
	for p, s := range bucket {
		if !s.used() {
			break
		}
		if g.pinging(n, s.ref) {
			return
		}
		if !g.isGood(s, t.Now) &&
			(oldest < 0 || s.silentFor(t.Now) > bucket[oldest].silentFor(t.Now)) {
			oldest = p
		}
	}
	if oldest >= 0 {
		g.ping(i, t, bucket[oldest].ref, newcomer)
	}
}

// challenged handles the end of the ping that challenge sent.
func (g *Group) challenged(i uint32, t *protocol.Turn, q query, alive bool) {
	id, _ := g.env.Directory.Contact(q.newcomer)
	if g.position(i, id) >= 0 {
		return
	}
	b := g.nodes[i].bucketOf(id)
	bucket := g.bucket(i, b)
	p := find(bucket, q.ref)
	switch {
	case p < 0: // the bucket was split, or the contact replaced, meanwhile
		g.insert(i, t, q.newcomer, id)
	case alive || bucket[p].fails() == 0: // it may have answered something else meanwhile
		g.challenge(i, t, b, q.newcomer)
	case q.tries < 2:
		g.pingAgain(i, t, q)
	default:
		bucket[p] = newSlot(q.newcomer, t.Now)
		g.changed(i, b, t.Now)
	}
}

// changed puts off the refresh of a bucket in which something happened.
func (g *Group) changed(i uint32, b int, now protocol.Time) {
	g.dues(i)[b] = seconds(now) + g.refreshSecs
}
