package sim

import (
	"math/bits"
	"time"

	"swarmlab/protocol"
)

const (
	slotBits  = 16 // the narrowest slot is 2^16 ns, 65.536 us
	digitBits = 8  // 256 slots a level
	levels    = 6  // 2^(16+48) ns: no time lies beyond the last level
	slots     = 1 << digitBits
)

// wheel is the event queue: a hierarchical timing wheel (Varghese and Lauck, SOSP 1987) that is
// exact, because a slot is sorted when its time comes.
//
// A time is a slot number of 48 bits, read as six digits of eight bits. An event lies at the level
// of the highest digit in which it differs from the cursor, in the slot of that digit; when the
// cursor enters a slot of a higher level, the slot's events are filed anew, further down. So an
// event is moved five times at most, and usually once or twice, always as part of a chunk that is
// read from front to back: the queue costs few cache misses however long it is.
type wheel struct {
	cursor  uint64  // number of the last slot that is open
	pending int     // events in the queue
	current []event // the open slots, sorted; events before next are gone
	next    int
	seen    int  // events before seen were returned by ahead
	late    heap // events for the open slots that came after these were sorted
	scratch []event
	shelf   shelf
	full    [levels][slots / 64]uint64
	slots   [levels][slots]*chunk
}

// push files an event. Its time must not be before that of the last event popped.
func (q *wheel) push(e *event) {
	q.pending++
	slot := uint64(e.when) >> slotBits
	if slot <= q.cursor {
		q.late.push(e)
		return
	}
	q.file(e, slot)
}

// file puts an event of a slot after the cursor where it belongs.
func (q *wheel) file(e *event, slot uint64) {
	level := uint(bits.Len64(slot^q.cursor)-1) / digitBits
	digit := slot >> (level * digitBits) % slots
	c := q.slots[level][digit]
	if c == nil || c.used == len(c.events) {
		c = q.shelf.take(c)
		q.slots[level][digit] = c
		q.full[level][digit/64] |= 1 << (digit % 64)
	}
	c.events[c.used] = *e
	c.used++
}

// popBefore removes the first event into e, if its time is before the limit. The cursor never
// passes the limit, so that events from the limit on may still be pushed at full speed.
func (q *wheel) popBefore(limit protocol.Time, e *event) bool {
	for {
		sorted := q.next < len(q.current)
		switch {
		case len(q.late) > 0 && (!sorted || q.late[0].before(&q.current[q.next])):
			if q.late[0].when >= limit {
				return false
			}
			q.late.pop(e)
		case sorted:
			if q.current[q.next].when >= limit {
				return false
			}
			*e = q.current[q.next]
			q.next++
		case q.gather(limit):
			continue
		default:
			return false
		}
		q.pending--
		return true
	}
}

// window is how far apart events may lie that are opened together: a time in which hardly any
// message comes and goes.
const window = protocol.Time(8 * time.Millisecond)

// gather opens the next slot in use and, if there is little in it, some that follow, so that there
// are events to look ahead to.
func (q *wheel) gather(limit protocol.Time) bool {
	q.current, q.next, q.seen = q.current[:0], 0, 0
	if q.cursor == 0 { // all nodes that start at time 0 were in it, and so many will never be again
		q.late = nil
	}
	for len(q.current) < touchEvents && q.advance(limit) {
		if len(q.current) > 0 {
			limit = min(limit, q.current[0].when+window)
		}
	}
	return len(q.current) > 0
}

// advance moves the cursor to the next slot in use, unless that starts at the limit or later. The
// lowest level in use has it: higher levels differ from the cursor in a higher digit.
func (q *wheel) advance(limit protocol.Time) bool {
	for level := range uint(levels) {
		digit := q.first(level)
		if digit == slots {
			continue
		}
		shift := level * digitBits
		slot := (q.cursor>>shift&^(slots-1) | digit) << shift
		if protocol.Time(slot<<slotBits) >= limit {
			return false
		}
		q.cursor = slot
		q.open(level, digit)
		return true
	}
	return false
}

// first returns the first slot in use at a level, or slots if there is none.
func (q *wheel) first(level uint) uint64 {
	for i, word := range q.full[level] {
		if word != 0 {
			return uint64(i*64 + bits.TrailingZeros64(word))
		}
	}
	return slots
}

// open empties the slot that the cursor has entered: what belongs to the cursor's narrowest slot
// is sorted and becomes current, behind what is, the rest is filed at lower levels.
func (q *wheel) open(level uint, digit uint64) {
	start := len(q.current)
	c := q.slots[level][digit]
	q.slots[level][digit] = nil
	q.full[level][digit/64] &^= 1 << (digit % 64)
	for c != nil {
		if level == 0 {
			q.current = append(q.current, c.events[:c.used]...)
		} else {
			q.refile(c)
		}
		c = q.shelf.put(c)
	}
	q.scratch = sortEvents(q.current[start:], q.scratch)
}

func (q *wheel) refile(c *chunk) {
	for i := range c.events[:c.used] {
		e := &c.events[i]
		if slot := uint64(e.when) >> slotBits; slot == q.cursor {
			q.current = append(q.current, *e)
		} else {
			q.file(e, slot)
		}
	}
}

// ahead returns the next touchEvents events that it has not returned before, as soon as the first
// of them has been popped, and otherwise none. Late events are left out.
func (q *wheel) ahead() []event {
	if q.next <= q.seen {
		return nil
	}
	start := q.seen
	q.seen = min(start+touchEvents, len(q.current))
	return q.current[start:q.seen]
}

// all yields every event in the queue, in no order.
func (q *wheel) all(yield func(*event) bool) {
	for i := q.next; i < len(q.current); i++ {
		if !yield(&q.current[i]) {
			return
		}
	}
	for i := range q.late {
		if !yield(&q.late[i]) {
			return
		}
	}
	for level := range q.slots {
		for _, c := range q.slots[level] {
			for ; c != nil; c = c.next {
				for i := range c.events[:c.used] {
					if !yield(&c.events[i]) {
						return
					}
				}
			}
		}
	}
}
