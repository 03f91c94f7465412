package swarm

import (
	"bytes"

	"swarmlab/protocol"
	"swarmlab/protocol/peerwire"
)

// version is what we say that we are (BEP 10).
const version = "swarmlab"

// greetScratch is memory for messages that are built or read.
type greetScratch struct {
	hello peerwire.ExtHandshake
	pex   peerwire.PEX
	given peerwire.PEX
	meta  peerwire.Metadata
	bits  []byte
	name  [16]byte
}

// greet sends our handshake.
func (x *turn) greet(c *conn) {
	h := peerwire.Handshake{Reserved: x.g.reserved, PeerID: x.core.id,
		InfoHash: x.g.torrents[c.member.index].InfoHash}
	x.write(c, peerwire.AppendHandshake(x.g.scratch.out[:0], &h))
}

// shake reads the handshake of the other end, as far as it has come. It returns whether messages
// may follow.
func (x *turn) shake(c *conn) bool {
	h, s := c.decoder.Handshake()
	if s == peerwire.Waiting {
		switch _, f := c.decoder.Next(&x.g.scratch.msg); f {
		case peerwire.OK:
		case peerwire.BadHandshake:
			x.g.counters.Faults[f]++
			x.close(c, ByHandshake)
		default:
			x.fault(c, f)
		}
		return false
	}
	if c.stage == greeting && !x.recognise(c, &h) || s != peerwire.Whole {
		return false
	}
	return x.befriend(c, &h)
}

// fault closes a connection on which something came that is none of the protocol.
func (x *turn) fault(c *conn, f peerwire.Fault) {
	x.g.counters.Faults[f]++
	x.close(c, ByWire)
}

// recognise finds the torrent that the other end means, and answers.
func (x *turn) recognise(c *conn, h *peerwire.Handshake) bool {
	if c.dialed {
		if x.g.torrents[c.member.index].InfoHash != h.InfoHash {
			x.close(c, ByOtherTorrent)
			return false
		}
		c.stage = naming
		return true
	}
	m := x.meant(&h.InfoHash)
	why := drops
	switch {
	case m == nil:
		why = ByUnknownTorrent
	case m.banned(c.addr):
		why = ByBan
	case !x.room(m, c):
		why = ByFull
	}
	if why != drops {
		x.close(c, why)
		return false
	}
	c.member, c.stage = m, naming
	m.opening++
	x.greet(c)
	return true
}

// meant returns the torrent with an infohash, nil if it is not one of ours.
func (x *turn) meant(infoHash *[20]byte) *member {
	for _, m := range x.core.members {
		if x.g.torrents[m.index].InfoHash == *infoHash {
			return m
		}
	}
	return nil
}

// befriend ends the handshakes: the peer id has come.
func (x *turn) befriend(c *conn, h *peerwire.Handshake) bool {
	if h.PeerID == x.core.id {
		if c.peer != nilIndex {
			c.member.peers.list[c.peer].banned = true
		}
		x.close(c, BySelf)
		return false
	}
	if o := c.member.twin(h.PeerID); o != nil {
		if x.yields(c, o, &h.PeerID) {
			x.close(c, ByDuplicate)
			return false
		}
		x.close(o, ByDuplicate)
	}
	c.id = h.PeerID
	c.fast = x.g.cfg.Fast && h.Offers(peerwire.FeatureFast)
	c.extended = x.g.cfg.Extended && h.Offers(peerwire.FeatureExtensions)
	x.join(c)
	x.met(c)
	x.introduce(c, h.Offers(peerwire.FeatureDHT))
	return true
}

// twin returns the live connection with a peer id.
func (m *member) twin(id [20]byte) *conn {
	for _, c := range m.conns {
		if c.id == id {
			return c
		}
	}
	return nil
}

// yields says whether a new connection c goes, or the older one o with the same peer. Both ends
// must agree: if each of them dialed one, that of the greater peer id stays, as in libtorrent.
func (x *turn) yields(c, o *conn, id *[20]byte) bool {
	if c.dialed == o.dialed {
		return true
	}
	return c.dialed != (bytes.Compare(x.core.id[:], id[:]) > 0)
}

