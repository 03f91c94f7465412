package lab

import (
	"encoding/binary"
	"time"

	"swarmlab/protocol"
	"swarmlab/protocol/dht"
	"swarmlab/protocol/krpc"
	"swarmlab/scenarios/findings"
	"swarmlab/sim"
)

// The experiment of Jimenez, Osmani and Knutsson (P2P 2009). Nodes come to a vantage node by
// themselves: it takes part in the network like any other. Whoever sends it a first query is asked
// three times whether it is there: by the vantage node (reciprocity: who reaches us, do we reach
// it), by an accomplice at another address, to whom the vantage node sends the address
// (transitivity: whom we reach, does a third one), and by the vantage node again, minutes later
// (persistence).

const (
	// probeDelay sets the first two probes apart from the answer to the query: a probe must not
	// take the place of the one datagram that a firewall lets in for it.
	probeDelay = time.Second
	// probePatience is how long a probe at the end of a run has waited for its answer at least.
	probePatience = 10 * time.Second
)

// met is a node that came to a vantage node.
type met struct {
	addr       protocol.Addr
	at         protocol.Time
	reciprocal bool
	persistent bool
}

// vantage is what one vantage node knows.
type vantage struct {
	met    []met                    // in the order of time
	known  map[protocol.Addr]uint32 // place in met, by the address without the port
	probed [2]int                   // of met: those that had their first probe, and the second
	alarm  protocol.Time            // of the node itself
}

// vantages are ordinary nodes that probe besides.
type vantages struct {
	*dht.Group
	observers *observers
	again     time.Duration
	all       []vantage
	msg       krpc.Message
	packet    []byte
}

func newVantages(b *observers, own *dht.Group) *vantages {
	v := &vantages{Group: own, observers: b, all: make([]vantage, own.Len()),
		again: time.Duration(b.overlay.scenario.Probes.Again)}
	for i := range v.all {
		v.all[i] = vantage{known: map[protocol.Addr]uint32{}, alarm: protocol.Never}
	}
	return v
}

// Start implements protocol.Group, as does Wake.
func (v *vantages) Start(i uint32, t *protocol.Turn) {
	v.Group.Start(i, t)
	v.turnEnds(i, t)
}

// Wake sends what is due.
func (v *vantages) Wake(i uint32, t *protocol.Turn) {
	v.Group.Wake(i, t)
	v.turnEnds(i, t)
}

// Datagram implements protocol.Datagrams. Answers to probes are the vantage node's own affair, and
// all else is the node's.
func (v *vantages) Datagram(i uint32, t *protocol.Turn, from protocol.Addr, p []byte) {
	m := &v.msg
	ok := krpc.Decode(p, m) == krpc.OK
	if ok && m.Kind == krpc.Response && v.answer(i, from, m.T) {
		return
	}
	if ok && m.Kind == krpc.Query {
		v.meet(i, t.Now, from)
	}
	v.Group.Datagram(i, t, from, p)
	v.turnEnds(i, t)
}

// meet notes who came, the first time.
func (v *vantages) meet(i uint32, now protocol.Time, from protocol.Addr) {
	a := &v.all[i]
	host := from.WithPort(0)
	if _, known := a.known[host]; known {
		return
	}
	a.known[host] = uint32(len(a.met))
	a.met = append(a.met, met{addr: from, at: now})
}

// Transaction ids of probes: which of the two it is, and the place in met. Those of the node itself
// are shorter.
const probeIDSize = 5

func probeID(round byte, n uint32) (id [probeIDSize]byte) {
	id[0] = round
	binary.BigEndian.PutUint32(id[1:], n)
	return id
}

// probed returns what a probe's transaction id says.
func probed(id []byte) (round byte, n uint32, ok bool) {
	if len(id) != probeIDSize {
		return 0, 0, false
	}
	return id[0], binary.BigEndian.Uint32(id[1:]), true
}

// answer takes the answer to a probe.
func (v *vantages) answer(i uint32, from protocol.Addr, id []byte) bool {
	a := &v.all[i]
	round, n, ok := probed(id)
	if !ok || int(n) >= len(a.met) || a.met[n].addr != from {
		return false
	}
	if round == 0 {
		a.met[n].reciprocal = true
	} else {
		a.met[n].persistent = true
	}
	return true
}

