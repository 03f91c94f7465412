package lab

import (
	"slices"

	"swarmlab/protocol"
	"swarmlab/protocol/dht"
	"swarmlab/protocol/krpc"
	"swarmlab/scenarios"
	"swarmlab/scenarios/results"
	"swarmlab/sim"
)

// recorder judges the lookups that end, by the global view, and keeps a row of each.
type recorder struct {
	world  *sim.World
	work   *workload
	cell   int32
	seed   uint64
	warmup protocol.Time
	rows   []results.Lookup
	ended  int   // lookups that ended, measured or not
	places []int // scratch
}

// Done implements dht.Observer.
func (rec *recorder) Done(_ uint32, t *protocol.Turn, r *dht.Result) {
	rec.ended++
	st, p := rec.work.streamOf(uint32(r.Tag)), rec.work.overlay.of(t.Self)
	row := results.LookupOf(r, t.Now)
	row.Cell, row.Seed, row.Kind = rec.cell, rec.seed, st.spec.Kind
	row.Client, row.Node, row.At = p.client, t.Self, int64(r.Started)
	p.asked += uint64(r.Messages + r.Stored)
	rec.judge(&row, p, r)
	success := uint64(0)
	if row.Success {
		success = 1
	}
	rec.world.Outcome(t.Self, r.Tag, uint64(row.Latency), uint64(row.Contact),
		uint64(row.FirstValue), uint64(row.DiscoverK), uint64(row.Total), uint64(row.Rounds),
		uint64(row.Messages), uint64(row.Timeouts), success, uint64(row.Recall),
		uint64(row.Peers))
	if r.Started >= rec.warmup {
		rec.rows = append(rec.rows, row)
	}
}

// judge compares what was found with what there is to find.
func (rec *recorder) judge(row *results.Lookup, p *population, r *dht.Result) {
	space := p.overlay.space
	rec.places = space.closest(rec.places[:0], r.Target, p.cfg.K, func(node uint32) bool {
		return node != row.Node && rec.world.Alive(node)
	})
	for n, place := range rec.places {
		id := space.ids[place]
		found := slices.ContainsFunc(r.Closest, func(c dht.Contact) bool { return c.ID == id })
		if found {
			row.Recall++
		}
		if n == 0 && row.Kind == scenarios.KindLookup {
			row.Success = found
		}
	}
	switch r.Method {
	case krpc.GetPeers:
		row.Peers = int32(len(r.Peers))
		row.Success = row.Peers > 0
	case krpc.AnnouncePeer:
		row.Peers = int32(r.Stored)
		row.Success = row.Peers > 0
	}
}
