package dht

import (
	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// Dual is nodes that are members of two networks at once, that of IPv4 and that of IPv6 (BEP 32):
// node i of one group and node i of the other are one node. It implements protocol.Datagrams, and
// takes the place of its two groups towards the driver. The owner goes on to deal with the groups
// for everything else: ids, tables, lookups, counters; all of that is of one family.
//
// The networks are two, with two tables and two stores, and peers are told only to askers of their
// own family. What connects them: a query with want is answered with contacts of both families, our
// own nodes ask that way while one of their tables has gaps, and contacts of the other family that
// a reply brings are pinged from there.
type Dual struct {
	four, six *Group
}

// NewDual makes one population of two groups of equal length, which must not be running. Each needs
// a directory and seeds of its own. It panics if they cannot be one.
func NewDual(four, six *Group) *Dual {
	switch {
	case four == six || four.Len() != six.Len():
		panic("dht: a dual stack needs two groups of equal length")
	case four.book != nil && four.book == six.book:
		panic("dht: the groups of a dual stack need a book each")
	}
	four.twin, six.twin = six, four
	six.sixth = true
	return &Dual{four, six}
}

// Len returns the number of nodes.
func (d *Dual) Len() int { return d.four.Len() }

// Assign gives node i its id in both networks, as BEP 32 recommends. Where ids must fit addresses
// (BEP 42) each network may get another one later.
func (d *Dual) Assign(i uint32, id krpc.ID) {
	d.four.Assign(i, id)
	d.six.Assign(i, id)
}

// Start makes node i run in both networks.
func (d *Dual) Start(i uint32, t *protocol.Turn) {
	d.four.Start(i, t)
	d.six.Start(i, t)
}

// Wake lets time pass for node i.
func (d *Dual) Wake(i uint32, t *protocol.Turn) {
	d.four.Wake(i, t)
	d.six.Wake(i, t)
}

// Stop is a graceful leave.
func (d *Dual) Stop(i uint32, t *protocol.Turn) {
	d.four.Stop(i, t)
	d.six.Stop(i, t)
}

// Drop forgets everything node i had but its ids.
func (d *Dual) Drop(i uint32) {
	d.four.Drop(i)
	d.six.Drop(i)
}

// Datagram handles one datagram that reached node i, over the network of its sender's address.
func (d *Dual) Datagram(i uint32, t *protocol.Turn, from protocol.Addr, p []byte) {
	g := d.six
	if from.Is4() {
		g = d.four
	}
	g.Datagram(i, t, from, p)
}

// family returns the group that knows contacts of an address family: of two the one for it, and
// otherwise this one, whatever it knows.
func (g *Group) family(four bool) *Group {
	if g.twin != nil && four == g.sixth {
		return g.twin
	}
	return g
}

// reachable reports whether a contact's address can be one in the network of this group. In nodes6
// there can be addresses of IPv4.
func (g *Group) reachable(a protocol.Addr) bool {
	return usable(a) && (g.twin == nil || a.Is4() != g.sixth)
}

// wanting is one in how many queries ask for both families without need (jech/dht): it would join
// the networks again after a collapse of one of them.
const wanting = 37

// asker returns the writer of a query of node i about a target. With it the node asks for contacts
// of both families if its other table has room for contacts like these.
func (g *Group) asker(i uint32, t *protocol.Turn, target krpc.ID) krpc.Writer {
	w := g.writer
	if g.twin != nil && (g.twin.lacks(i, target) || t.Rand.Intn(wanting) == 0) {
		w.Want4, w.Want6 = true, true
	}
	return w
}

// lacks reports whether node i has room for contacts like the target; it has before it runs.
func (g *Group) lacks(i uint32, target krpc.ID) bool {
	n := &g.nodes[i]
	return n.depth == 0 || room(g.bucket(i, n.bucketOf(target))) >= 0
}

// hearAll enters the contacts of an answer among the candidates of a lookup, but not those of the
// other family if there is a twin for them.
func (g *Group) hearAll(i uint32, l *lookup, m *krpc.Message, depth uint8) {
	if g.twin == nil || !g.sixth {
		g.hear(i, l, krpc.Nodes4(m.Nodes), depth)
	}
	if g.twin == nil || g.sixth {
		g.hear(i, l, krpc.Nodes6(m.Nodes6), depth)
	}
}

// tellTwin hands the contacts of the other family in an answer to the group for them.
func (g *Group) tellTwin(i uint32, t *protocol.Turn, m *krpc.Message) {
	if g.sixth {
		g.twin.suggested(i, t, krpc.Nodes4(m.Nodes))
	} else {
		g.twin.suggested(i, t, krpc.Nodes6(m.Nodes6))
	}
}

// suggested pings contacts of this family that a node of the other one told of, where the table has
// room for them: those that answer come in. A node that is waiting to join again waits no more.
func (g *Group) suggested(i uint32, t *protocol.Turn, nodes krpc.NodeIter) {
	n := &g.nodes[i]
	if n.depth == 0 {
		return
	}
	if nodes.Tail() != 0 {
		g.counters[BadContacts]++
	}
	for {
		id, addr, ok := nodes.Next()
		if !ok {
			return
		}
		if !g.reachable(addr) {
			g.counters[BadContacts]++
			continue
		}
		b := n.bucketOf(id)
		if id == n.id || g.position(i, id) >= 0 || room(g.bucket(i, b)) < 0 && !g.splittable(n, b) {
			continue
		}
		if !g.verify(i, t, g.env.Directory.Ref(id, addr)) {
			continue
		}
		if !n.joined && n.maintain != protocol.Never {
			n.maintain = min(n.maintain, t.Now.Add(g.cfg.QueryTimeout))
		}
	}
}
