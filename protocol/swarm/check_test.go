package swarm

import (
	"testing"

	"swarmlab/protocol"
)

// must is require.True, without its costs: it is called millions of times.
func must(t testing.TB, ok bool, what string) {
	if !ok {
		t.Helper()
		t.Fatal(what)
	}
}

// check holds a core against the rules that hold after every turn.
func check(t testing.TB, g *Group, i uint32, now protocol.Time) {
	core := &g.cores[i]
	lives, open := 0, 0
	foresee(g, i)
	for n, c := range core.conns {
		if c == nil {
			continue
		}
		open++
		must(t, protocol.Conn(n) == c.number, "a connection has the number of another")
		must(t, c.due >= core.look && c.due > now, "nobody wakes for a connection")
		if c.stage == live {
			lives++
		} else {
			must(t, c.asked.n+c.wants.n == 0, "requests before the handshake")
		}
	}
	must(t, open == len(core.conns)-len(core.free), "numbers of connections are lost")
	must(t, core.due > now && core.due <= core.look, "a deadline has passed")
	for _, m := range core.members {
		lives -= len(m.conns)
		checkMember(t, g, core, m)
	}
	must(t, lives == 0, "a live connection without torrent")
}

// foresee looks ahead to whatever may come: that is always allowed.
func foresee(g *Group, i uint32) {
	have := [9]byte{3: 5, 4: 4, 8: byte(g.counters.Messages)}
	var list []protocol.Prospect
	for n := range len(g.cores[i].conns) + 1 {
		c := protocol.Conn(n)
		list = append(list, protocol.Prospect{Core: i, Conn: c, Head: have[:]},
			protocol.Prospect{Core: i, Conn: c})
	}
	g.warmth += g.ForeseeStreams(list)
}

func checkMember(t testing.TB, g *Group, core *core, m *member) {
	must(t, !m.shaken && !m.spilt, "something was left undone")
	must(t, len(m.conns)+int(m.opening) <= g.cfg.MaxConns, "too many connections")
	must(t, len(m.peers.list) <= g.cfg.MaxPeers, "too many peers are remembered")
	unchoked, links, opening := 0, 0, 0
	for _, c := range core.conns {
		if c != nil && c.member == m && c.stage != live {
			opening++
		}
		if c != nil && c.member == m && c.peer != nilIndex {
			links++
		}
	}
	must(t, opening == int(m.opening), "connections that are not live are miscounted")
	for n := range m.peers.list {
		links -= int(m.peers.list[n].links)
	}
	must(t, links == 0, "connections of peers are miscounted")
	if worst := m.peers.worst(&peer{}); m.peers.sound && worst != nilIndex {
		must(t, m.peers.list[worst].worth() >= 0, "a newcomer would find room")
	}
	for _, c := range m.conns {
		checkConn(t, g, m, c)
		if !c.choked && c.wanted {
			unchoked++
		}
	}
	if m.known && !g.cfg.Choker.divides() {
		must(t, unchoked <= int(g.cfg.Choker.Slots), "too many are unchoked")
	}
}

func checkConn(t testing.TB, g *Group, m *member, c *conn) {
	must(t, m.slots[c.slot] == c, "a slot has the wrong connection")
	must(t, !c.hungry, "it was not asked for more")
	must(t, int(c.wants.n) <= g.cfg.Reqq, "its queue is too long")
	must(t, c.left <= c.written(), "more left than was written")
	must(t, int(c.asked.n) <= 2*queueCeil, "too much is asked of it")
	if !m.known {
		return
	}
	wants := !m.seed && !g.cfg.Observe && m.picker.interesting(c.slot) ||
		c.probe.stage != restful
	must(t, wants == c.interested, "interest is not correct")
	must(t, m.choker.unchoked(c.slot) == !c.choked, "the choker thinks otherwise")
	live := int(c.asked.n - c.voided)
	must(t, m.picker.outstanding(c.slot) == live, "the picker counts other requests")
	must(t, live <= min(queueCeil, int(c.reqq)), "more is asked of it than it takes")
}
