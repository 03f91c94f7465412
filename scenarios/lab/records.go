package lab

import (
	"time"

	"swarmlab/protocol"
	"swarmlab/protocol/dht"
	"swarmlab/protocol/krpc"
	"swarmlab/scenarios"
	"swarmlab/scenarios/findings"
)

const (
	recordsMost = 200 // of a run that are followed, on average, if there are more
	agesMost    = 72  // at which a record is looked at
)

// records follows what announces have stored, and changes nothing. Which announces are followed is
// a function of the seed and the announce.
type records struct {
	overlay *overlay
	cell    int32
	all     uint64        // announces in the workload
	from    protocol.Time // announces that begin before this are not followed
	step    protocol.Time // between two ages
	follows []record
	holders []holder // of all records, one after the other
	places  []int
	rows    []findings.Record
}

// record is what one node announced under one key.
type record struct {
	key     krpc.ID
	owner   uint32
	host    protocol.Addr // the owner's when it was stored
	born    protocol.Time // the end of the second in which it was stored
	holders []holder
}

// holder is a node that had stored a record, under the id that it had then.
type holder struct {
	node uint32
	id   krpc.ID
}

func newRecords(o *overlay, work *workload, cell int32) *records {
	rs := &records{overlay: o, cell: cell, from: protocol.Time(o.scenario.Warmup)}
	for n := range work.streams {
		if st := &work.streams[n]; st.spec.Kind == scenarios.KindAnnounce && !st.own {
			rs.all += uint64(st.count)
		}
	}
	rs.step = ageStep(protocol.Time(o.scenario.Duration) - rs.from)
	return rs
}

// ageStep returns the time between the ages at which records are looked at, such that there are not
// too many of them, and an hour is one.
func ageStep(span protocol.Time) protocol.Time {
	for _, minutes := range []int{1, 2, 5, 10, 15, 20, 30} {
		if step := protocol.Time(minutes) * protocol.Time(time.Minute); span/step <= agesMost {
			return step
		}
	}
	return protocol.Time(time.Hour)
}

// stored is told of each announce when it ends.
func (rs *records) stored(p *population, node uint32, now protocol.Time, r *dht.Result) {
	draw := protocol.NewRand(rs.overlay.seed, purposeRecord, r.Tag)
	if r.Started < rs.from || draw.Uint64n(rs.all) >= recordsMost {
		return
	}
	first, host := len(rs.holders), rs.overlay.world.AddrOf(node)
	for _, c := range r.Closest {
		other, ok := rs.overlay.world.HostOf(c.Addr)
		if !ok || other >= rs.overlay.ids.size || rs.overlay.idOf(other) != c.ID {
			continue
		}
		if rs.overlay.holds(other, r.Target, host, now) {
			rs.holders = append(rs.holders, holder{other, c.ID})
		}
	}
	second := protocol.Time(time.Second)
	rs.follows = append(rs.follows, record{key: r.Target, owner: node, host: host,
		born: (now + second - 1) / second * second, holders: rs.holders[first:]})
}

// holds reports whether a node has what was announced from a host under a key.
func (o *overlay) holds(node uint32, key krpc.ID, host protocol.Addr, now protocol.Time) bool {
	p := o.of(node)
	return o.world.Alive(node) && p.group.Holds(node-p.first, key, host, now)
}

// tick looks at the records that have come to an age, at the end of each simulated second.
func (rs *records) tick(now protocol.Time) {
	for n := range rs.follows {
		r := &rs.follows[n]
		if age := now - r.born; age%rs.step == 0 {
			rs.rows = append(rs.rows, rs.look(n, r, now, age))
		}
	}
}

func (rs *records) look(n int, r *record, now, age protocol.Time) findings.Record {
	o, second := rs.overlay, protocol.Time(time.Second)
	p := o.of(r.owner)
	row := findings.Record{Cell: rs.cell, Seed: o.seed, Number: int32(n), Client: p.client,
		Stored: int32(r.born / second), Age: int32(age / second), Holders: int32(len(r.holders))}
	rs.places = o.space.closest(rs.places[:0], r.key, p.cfg.K, func(node uint32) bool {
		return o.world.Alive(node) && o.world.Welcomes(node)
	})
	for _, h := range r.holders {
		if !o.world.Alive(h.node) || o.idOf(h.node) != h.id {
			continue
		}
		row.Online++
		if o.holds(h.node, r.key, r.host, now) {
			row.Holding++
		}
		for _, place := range rs.places {
			if o.space.nodes[place] == h.node {
				row.Closest++
			}
		}
	}
	return row
}
