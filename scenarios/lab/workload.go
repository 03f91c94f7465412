package lab

import (
	"sort"
	"time"

	"swarmlab/protocol"
	"swarmlab/protocol/dht"
	"swarmlab/protocol/krpc"
	"swarmlab/scenarios"
	"swarmlab/sim"
)

// workload turns the scenario's streams of operations into actions of the world. An operation is
// a number: everything about it is a hash of (seed, number), so nothing is stored for it.
type workload struct {
	overlay *overlay
	streams []stream
}

// stream is one entry of the scenario's workload.
type stream struct {
	spec  *scenarios.Work
	on    section
	index uint32
	first uint32 // number of its first operation
	count uint32
	own   bool // done by nodes of those who crawl, for their own part, and counted nowhere
}

// ownStreams sets the random streams of own nodes apart from those of the nodes they stand for.
const ownStreams = 1 << 16

func newWorkload(o *overlay) *workload {
	w := &workload{overlay: o}
	first := uint32(0)
	for n := range o.scenario.Workload {
		spec := &o.scenario.Workload[n]
		span := time.Duration(spec.Stop - spec.Start)
		st := stream{spec: spec, on: o.sections[spec.Group], index: uint32(n), first: first,
			count: uint32(spec.Rate.Expected(span))}
		w.streams = append(w.streams, st)
		first += st.count
	}
	w.addOwn(first)
	return w
}

// addOwn makes planted nodes do as much as the nodes of the first group do, each: who asks others
// gets into their tables, and planted nodes are to be found no less than those they stand for.
func (w *workload) addOwn(first uint32) {
	own := w.overlay.observers.ownNodes()
	if own.size == 0 {
		return
	}
	for _, st := range w.streams {
		if st.spec.Group != w.overlay.scenario.Groups[0].Name {
			continue
		}
		st.count = uint32(uint64(st.count) * uint64(own.size) / uint64(st.on.size))
		st.on, st.index, st.first, st.own = own, st.index|ownStreams, first, true
		w.streams = append(w.streams, st)
		first += st.count
	}
}

// asked returns how many operations the nodes of the scenario are to do.
func (w *workload) asked() (count int) {
	for n := range w.streams {
		if !w.streams[n].own {
			count += int(w.streams[n].count)
		}
	}
	return count
}

// schedule enters all operations: as many as the rate gives, at times drawn evenly at random,
// which is a Poisson process with its count fixed. Each is asked of a node that is up at its time;
// where none is found, the world skips it and counts. Those of own nodes are left out then.
func (w *workload) schedule(world *sim.World) {
	for n := range w.streams {
		st := &w.streams[n]
		for op := range st.count {
			at, node, _ := w.draw(st, op)
			if st.own && !w.overlay.lives.up(node, at) {
				continue
			}
			world.ActAt(node, at, st.first+op)
		}
	}
}

// draw returns when an operation begins, which node does it, and the random stream that decides the
// rest.
func (w *workload) draw(st *stream, op uint32) (at protocol.Time, node uint32, r protocol.Rand) {
	r = protocol.NewRand(w.overlay.seed, purposeWork|uint64(st.index)<<32, uint64(op))
	span := uint64(st.spec.Stop - st.spec.Start)
	at = protocol.Time(st.spec.Start) + protocol.Time(r.Uint64n(span))
	first := uint32(r.Intn(int(st.on.size)))
	others := protocol.NewRand(w.overlay.seed, purposeInstead|uint64(st.index)<<32, uint64(op))
	return at, w.overlay.anyUp(first, st.on, at, &others), r
}

// streamOf returns the stream to which an operation belongs.
func (w *workload) streamOf(op uint32) *stream {
	after := sort.Search(len(w.streams), func(n int) bool { return w.streams[n].first > op })
	return &w.streams[after-1]
}

// Act implements sim.Actor.
func (w *workload) Act(node uint32, t *protocol.Turn, op uint32) {
	st := w.streamOf(op)
	at, _, r := w.draw(st, op-st.first)
	p := w.overlay.of(node)
	p.group.Lookup(node-p.first, t, w.request(st, node, op, at, &r))
}

// request returns what an operation asks of a node.
func (w *workload) request(
	st *stream, node, op uint32, at protocol.Time, r *protocol.Rand,
) dht.Request {
	return dht.Request{
		Method: st.method(), Target: w.target(st, node, at, r), Implied: true, Port: 6881,
		Tag: uint64(op),
	}
}

func (st *stream) method() krpc.Method {
	switch st.spec.Kind {
	case scenarios.KindAnnounce:
		return krpc.AnnouncePeer
	case scenarios.KindGetPeers:
		return krpc.GetPeers
	}
	return krpc.FindNode
}

// target returns what a node is to look for.
func (w *workload) target(
	st *stream, node uint32, now protocol.Time, r *protocol.Rand,
) krpc.ID {
	o := w.overlay
	switch {
	case st.spec.Kind != scenarios.KindLookup:
		key := protocol.NewRand(o.seed, purposeKey, r.Uint64n(uint64(st.spec.Keys)))
		return krpc.RandomID(&key)
	case st.spec.Target == scenarios.TargetKey:
		return krpc.RandomID(r)
	}
	other := uint32(0)
	for range drawsMost {
		other = uint32(r.Uint64n(uint64(o.ids.size - 1))) // any node but itself
		if other >= node {
			other++
		}
		if !o.lives.churned || o.lives.up(other, now) {
			break
		}
	}
	return o.idOf(other)
}
