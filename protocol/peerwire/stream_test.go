package peerwire_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"swarmlab/protocol"
	"swarmlab/protocol/peerwire"
)

// reader feeds a decoder and keeps what comes out. It destroys each chunk after use.
type reader struct {
	t        require.TestingT
	d        *peerwire.Decoder
	lim      peerwire.Limits
	stage    peerwire.Stage
	shaken   peerwire.Handshake
	messages []peerwire.Message // with bodies resolved
	bodies   int
	fault    peerwire.Fault
}

// newReader returns a reader whose decoder borrows from buffers, which may be nil.
func newReader(t require.TestingT, lim peerwire.Limits, buffers *peerwire.Buffers) *reader {
	return &reader{t: t, lim: lim, d: &peerwire.Decoder{Buffers: buffers}}
}

func (r *reader) feed(ch protocol.Chunk) {
	ch.Bytes = bytes.Clone(ch.Bytes)
	r.d.Feed(ch)
	r.shake()
	var m peerwire.Message
	for {
		m = peerwire.Message{Kind: 77, Index: 1, Begin: 2, Length: 3, Port: 4, Ext: 5}
		ok, f := r.d.Next(&m)
		if !ok {
			require.True(r.t, r.fault == peerwire.OK || r.fault == f, "the first fault stays")
			r.fault = f
			break
		}
		r.messages = append(r.messages, r.own(m))
	}
	for n := range ch.Bytes {
		ch.Bytes[n] = 0xee
	}
	have, room := r.d.Held()
	require.LessOrEqual(r.t, room, 72+15*have, "more room than bytes came")
	require.LessOrEqual(r.t, have, 4+2+peerwire.BitfieldMax)
}

// shake reads the handshake.
func (r *reader) shake() {
	for r.stage < peerwire.Whole {
		h, s := r.d.Handshake()
		require.GreaterOrEqual(r.t, s, r.stage)
		switch s {
		case peerwire.Named:
			h.PeerID = r.shaken.PeerID
			if r.stage == peerwire.Named {
				require.Equal(r.t, r.shaken, h)
			}
			r.shaken = h
		case peerwire.Whole:
			r.shaken, r.d.Limits = h, r.lim
			_, again := r.d.Handshake()
			require.Equal(r.t, peerwire.Past, again)
		}
		if r.stage = s; s < peerwire.Whole {
			return
		}
	}
}

// own copies what a message points to, and resolves its body.
func (r *reader) own(m peerwire.Message) peerwire.Message {
	if m.Payload != nil {
		m.Payload = append([]byte{}, m.Payload...)
	}
	if m.Body.Length > 0 {
		r.bodies++
		require.Equal(r.t, peerwire.Piece, m.Kind)
		require.Equal(r.t, m.Length, m.Body.Length)
		require.Nil(r.t, m.Payload)
		m.Payload = content(m.Body)
		m.Body = protocol.Body{}
	}
	return m
}

// content returns the bytes of a body.
func content(b protocol.Body) []byte {
	p := make([]byte, b.Length)
	for n := range p {
		p[n] = byte(protocol.Mix(b.Offset + uint64(n) + uint64(b.Content)<<40))
	}
	return p
}

// part is a piece of a stream as its writer makes it.
type part = protocol.Chunk

// wire returns the bytes of a stream.
func wire(parts []part) (out []byte) {
	for _, ch := range parts {
		out = append(append(out, ch.Bytes...), content(ch.Body)...)
	}
	return out
}

// randomPart draws a message, rarely one that is a fault. Pieces have their data as a body.
func randomPart(t *rapid.T, lim peerwire.Limits) part {
	n := func(high uint32) uint32 { return rapid.Uint32Range(0, high).Draw(t, "n") }
	switch rapid.IntRange(0, 12).Draw(t, "kind") {
	case 0:
		return part{Bytes: peerwire.AppendKeepAlive(nil)}
	case 1:
		k := rapid.SampledFrom([]peerwire.Kind{0, 1, 2, 3, 14, 15}).Draw(t, "plain")
		return part{Bytes: peerwire.AppendPlain(nil, k)}
	case 2:
		k := rapid.SampledFrom([]peerwire.Kind{4, 4, 13, 17}).Draw(t, "index")
		return part{Bytes: peerwire.AppendIndex(nil, k, n(1<<32-1))}
	case 3, 4:
		k := rapid.SampledFrom([]peerwire.Kind{6, 8, 16}).Draw(t, "block")
		return part{Bytes: peerwire.AppendBlock(nil, k, n(9), n(9), n(20000))}
	case 5:
		return part{Bytes: peerwire.AppendBitfield(nil, make([]byte, (lim.Pieces+7)/8))}
	case 6:
		return part{Bytes: peerwire.AppendPort(nil, uint16(n(65535)))}
	case 7:
		body := make([]byte, n(300))
		return part{Bytes: peerwire.AppendExtended(nil, uint8(n(255)), body)}
	case 8:
		p := rapid.SliceOfN(rapid.Byte(), 1, 60).Draw(t, "unknown")
		return part{Bytes: append([]byte{0, 0, 0, byte(len(p) + 1), 23}, p...)}
	case 9:
		p := rapid.SliceOfN(rapid.Byte(), 1, 9).Draw(t, "any")
		return part{Bytes: append([]byte{0, 0, byte(n(1)), byte(len(p))}, p...)}
	}
	size := rapid.SampledFrom([]uint32{0, 1, 5, 700, 16384, 16384}).Draw(t, "size")
	b := protocol.Body{Content: n(3), Offset: uint64(n(1 << 30)), Length: size}
	return part{Bytes: peerwire.AppendPiece(nil, n(9), n(9), size), Body: b}
}

