package dht

import (
	"time"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

const (
	joinRetry    = 5 * time.Second // after a join that found nobody; doubles each time
	joinRetryMax = 5               // doublings: at most 160 s
)

// tend does the maintenance that is due: it joins, or refreshes one bucket.
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
	b := g.overdue(i, t.Now)
	if b < 0 {
		n.maintain = g.nextRefresh(i)
		return
	}
	g.changed(i, b, t.Now)
	target := n.id.RandomInBucket(b, t.Rand)
	if b == int(n.depth)-1 { // it covers the own id
		target = n.id
	}
	g.search(i, t, Request{Method: krpc.FindNode, Target: target}, purposeRefresh)
}

// joinEnded follows the lookup of the own id. Buckets that it did not fill are refreshed at once,
// as Kademlia's authors prescribe (section 2.3); if it found nobody, it is tried again later.
func (g *Group) joinEnded(i uint32, t *protocol.Turn, l *lookup) {
	n := &g.nodes[i]
	if l.answers == 0 {
		n.maintain = t.Now.Add(joinRetry << min(n.retries, joinRetryMax))
		n.retries++
		return
	}
	n.joined, n.retries = true, 0
	if g.refreshSecs == 0 {
		return
	}
	for b := range int(n.depth) - 1 {
		g.dues(i)[b] = seconds(t.Now)
	}
	n.maintain = t.Now
}

func (g *Group) refreshEnded(i uint32, t *protocol.Turn) {
	g.nodes[i].maintain = max(t.Now, g.nextRefresh(i))
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
