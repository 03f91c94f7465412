package swarm

// nilIndex is no entry of a pool.
const nilIndex = ^uint32(0)

// errand is a block on its way: one that was asked of a peer, one that a peer asks for, or one that
// was written and has not left the line.
type errand struct {
	piece, begin, length uint32
	next                 uint32
	when                 uint64 // time at which it was asked for, or end in the stream written
	void                 bool   // not wanted any more, but an answer is due (BEP 6)
}

// errands are the queues of all connections of a group.
type errands struct {
	items []errand
	free  uint32 // first of a list
}

// queue is a list of errands, oldest first.
type queue struct {
	head, tail uint32
	n          uint16
}

var noErrands = queue{head: nilIndex, tail: nilIndex}

// push appends an errand to a queue.
func (p *errands) push(q *queue, e errand) {
	x := p.free
	if x != nilIndex {
		p.free = p.items[x].next
	} else {
		x = uint32(len(p.items))
		p.items = append(p.items, errand{})
	}
	e.next = nilIndex
	p.items[x] = e
	if q.head == nilIndex {
		q.head = x
	} else {
		p.items[q.tail].next = x
	}
	q.tail = x
	q.n++
}

// pop removes the first errand of a queue that has one.
func (p *errands) pop(q *queue) errand {
	e := p.items[q.head]
	p.remove(q, nilIndex, q.head)
	return e
}

// first returns the first errand of a queue that has one. It is valid until the next push.
func (p *errands) first(q *queue) *errand { return &p.items[q.head] }

// find returns an errand and the one before it.
func (p *errands) find(q *queue, piece, begin, length uint32) (before, x uint32) {
	before = nilIndex
	for x = q.head; x != nilIndex; x = p.items[x].next {
		e := &p.items[x]
		if e.piece == piece && e.begin == begin && e.length == length {
			return before, x
		}
		before = x
	}
	return before, x
}

// remove takes errand x, which comes after before, out of a queue.
func (p *errands) remove(q *queue, before, x uint32) {
	next := p.items[x].next
	if before == nilIndex {
		q.head = next
	} else {
		p.items[before].next = next
	}
	if q.tail == x {
		q.tail = before
	}
	q.n--
	p.items[x].next = p.free
	p.free = x
}

// clear empties a queue.
func (p *errands) clear(q *queue) {
	for q.n > 0 {
		p.remove(q, nilIndex, q.head)
	}
}
