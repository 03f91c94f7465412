package lab

import (
	"slices"

	"swarmlab/protocol"
	"swarmlab/protocol/dht"
	"swarmlab/protocol/krpc"
	"swarmlab/scenarios/findings"
)

// depthsMost is how many depths a table has: a node's id shares 0 to 159 first bits with another.
const depthsMost = 160

// health is what looks at the tables of one client find at one moment. A run has one, which is used
// again for each client and moment.
type health struct {
	overlay *overlay
	depths  [depthsMost]depth
	deep    int       // depths in use
	near    []krpc.ID // of the nodes closest to the one that is looked at
	places  []int
}

// depth is what was found of one depth, of all tables together and of the present one.
type depth struct {
	room, full, contacts, dead, inFull, deadFull int32
	here, deadHere                               int32
}

// look counts the contacts of one table.
func (h *health) look(p *population, i uint32, now protocol.Time, row *findings.Sample) {
	own := p.group.ID(i)
	least := h.findNear(own, p.first+i, p.cfg.K)
	known := 0
	row.Tables++
	p.group.EachContact(i, now, func(_ int, c dht.Contact, good bool) {
		row.Contacts++
		if good {
			row.Good++
		}
		present, open := h.overlay.present(c)
		switch {
		case !present:
			row.Stale++
		case !open:
			row.Shut++
		}
		shared := min(own.SharedBits(c.ID), depthsMost-1)
		d := &h.depths[shared]
		d.here++
		if !present || !open {
			d.deadHere++
		}
		h.deep = max(h.deep, shared+1)
		if shared >= least && present && slices.Contains(h.near, c.ID) {
			known++
		}
	})
	h.endTable(p)
	if known == len(h.near) {
		row.KnowsAll++
	}
	if known+3 <= len(h.near) {
		row.LacksThree++
	}
	if known < min(5, len(h.near)) {
		row.KnowsFew++
	}
}

// findNear finds the k nodes closest to a node that are up and let strangers in, and returns how
// many bits all of them share with it.
func (h *health) findNear(own krpc.ID, node uint32, k int) (shared int) {
	o := h.overlay
	h.places = o.space.closest(h.places[:0], own, k, func(other uint32) bool {
		return other != node && o.world.Alive(other) && o.world.Welcomes(other)
	})
	h.near, shared = h.near[:0], depthsMost
	for _, place := range h.places {
		id := o.space.ids[place]
		h.near, shared = append(h.near, id), min(shared, own.SharedBits(id))
	}
	return shared
}

// endTable adds the present table to the others.
func (h *health) endTable(p *population) {
	for n := range h.depths[:h.deep] {
		d := &h.depths[n]
		if int(d.here) >= p.group.BucketSize(n) {
			d.full++
			d.inFull += d.here
			d.deadFull += d.deadHere
		}
		d.contacts += d.here
		d.dead += d.deadHere
		d.here, d.deadHere = 0, 0
	}
}

// addRoom notes that a population had so many of its tables looked at.
func (h *health) addRoom(p *population, tables int) {
	for n := range h.depths {
		h.depths[n].room += int32(tables * p.group.BucketSize(n))
	}
}

// take appends a row for each depth to rows, and forgets what was found.
func (h *health) take(rows []findings.Bucket, s *findings.Sample, supply int32) []findings.Bucket {
	for n := range h.depths[:h.deep] {
		d := &h.depths[n]
		rows = append(rows, findings.Bucket{
			Cell: s.Cell, Seed: s.Seed, Second: s.Second, Client: s.Client, Depth: int32(n),
			Supply: supply, Tables: s.Tables, Room: d.room, Full: d.full, Contacts: d.contacts,
			Dead: d.dead, InFull: d.inFull, DeadFull: d.deadFull,
		})
	}
	clear(h.depths[:])
	h.deep = 0
	return rows
}
