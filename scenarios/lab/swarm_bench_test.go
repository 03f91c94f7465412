package lab

import (
	"context"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/scenarios"
)

// BenchmarkFlashCrowd is the scenario of that name, smaller, as it is, and with few pieces for more
// peers. What it reports is of whole runs: what they allocate includes what worlds are made of.
func BenchmarkFlashCrowd(b *testing.B) {
	for _, set := range [][]string{
		{"groups.leechers.size", "50", "torrents.film.size", "16MB"},
		{"groups.leechers.size", "200", "torrents.film.size", "50MB"},
		{"groups.leechers.size", "500", "torrents.film.size", "16MB"},
		{"groups.leechers.size", "500", "torrents.film.size", "100MB"},
	} {
		b.Run(set[1]+"x"+set[3], func(b *testing.B) {
			s, err := scenarios.Open("flash-crowd")
			require.NoError(b, err)
			for n := 0; n < len(set); n += 2 {
				require.NoError(b, s.Set(set[n], set[n+1]))
			}
			benchmarkSwarm(b, s)
		})
	}
}

func benchmarkSwarm(b *testing.B, s *scenarios.Scenario) {
	least, messages, events := time.Duration(1<<62), uint64(0), uint64(0)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range b.N {
		cpu := cpuTime(b)
		run, err := simulate(context.Background(), &job{cell: scenarios.Cell{Scenario: s}, seed: 1})
		require.NoError(b, err)
		least = min(least, cpuTime(b)-cpu)
		messages, events = run.Swarm.Messages, run.Tally.Events
	}
	runtime.ReadMemStats(&after)
	runs := float64(b.N) * float64(messages)
	b.ReportMetric(float64(messages)/least.Seconds(), "msgs/cpu-s")
	b.ReportMetric(float64(events)/float64(messages), "events/msg")
	b.ReportMetric(float64(after.Mallocs-before.Mallocs)/runs, "allocs/msg")
	b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/float64(b.N*s.Nodes()), "B/node")
	b.ReportMetric(least.Seconds(), "cpu-s")
	b.ReportMetric(0, "ns/op")
}
