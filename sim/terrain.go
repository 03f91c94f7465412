package sim

import (
	"slices"

	"swarmlab/netmodel"
	"swarmlab/protocol"
)

// Terrain is a Network on which more happens than delay and loss. netmodel.Network is one. What is
// nil is off, and costs nothing.
type Terrain interface {
	Network
	// NewGates returns the NATs and firewalls of the nodes, for one world.
	NewGates() *netmodel.Gates
	// NewLines returns the access lines of the nodes, for one world.
	NewLines() *netmodel.Lines
	// Weather returns the faults.
	Weather() *netmodel.Weather
}

// terrain is what a world keeps of its Terrain. All state that one node's datagrams change is the
// sender's and changes when it sends, or the target's and changes when they arrive: the order in
// which nodes that are far apart are run changes nothing. Hits are sums.
type terrain struct {
	gates   *netmodel.Gates
	lines   *netmodel.Lines
	weather *netmodel.Weather
	hits    []uint64 // of each fault
	arrival kind     // what a datagram is when its way is over
	freezes bool     // some faults freeze nodes
	frozen  Count    // what reached nodes that were frozen

	// Of all nodes, parts of their accounts: what gates did, lines, and the weather.
	filtered, dropped, copied []Count
}

// newTerrain returns nil if everything is off.
func newTerrain(n Network, nodes int) *terrain {
	source, ok := n.(Terrain)
	if !ok {
		return nil
	}
	t := &terrain{gates: source.NewGates(), lines: source.NewLines(), weather: source.Weather()}
	if t.gates == nil && t.lines == nil && t.weather == nil {
		return nil
	}
	t.arrival = kindDatagram
	if t.gates != nil {
		t.filtered = make([]Count, nodes)
	}
	if t.lines != nil {
		t.arrival = kindArrive
		t.dropped = make([]Count, nodes)
	}
	if t.weather != nil {
		t.hits = make([]uint64, t.weather.Faults())
		t.freezes = t.weather.Pauses()
		t.copied = make([]Count, nodes)
	}
	return t
}

// detours adds to a node's account what the terrain knows.
func (t *terrain) detours(node uint32, a *Account) {
	if t.filtered != nil {
		a.Filtered = t.filtered[node]
	}
	if t.dropped != nil {
		a.Dropped = t.dropped[node]
	}
	if t.copied != nil {
		a.Copied = t.copied[node]
	}
}

// FaultHits returns how many datagrams, and sendings of segments, each fault of the network has
// done something to, in the order of its list: of a pause the datagrams that it lost, of a crash
// none.
func (w *World) FaultHits() []uint64 {
	if w.terrain == nil {
		return nil
	}
	return slices.Clone(w.terrain.hits)
}

// Welcomes reports whether a node's NAT or firewall would let in a datagram, now, from a node that
// it never sent to; whether the node is up does not matter. Like [World.Alive] it is for observers.
func (w *World) Welcomes(node uint32) bool {
	if w.terrain == nil || w.terrain.gates == nil {
		return true
	}
	return w.terrain.gates.Welcomes(w.now, node)
}

// copyMark is the bit in which the number of a copy differs from that of its datagram: a node may
// send half as many as without it.
const copyMark = 1 << 31

// cross gives one datagram to the terrain, as send does to a plain network: its line, the way, and
// what the weather does on it.
func (w *World) cross(id, seq uint32, to protocol.Addr, payload []byte) {
	t, book := w.terrain, &w.books[id]
	if seq >= copyMark {
		w.broken(id, "sent two billion datagrams, the most on a terrain")
	}
	target, moves, ok := w.holder(to)
	ok = ok && (t.gates != nil || to.Port() == addressPort) // the target's gate knows more, then
	if !ok || int(target) >= len(w.nodes) {
		book.Undelivered.add(len(payload))
		w.fates.unroutable.add(len(payload))
		return
	}
	p := parcel{from: addressPort, to: to.Port(), moves: moves, payload: payload}
	if t.gates != nil {
		p.from = t.gates.Out(w.now, id, target, p.to)
	}
	departs := w.now
	if t.lines != nil {
		departs, ok = t.lines.Up(w.now, id, len(payload)+netmodel.DatagramHeaders)
		if !ok {
			t.dropped[id].add(len(payload))
			return
		}
	}
	var trip netmodel.Trip
	trip.Delay, trip.Lost = w.path(id, target, seq, len(payload))
	if t.weather != nil && !trip.Lost {
		t.weather.Alter(departs, id, target, seq, &trip, t.hits)
	}
	if trip.Lost {
		book.Lost.add(len(payload))
		return
	}
	e := event{when: departs.Add(trip.Delay), target: target, source: id, seq: seq}
	p.flaw = trip.Flaw
	w.launch(e, &p)
	if trip.Copy > 0 {
		t.copied[id].add(len(payload))
		e.when, e.seq = e.when.Add(trip.Copy), seq|copyMark
		w.launch(e, &p)
	}
}

// parcel is a datagram with its two ports, how it is damaged, and how often the address that it
// goes to has moved.
type parcel struct {
	from, to uint16
	moves    uint8
	payload  []byte
	flaw     uint64
}

func (w *World) launch(e event, p *parcel) {
	h := w.pool.put(w.now, p.payload)
	w.pool.label(h, p.from, p.to)
	if w.moves != nil {
		w.pool.address(h, w.moves[e.source], p.moves)
	}
	if p.flaw != 0 {
		_, stored := w.pool.get(h)
		netmodel.Damage(stored, p.flaw)
	}
	e.data = pack(w.terrain.arrival, h)
	w.queue.push(&e)
}

// arrive puts a datagram into the queue of its target's line.
func (w *World) arrive(e *event) {
	if w.moves != nil && w.strayed(e) { // it never comes to the line
		w.deliver(e)
		return
	}
	_, payload := w.pool.get(e.handle())
	size := len(payload) + netmodel.DatagramHeaders
	done, ok := w.terrain.lines.Down(w.now, e.target, size)
	if !ok {
		n := &w.nodes[e.target]
		n.eventHash = hashEvent(n.eventHash, e)
		w.terrain.dropped[e.source].add(len(payload))
		w.pool.drop(e.handle())
		return
	}
	next := *e
	next.when, next.data = done, pack(kindDatagram, e.handle())
	if done == w.now {
		w.deliver(&next)
		return
	}
	w.queue.push(&next)
}

// admits reports whether a datagram that arrives gets through the gate of its target.
func (w *World) admits(e *event) bool {
	if w.terrain == nil || w.terrain.gates == nil {
		return true
	}
	from, to := w.pool.ports(e.handle())
	return w.terrain.gates.In(w.now, e.target, to, e.source, from)
}

// origin returns the address that the target of a datagram sees.
func (w *World) origin(e *event) protocol.Addr {
	addr := AddrOf(e.source)
	if w.moves != nil {
		moves, _ := w.pool.moves(e.handle())
		addr = movedAddr(e.source, moves)
	}
	if w.terrain == nil {
		return addr
	}
	from, _ := w.pool.ports(e.handle())
	return addr.WithPort(from)
}
