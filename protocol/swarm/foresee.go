package swarm

import (
	"encoding/binary"

	"swarmlab/protocol"
	"swarmlab/protocol/peerwire"
)

// ForeseeStreams implements protocol.StreamForeseer. What is needed is found in a chain of
// pointers: every pass follows all of them by one.
func (g *Group) ForeseeStreams(list []protocol.Prospect) (warmth uint64) {
	conns := g.scratch.conns[:0]
	for n := range list {
		warmth += uint64(len(g.cores[list[n].Core].conns))
	}
	for n := range list {
		var c *conn
		if all := g.cores[list[n].Core].conns; int(list[n].Conn) < len(all) {
			c = all[list[n].Conn]
		}
		conns = append(conns, c)
	}
	for n, c := range conns {
		if c != nil {
			warmth += c.warm(list[n].Head)
		}
	}
	for n, c := range conns {
		if c != nil && c.member != nil {
			warmth += g.foreseeMember(c, list[n].Head)
		}
	}
	g.scratch.conns = conns
	return warmth
}

// warm reads the lines of a connection that every message needs, and those that blocks do.
func (c *conn) warm(p []byte) uint64 {
	warmth := uint64(c.stage) + uint64(c.decoder.Limits.Pieces)
	if !isHave(p) {
		warmth += c.tally.PayloadUp + c.left + uint64(c.reqq) + uint64(c.gave)
	}
	return warmth
}

// foreseeMember reads what the torrent knows of the connection.
func (g *Group) foreseeMember(c *conn, p []byte) (warmth uint64) {
	m := c.member
	if !m.known || int(c.slot) >= len(m.picker.peers) {
		return 0
	}
	if !isHave(p) {
		for _, q := range [...]*queue{&c.asked, &c.flying, &c.wants} {
			if q.head != nilIndex {
				warmth += uint64(g.errands.items[q.head].next)
			}
		}
		return warmth
	}
	piece := binary.BigEndian.Uint32(p[5:])
	if piece < m.geo.Pieces() {
		warmth = m.picker.bitsOf(c.slot)[piece/64] + uint64(m.picker.peers[c.slot].held) +
			uint64(m.picker.avail.count[piece]) + uint64(m.picker.avail.where[piece])
	}
	return warmth
}

// isHave says whether a message begins with a whole have.
func isHave(p []byte) bool { return len(p) >= 9 && p[4] == byte(peerwire.Have) }
