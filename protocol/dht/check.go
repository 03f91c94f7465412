package dht

import (
	"time"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// The upkeep of anacrolix/dht (Server.TableMaintainer).
const (
	checkEvery     = time.Minute // from the end of a round to the next
	checkTries     = 3           // pings of a questionable contact
	bootstrapEvery = 30 * time.Minute
)

// check goes through the buckets, from the shallowest on. It pings the questionable contacts of
// each, waits for them, and does lookups in a bucket that is not full of contacts that are not bad.
// The first one that stays so ends the round: there is nobody deeper. vigil.at is twice the bucket,
// plus 1 when its contacts have been pinged.
func (g *Group) check(i uint32, t *protocol.Turn) {
	n, v := &g.nodes[i], &g.vigils[i]
	if v.at == 0 && seconds(t.Now)-v.since >= uint32(bootstrapEvery/time.Second) {
		v.since = seconds(t.Now)
		g.refresh(i, t, int(n.depth)-1)
		return
	}
	for ; v.at < 2*uint32(n.depth); v.at++ {
		b := int(v.at / 2)
		switch {
		case v.at%2 == 1 && g.wanting(g.bucket(i, b)):
			g.refill(i, t, b)
			return
		case v.at%2 == 0 && g.pingQuestionable(i, t, b):
			v.at++
			n.maintain = t.Now.Add(checkTries * g.cfg.QueryTimeout)
			return
		}
	}
	v.at = 0
	n.maintain = t.Now.Add(checkEvery)
}

// pingQuestionable pings contacts that are neither good nor bad and reports whether there were any.
func (g *Group) pingQuestionable(i uint32, t *protocol.Turn, b int) bool {
	pinged := false
	for _, s := range g.bucket(i, b) {
		if !s.used() {
			break
		}
		if g.isGood(s, t.Now) || g.isBad(s) {
			continue
		}
		_, addr := g.env.Directory.Contact(s.ref)
		g.pingAgain(i, t, query{addr: addr, ref: s.ref, newcomer: NoRef, lookup: nilIndex,
			purpose: purposeCheck})
		pinged = true
	}
	return pinged
}

// wanting reports whether a bucket is not full or has bad contacts.
func (g *Group) wanting(bucket []slot) bool { return !full(bucket) || g.bad(bucket) >= 0 }

// refill looks a random id in the range of a bucket up, until the bucket is full.
func (g *Group) refill(i uint32, t *protocol.Turn, b int) {
	r := Request{Method: krpc.FindNode, Target: g.randomIn(i, t, b)}
	l := g.prepare(i, t, r, purposeRefresh)
	l.bucket, l.filling = b, true
	g.start(i, t, l)
}

// checkedBucket goes on with the round after a lookup.
func (g *Group) checkedBucket(i uint32, t *protocol.Turn, l *lookup) {
	n, v := &g.nodes[i], &g.vigils[i]
	n.maintain = t.Now
	switch {
	case !l.filling: // it was the bootstrap, before the round
	case g.wanting(g.bucket(i, l.bucket)):
		v.at = 0
		n.maintain = t.Now.Add(checkEvery)
	default:
		v.at = 2 * uint32(l.bucket+1)
	}
}
