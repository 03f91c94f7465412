package peerwire

import "swarmlab/protocol"

// Decoder reads what one peer sends: a handshake and then messages. The zero value, with Buffers,
// is ready for use. It takes 72 bytes, and a buffer while a message is there only in part; that
// buffer grows with the bytes that came, not with those that were promised.
type Decoder struct {
	// Limits are to be set when the handshake has come, and again when the torrent is known.
	Limits Limits

	in    []byte        // of the chunk that was fed: what is left
	body  protocol.Body // that follows it
	part  *buffer       // the start of a message, or the message that was returned last
	skip  uint32        // how many bytes of an unknown message are to be passed over
	stage Stage         // of the handshake
	fault Fault         // the first one
	given bool          // part was returned and may go

	// Buffers lends memory. Without it the decoder allocates. It stands behind all that a message
	// needs which is there as a whole.
	Buffers *Buffers
}

// Feed hands over the next chunk of the stream. Call [Decoder.Handshake] until it was Whole, and
// then Next until it says no; only then may the next chunk be fed. After a fault, chunks are
// dropped.
func (d *Decoder) Feed(ch protocol.Chunk) {
	if len(d.in) > 0 || d.body.Length > 0 {
		panic("peerwire: a chunk was fed before the last one was read to its end")
	}
	if d.fault == OK {
		d.in, d.body = ch.Bytes, ch.Body
	}
}

// Reset makes the decoder as new, with the same Buffers, to which it gives back what it holds. It
// is to be called when the connection is no more.
func (d *Decoder) Reset() {
	if d.part != nil {
		d.Buffers.give(d.part)
	}
	*d = Decoder{Buffers: d.Buffers}
}

// Handshake reads the handshake, as far as it has come; see Stage for what of h is valid. Whole is
// returned once. A fault is reported by Next.
func (d *Decoder) Handshake() (h Handshake, s Stage) {
	if d.stage == Past || d.fault != OK {
		return h, d.stage
	}
	p := d.in
	if d.part == nil && len(p) >= HandshakeSize {
		p, d.in = p[:HandshakeSize], p[HandshakeSize:]
	} else if d.part != nil || len(p) > 0 {
		p = d.keep(HandshakeSize)
	}
	if !prefaced(p) {
		d.fail(BadHandshake)
		return h, d.stage
	}
	d.stage = h.parse(p)
	if d.stage != Whole {
		if d.body.Length > 0 {
			d.fail(StrayBody)
		}
		return h, d.stage
	}
	d.stage = Past
	d.drop()
	return h, Whole
}

// Next reads the next message. If ok is false, then either f is not OK, and the connection must be
// closed, or there is no whole message left and the next chunk may be fed. The slices in m are
// valid until the next call, or as long as the chunk that was fed.
func (d *Decoder) Next(m *Message) (ok bool, f Fault) {
	if d.given {
		d.drop()
	}
	if d.part != nil || d.skip > 0 || d.stage != Past || d.fault != OK {
		return d.resume(m)
	}
	n, f := d.Limits.size(d.in)
	if f != OK {
		return d.fail(f)
	}
	if n > len(d.in) {
		return d.lack(m, d.in, n)
	}
	p := d.in[:n]
	d.in = d.in[n:]
	return d.deliver(m, p)
}

// deliver parses a whole message.
func (d *Decoder) deliver(m *Message, p []byte) (ok bool, f Fault) {
	if f = d.Limits.parse(m, p); f != OK {
		return d.fail(f)
	}
	if m.Kind == Unknown {
		d.skip = m.Length
	}
	return true, OK
}

// resume is Next in the middle of something.
func (d *Decoder) resume(m *Message) (ok bool, f Fault) {
	switch {
	case d.fault != OK:
		return false, d.fault
	case d.stage != Past:
		if len(d.in) > 0 {
			panic("peerwire: the handshake was not read")
		}
		return false, OK
	case d.skip > 0:
		if !d.pass() {
			return false, d.fault
		}
		return d.Next(m)
	}
	return d.complete(m)
}

// pass passes over an unknown message, and reports whether it has ended.
func (d *Decoder) pass() bool {
	n := min(len(d.in), int(d.skip))
	d.in, d.skip = d.in[n:], d.skip-uint32(n)
	if d.body.Length <= d.skip {
		d.skip -= d.body.Length
		d.body = protocol.Body{}
	} else if d.skip > 0 {
		d.fail(StrayBody)
	}
	return d.skip == 0
}

// complete goes on with a message whose start is held.
func (d *Decoder) complete(m *Message) (ok bool, f Fault) {
	for {
		held := d.part.bytes
		n, f := d.Limits.size(held)
		switch {
		case f != OK:
			return d.fail(f)
		case n <= len(held):
			d.given = true
			return d.deliver(m, held)
		case len(d.in) == 0:
			return d.lack(m, held, n)
		}
		d.keep(n)
	}
}

// lack decides about p, the start of a message of at least n bytes of which there is no more: it is
// kept, or its data came by reference.
func (d *Decoder) lack(m *Message, p []byte, n int) (ok bool, f Fault) {
	b := d.body
	if b.Length == 0 {
		if len(d.in) > 0 {
			d.keep(n)
		}
		d.in = nil
		return false, OK
	}
	if len(p) != PieceHeader || p[4] != byte(Piece) || n != PieceHeader+int(b.Length) {
		return d.fail(StrayBody)
	}
	d.in, d.body = nil, protocol.Body{}
	d.given = d.part != nil
	*m = Message{Kind: Piece, Length: b.Length, Body: b}
	m.block(p)
	return true, OK
}

// keep moves bytes of the chunk behind those that are held, until these are n, and returns them.
func (d *Decoder) keep(n int) []byte {
	have := 0
	if d.part != nil {
		have = len(d.part.bytes)
	}
	more := min(n-have, len(d.in))
	if d.part == nil {
		d.part = d.Buffers.take(more)
	} else if have+more > cap(d.part.bytes) {
		bigger := d.Buffers.take(have + more)
		bigger.bytes = append(bigger.bytes, d.part.bytes...)
		d.Buffers.give(d.part)
		d.part = bigger
	}
	d.part.bytes = append(d.part.bytes, d.in[:more]...)
	d.in = d.in[more:]
	return d.part.bytes
}

// drop gives the buffer back.
func (d *Decoder) drop() {
	if d.part != nil {
		d.Buffers.give(d.part)
		d.part = nil
	}
	d.given = false
}

// fail ends the stream.
func (d *Decoder) fail(f Fault) (bool, Fault) {
	d.fault, d.in, d.body = f, nil, protocol.Body{}
	d.drop()
	return false, f
}
