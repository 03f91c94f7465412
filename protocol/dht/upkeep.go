package dht

import (
	"time"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// vigil is what the upkeep of a client remembers of a node; with UpkeepRefresh there is none.
type vigil struct {
	since uint32 // second of the latest self lookup; UpkeepAsk: when the own bucket last grew
	at    uint32 // where a round through the table has come to; 0 between rounds
}

// keep does the upkeep that is due, as the client does it, and says when there will be more.
func (g *Group) keep(i uint32, t *protocol.Turn) {
	switch g.cfg.Upkeep {
	case UpkeepProbe:
		g.probe(i, t)
	case UpkeepAsk:
		g.askAround(i, t)
	case UpkeepCheck:
		g.check(i, t)
	case UpkeepPing:
		g.sweep(i, t)
	}
}

// firstUpkeep returns when the upkeep of a node that has joined begins: at a random point of the
// interval, so that the nodes of a group that start together do not go on in step.
func (g *Group) firstUpkeep(i uint32, t *protocol.Turn) protocol.Time {
	if g.cfg.Upkeep == UpkeepRefresh {
		return g.nextRefresh(i)
	}
	v := &g.vigils[i]
	v.since = seconds(t.Now)
	switch g.cfg.Upkeep {
	case UpkeepProbe:
		return within(t, 0, probeEvery)
	case UpkeepAsk:
		return within(t, 0, askSoonMax)
	case UpkeepCheck:
		return within(t, 0, checkEvery)
	}
	return within(t, sweepMin, sweepMax)
}

// within draws a time between two delays from now.
func within(t *protocol.Turn, least, most time.Duration) protocol.Time {
	return t.Now.Add(least + time.Duration(t.Rand.Uint64n(uint64(most-least))))
}

// rejoin begins anew, because the table has nobody left.
func (g *Group) rejoin(i uint32, t *protocol.Turn) {
	n := &g.nodes[i]
	n.joined, n.maintain = false, t.Now
	g.vigils[i] = vigil{}
}

// deserted reports whether node i knows nobody, in a bucket or in reserve.
func (g *Group) deserted(i uint32) bool {
	for b := range int(g.nodes[i].depth) {
		if g.bucket(i, b)[0].used() || g.cfg.Replacements > 0 && g.reserve(i, b)[0].used() {
			return false
		}
	}
	return true
}

// inquire asks a contact for those it knows about a target, with find_node or get_peers.
func (g *Group) inquire(i uint32, t *protocol.Turn, r Ref, method krpc.Method, target krpc.ID) {
	_, addr := g.env.Directory.Contact(r)
	tid := g.send(i, t, query{addr: addr, ref: r, newcomer: NoRef, lookup: nilIndex,
		purpose: purposeProbe})
	b, id := g.scratch.packet[:0], g.nodes[i].id
	if method == krpc.GetPeers {
		b = g.writer.GetPeers(b, tid[:], id, target)
	} else {
		b = g.writer.FindNode(b, tid[:], id, target)
	}
	t.Out.SendTo(addr, b)
	g.scratch.packet = b
}

// randomIn returns a random id in the range of a bucket. That of the last one has the own id in it.
func (g *Group) randomIn(i uint32, t *protocol.Turn, b int) krpc.ID {
	n := &g.nodes[i]
	if b == int(n.depth)-1 {
		for b < krpc.IDBits-1 && t.Rand.Uint64n(2) == 1 {
			b++
		}
	}
	return n.id.RandomInBucket(b, t.Rand)
}

// upkeptWith follows a lookup that upkeep started.
func (g *Group) upkeptWith(i uint32, t *protocol.Turn, l *lookup) {
	switch {
	case l.sent == 0:
		g.rejoin(i, t)
	case g.cfg.Upkeep == UpkeepCheck:
		g.checkedBucket(i, t, l)
	}
}
