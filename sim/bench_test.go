package sim

import (
	"fmt"
	"testing"
	"time"

	"swarmlab/protocol"
)

// BenchmarkDatagram measures what the engine costs for one datagram, from the outbox to the core,
// with a core that does nearly nothing.
func BenchmarkDatagram(b *testing.B) {
	for _, nodes := range []int{1e4, 1e6} {
		for _, size := range []int{100, 300} {
			b.Run(fmt.Sprintf("nodes=%d/size=%d", nodes, size), func(b *testing.B) {
				benchmarkDatagram(b, nodes, size)
			})
		}
	}
}

func benchmarkDatagram(b *testing.B, nodes, size int) {
	w := New(Config{
		Seed:    1,
		Groups:  []protocol.Datagrams{newChatter(nodes, size)},
		Network: varied{},
	})
	for i := range uint32(nodes) {
		w.StartAt(i, protocol.Time(i)*protocol.Time(time.Second)/protocol.Time(nodes))
	}
	until := protocol.Time(2 * time.Second)
	w.Run(until)
	before := w.Ledger().Delivered.Datagrams
	events := w.Tally().Events
	b.ReportAllocs()
	b.ResetTimer()
	cpu := cpuTime()
	for done := uint64(0); done < uint64(b.N); {
		until += protocol.Time(time.Second)
		w.Run(until)
		done = w.Tally().Events - events
	}
	cpu = cpuTime() - cpu
	b.StopTimer()
	sent := w.Ledger().Delivered.Datagrams - before
	b.ReportMetric(float64(cpu)/float64(sent), "cpu-ns/msg")
	b.ReportMetric(float64(w.Tally().Events-events)/float64(sent), "events/msg")
}
