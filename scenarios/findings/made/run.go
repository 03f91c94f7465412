package made

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/scenarios"
	"swarmlab/scenarios/findings"
	"swarmlab/sim"
)

// Experiment is a scenario of two cells whose runs were never run, with some settings changed: path
// and value in turn.
func Experiment(t *testing.T, change ...string) (*scenarios.Scenario, []scenarios.Cell) {
	t.Helper()
	s, err := scenarios.Parse("made.yaml", []byte(`
name: made
duration: 20s
groups: [{name: nodes, size: 20, join: {over: 1s}}]
workload: [{kind: lookup, group: nodes, rate: 2/s, start: 10s}]
vary: {groups.nodes.dht.alpha: [1, 3]}
repeat: 2
targets:
  - {what: latency, metric: lookup.found_ms, of: p90, where: {groups.nodes.dht.alpha: 1},
     published: 7, tolerance: 1, kind: field, source: a paper}
  - {what: uptime, metric: uptime.end.over_5h, where: {groups.nodes.dht.alpha: 3},
     published: 0.4, tolerance: 0..1, kind: field, source: a paper}
`))
	require.NoError(t, err)
	for n := 0; n < len(change); n += 2 {
		require.NoError(t, s.Set(change[n], change[n+1]))
	}
	cells, err := s.Cells()
	require.NoError(t, err)
	return s, cells
}

// Run makes up the record of a run with so many lookups, always the same one.
func Run(cell int, seed uint64, lookups int) *findings.Run {
	r := rand.New(rand.NewPCG(uint64(cell), seed))
	run := &findings.Run{Cell: cell, Seed: seed, Nodes: 20, Asked: lookups, Ended: lookups,
		Fingerprint: sim.Fingerprint{Events: r.Uint64(), Wire: r.Uint64(), Outcome: r.Uint64()},
		Measured:    10 * time.Second,
		Clients: []findings.ClientRun{{Client: "bep5", Nodes: 20, Online: time.Minute,
			Queries: 9}}}
	run.Counters[3] = r.Uint64()
	for n := range lookups {
		run.Lookups = append(run.Lookups, findings.Lookup{Cell: int32(cell), Seed: seed,
			Kind: "lookup", Client: "bep5", Node: uint32(n), At: int64(n) * 1e9,
			Latency: r.Int64N(1e10), Contact: 1 + r.Int32N(4), Success: true})
	}
	for n := range 3 {
		run.Series = append(run.Series, findings.Sample{Cell: int32(cell), Seed: seed,
			Client: "bep5", Second: int32(60 * n), Up: r.Int64N(1e12), Tables: 20,
			Contacts: 1 + r.Int32N(99)})
		run.Checkpoints = append(run.Checkpoints, sim.Checkpoint{Second: n,
			Fingerprint: run.Fingerprint, Syndrome: []uint32{r.Uint32(), 0, r.Uint32()}})
	}
	for n := range int32(9) {
		run.Buckets = append(run.Buckets, findings.Bucket{Cell: int32(cell), Seed: seed,
			Client: "bep5", Second: 60 * (n / 3), Depth: n % 3, Supply: 20, Tables: 20,
			Room: 160, Full: 10, Contacts: 100 + r.Int32N(9), Dead: 20, InFull: 80,
			DeadFull: r.Int32N(9)})
	}
	if cell > 0 { // one cell has what the other has not
		run.Churn = &findings.ChurnSeen{Start: findings.Uptimes{Online: 9, Over5h: 3, Over24h: 1},
			End:      findings.Uptimes{Online: 8, Over5h: r.Int64N(8), Over24h: 2},
			Arrivals: []int64{r.Int64N(9), 4, 1},
			Sessions: findings.Lengths{Count: 3, Mean: time.Second, Median: 7}}
		run.Paths = findings.Paths{Triples: 9, Mean: r.Float64(), Median: 2, Detours: 1}
		run.Terrain = findings.Terrain{Gated: true, Narrow: true,
			Faults: []findings.FaultHits{{Fault: "{kind: loss, share: 5%}",
				Datagrams: r.Uint64N(1000)}}}
		run.Ledger.Filtered.Datagrams, run.Ledger.Sent.Datagrams = r.Uint64N(50), 100
		for n := range run.Series {
			run.Series[n].Online, run.Series[n].Reachable = 20, r.Int32N(20)
			run.Records = append(run.Records, findings.Record{Cell: int32(cell), Seed: seed,
				Client: "bep5", Stored: 9, Age: int32(3600 * n), Holders: 8, Online: r.Int32N(8)})
		}
	}
	return run
}
