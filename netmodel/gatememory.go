package netmodel

import (
	"math/bits"

	"swarmlab/protocol"
)

const (
	setEntries = 8
	setsMax    = 128  // of a table
	sizeCount  = 8    // from 1 to setsMax
	slabSets   = 1024 // 128 KiB; a table lies within one slab
)

// entry is an endpoint that a node has sent to: 16 bytes.
type entry struct {
	until  protocol.Time // it is alive before; 0 for an entry never used
	remote uint32
	port   uint16 // 0 where the filter does not look at ports
	extra  uint16 // of a symmetric NAT the external port, of a firewall the answers still allowed
}

// set holds endpoints of one hash, two cache lines.
type set [setEntries]entry

// table is a node's entries: a power of two of sets, one after the other. The zero value has none.
type table struct {
	first uint32 // set
	sets  uint32
}

// memory keeps the tables of all nodes. A table that is full doubles; what it leaves is recycled.
type memory struct {
	slabs [][]set
	fresh uint32              // first set never used
	free  [sizeCount][]uint32 // first sets of tables not in use, by the size's logarithm
}

func (m *memory) at(first uint32) *set { return &m.slabs[first/slabSets][first%slabSets] }

// setsOf returns the two sets in which an endpoint may be, which may be one. With a choice of two
// for each newcomer sets fill up evenly, and a table is nearly full before it has to double.
func (m *memory) setsOf(t table, remote uint32, port uint16) (first, second *set) {
	h := uint32(protocol.Mix(uint64(remote)<<16 | uint64(port)))
	return m.at(t.first + h&(t.sets-1)), m.at(t.first + h>>16&(t.sets-1))
}

// find returns the entry of an endpoint, alive or not, or nil.
func (m *memory) find(t table, remote uint32, port uint16) *entry {
	if t.sets == 0 {
		return nil
	}
	first, second := m.setsOf(t, remote, port)
	if e := first.find(remote, port); e != nil {
		return e
	}
	return second.find(remote, port)
}

func (s *set) find(remote uint32, port uint16) *entry {
	for i := range s {
		if e := &s[i]; e.remote == remote && e.port == port && e.until != 0 {
			return e
		}
	}
	return nil
}

// place returns the entry for a new endpoint: one that is not alive, of the emptier of its two
// sets; if there is none, the one that dies first.
func (m *memory) place(now protocol.Time, t table, remote uint32, port uint16) *entry {
	first, second := m.setsOf(t, remote, port)
	one, alive := first.oldest(now)
	other, living := second.oldest(now)
	if living < alive || living == alive && other.until < one.until {
		return other
	}
	return one
}

// oldest returns the entry that dies, or died, first, and how many are alive.
func (s *set) oldest(now protocol.Time) (best *entry, alive int) {
	best = &s[0]
	for i := range s {
		e := &s[i]
		if e.until > now {
			alive++
		}
		if e.until < best.until {
			best = e
		}
	}
	return best, alive
}

// double moves the live entries of a table to one of twice the size.
func (m *memory) double(now protocol.Time, t *table) {
	wide := m.take(2 * t.sets)
	for i := range t.sets {
		for _, e := range m.at(t.first + i) {
			if e.until > now {
				*m.place(now, wide, e.remote, e.port) = e
			}
		}
	}
	m.put(*t)
	*t = wide
}

// take returns an empty table.
func (m *memory) take(sets uint32) table {
	list := &m.free[bits.Len32(sets)-1]
	if n := len(*list); n > 0 {
		t := table{(*list)[n-1], sets}
		*list = (*list)[:n-1]
		for i := range sets {
			*m.at(t.first + i) = set{}
		}
		return t
	}
	if left := slabSets - m.fresh%slabSets; left < sets {
		m.fresh += left
	}
	t := table{m.fresh, sets}
	m.fresh += sets
	if int(m.fresh-1)/slabSets >= len(m.slabs) {
		m.slabs = append(m.slabs, make([]set, slabSets))
	}
	return t
}

func (m *memory) put(t table) {
	list := &m.free[bits.Len32(t.sets)-1]
	*list = append(*list, t.first)
}
