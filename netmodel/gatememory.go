package netmodel

import "swarmlab/protocol"

const (
	setEntries = 8
	setsMax    = 128 // of a table
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

// memory keeps the tables of all nodes. A table that is full doubles, and one that is hardly used
// is halved.
type memory struct{ buddies }

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
// sets; if there is none, the one that dies first. quiet tells that hardly anything in them is
// alive.
func (m *memory) place(
	now protocol.Time, t table, remote uint32, port uint16,
) (best *entry, quiet bool) {
	first, second := m.setsOf(t, remote, port)
	one, alive := first.oldest(now)
	other, living := second.oldest(now)
	quiet = alive+living <= setEntries/4
	if living < alive || living == alive && other.until < one.until {
		return other, quiet
	}
	return one, quiet
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

// double moves the live entries of a table to one of twice the size, or, if by a rare chance they
// do not fit there, to a larger one. It returns how many were lost because that is the largest.
func (m *memory) double(now protocol.Time, t *table) (evicted uint64) {
	for sets := 2 * t.sets; ; sets *= 2 {
		wide := m.take(sets)
		evicted = m.move(now, *t, wide)
		if evicted == 0 || sets == setsMax {
			m.put(*t)
			*t = wide
			return evicted
		}
		m.put(wide)
	}
}

// idleShare is the reciprocal of the share of live entries from which down a table is halved: well
// below what it is filled to when it doubles, so that it does not change its mind soon.
const idleShare = 4

// halve moves the live entries of a table that are few to one of half the size, and reports whether
// there was anything to be gained and no entry is lost.
func (m *memory) halve(now protocol.Time, t *table) bool {
	alive := uint32(0)
	for i := range t.sets {
		_, n := m.at(t.first + i).oldest(now)
		alive += uint32(n)
	}
	if alive > t.sets*setEntries/idleShare {
		return false
	}
	narrow := m.take(t.sets / 2)
	if m.move(now, *t, narrow) > 0 {
		m.put(narrow)
		return false
	}
	m.put(*t)
	*t = narrow
	return true
}

func (m *memory) move(now protocol.Time, from, to table) (evicted uint64) {
	for i := range from.sets {
		for _, e := range m.at(from.first + i) {
			if e.until <= now {
				continue
			}
			place, _ := m.place(now, to, e.remote, e.port)
			if place.until > now {
				evicted++
			}
			*place = e
		}
	}
	return evicted
}
