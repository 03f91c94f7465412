package protocol

// Outbox collects the effects of one turn. The zero value is ready for use; a driver keeps one and
// calls Reset before each turn, so that no turn allocates.
type Outbox struct {
	sends []send
	calls []Call
	spans []span // of the bytes of calls: the arena moves while it grows
	bytes []byte
	wake  Time
	woken bool
}

type send struct {
	to   Addr
	data span
}

type span struct{ start, end int }

// Verb is what a [Call] asks of a connection.
type Verb uint8

const (
	CallDial  Verb = iota // open it
	CallWrite             // append to it
	CallClose             // end it
)

// Call is one effect on a connection.
type Call struct {
	Verb  Verb
	Conn  Conn
	To    Addr  // of CallDial
	Chunk Chunk // of CallWrite
}

// SendTo sends the datagram p to an address, best effort. The bytes are copied.
func (o *Outbox) SendTo(to Addr, p []byte) {
	o.sends = append(o.sends, send{to, o.keep(p)})
}

// Dial opens a connection to an address, under a number that is not in use. Opened answers, or
// Closed; what is written before that waits.
func (o *Outbox) Dial(c Conn, to Addr) {
	o.calls = append(o.calls, Call{Verb: CallDial, Conn: c, To: to})
	o.spans = append(o.spans, span{})
}

// Write appends a chunk to the stream. The bytes are copied.
func (o *Outbox) Write(c Conn, ch Chunk) {
	o.spans = append(o.spans, o.keep(ch.Bytes))
	ch.Bytes = nil
	o.calls = append(o.calls, Call{Verb: CallWrite, Conn: c, Chunk: ch})
}

// Close ends a connection. What was written before still goes out; what comes in is lost.
func (o *Outbox) Close(c Conn) {
	o.calls = append(o.calls, Call{Verb: CallClose, Conn: c})
	o.spans = append(o.spans, span{})
}

// WakeAt sets the core's one deadline and replaces the previous one, also that of earlier turns.
// Never takes it away.
func (o *Outbox) WakeAt(t Time) { o.wake, o.woken = t, true }

// Reset empties the outbox for the next turn and keeps its memory. Drivers call it.
func (o *Outbox) Reset() {
	o.sends, o.calls, o.spans = o.sends[:0], o.calls[:0], o.spans[:0]
	o.bytes, o.woken = o.bytes[:0], false
}

// Sends returns the number of datagrams sent in this turn.
func (o *Outbox) Sends() int { return len(o.sends) }

// Send returns the n-th datagram of this turn; the bytes are valid until Reset.
func (o *Outbox) Send(n int) (to Addr, p []byte) {
	s := &o.sends[n]
	return s.to, o.bytes[s.data.start:s.data.end]
}

// Calls returns the number of effects on connections in this turn.
func (o *Outbox) Calls() int { return len(o.calls) }

// Call returns the n-th effect on a connection of this turn; its bytes are valid until Reset.
func (o *Outbox) Call(n int) Call {
	c, s := o.calls[n], o.spans[n]
	c.Chunk.Bytes = o.bytes[s.start:s.end]
	return c
}

// ConnOf returns the connection of the n-th effect.
func (o *Outbox) ConnOf(n int) Conn { return o.calls[n].Conn }

// Deadline returns the deadline set in this turn, and whether one was set.
func (o *Outbox) Deadline() (Time, bool) { return o.wake, o.woken }

func (o *Outbox) keep(p []byte) span {
	start := len(o.bytes)
	o.bytes = append(o.bytes, p...)
	return span{start, len(o.bytes)}
}
