package sim

import (
	"cmp"
	"slices"
)

// Overhead is the content of a [Transfer] that says how many bytes of streams were no bodies.
const Overhead = ^uint32(0)

// Transfer is the truth about what one node sent to another over connections: of one content, bytes
// of bodies; of Overhead, all else that was written. What was written as [protocol.Junk] has a
// content of its own, with that bit. At any time
//
//	Sent = Delivered + Lost + InFlight.
type Transfer struct {
	From, To  uint32
	Content   uint32
	Sent      uint64 // given to the sender's line
	Delivered uint64 // handed to the core
	Lost      uint64 // nobody was there any more to get it
	InFlight  uint64
}

// Traffic is the truth about the streams of one node, in bytes.
type Traffic struct {
	PayloadSent, PayloadReceived   uint64 // of bodies, junk included
	OverheadSent, OverheadReceived uint64 // of streams, but no bodies
	HeadersSent                    uint64 // of TCP and IP, with the segments
}

// StreamTally counts what happened to connections.
type StreamTally struct {
	Dialed      uint64
	Accepted    uint64
	Opened      uint64 // dialed and answered
	Refused     uint64
	Unreachable uint64
	Closed      [4]uint64 // of those that a core heard of, by protocol.Reason
	Segments    uint64    // sent
	Resent      uint64    // because the network lost them
	Ends        uint64    // there are now
}

// transfers is the ledger of what ended connections have transferred, and of what was lost. The
// rows of a pair are a list, first that of Overhead.
type transfers struct {
	rows  slab[row]
	pairs map[uint64]uint32 // to be looked up, never ranged over
}

type row struct {
	sent, delivered, lost, flying uint64
	from, to, content             uint32
	next                          uint32
}

// purse is what an end knows of both directions. It is entered in the ledger when the end is no
// more, so that nothing but the end is needed for a segment; and when overhead nears its limit.
type purse struct {
	payload  [2]uint64
	overhead [2]uint32
}

// purseMost is from when on a purse is emptied. What is written at once is less than as much again.
const purseMost = 1 << 31

const (
	outward = 0
	inward  = 1
)

// of returns the row of a content of what one node sends to another.
func (t *transfers) of(from, to, content uint32) *row {
	key := uint64(from)<<32 | uint64(to)
	number, ok := t.pairs[key]
	if !ok {
		number = t.rows.take()
		*t.rows.at(number) = row{from: from, to: to, content: Overhead}
		t.pairs[key] = number
	}
	for {
		r := t.rows.at(number)
		if r.content == content {
			return r
		}
		if r.next == 0 {
			r.next = t.rows.take()
			*t.rows.at(r.next) = row{from: from, to: to, content: content}
		}
		number = r.next
	}
}

// settle enters what an end knows, and takes it from there.
func (t *transfers) settle(e *end) {
	b := &e.books
	if b.overhead[outward] != 0 || b.payload[outward] != 0 {
		t.of(e.node, e.peer, Overhead).sent += uint64(b.overhead[outward])
		t.of(e.node, e.peer, e.content).sent += b.payload[outward]
	}
	if b.overhead[inward] != 0 || b.payload[inward] != 0 {
		t.of(e.peer, e.node, Overhead).delivered += uint64(b.overhead[inward])
		t.of(e.peer, e.node, e.content).delivered += b.payload[inward]
	}
	*b = purse{}
}

// carries reports whether an end keeps the books of a content.
func (e *end) carries(content uint32) bool {
	if e.content == Overhead {
		e.content = content
	}
	return e.content == content
}

// enterSent notes that items are given to the line.
func (s *streams) enterSent(h *host, e *end, first uint32, headers int) {
	h.traffic.HeadersSent += uint64(headers)
	for first != 0 {
		it := s.items.at(first)
		first = it.next
		if it.part {
			continue
		}
		payload := uint64(it.body.Length)
		h.traffic.OverheadSent += uint64(it.size)
		if e.books.overhead[outward] += it.size; e.books.overhead[outward] >= purseMost {
			s.ledger.settle(e)
		}
		if payload == 0 {
			continue
		}
		h.traffic.PayloadSent += payload
		if e.carries(it.body.Content) {
			e.books.payload[outward] += payload
		} else {
			s.ledger.of(e.node, e.peer, it.body.Content).sent += payload
		}
	}
}

// enterDelivered notes that an item is handed over.
func (s *streams) enterDelivered(h *host, e *end, it *item) {
	if it.part {
		return
	}
	payload := uint64(it.body.Length)
	h.traffic.OverheadReceived += uint64(it.size)
	if e.books.overhead[inward] += it.size; e.books.overhead[inward] >= purseMost {
		s.ledger.settle(e)
	}
	if payload == 0 {
		return
	}
	h.traffic.PayloadReceived += payload
	if e.carries(it.body.Content) {
		e.books.payload[inward] += payload
	} else {
		s.ledger.of(e.peer, e.node, it.body.Content).delivered += payload
	}
}

