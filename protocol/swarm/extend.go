package swarm

import (
	"swarmlab/protocol/peerwire"
)

// extended takes a message of BEP 10.
func (x *turn) extended(c *conn, msg *peerwire.Message) Drop {
	if !c.extended {
		x.g.counters.Ignored++
		return drops
	}
	f := peerwire.OK
	why := drops
	switch msg.Ext {
	case peerwire.ExtHandshakeID:
		f = x.hear(c, msg.Payload)
	case peerwire.ExtPEX:
		f, why = x.gossiped(c, msg.Payload)
	case peerwire.ExtMetadata:
		f = x.metadata(c, msg.Payload)
	case peerwire.ExtUploadOnly:
		var only bool
		if only, f = peerwire.ParseUploadOnly(msg.Payload); f == peerwire.OK {
			c.uploadOnly = only
			x.evaluate(c)
		}
	case peerwire.ExtHolepunch:
		f = x.holepunch(c, msg.Payload)
	case peerwire.ExtDontHave:
		f, why = x.lacking(c, msg.Payload)
	case peerwire.ExtReceipt:
		x.receipt(c, msg.Payload)
	default:
		x.g.counters.Unknown++
	}
	if f != peerwire.OK {
		x.g.counters.Faults[f]++
	}
	return why
}

// hear takes the extension handshake of a peer, or what a later one changes.
func (x *turn) hear(c *conn, p []byte) peerwire.Fault {
	var h peerwire.ExtHandshake
	if f := h.Parse(p); f != peerwire.OK {
		return f
	}
	before := c.exts
	h.Update(&c.exts)
	x.meet(c, h.Key)
	if h.Queue > 0 {
		c.reqq = h.Queue
	}
	if h.MetadataSize > 0 {
		c.sized = h.MetadataSize
	}
	if h.UploadOnly != peerwire.Unsaid {
		c.uploadOnly = h.UploadOnly == peerwire.Yes
	}
	if h.Port != 0 && !c.dialed {
		x.settleAt(c, h.Port)
		if c.peer != nilIndex && c.member.peers.list[c.peer].banned {
			x.close(c, ByBan) // it came from another port
			return peerwire.OK
		}
	}
	if before[peerwire.ExtPEX] == 0 && c.exts[peerwire.ExtPEX] != 0 {
		c.pexAt = x.Now
		x.gossipTo(c)
	}
	x.fetchMore(c)
	x.evaluate(c)
	return peerwire.OK
}

// settleAt says on which port the peer of a connection that it opened listens.
func (x *turn) settleAt(c *conn, port uint16) {
	m, a := c.member, c.addr.WithPort(port)
	if c.peer != nilIndex {
		p := &m.peers.list[c.peer]
		if p.addr != a && p.deaf && p.links == 1 && m.peers.find(a) == nilIndex {
			delete(m.peers.place, p.addr)
			m.peers.place[a] = c.peer
			p.addr = a
			if x.core.addr.Port() != 0 {
				p.priority = peerwire.Priority(x.core.addr, a)
			}
		} else if p.addr != a {
			x.place(c, a, FromIncoming)
		}
	} else {
		x.place(c, a, FromIncoming)
	}
	if c.peer != nilIndex {
		m.peers.list[c.peer].deaf = false
		x.rumour(c)
	}
}

// lacking takes lt_donthave (BEP 54): what was asked of that piece is void, and with BEP 6 will be
// rejected.
func (x *turn) lacking(c *conn, p []byte) (peerwire.Fault, Drop) {
	piece, f := peerwire.ParseDontHave(p)
	m := c.member
	if f != peerwire.OK || !m.known {
		return f, drops
	}
	if piece >= m.geo.Pieces() {
		return f, ByIndex
	}
	if x.g.env.Watcher != nil {
		x.g.env.Watcher.Lacks(x.i, x.Turn, m.index, c.number, piece)
	}
	m.picker.lose(c.slot, piece)
	e := &x.g.errands
	for before, at := nilIndex, c.asked.head; at != nilIndex; {
		r, next := e.items[at], e.items[at].next
		kept := true
		if r.piece == piece && !r.void {
			x.void(c, before, at)
			kept = c.fast
		}
		if kept {
			before = at
		}
		at = next
	}
	m.spilt = true
	x.evaluate(c)
	return f, drops
}