// turnEnds sends the probes that are due, and asks to be woken for the next ones: the node's own
// deadline and those of probes are one.
func (v *vantages) turnEnds(i uint32, t *protocol.Turn) {
	a := &v.all[i]
	if at, ok := t.Out.Deadline(); ok {
		a.alarm = at
	}
	wake := a.alarm
	for round, wait := range [...]time.Duration{probeDelay, probeDelay + v.again} {
		for a.probed[round] < len(a.met) {
			n := a.probed[round]
			due := a.met[n].at.Add(wait)
			if due > t.Now {
				wake = min(wake, due)
				break
			}
			a.probed[round]++
			v.probe(i, t, byte(round), uint32(n))
		}
	}
	t.Out.WakeAt(wake)
}

// probe asks a node whether it is there; the first time, the accomplice is to do so, too.
func (v *vantages) probe(i uint32, t *protocol.Turn, round byte, n uint32) {
	to, id := v.all[i].met[n].addr, probeID(round, n)
	v.packet = krpc.Writer{Version: krpc.Version}.Ping(v.packet[:0], id[:], v.ID(i))
	t.Out.SendTo(to, v.packet)
	if round == 0 {
		v.packet = krpc.AppendPeer(append(v.packet[:0], id[:]...), to)
		t.Out.SendTo(sim.AddrOf(v.observers.first[accompliceKind]+i), v.packet)
	}
}

// tally counts the nodes by their class and by which probes they answered. Those whose last probe
// was not long enough ago are left out.
func (v *vantages) tally(others *accomplices, now protocol.Time) *findings.Connectivity {
	o, c := v.observers.overlay, &findings.Connectivity{}
	for i := range v.all {
		for n, m := range v.all[i].met {
			last := m.at.Add(probeDelay + v.again)
			node, ok := sim.OwnerOf(m.addr)
			if !ok || node >= o.ids.size || last.Add(probePatience) > now {
				continue
			}
			row := findings.Probed{Class: o.network.Class(node).String(),
				Reciprocal: m.reciprocal, Persistent: m.persistent,
				Transitive: others.reached(uint32(i), uint32(n)), Left: !o.lives.up(node, last)}
			c.Count(row)
		}
	}
	return c
}

// accomplices probe the addresses that their vantage nodes send them, and nobody else. They say
// that they only read (BEP 43), so that nobody comes to them.
type accomplices struct {
	observers *observers
	id        krpc.ID
	asked     []map[uint32]protocol.Addr // by the place in met, until they answer
	answered  []map[uint32]bool
	msg       krpc.Message
	packet    []byte
}

func newAccomplices(b *observers, id krpc.ID) *accomplices {
	a := &accomplices{observers: b, id: id}
	for range b.sizes()[accompliceKind] {
		a.asked = append(a.asked, map[uint32]protocol.Addr{})
		a.answered = append(a.answered, map[uint32]bool{})
	}
	return a
}

// Len implements protocol.Group, as do the methods after it.
func (a *accomplices) Len() int { return len(a.asked) }

// Start implements protocol.Group.
func (a *accomplices) Start(uint32, *protocol.Turn) {}

// Wake implements protocol.Group.
func (a *accomplices) Wake(uint32, *protocol.Turn) {}

// Stop implements protocol.Group.
func (a *accomplices) Stop(_ uint32, t *protocol.Turn) { t.Out.WakeAt(protocol.Never) }

// Drop implements protocol.Group.
func (a *accomplices) Drop(uint32) {}

// Datagram takes an address from the vantage node, or an answer.
func (a *accomplices) Datagram(i uint32, t *protocol.Turn, from protocol.Addr, p []byte) {
	if from == sim.AddrOf(a.observers.first[vantageKind]+i) {
		id := p[:min(len(p), probeIDSize)]
		_, n, ok := probed(id)
		to, whole := krpc.ParsePeer(p[len(id):])
		if ok && whole {
			a.asked[i][n] = to
			a.packet = krpc.Writer{Version: krpc.Version, ReadOnly: true}.Ping(a.packet[:0], id,
				a.id)
			t.Out.SendTo(to, a.packet)
		}
		return
	}
	m := &a.msg
	if krpc.Decode(p, m) != krpc.OK || m.Kind != krpc.Response {
		return
	}
	if _, n, ok := probed(m.T); ok && a.asked[i][n] == from {
		a.answered[i][n] = true
	}
}

// reached tells whether a node answered.
func (a *accomplices) reached(i, n uint32) bool { return a.answered[i][n] }
