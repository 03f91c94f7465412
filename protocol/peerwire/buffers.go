package peerwire

// Buffers lends decoders the memory for the starts of messages. A group owns one for all its
// connections; the zero value is ready for use. What it keeps in reserve is bounded.
type Buffers struct {
	free [len(classes)][]*buffer
}

// classes are the sizes that buffers are kept in. The greatest holds a piece message or an extended
// one; greater buffers are for bitfields and go back to the runtime after use.
var classes = [...]int{72, 1 << 10, 4 << 10, ExtendedMax + 64}

// spareMax is how many buffers of a class are kept in reserve.
const spareMax = 256

// buffer holds the start of a message.
type buffer struct {
	bytes []byte
	class uint8 // an index into classes, or their number for greater ones
}

// take returns an empty buffer for at least n bytes.
func (b *Buffers) take(n int) *buffer {
	c := 0
	for c < len(classes) && classes[c] < n {
		c++
	}
	if c == len(classes) {
		return &buffer{make([]byte, 0, n+n/2), uint8(c)}
	}
	if b != nil {
		if spare := b.free[c]; len(spare) > 0 {
			last := len(spare) - 1
			b.free[c] = spare[:last]
			return spare[last]
		}
	}
	return &buffer{make([]byte, 0, classes[c]), uint8(c)}
}

// give takes a buffer back.
func (b *Buffers) give(held *buffer) {
	c := int(held.class)
	if b == nil || c == len(classes) || len(b.free[c]) == spareMax {
		return
	}
	held.bytes = held.bytes[:0]
	b.free[c] = append(b.free[c], held)
}
