package lab

import (
	"context"
	"fmt"
	"reflect"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/dht"
	"swarmlab/scenarios"
	"swarmlab/scenarios/findings"
)

// hour is one run of mainline-hour, and what it took.
type hour struct {
	run     *findings.Run
	lookups dht.Lookups
	cpu     time.Duration
	heap    uint64 // bytes alive at the end, without rows of lookups and checkpoints
}

// newHour runs mainline-hour with settings of its own.
func newHour(tb testing.TB, seed uint64, settings ...string) hour {
	s, err := scenarios.Open("mainline-hour")
	require.NoError(tb, err)
	for n := 0; n < len(settings); n += 2 {
		require.NoError(tb, s.Set(settings[n], settings[n+1]))
	}
	var h hour
	var nodes *dht.Group
	before := liveHeap()
	h.run, err = simulate(context.Background(), &job{
		cell: scenarios.Cell{Scenario: s}, seed: seed, laws: new(laws),
		plant: func(cores protocol.Datagrams) protocol.Datagrams {
			nodes = cores.(*dht.Group)
			h.cpu = -cpuTime(tb)
			return cores
		},
		progress: func(now, end protocol.Time, _ uint64) {
			if now == end {
				h.cpu += cpuTime(tb)
				h.heap = liveHeap() - before
			}
		},
	})
	require.NoError(tb, err)
	h.lookups = nodes.Lookups()
	h.heap -= uint64(cap(h.run.Lookups)) * uint64(reflect.TypeFor[findings.Lookup]().Size())
	for n := range h.run.Checkpoints {
		h.heap -= uint64(4 * cap(h.run.Checkpoints[n].Syndrome))
	}
	return h
}

func liveHeap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// requests returns the queries that were answered or given up, and the share of the latter.
func (h *hour) requests() (count uint64, timedOut float64) {
	c := &h.run.Counters
	count = c[dht.Matched] + c[dht.TimedOut]
	return count, float64(c[dht.TimedOut]) / float64(count)
}

// BenchmarkHour runs mainline-hour whole. It reports the CPU time of the hour without that of
// building the world, and what is to be held against the published simulator: 159,000 lookups,
// 3.9 million requests, 42 % of them timed out, 22 CPU seconds, 10,600 bytes a node for 10,000; for
// 100,000 they are 2.0 and 52 million, 618 s, 11,600 bytes.
func BenchmarkHour(b *testing.B) {
	for _, nodes := range []int{10_000, 100_000} {
		b.Run(fmt.Sprintf("nodes=%d", nodes), func(b *testing.B) {
			var cpu time.Duration
			var h hour
			for n := range b.N {
				h = newHour(b, uint64(n+1), "groups.nodes.size", fmt.Sprint(nodes))
				cpu += h.cpu
			}
			requests, timedOut := h.requests()
			b.ReportMetric(cpu.Seconds()/float64(b.N), "cpu-s")
			b.ReportMetric(float64(h.run.Ledger.Sent.Datagrams)/h.cpu.Seconds(), "msgs/cpu-s")
			b.ReportMetric(float64(h.heap)/float64(nodes), "B/node")
			b.ReportMetric(float64(requests), "requests")
			b.ReportMetric(100*timedOut, "timeout-%")
			b.ReportMetric(float64(h.lookups.User), "user-lookups")
			b.ReportMetric(float64(h.lookups.Refresh), "refreshes")
			b.ReportMetric(float64(h.lookups.Join), "joins")
			b.ReportMetric(0, "ns/op")
		})
	}
}
