package lab

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/scenarios"
	"swarmlab/scenarios/lab/swarms"
	"swarmlab/sim"
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
			benchmarkSwarm(b, crowd(b, set...))
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

func crowd(b *testing.B, set ...string) *scenarios.Scenario {
	s, err := scenarios.Open("flash-crowd")
	require.NoError(b, err)
	for n := 0; n < len(set); n += 2 {
		require.NoError(b, s.Set(set[n], set[n+1]))
	}
	return s
}

// BenchmarkLargeSwarm is a flash crowd while all have connections and pieces are under way.
func BenchmarkLargeSwarm(b *testing.B) {
	for _, peers := range []int{2_000, 10_000} {
		b.Run(fmt.Sprintf("peers=%d", peers), func(b *testing.B) { benchmarkLargeSwarm(b, peers) })
	}
}

func benchmarkLargeSwarm(b *testing.B, peers int) {
	debug.FreeOSMemory()
	before := resident(b)
	s := crowd(b, "groups.leechers.size", fmt.Sprint(peers))
	w, err := swarms.New(s, 1)
	require.NoError(b, err)
	world := sim.New(sim.Config{Seed: 1, Groups: w.Cores(), Network: w.Network(), Actor: w})
	w.Schedule(world)
	world.Run(protocol.Time(25e9))
	start, cpu := w.Messages(), cpuTime(b)
	b.ResetTimer()
	for range b.N {
		world.Run(world.Now() + 2e9)
	}
	b.StopTimer()
	cpu = cpuTime(b) - cpu
	b.ReportMetric(float64(w.Messages()-start)/cpu.Seconds(), "msgs/cpu-s")
	b.ReportMetric(float64(resident(b)-before)/float64(peers), "B/node")
	b.ReportMetric(0, "ns/op")
}
