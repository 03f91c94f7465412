package sim

// Count is a number of datagrams and the sum of their payload bytes.
type Count struct {
	Datagrams, Bytes uint64
}

func (c *Count) add(bytes int) {
	c.Datagrams++
	c.Bytes += uint64(bytes)
}

func (c *Count) plus(d Count) {
	c.Datagrams += d.Datagrams
	c.Bytes += d.Bytes
}

// Account is the truth about one node's datagrams, written by the network and never by a
// protocol. All but Received count what this node sent: at any time
//
//	Sent + Copied = Delivered + Lost + Undelivered + Filtered + Dropped + what is in flight.
type Account struct {
	Sent        Count
	Delivered   Count // handed to their target
	Received    Count // handed to this node
	Lost        Count // by the network
	Undelivered Count // the target was down, a later incarnation, or no node at all
	Filtered    Count // the target's NAT or firewall did not let them in
	Dropped     Count // the queue of the sender's or of the target's line was full
	Copied      Count // copies that the network made of what was sent
}

// book is the part of an Account that is written when a node's datagrams end, most of them at
// others. What it sends and receives is counted beside its state, and a terrain has the rest.
type book struct {
	Delivered, Lost, Undelivered Count
}

// Ledger is the sum of all accounts, with the reasons for what was not delivered.
type Ledger struct {
	Account
	Down       Count // the target was down
	Late       Count // the target was started after the datagram was sent
	Unroutable Count // the address is that of no node
	Frozen     Count // the target was frozen by a fault
	InFlight   Count
}

func (a *Account) plus(b Account) {
	a.Sent.plus(b.Sent)
	a.Delivered.plus(b.Delivered)
	a.Received.plus(b.Received)
	a.Lost.plus(b.Lost)
	a.Undelivered.plus(b.Undelivered)
	a.Filtered.plus(b.Filtered)
	a.Dropped.plus(b.Dropped)
	a.Copied.plus(b.Copied)
}

// Tally counts what the engine did.
type Tally struct {
	Events     uint64 // taken from the queue
	StaleWakes uint64 // wake-ups that found no deadline due
	Skipped    uint64 // lifecycle events and actions that made no sense for the node's state
	Starts     uint64
	Stops      uint64
	Crashes    uint64
	Acts       uint64
	Forgotten  uint64 // live endpoints that gates forgot for want of room
}

// fates sums up why datagrams were not delivered.
type fates struct {
	down, late, unroutable Count
}

// Account returns the account of a node.
func (w *World) Account(node uint32) Account {
	n, b := &w.nodes[node], &w.books[node]
	a := Account{Sent: n.sent, Delivered: b.Delivered, Received: n.received, Lost: b.Lost,
		Undelivered: b.Undelivered}
	if w.terrain != nil {
		w.terrain.detours(node, &a)
	}
	return a
}

// Tally returns the counters of the engine.
func (w *World) Tally() Tally {
	t := w.tally
	if w.terrain != nil && w.terrain.gates != nil {
		t.Forgotten = w.terrain.gates.Evicted()
	}
	return t
}

// Ledger returns the sum of all accounts. It walks all nodes and the whole queue.
func (w *World) Ledger() Ledger {
	l := Ledger{Down: w.fates.down, Late: w.fates.late, Unroutable: w.fates.unroutable}
	if w.terrain != nil {
		l.Frozen = w.terrain.frozen
	}
	for i := range w.books {
		l.plus(w.Account(uint32(i)))
	}
	for e := range w.queue.all {
		if e.carries() {
			_, payload := w.pool.get(e.handle())
			l.InFlight.add(len(payload))
		}
	}
	return l
}

// Audit checks the books against the queue: every node's, in datagrams and in bytes, and the sums.
// It panics, naming node, time and seed, if they do not agree. Run calls it at its end.
//
// What is in flight is entered as delivered while the accounts are compared and taken out again:
// this needs no memory, which for ten million nodes matters more than a second walk.
func (w *World) Audit() {
	blocks := 0
	for e := range w.queue.all {
		switch {
		case e.carries():
			_, payload := w.pool.get(e.handle())
			w.books[e.source].Delivered.add(len(payload))
			blocks++
		case e.kind() == kindAct:
			blocks++
		}
	}
	for i := range w.books {
		w.auditNode(uint32(i))
	}
	for e := range w.queue.all {
		if e.carries() {
			_, payload := w.pool.get(e.handle())
			d := &w.books[e.source].Delivered
			d.Datagrams--
			d.Bytes -= uint64(len(payload))
		}
	}
	if blocks != w.pool.live {
		w.broken(scenario, "%d blocks in use, %d in the queue", w.pool.live, blocks)
	}
	w.auditSums()
	w.auditStreams()
}

func (w *World) auditNode(id uint32) {
	b := w.Account(id)
	begins, ends := b.Sent, b.Delivered
	begins.plus(b.Copied)
	ends.plus(b.Lost)
	ends.plus(b.Undelivered)
	ends.plus(b.Filtered)
	ends.plus(b.Dropped)
	if begins != ends {
		w.broken(id, "sent %v and copied %v, but delivered and in flight %v, lost %v, "+
			"undelivered %v, filtered %v, dropped %v", b.Sent, b.Copied, b.Delivered, b.Lost,
			b.Undelivered, b.Filtered, b.Dropped)
	}
}

// auditSums checks what no single account shows: whatever was delivered was received, and there is
// a reason for everything undelivered.
func (w *World) auditSums() {
	var delivered, received, undelivered Count
	for i := range w.books {
		delivered.plus(w.books[i].Delivered)
		received.plus(w.nodes[i].received)
		undelivered.plus(w.books[i].Undelivered)
	}
	reasons := w.fates.down
	reasons.plus(w.fates.late)
	reasons.plus(w.fates.unroutable)
	if w.terrain != nil {
		reasons.plus(w.terrain.frozen)
	}
	if delivered != received || undelivered != reasons {
		w.broken(scenario, "delivered %v, received %v, undelivered %v, for a reason %v",
			delivered, received, undelivered, reasons)
	}
}
