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

// set holds the endpoints with one hash, two cache lines.
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

func hashEndpoint(remote uint32, port uint16) uint32 {
	return uint32(protocol.Mix(uint64(remote)<<16 | uint64(port)))
}

func (m *memory) setOf(t table, remote uint32, port uint16) *set {
	return m.at(t.first + hashEndpoint(remote, port)&(t.sets-1))
}

// find returns the entry of an endpoint, alive or not, or nil.
func (m *memory) find(t table, remote uint32, port uint16) *entry {
	if t.sets == 0 {
		return nil
	}
	s := m.setOf(t, remote, port)
	for i := range s {
		if e := &s[i]; e.remote == remote && e.port == port && e.until != 0 {
			return e
		}
	}
	return nil
}

// oldest returns the entry of an endpoint's set that dies, or died, first.
func (m *memory) oldest(t table, remote uint32, port uint16) *entry {
	s := m.setOf(t, remote, port)
	best := &s[0]
	for i := range s[1:] {
		if e := &s[i+1]; e.until < best.until {
			best = e
		}
	}
	return best
}

// double moves the live entries of a table to one of twice the size, where each set's share out
// over two.
func (m *memory) double(now protocol.Time, t *table) {
	wide := m.take(2 * t.sets)
	var used [setsMax]uint8
	for i := range t.sets {
		for _, e := range m.at(t.first + i) {
			if e.until <= now {
				continue
			}
			to := hashEndpoint(e.remote, e.port) & (wide.sets - 1)
			m.at(wide.first + to)[used[to]] = e
			used[to]++
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
