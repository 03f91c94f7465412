package peerwire

// Held returns how many bytes of a message the decoder holds, and how many it has room for.
func (d *Decoder) Held() (have, room int) {
	if d.part == nil {
		return 0, 0
	}
	return len(d.part.bytes), cap(d.part.bytes)
}

// Spare returns how many bytes are kept in reserve.
func (b *Buffers) Spare() (n int) {
	for _, list := range b.free {
		for _, held := range list {
			n += cap(held.bytes)
		}
	}
	return n
}

// SpareMax is the most that Spare may return.
var SpareMax = func() (n int) {
	for _, size := range classes {
		n += spareMax * size
	}
	return n
}()
