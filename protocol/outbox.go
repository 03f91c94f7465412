package protocol

// Outbox collects the effects of one turn. The zero value is ready for use; a driver keeps one and
// calls Reset before each turn, so that no turn allocates.
type Outbox struct {
	sends []send
	bytes []byte
	wake  Time
	woken bool
}

type send struct {
	to         Addr
	start, end int
}

// SendTo sends the datagram p to an address, best effort. The bytes are copied.
func (o *Outbox) SendTo(to Addr, p []byte) {
	start := len(o.bytes)
	o.bytes = append(o.bytes, p...)
	o.sends = append(o.sends, send{to, start, len(o.bytes)})
}

// WakeAt sets the core's one deadline and replaces the previous one, also that of earlier turns.
// Never takes it away.
func (o *Outbox) WakeAt(t Time) { o.wake, o.woken = t, true }

// Reset empties the outbox for the next turn and keeps its memory. Drivers call it.
func (o *Outbox) Reset() {
	o.sends, o.bytes, o.woken = o.sends[:0], o.bytes[:0], false
}

// Sends returns the number of datagrams sent in this turn.
func (o *Outbox) Sends() int { return len(o.sends) }

// Send returns the n-th datagram of this turn; the bytes are valid until Reset.
func (o *Outbox) Send(n int) (to Addr, p []byte) {
	s := &o.sends[n]
	return s.to, o.bytes[s.start:s.end]
}

// Deadline returns the deadline set in this turn, and whether one was set.
func (o *Outbox) Deadline() (Time, bool) { return o.wake, o.woken }
