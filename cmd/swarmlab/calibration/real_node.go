package calibration

import (
	"container/heap"
	"time"

	"swarmlab/protocol"
	"swarmlab/protocol/dht"
	"swarmlab/protocol/krpc"
	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/lab"
)

// realNode is a node of a plan on a real socket: a core around that of the DHT, which begins the
// plan's lookups and does to the node's datagrams what the plan's network would. Each one is held
// back for as long as it would be under way, and then sent, or it is lost.
type realNode struct {
	net    *realNet
	number uint32
	group  *dht.Group
	start  protocol.Time // the plan's time when the node's clock was 0

	todo []lab.Operation // to begin, in the order of time
	wake protocol.Time   // the group's deadline
	held parcels
	sent uint32 // datagrams, lost ones included
	out  protocol.Outbox

	rows []findings.Lookup // ended and measured
	late []time.Duration   // how much later than planned each parcel went out
}

// Len implements protocol.Group.
func (n *realNode) Len() int { return 1 }

// Start implements protocol.Group.
func (n *realNode) Start(_ uint32, t *protocol.Turn) {
	n.wake = protocol.Never
	n.turn(t, func(inner *protocol.Turn) { n.group.Start(0, inner) })
}

// Datagram implements protocol.Datagrams.
func (n *realNode) Datagram(_ uint32, t *protocol.Turn, from protocol.Addr, p []byte) {
	n.turn(t, func(inner *protocol.Turn) { n.group.Datagram(0, inner, from, p) })
}

// Wake implements protocol.Group.
func (n *realNode) Wake(_ uint32, t *protocol.Turn) {
	if t.Now >= n.wake {
		n.turn(t, func(inner *protocol.Turn) { n.group.Wake(0, inner) })
	}
	for len(n.todo) > 0 && t.Now >= n.due() {
		request := n.todo[0].Request
		n.todo = n.todo[1:]
		n.turn(t, func(inner *protocol.Turn) { n.group.Lookup(0, inner, request) })
	}
	n.settle(t)
}

// Stop implements protocol.Group. The plan is over, and what is held back would come too late.
func (n *realNode) Stop(uint32, *protocol.Turn) {}

// Drop implements protocol.Group.
func (n *realNode) Drop(uint32) { n.group.Drop(0) }

// turn gives the group a turn and takes what it sends.
func (n *realNode) turn(t *protocol.Turn, f func(inner *protocol.Turn)) {
	n.out.Reset()
	f(&protocol.Turn{Self: n.number, Now: t.Now, Rand: t.Rand, Out: &n.out})
	for k := range n.out.Sends() {
		to, p := n.out.Send(k)
		n.hold(t.Now, to, p)
	}
	if at, set := n.out.Deadline(); set {
		n.wake = at
	}
	n.settle(t)
}

// hold takes a datagram for as long as it is under way.
func (n *realNode) hold(now protocol.Time, to protocol.Addr, p []byte) {
	seq := n.sent
	n.sent++
	target, known := n.net.numbers[to]
	if !known {
		n.net.strays.Add(1)
		return
	}
	delay, lost := n.net.plan.Network.Path(n.number, target, seq, len(p))
	if !lost {
		heap.Push(&n.held, parcel{now.Add(delay), seq, to, append([]byte(nil), p...)})
	}
}

// settle sends what is due and sets the deadline.
func (n *realNode) settle(t *protocol.Turn) {
	for len(n.held) > 0 && n.held[0].due <= t.Now {
		p := heap.Pop(&n.held).(parcel)
		t.Out.SendTo(p.to, p.body)
		n.late = append(n.late, t.Now.Sub(p.due))
	}
	at := n.wake
	if len(n.held) > 0 {
		at = min(at, n.held[0].due)
	}
	if len(n.todo) > 0 {
		at = min(at, n.due())
	}
	t.Out.WakeAt(at)
}

// due returns when the next lookup begins, by the node's clock.
func (n *realNode) due() protocol.Time { return n.todo[0].At - n.start }

// Done implements dht.Observer.
func (n *realNode) Done(_ uint32, t *protocol.Turn, r *dht.Result) {
	op := &n.net.plan.Operations[r.Tag]
	if op.At < n.net.plan.Warmup {
		return
	}
	row := findings.LookupOf(r, t.Now)
	row.Kind, row.Node, row.At = op.Kind, n.number, int64(r.Started+n.start)
	row.Peers = int32(len(r.Peers))
	switch r.Method {
	case krpc.FindNode:
		nearest := n.net.plan.Nearest(n.number, r.Target)
		row.Success = len(r.Closest) > 0 && r.Closest[0].ID == n.net.plan.Nodes[nearest].ID
	case krpc.GetPeers:
		row.Success = len(r.Peers) > 0
	case krpc.AnnouncePeer:
		row.Peers = int32(r.Stored)
		row.Success = r.Stored > 0
	}
	n.rows = append(n.rows, row)
}

// parcel is a datagram under way.
type parcel struct {
	due  protocol.Time
	seq  uint32
	to   protocol.Addr
	body []byte
}

// parcels is a heap of datagrams under way, the earliest first.
type parcels []parcel

func (h parcels) Len() int { return len(h) }
func (h parcels) Less(a, b int) bool {
	if h[a].due != h[b].due {
		return h[a].due < h[b].due
	}
	return h[a].seq < h[b].seq
}
func (h parcels) Swap(a, b int) { h[a], h[b] = h[b], h[a] }
func (h *parcels) Push(x any)   { *h = append(*h, x.(parcel)) }
func (h *parcels) Pop() any {
	old := *h
	last := old[len(old)-1]
	*h = old[:len(old)-1]
	return last
}