// lose enters what is left of a segment as lost, and forgets it.
func (s *streams) lose(from uint32, p *packet) {
	for p.first != 0 {
		it := s.items.at(p.first)
		if !it.part {
			s.ledger.of(from, p.peer, Overhead).lost += uint64(it.size)
		}
		if it.body.Length > 0 {
			s.ledger.of(from, p.peer, it.body.Content).lost += uint64(it.body.Length)
		}
		p.first = s.drop(p.first)
	}
}

// Transfers returns what was transferred between all nodes, if it was anything, in the order of
// From, To and Content. It walks the whole queue.
func (w *World) Transfers() []Transfer {
	s := w.streams
	if s == nil {
		return nil
	}
	list := slices.DeleteFunc(w.transfersByRow(), func(t Transfer) bool { return t.Sent == 0 })
	slices.SortFunc(list, func(a, b Transfer) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To),
			cmp.Compare(a.Content, b.Content))
	})
	return list
}

// Traffic returns the traffic of a node's streams.
func (w *World) Traffic(node uint32) Traffic {
	if w.streams == nil {
		return Traffic{}
	}
	return w.streams.hosts[node].traffic
}

// StreamTally returns the counters of connections.
func (w *World) StreamTally() StreamTally {
	if w.streams == nil {
		return StreamTally{}
	}
	t := w.streams.tally
	t.Ends = uint64(w.streams.ends.live)
	return t
}

// transfersByRow settles all ends, and returns all rows, in no order that means anything.
func (w *World) transfersByRow() []Transfer {
	s := w.streams
	for i := range s.hosts {
		for number := s.hosts[i].ends; number != 0; {
			e := s.ends.at(number)
			s.ledger.settle(e)
			number = e.after
		}
	}
	for i := range s.ledger.rows.live {
		s.ledger.rows.at(uint32(i + 1)).flying = 0
	}
	for e := range w.queue.all {
		if p := s.packetOf(e); p != nil {
			s.enterFlying(e.source, p)
		}
	}
	list := make([]Transfer, s.ledger.rows.live)
	for i := range list {
		r := s.ledger.rows.at(uint32(i + 1))
		list[i] = Transfer{From: r.from, To: r.to, Content: r.content,
			Sent: r.sent, Delivered: r.delivered, Lost: r.lost, InFlight: r.flying}
	}
	return list
}

// packetOf returns the packet of an event, or nil.
func (s *streams) packetOf(e *event) *packet {
	if e.kind() != kindStream || e.handle()&1 != 0 {
		return nil
	}
	return s.packets.at(uint32(e.handle() >> 1))
}

// enterFlying notes what a packet carries.
func (s *streams) enterFlying(from uint32, p *packet) {
	for i := p.first; i != 0; {
		it := s.items.at(i)
		if !it.part {
			s.ledger.of(from, p.peer, Overhead).flying += uint64(it.size)
		}
		if it.body.Length > 0 {
			s.ledger.of(from, p.peer, it.body.Content).flying += uint64(it.body.Length)
		}
		i = it.next
	}
}

// auditStreams checks the ledger of transfers against the queue, for every pair and content, and
// that nothing is kept that no queue and no connection knows of.
func (w *World) auditStreams() {
	s := w.streams
	if s == nil {
		return
	}
	for _, t := range w.transfersByRow() {
		if t.Sent != t.Delivered+t.Lost+t.InFlight {
			w.broken(t.From, "sent %d bytes of content %d to node %d, but delivered %d, lost %d, "+
				"in flight %d", t.Sent, t.Content, t.To, t.Delivered, t.Lost, t.InFlight)
		}
	}
	packets, items, blocks := 0, 0, 0
	count := func(first uint32) {
		for i := first; i != 0; i = s.items.at(i).next {
			items++
			if s.items.at(i).block != 0 {
				blocks++
			}
		}
	}
	for e := range w.queue.all {
		if p := s.packetOf(e); p != nil {
			packets++
			count(p.first)
		}
	}
	ends := 0
	for i := range s.hosts {
		for number := s.hosts[i].ends; number != 0; {
			e := s.ends.at(number)
			ends++
			count(e.first)
			number = e.after
		}
	}
	if packets != s.packets.live || items != s.items.live || blocks != s.bytes.live ||
		ends != s.ends.live {
		w.broken(scenario, "%d ends, %d packets, %d items and %d blocks in use, but %d, %d, %d "+
			"and %d known", s.ends.live, s.packets.live, s.items.live, s.bytes.live,
			ends, packets, items, blocks)
	}
}
