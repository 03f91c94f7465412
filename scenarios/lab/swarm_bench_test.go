package lab

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/scenarios"
)

// BenchmarkFlashCrowd is the scenario of that name, of 50 leechers and 16 MB, and of 500 and so on.
func BenchmarkFlashCrowd(b *testing.B) {
	for _, set := range [][]string{
		{"groups.leechers.size", "50", "torrents.film.size", "16MB"},
		{"groups.leechers.size", "200", "torrents.film.size", "50MB"},
	} {
		b.Run(set[1]+"x"+set[3], func(b *testing.B) {
			s, err := scenarios.Open("flash-crowd")
			require.NoError(b, err)
			for n := 0; n < len(set); n += 2 {
				require.NoError(b, s.Set(set[n], set[n+1]))
			}
			cpu, messages := cpuTime(b), uint64(0)
			for range b.N {
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