// join makes a connection one of its torrent.
func (x *turn) join(c *conn) {
	m := c.member
	m.opening--
	c.stage, c.opened, c.tally.Conns = live, x.Now, 1
	c.slot = m.slotFor(c)
	m.conns = append(m.conns, c)
	x.g.counters.Shaken++
	if c.peer == nilIndex {
		x.place(c, c.addr, FromIncoming)
	}
	if c.peer != nilIndex {
		m.peers.list[c.peer].fails = 0
	}
	c.decoder.Limits.Fast = c.fast
	if m.known {
		c.decoder.Limits.Pieces = m.geo.Pieces()
		m.picker.join(c.slot)
		m.choker.join(x.Now, c.slot)
		x.arm(m.choker.due())
	}
	if m.showing {
		m.show.join(c.slot)
	}
	if c.dialed {
		x.rumour(c)
	}
	x.watch(c, x.Now.Add(min(x.g.cfg.KeepAlive, x.g.cfg.IdleTimeout)))
	x.probeFirst(c)
}

// place gives a connection its place among the peers of the torrent.
func (x *turn) place(c *conn, a protocol.Addr, from Source) {
	at := x.learn(c.member, a, from)
	if at == c.peer {
		return
	}
	list := c.member.peers.list
	if c.peer != nilIndex {
		list[c.peer].links--
		c.member.peers.sound = false
	}
	c.hearsay = unheard
	if c.peer = at; at != nilIndex {
		list[at].links++
	}
}

// introduce says who we are and what we have.
func (x *turn) introduce(c *conn, dht bool) {
	m, out := c.member, x.g.scratch.out[:0]
	if c.extended {
		out = x.hello(c).Append(out)
	}
	out = x.appendHoldings(out, c)
	if c.fast && m.known && !m.showing && x.g.cfg.AllowedFast > 0 && c.addr.Is4() {
		c.grants = peerwire.AllowedFastSet(c.grants[:0], c.addr.IP4(),
			&x.g.torrents[m.index].InfoHash, m.geo.Pieces(), uint32(x.g.cfg.AllowedFast))
		for _, p := range c.grants {
			out = peerwire.AppendIndex(out, peerwire.AllowedFast, p)
		}
	}
	if dht && x.g.cfg.DHTPort {
		out = peerwire.AppendPort(out, x.core.addr.Port())
	}
	x.g.scratch.out = out
	if len(out) > 0 {
		x.write(c, out)
	}
	if m.showing {
		x.showNext(c)
	}
}

// appendHoldings appends what comes first among the messages of BEP 3 and BEP 6.
func (x *turn) appendHoldings(out []byte, c *conn) []byte {
	m := c.member
	nothing := !m.known || m.showing || m.picker.complete == 0 && m.claimed.count() == 0
	switch {
	case nothing && c.fast:
		return peerwire.AppendPlain(out, peerwire.HaveNone)
	case nothing:
		return out
	case m.seed && c.fast:
		return peerwire.AppendPlain(out, peerwire.HaveAll)
	}
	s, shown := &x.g.scratch.greet, m.picker.have
	if m.claimed != nil {
		shown = x.pretended(m)
	}
	s.bits = shown.appendWire(s.bits[:0], m.geo.Pieces())
	return peerwire.AppendBitfield(out, s.bits)
}

// hello builds our extension handshake. It is valid until the next one is built.
func (x *turn) hello(c *conn) *peerwire.ExtHandshake {
	m, h := c.member, &x.g.scratch.greet.hello
	*h = peerwire.ExtHandshake{Port: x.core.addr.Port(), Queue: uint32(x.g.cfg.Reqq),
		YourIP: c.addr.WithPort(0), Version: append(x.g.scratch.greet.name[:0], version...)}
	if x.g.cfg.PEX && !m.private {
		h.Support(peerwire.ExtPEX)
	}
	h.Support(peerwire.ExtUploadOnly)
	h.Support(peerwire.ExtMetadata)
	h.Support(peerwire.ExtHolepunch)
	h.Support(peerwire.ExtDontHave)
	x.present(h)
	if m.known {
		h.MetadataSize = uint32(len(m.metadata))
	}
	if m.seed && !m.showing {
		h.UploadOnly = peerwire.Yes
	}
	return h
}
