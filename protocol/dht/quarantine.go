package dht

import (
	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// caller is an unknown node that sent a query and is in quarantine. Jimenez, Osmani and Knutsson,
// Sub-second lookups on a large-scale Kademlia-based overlay (P2P 2011), found tables full of nodes
// that can be reached only just after they have sent something: their NATs let in answers, and so
// also the ping of who would verify them. Whoever is pinged after the NAT has forgotten and answers
// can be reached by others, too.
type caller struct {
	due  protocol.Time // when it is pinged
	ref  Ref
	next uint32 // in the node's list, in order of arrival and so of being due
}

// callersMax bounds a node's callers; more are not taken note of. In three minutes of common
// traffic there are a few.
const callersMax = 32

// detain puts the unknown sender of a query into quarantine, if it is not there.
func (g *Group) detain(i uint32, t *protocol.Turn, r Ref) {
	list, count := &g.callers[i], 0
	for x := list.head; x != nilIndex; x = g.detained.at(x).next {
		if g.detained.at(x).ref == r {
			return
		}
		count++
	}
	if count == callersMax {
		return
	}
	x := g.detained.take()
	*g.detained.at(x) = caller{t.Now.Add(g.cfg.Quarantine), r, nilIndex}
	if list.head == nilIndex {
		list.head = x
	} else {
		g.detained.at(list.tail).next = x
	}
	list.tail = x
}

// release pings those whose quarantine is over, where the table still has a place for them.
func (g *Group) release(i uint32, t *protocol.Turn) {
	list := &g.callers[i]
	for list.head != nilIndex && g.detained.at(list.head).due <= t.Now {
		r := g.freed(list)
		id, _ := g.env.Directory.Contact(r)
		b := g.nodes[i].bucketOf(id)
		if find(g.bucket(i, b), r) < 0 && g.wanted(i, t, b, r, id) {
			g.verify(i, t, r)
		}
	}
}

// freed takes the first caller from a list that is not empty.
func (g *Group) freed(list *fifo) Ref {
	x := list.head
	c := *g.detained.at(x)
	g.detained.release(x)
	if list.head = c.next; list.head == nilIndex {
		list.tail = nilIndex
	}
	return c.ref
}

// meet pings the unknown sender of a query, so that it can prove itself, or does so later.
func (g *Group) meet(i uint32, t *protocol.Turn, b int, r Ref, id krpc.ID) {
	switch {
	case !g.wanted(i, t, b, r, id):
	case g.callers != nil:
		g.detain(i, t, r)
	default:
		g.verify(i, t, r)
	}
}

// nextRelease returns when the next quarantine of node i is over.
func (g *Group) nextRelease(i uint32) protocol.Time {
	if x := g.firstCaller(i); x != nilIndex {
		return g.detained.at(x).due
	}
	return protocol.Never
}

// firstCaller returns the head of node i's list.
func (g *Group) firstCaller(i uint32) uint32 {
	if g.callers == nil {
		return nilIndex
	}
	return g.callers[i].head
}
