package dht

import (
	"time"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

const (
	joinRetry    = 5 * time.Second // after a join that found too few; doubles each time
	joinRetryMax = 5               // doublings: at most 160 s
)

// tend does the maintenance that is due: it joins, or refreshes one bucket, or does the upkeep of
// another client.
func (g *Group) tend(i uint32, t *protocol.Turn) {
	n := &g.nodes[i]
	if n.maintain > t.Now {
		return
	}
	n.maintain = protocol.Never // until the lookup that is started here has ended
	if !n.joined {
		g.search(i, t, Request{Method: krpc.FindNode, Target: n.id}, purposeJoin)
		return
	}
	if g.cfg.Upkeep != UpkeepRefresh {
		g.keep(i, t)
		return
	}
	b := g.overdue(i, t.Now)
	if b < 0 {
		n.maintain = g.nextRefresh(i)
		return
	}
	g.refresh(i, t, b)
}

// refresh walks towards a random id in the range of a bucket and ends with the first contact that
// is new in it, or at the node closest to the id. Looking for the k closest, as BEP 5 can be read,
// would fill the bucket with close neighbours of one id, and every hop of a lookup would gain less.
func (g *Group) refresh(i uint32, t *protocol.Turn, b int) {
	n := &g.nodes[i]
	r := Request{Method: krpc.FindNode, Target: n.id.RandomInBucket(b, t.Rand)}
	own := b == int(n.depth)-1
	if own {
		r.Target = n.id
	}
	l := g.prepare(i, t, r, purposeRefresh)
	l.bucket, l.had = b, used(g.bucket(i, b))
	if !own {
		l.filling, l.k = true, 1
	}
	g.changed(i, b, t.Now)
	g.start(i, t, l)
}

// joinEnded follows the lookup of the own id. Where it found fewer than k nodes it is repeated, for
// a while, because a seed may know next to nobody yet; where it found none, for ever. Then all
// buckets are refreshed, as Kademlia's authors prescribe (section 2.3).
func (g *Group) joinEnded(i uint32, t *protocol.Turn, l *lookup) {
	n := &g.nodes[i]
	// libtorrent's upkeep can begin with those in reserve, which a lookup does not ask.
	reserves := g.cfg.Upkeep == UpkeepProbe && l.answers == 0 && !g.deserted(i)
	if l.answers < g.cfg.K && !reserves && (l.answers == 0 || n.misses < joinRetryMax) {
		n.maintain = t.Now.Add(joinRetry << min(n.misses, joinRetryMax))
		n.misses = min(n.misses+1, joinRetryMax)
		return
	}
	n.joined, n.misses = true, 0
	if g.cfg.Upkeep != UpkeepRefresh {
		n.maintain = g.firstUpkeep(i, t)
		return
	}
	if g.refreshSecs == 0 {
		return
	}
	for b := range int(n.depth) - 1 {
		g.dues(i)[b] = seconds(t.Now)
	}
	n.maintain = t.Now
}

// gained reports whether a refresh has done its work: its bucket has a new contact. anacrolix goes
// on until the bucket is full.
func (g *Group) gained(i uint32, l *lookup) bool {
	if !l.filling {
		return false
	}
	if g.cfg.Upkeep == UpkeepCheck {
		return !g.wanting(g.bucket(i, l.bucket))
	}
	return used(g.bucket(i, l.bucket)) > l.had
}

// refreshEnded refreshes a bucket again, with another random id, until it is full, or until that
// has brought nothing twice in a row.
func (g *Group) refreshEnded(i uint32, t *protocol.Turn, l *lookup) {
	if g.cfg.Upkeep != UpkeepRefresh {
		g.upkeptWith(i, t, l)
		return
	}
	n := &g.nodes[i]
	n.misses++
	if g.gained(i, l) {
		n.misses = 0
	}
	if l.filling && n.misses < 2 && room(g.bucket(i, l.bucket)) >= 0 {
		g.dues(i)[l.bucket] = seconds(t.Now)
	} else {
		n.misses = 0
	}
	n.maintain = max(t.Now, g.nextRefresh(i))
	if l.sent == 0 { // the table holds nobody who is not bad, and nothing else would change that
		n.joined, n.maintain = false, t.Now
	}
}

// overdue returns the deepest bucket that is due for a refresh, or -1.
func (g *Group) overdue(i uint32, now protocol.Time) int {
	dues := g.dues(i)
	for b := int(g.nodes[i].depth) - 1; b >= 0; b-- {
		if dues[b] <= seconds(now) {
			return b
		}
	}
	return -1
}

// nextRefresh returns the time at which the first bucket falls due.
func (g *Group) nextRefresh(i uint32) protocol.Time {
	if g.refreshSecs == 0 {
		return protocol.Never
	}
	first := ^uint32(0)
	for b := range int(g.nodes[i].depth) {
		first = min(first, g.dues(i)[b])
	}
	return protocol.Time(first) * protocol.Time(time.Second)
}
