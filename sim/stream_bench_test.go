package sim

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/netmodel"
	"swarmlab/protocol"
)

// mesh is a group whose cores hold connections to so many others and keep one message going on each
// pair: each is answered, one in eight of them with a block.
type mesh struct {
	nodes, degree int
	used          []uint32 // numbers of connections
	seed          []byte
}

func newMesh(nodes, degree int) *mesh {
	return &mesh{nodes: nodes, degree: degree, used: make([]uint32, nodes), seed: make([]byte, 17)}
}

func (g *mesh) Len() int                                               { return g.nodes }
func (g *mesh) Stop(uint32, *protocol.Turn)                            {}
func (g *mesh) Drop(i uint32)                                          { g.used[i] = 0 }
func (g *mesh) Wake(uint32, *protocol.Turn)                            {}
func (g *mesh) Sent(uint32, *protocol.Turn, protocol.Conn, int)        {}
func (g *mesh) Datagram(uint32, *protocol.Turn, protocol.Addr, []byte) {}

func (g *mesh) Closed(_ uint32, _ *protocol.Turn, _ protocol.Conn, why protocol.Reason) {
	panic(why)
}

func (g *mesh) number(i uint32) protocol.Conn {
	g.used[i]++
	return protocol.Conn(g.used[i] - 1)
}

func (g *mesh) Start(i uint32, t *protocol.Turn) {
	for range g.degree / 2 {
		t.Out.Dial(g.number(i), AddrOf(uint32(t.Rand.Intn(g.nodes))))
	}
}

func (g *mesh) Accept(i uint32, _ *protocol.Turn, _ protocol.Addr) (protocol.Conn, bool) {
	return g.number(i), true
}

func (g *mesh) Opened(i uint32, t *protocol.Turn, c protocol.Conn) {
	t.Out.Write(c, protocol.Chunk{Bytes: g.seed})
}

func (g *mesh) Data(i uint32, t *protocol.Turn, c protocol.Conn, _ protocol.Chunk) {
	ch := protocol.Chunk{Bytes: g.seed}
	if r := t.Rand.Uint64(); r%8 == 0 {
		ch.Body = protocol.Body{Content: 1, Length: 16 << 10, Offset: r >> 40}
	}
	t.Out.Write(c, ch)
}

func meshWorld(b testing.TB, nodes, degree int, lines bool) *World {
	cfg := netmodel.Config{Seed: 1, Nodes: nodes,
		Latency: netmodel.Uniform{Low: 20 * time.Millisecond, High: 100 * time.Millisecond}}
	if lines {
		cfg.Links = netmodel.Links{Queue: 500 * time.Millisecond, Lines: []netmodel.Line{
			{Share: netmodel.Certain, Down: 10_000_000, Up: 5_000_000}}}
	}
	n, err := netmodel.New(cfg)
	require.NoError(b, err)
	w := New(Config{Seed: 1, Groups: []protocol.Datagrams{newMesh(nodes, degree)}, Network: n})
	for i := range uint32(nodes) {
		w.StartAt(i, 0)
	}
	return w
}

// BenchmarkSegment measures what the engine costs for one message on a connection, from the outbox
// to the core, with a core that does nearly nothing.
func BenchmarkSegment(b *testing.B) {
	for _, lines := range []bool{false, true} {
		for _, nodes := range []int{500, 10_000} {
			b.Run(fmt.Sprintf("nodes=%d/lines=%v", nodes, lines), func(b *testing.B) {
				benchmarkSegment(b, nodes, lines)
			})
		}
	}
}

func benchmarkSegment(b *testing.B, nodes int, lines bool) {
	const degree = 80
	before := heapInUse()
	w := meshWorld(b, nodes, degree, lines)
	until := at(time.Second)
	w.Run(until)
	held := heapInUse() - before
	sent, events := w.StreamTally().Segments, w.Tally().Events
	b.ReportAllocs()
	b.ResetTimer()
	cpu := cpuTime()
	for done := uint64(0); done < uint64(b.N); {
		until += protocol.Time(100 * time.Millisecond)
		w.Run(until)
		done = w.StreamTally().Segments - sent
	}
	cpu = cpuTime() - cpu
	b.StopTimer()
	sent = w.StreamTally().Segments - sent
	b.ReportMetric(float64(sent)/cpu.Seconds(), "msgs/cpu-s")
	b.ReportMetric(float64(w.Tally().Events-events)/float64(sent), "events/msg")
	b.ReportMetric(float64(held)/float64(nodes*degree), "B/end")
	runtime.KeepAlive(w)
}

func heapInUse() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
