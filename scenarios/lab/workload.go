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
	seed    uint64
	streams []stream
}

// stream is one entry of the scenario's workload.
type stream struct {
	spec  *scenarios.Work
	on    *population
	index uint32
	first uint32 // number of its first operation
	count uint32
}

func newWorkload(s *scenarios.Scenario, seed uint64, groups populations) *workload {
	w := &workload{seed: seed}
	first := uint32(0)
	for n := range s.Workload {
		spec := &s.Workload[n]
		span := time.Duration(spec.Stop - spec.Start)
		st := stream{spec: spec, on: groups[spec.Group], index: uint32(n), first: first,
			count: uint32(spec.Rate.Expected(span))}
		w.streams = append(w.streams, st)
		first += st.count
	}
	return w
}

// schedule enters all operations: as many as the rate gives, at times drawn evenly at random,
// which is a Poisson process with its count fixed.
func (w *workload) schedule(world *sim.World) {
	for n := range w.streams {
		st := &w.streams[n]
		for op := range st.count {
			at, i, _ := w.draw(st, op)
			world.ActAt(st.on.ids.first+i, at, st.first+op)
		}
	}
}

// draw returns when an operation begins, which node of the group does it, and the random stream
// that decides the rest.
func (w *workload) draw(st *stream, op uint32) (at protocol.Time, i uint32, r protocol.Rand) {
	r = protocol.NewRand(w.seed, purposeWork|uint64(st.index)<<32, uint64(op))
	span := uint64(st.spec.Stop - st.spec.Start)
	at = protocol.Time(st.spec.Start) + protocol.Time(r.Uint64n(span))
	i = uint32(r.Intn(int(st.on.ids.size)))
	return at, i, r
}

// streamOf returns the stream to which an operation belongs.
func (w *workload) streamOf(op uint32) *stream {
	after := sort.Search(len(w.streams), func(n int) bool { return w.streams[n].first > op })
	return &w.streams[after-1]
}

// Act implements sim.Actor.
func (w *workload) Act(node uint32, t *protocol.Turn, op uint32) {
	st := w.streamOf(op)
	_, i, r := w.draw(st, op-st.first)
	st.on.group.Lookup(i, t, w.request(st, i, op, &r))
}

// request returns what an operation asks of node i.
func (w *workload) request(st *stream, i, op uint32, r *protocol.Rand) dht.Request {
	return dht.Request{
		Method: st.method(), Target: w.target(st, i, r), Implied: true, Port: 6881,
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

// target returns what node i is to look for.
func (w *workload) target(st *stream, i uint32, r *protocol.Rand) krpc.ID {
	switch {
	case st.spec.Kind != scenarios.KindLookup:
		key := protocol.NewRand(w.seed, purposeKey, r.Uint64n(uint64(st.spec.Keys)))
		return krpc.RandomID(&key)
	case st.spec.Target == scenarios.TargetKey:
		return krpc.RandomID(r)
	}
	other := uint32(r.Uint64n(uint64(st.on.ids.size - 1))) // any node but itself
	if other >= i {
		other++
	}
	return st.on.ids.id(other)
}
