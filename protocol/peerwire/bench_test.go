package peerwire_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/peerwire"
)

// exchange is what a peer sends in steady state: requests, haves and blocks, as parts with bodies.
func exchange() (parts []part) {
	for n := range uint32(16) {
		head := peerwire.AppendBlock(nil, peerwire.Request, n, 0, peerwire.BlockMax)
		head = peerwire.AppendIndex(head, peerwire.Have, n)
		head = peerwire.AppendPiece(head, n, n<<14, peerwire.BlockMax)
		parts = append(parts, part{Bytes: head, Body: protocol.Body{
			Content: 1, Offset: uint64(n) << 14, Length: peerwire.BlockMax}})
	}
	return parts
}

// cuts returns a stream in chunks of n bytes.
func cuts(parts []part, n int) (chunks []part) {
	p := wire(parts)
	for ; len(p) > n; p = p[n:] {
		chunks = append(chunks, part{Bytes: p[:n]})
	}
	return append(chunks, part{Bytes: p})
}

// drain feeds chunks and counts messages.
func drain(d *peerwire.Decoder, chunks []part) (n int) {
	var m peerwire.Message
	for _, ch := range chunks {
		d.Feed(ch)
		for {
			ok, f := d.Next(&m)
			if f != peerwire.OK {
				return -1
			}
			if !ok {
				break
			}
			n++
		}
	}
	return n
}

// feeds are the ways in which the exchange may come.
func feeds() map[string][]part {
	parts := exchange()
	return map[string][]part{
		"bodies":   parts,
		"segments": cuts(parts, 1448),
		"reads":    cuts(parts, 64<<10),
	}
}

// TestSteadyState checks that nothing is allocated, however the stream is cut.
func TestSteadyState(t *testing.T) {
	for name, chunks := range feeds() {
		d := ready(t, peerwire.Limits{Pieces: 100})
		drain(d, nil)
		_, f := d.Next(new(peerwire.Message))
		require.Equal(t, peerwire.OK, f)
		require.Equal(t, 48, drain(d, chunks), name)
		require.Zero(t, testing.AllocsPerRun(50, func() { drain(d, chunks) }), name)
	}
}

// TestHandshakeAllocations checks that connections that come and go do not allocate either.
func TestHandshakeAllocations(t *testing.T) {
	p := unhex(t, handshakeHex)
	d := peerwire.Decoder{Buffers: new(peerwire.Buffers)}
	require.Zero(t, testing.AllocsPerRun(50, func() {
		for _, ch := range [...]part{{Bytes: p[:30]}, {Bytes: p[30:50]}, {Bytes: p[50:]}} {
			d.Feed(ch)
			d.Handshake()
		}
		d.Reset()
	}))
}

// TestExtensionAllocations checks that writing and reading any message allocates nothing.
func TestExtensionAllocations(t *testing.T) {
	dst, hash := make([]byte, 0, 20000), counted(3)
	h, x := simHandshake(), peerwire.PEX{}
	x.Add(host4(1, 2, 3, 4), 1)
	x.Add(host6(t, "20010db8000000000000000000000007"), 1)
	data := peerwire.Metadata{Type: peerwire.MetadataData, Total: 9, Data: make([]byte, 9)}
	punch := peerwire.Holepunch{Addr: host4(1, 2, 3, 4)}
	set, v6 := make([]uint32, 0, 10), host6(t, "20010db8000000000000000000000007")
	good := true
	for name, f := range map[string]func(){
		"handshake": func() {
			var got peerwire.ExtHandshake
			good = good && got.Parse(h.Append(dst[:0])[6:]) == peerwire.OK
		},
		"pex": func() {
			var got peerwire.PEX
			good = good && got.Parse(x.Append(dst[:0], 1)[6:]) == peerwire.OK
			a, _ := got.AddedAt(1)
			good = good && a == v6
		},
		"metadata": func() {
			var got peerwire.Metadata
			good = good && got.Parse(data.Append(dst[:0], 1)[6:]) == peerwire.OK
		},
		"holepunch": func() {
			var got peerwire.Holepunch
			good = good && got.Parse(punch.Append(dst[:0], 1)[6:]) == peerwire.OK
		},
		"allowed fast": func() { peerwire.AllowedFastSet(set, 0x01020304, &hash, 100, 10) },
		"priority":     func() { good = good && peerwire.Priority(v6, punch.Addr) != 0 },
		"messages": func() {
			for n := range framing {
				appendMessage(dst[:0], &framing[n].m)
			}
		},
	} {
		require.Zero(t, testing.AllocsPerRun(50, f), name)
		require.True(t, good, name)
	}
}

func BenchmarkDecoder(b *testing.B) {
	for _, name := range []string{"bodies", "segments", "reads"} {
		chunks := feeds()[name]
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			d := ready(b, peerwire.Limits{Pieces: 100})
			messages, cpu := 0, cpuTime()
			for b.Loop() {
				messages += drain(d, chunks)
			}
			cpu = cpuTime() - cpu
			b.ReportMetric(float64(messages)/max(cpu, 1).Seconds(), "msgs/cpu-s")
			perRun := testing.AllocsPerRun(10, func() { drain(d, chunks) })
			b.ReportMetric(perRun/48, "allocs/msg")
		})
	}
}

func BenchmarkExtensions(b *testing.B) {
	h, x := simHandshake(), peerwire.PEX{}
	for n := range byte(50) {
		x.Add(host4(203, 0, 113, n).WithPort(6881), 0)
		x.Drop(host4(203, 0, 114, n).WithPort(6881))
	}
	shake, pex := h.Append(nil)[6:], x.Append(nil, 1)[6:]
	b.Run("handshake", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			h.Parse(shake)
		}
	})
	b.Run("pex", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			x.Parse(pex)
		}
	})
	b.Run("priority", func(b *testing.B) {
		for b.Loop() {
			peerwire.Priority(host4(123, 213, 32, 10), host4(98, 76, 54, 32))
		}
	})
}