// randomStream draws a stream with its handshake.
func randomStream(t *rapid.T, lim peerwire.Limits) []part {
	h := shaker()
	parts := []part{{Bytes: peerwire.AppendHandshake(nil, &h)}}
	for range rapid.IntRange(0, 25).Draw(t, "messages") {
		parts = append(parts, randomPart(t, lim))
	}
	return parts
}

func randomLimits(t *rapid.T) peerwire.Limits {
	return peerwire.Limits{
		Pieces: rapid.SampledFrom([]uint32{0, 8, 9, 100, 3000}).Draw(t, "pieces"),
		Fast:   rapid.IntRange(0, 9).Draw(t, "fast") > 0,
	}
}

// cut feeds bytes in chunks of random lengths.
func (r *reader) cut(t *rapid.T, p []byte) {
	most := rapid.SampledFrom([]int{1, 3, 20, 1400, 70000}).Draw(t, "most")
	if len(p) > 2000*most {
		most = 1400
	}
	state := rapid.Uint64().Draw(t, "cuts")
	for len(p) > 0 {
		state = protocol.Mix(state + 0x9e3779b97f4a7c15)
		n := min(len(p), int(state>>8%uint64(most+1)))
		r.feed(part{Bytes: p[:n]})
		p = p[n:]
	}
}

// twins checks a reader against the slow decoder.
func (r *reader) twins(stream []byte) {
	w := twin{rest: stream, lim: r.lim}
	w.run()
	if r.fault == peerwire.StrayBody { // what was fed broke its frames: so far all was right
		require.Greater(r.t, len(w.messages)+1, len(r.messages))
		w.fault, w.messages = r.fault, w.messages[:len(r.messages)]
	}
	require.Equal(r.t, w.fault, r.fault, "%v against %v", w.fault, r.fault)
	require.Equal(r.t, len(w.messages), len(r.messages))
	for n := range w.messages {
		require.Equal(r.t, w.messages[n], r.messages[n], "message %d", n)
	}
}

// TestAnyCut checks that a stream means the same however it is cut, and whether blocks come as
// bytes or by reference, which is what the slow decoder says.
func TestAnyCut(t *testing.T) {
	buffers := new(peerwire.Buffers)
	kinds, faults, bodies := map[peerwire.Kind]int{}, map[peerwire.Fault]int{}, 0
	rapid.Check(t, func(t *rapid.T) {
		lim := randomLimits(t)
		parts := randomStream(t, lim)
		stream := wire(parts)

		r := newReader(t, lim, buffers)
		r.cut(t, stream)
		r.twins(stream)

		whole := newReader(t, lim, nil)
		whole.feed(part{Bytes: stream})
		whole.twins(stream)

		byBody := newReader(t, lim, buffers)
		byBody.join(t, parts)
		byBody.twins(stream)
		bodies += byBody.bodies
		faults[r.fault]++
		for _, m := range r.messages {
			kinds[m.Kind]++
		}
		require.LessOrEqual(t, buffers.Spare(), peerwire.SpareMax)
	})
	if testing.Short() { // a fifth of the cases
		return
	}
	require.Greater(t, len(kinds), 10, "most kinds were seen")
	require.Greater(t, len(faults), 1, "faults were seen")
	require.Greater(t, bodies, 20)
}

// join feeds parts with their bodies, the bytes in front of a body joined or cut at random.
func (r *reader) join(t *rapid.T, parts []part) {
	var before []byte
	for _, ch := range parts {
		before = append(before, ch.Bytes...)
		if ch.Body.Length == 0 {
			continue
		}
		split := rapid.IntRange(0, len(before)).Draw(t, "split")
		r.feed(part{Bytes: before[:split]})
		r.feed(part{Bytes: before[split:], Body: ch.Body})
		before = nil
	}
	r.feed(part{Bytes: before})
}

// TestEncodeDecode checks that what was decoded encodes to the same bytes.
func TestEncodeDecode(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		stream := wire(randomStream(t, peerwire.Limits{Pieces: 100}))
		r := newReader(t, peerwire.Limits{Fast: true}, nil)
		r.feed(part{Bytes: stream})
		again := peerwire.AppendHandshake(nil, &r.shaken)
		for n := range r.messages {
			if r.messages[n].Kind == peerwire.Unknown {
				return
			}
			again = appendMessage(again, &r.messages[n])
		}
		require.Equal(t, stream[:len(again)], again)
	})
}

// TestEveryByte cuts one stream of all kinds at every place.
func TestEveryByte(t *testing.T) {
	stream := unhex(t, handshakeHex)
	for _, v := range framing {
		stream = append(stream, unhex(t, v.hex)...)
	}
	lim := peerwire.Limits{Pieces: 10, Fast: true}
	for n := range stream {
		r := newReader(t, lim, nil)
		r.feed(part{Bytes: stream[:n]})
		r.feed(part{Bytes: stream[n:]})
		r.twins(stream)
		require.Len(t, r.messages, len(framing))
		require.Equal(t, shaker(), r.shaken)
	}
}
