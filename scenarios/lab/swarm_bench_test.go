package lab

import (
	"context"
	"runtime/debug"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/scenarios"
	"swarmlab/scenarios/lab/swarms"
	"swarmlab/sim"
)

// BenchmarkFlashCrowd is the scenario of that name, smaller and as it is.
func BenchmarkFlashCrowd(b *testing.B) {
	for _, set := range [][]string{
		{"groups.leechers.size", "50", "torrents.film.size", "16MB"},
		{"groups.leechers.size", "200", "torrents.film.size", "50MB"},
		{"groups.leechers.size", "500", "torrents.film.size", "100MB"},
	} {
		b.Run(set[1]+"x"+set[3], func(b *testing.B) {
			cpu, messages := cpuTime(b), uint64(0)
			for range b.N {
				s := crowd(b, set...)
				run, err := simulate(context.Background(),
					&job{cell: scenarios.Cell{Scenario: s}, seed: 1})
				require.NoError(b, err)
				messages += run.Swarm.Messages
			}
			cpu = cpuTime(b) - cpu
			b.ReportMetric(float64(messages)/cpu.Seconds(), "msgs/cpu-s")
			b.ReportMetric(0, "ns/op")
		})
	}
}

func crowd(b *testing.B, set ...string) *scenarios.Scenario {
	s, err := scenarios.Open("flash-crowd")
	require.NoError(b, err)
	for n := 0; n < len(set); n += 2 {
		require.NoError(b, s.Set(set[n], set[n+1]))
	}
	return s
}

// BenchmarkLargeSwarm is 10,000 peers in one swarm, while all have connections and pieces are
// under way.
func BenchmarkLargeSwarm(b *testing.B) {
	const peers = 10_000
	debug.FreeOSMemory()
	before := resident(b)
	s := crowd(b, "groups.leechers.size", "10000")
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
	b.ReportMetric(float64(resident(b)-before)/peers, "B/node")
	b.ReportMetric(0, "ns/op")
}
