package sim

import (
	"swarmlab/netmodel"
	"swarmlab/protocol"
)

// streams is what a world keeps of connections; nil if no group has any. All state that sending
// changes is the sender's, and what arriving changes is the target's, as with a terrain; slabs and
// the ledger of transfers are shared, but nothing depends on their order.
type streams struct {
	lines    *netmodel.Lines // nil: without limits
	contents protocol.Contents
	full     bool // bodies travel as bytes
	hosts    []host
	ends     slab[end]
	packets  slab[packet]
	items    slab[item]
	bytes    pool // of items
	ledger   transfers
	tally    StreamTally
	scratch  []byte // the bytes of a chunk that was written piece by piece
	body     []byte // a body on its way to become items
	near     [touchEvents]prospect
}

// host is what is kept of a node.
type host struct {
	conns      []uint32      // its ends by the core's numbers; 0 for none
	ends       uint32        // the first of all its ends
	fresh, old ring          // ends that may have something to send
	busy       protocol.Time // until then its line is sending a segment
	alarm      bool          // and then there is an event
	dials      uint32
	traffic    Traffic
}

// connsMax bounds the numbers that a core gives its connections, which index a table.
const connsMax = 1 << 16

func newStreams(cfg *Config, w *World) *streams {
	any := false
	for i := range w.groups {
		any = any || w.groups[i].streams != nil
	}
	if !any {
		return nil
	}
	if cfg.FullBytes && cfg.Contents == nil {
		panic("sim: Config.FullBytes without Contents")
	}
	s := &streams{
		contents: cfg.Contents, full: cfg.FullBytes, hosts: make([]host, len(w.nodes)),
	}
	if w.terrain != nil && w.terrain.lines != nil {
		s.lines = w.terrain.lines
		s.lines.Share()
	}
	s.ledger.pairs = make(map[uint64]uint32)
	return s
}

// find returns the end that a core has under a number, or 0.
func (h *host) find(c protocol.Conn) uint32 {
	if int(c) >= len(h.conns) {
		return 0
	}
	return h.conns[c]
}

// bind gives an end of a host a number.
func (w *World) bind(id uint32, c protocol.Conn, number uint32) {
	h := &w.streams.hosts[id]
	switch {
	case c >= connsMax:
		w.broken(id, "gave a connection the number %d; they index a table, and are below %d",
			c, connsMax)
	case h.find(c) != 0:
		w.broken(id, "gave a connection the number %d, which another has", c)
	}
	for int(c) >= len(h.conns) {
		h.conns = append(h.conns, 0)
	}
	h.conns[c] = number
	e := w.streams.ends.at(number)
	e.conn, e.bound = c, true
}

// unbind takes an end from its core, which may use the number again.
func (s *streams) unbind(e *end) {
	if e.bound {
		s.hosts[e.node].conns[e.conn] = 0
		e.bound = false
	}
}

// open makes an end of a host.
func (s *streams) open(id, peer uint32) (number uint32, e *end) {
	number = s.ends.take()
	e = s.ends.at(number)
	h := &s.hosts[id]
	*e = end{
		generation: e.generation, node: id, peer: peer, after: h.ends,
		window: windowFirst, threshold: windowMax,
		content: Overhead,
	}
	if h.ends != 0 {
		s.ends.at(h.ends).before = number
	}
	h.ends = number
	return number, e
}

// free forgets an end, with what it has not sent.
func (s *streams) free(number uint32) {
	e := s.ends.at(number)
	s.unbind(e)
	s.rest(number, e)
	s.discard(e.first)
	s.ledger.settle(e)
	h := &s.hosts[e.node]
	if e.before != 0 {
		s.ends.at(e.before).after = e.after
	} else {
		h.ends = e.after
	}
	if e.after != 0 {
		s.ends.at(e.after).before = e.before
	}
	*e = end{generation: e.generation + 1}
	s.ends.put(number)
}

// abandon takes all connections from a node that goes down. If it leaves in good order, what has
// been sent is followed by an end; who still had something to say is cut off, as by a crash.
func (w *World) abandon(id uint32, graceful bool) {
	s := w.streams
	if s == nil {
		return
	}
	s.hosts[id].alarm = false // which may be put off by a pause, which does not concern who returns
	for number := s.hosts[id].ends; number != 0; {
		e := s.ends.at(number)
		next := e.after
		switch {
		case e.state != stateOpen:
		case graceful && e.first == 0 && !e.mute:
			if !e.ended {
				w.sendFin(number, e)
			}
		default:
			w.reset(number, e)
		}
		s.free(number)
		number = next
	}
}
