package dht

import "swarmlab/protocol"

// challengeTries is how often a challenged contact is pinged (BEP 5). A client to which one failure
// is enough, as webtorrent, pings once.
const challengeTries = 2

// challenge pings the longest silent questionable contact of a full bucket. If it does not answer,
// the newcomer gets its place; if it does, the next one is challenged. For one newcomer there are
// no more challenges than contacts, also where nobody stays good for long.
func (g *Group) challenge(i uint32, t *protocol.Turn, b int, newcomer Ref, before uint16) {
	n := &g.nodes[i]
	oldest := -1
	bucket := g.bucket(i, b)
	if int(before) >= len(bucket) {
		return
	}
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
		_, addr := g.env.Directory.Contact(bucket[oldest].ref)
		g.pingAgain(i, t, query{addr: addr, ref: bucket[oldest].ref, newcomer: newcomer,
			lookup: nilIndex, purpose: purposePing, wave: before + 1})
	}
}

// challenged handles the end of the ping that challenge sent.
func (g *Group) challenged(i uint32, t *protocol.Turn, q query, alive bool) {
	id, _ := g.env.Directory.Contact(q.newcomer)
	if g.position(i, id) >= 0 {
		return
	}
	s := g.challenger(q.newcomer, t.Now)
	b := g.nodes[i].bucketOf(id)
	bucket := g.bucket(i, b)
	p := find(bucket, q.ref)
	switch {
	case p < 0: // the bucket was split, or the contact replaced or removed, meanwhile
		g.insert(i, t, s, id)
	case alive || bucket[p].fails() == 0: // it may have answered something else meanwhile
		g.challenge(i, t, b, q.newcomer, q.wave)
	case int(q.tries) < min(challengeTries, g.cfg.StalenessLimit):
		g.pingAgain(i, t, q)
	case g.acceptable(i, t, &s, id):
		g.enterBucket(i, t, b, p, s)
	}
}

// challenger returns the newcomer of a challenge. Whether it had answered, or only sent a query,
// is not remembered.
func (g *Group) challenger(r Ref, now protocol.Time) slot {
	if g.cfg.Admission != AdmitAnswered {
		return senderSlot(r, now)
	}
	return newSlot(r, now)
}
