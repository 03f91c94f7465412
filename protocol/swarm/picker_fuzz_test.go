package swarm

import "testing"

// bytesOf makes choices out of a fuzzer's bytes; when they are used up, always the first.
type bytesOf struct {
	p []byte
	n int
}

func (c *bytesOf) Intn(n int) int {
	if c.n+1 >= len(c.p) {
		return 0
	}
	c.n += 2
	return (int(c.p[c.n-2])<<8 | int(c.p[c.n-1])) % n
}

// FuzzPicker does to a picker what the bytes say, and holds it against its plain twin.
func FuzzPicker(f *testing.F) {
	for seed := range 4 {
		p := make([]byte, 3000)
		for i := range p {
			p[i] = byte((i*i*i + 7*i*seed) >> 3)
		}
		f.Add(p)
	}
	f.Fuzz(func(t *testing.T, p []byte) {
		c := &bytesOf{p: p}
		aimless(t, c, min(300, len(p)/4+1))
	})
}

// FuzzBitfield reads any bitfield: what is accepted is what is written again.
func FuzzBitfield(f *testing.F) {
	f.Add([]byte{0xc0, 0x40}, uint16(10))
	f.Add([]byte{0xff}, uint16(7))
	f.Fuzz(func(t *testing.T, p []byte, n uint16) {
		if n == 0 {
			return
		}
		b := newBits(uint32(n))
		if b.fromWire(p, uint32(n)) && string(b.appendWire(nil, uint32(n))) != string(p) {
			t.Fatalf("%d pieces: % x became % x", n, p, b.appendWire(nil, uint32(n)))
		}
	})
}
