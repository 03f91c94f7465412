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

// transfers is the ledger of all transfers. The rows of a pair are a list, first that of Overhead.
// Sent is written by who sends and the rest by who receives.
type transfers struct {
	rows  slab[row]
	pairs map[uint64]uint32 // to be looked up, never ranged over
}

type row struct {
	sent, delivered, lost uint64
	from, to, content     uint32
	next                  uint32
}

// pair returns the first row of what one node sends to another.
func (t *transfers) pair(from, to uint32) uint32 {
	key := uint64(from)<<32 | uint64(to)
	number, ok := t.pairs[key]
	if !ok {
		number = t.rows.take()
		*t.rows.at(number) = row{from: from, to: to, content: Overhead}
		t.pairs[key] = number
	}
	return number
}

// of returns the row of a content.
func (t *transfers) of(pair, content uint32) *row { return t.rows.at(t.find(pair, content)) }

func (t *transfers) find(number, content uint32) uint32 {
	for {
		r := t.rows.at(number)
		if r.content == content {
			return number
		}
		if r.next == 0 {
			r.next = t.rows.take()
			*t.rows.at(r.next) = row{from: r.from, to: r.to, content: content}
		}
		number = r.next
	}
}

// enterSent notes that items are given to the line.
func (s *streams) enterSent(h *host, pair, first uint32, headers int) {
	h.traffic.HeadersSent += uint64(headers)
	for first != 0 {
		it := s.items.at(first)
		if !it.part {
			bytes, payload := uint64(it.size), uint64(it.body.Length)
			h.traffic.OverheadSent += bytes
			s.ledger.rows.at(pair).sent += bytes
			if payload > 0 {
				h.traffic.PayloadSent += payload
				s.ledger.of(pair, it.body.Content).sent += payload
			}
		}
		first = it.next
	}
}

// enterDelivered notes that an item is handed over.
func (s *streams) enterDelivered(h *host, pair uint32, it *item) {
	if it.part {
		return
	}
	bytes, payload := uint64(it.size), uint64(it.body.Length)
	h.traffic.OverheadReceived += bytes
	s.ledger.rows.at(pair).delivered += bytes
	if payload > 0 {
		h.traffic.PayloadReceived += payload
		s.ledger.of(pair, it.body.Content).delivered += payload
	}
}

// lose enters what is left of a segment as lost, and forgets it.
func (s *streams) lose(p *packet) {
	for p.first != 0 {
		it := s.items.at(p.first)
		if !it.part {
			s.ledger.rows.at(p.pair).lost += uint64(it.size)
			if it.body.Length > 0 {
				s.ledger.of(p.pair, it.body.Content).lost += uint64(it.body.Length)
			}
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

// transfersByRow returns all rows, in no order that means anything.
func (w *World) transfersByRow() []Transfer {
	s := w.streams
	list := make([]Transfer, s.ledger.rows.live)
	for i := range list {
		r := s.ledger.rows.at(uint32(i + 1))
		list[i] = Transfer{From: r.from, To: r.to, Content: r.content,
			Sent: r.sent, Delivered: r.delivered, Lost: r.lost}
	}
	for e := range w.queue.all {
		if p := s.packetOf(e); p != nil {
			s.enterFlying(list, p)
		}
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
func (s *streams) enterFlying(list []Transfer, p *packet) {
	for i := p.first; i != 0; {
		it := s.items.at(i)
		if !it.part {
			list[p.pair-1].InFlight += uint64(it.size)
			if it.body.Length > 0 {
				row := s.ledger.find(p.pair, it.body.Content)
				list[row-1].InFlight += uint64(it.body.Length)
			}
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
