package results

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"

	"swarmlab/scenarios"
	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/findings/made"
	"swarmlab/scenarios/results/tables"
	"swarmlab/scenarios/results/unfinished"
)

func swarmOutcome(t *testing.T, swarms ...*findings.Swarm) *Outcome {
	t.Helper()
	s, err := scenarios.Parse("test.yaml", []byte(`
name: test
duration: 30s
warmup: 0s
groups: [{name: nodes, size: 5, join: {over: 1s}}]
`))
	require.NoError(t, err)
	cells, err := s.Cells()
	require.NoError(t, err)
	o := &Outcome{Scenario: s, Cells: cells}
	for n, swarm := range swarms {
		o.Runs = append(o.Runs, &findings.Run{Seed: uint64(n + 1), Nodes: 5, Swarm: swarm,
			Measured: 30 * time.Second})
	}
	return o
}

// TestSwarmTables: what a run found of swarms goes through the store, and into the folder.
func TestSwarmTables(t *testing.T) {
	o := swarmOutcome(t, made.Swarm(), made.Swarm())
	dir := t.TempDir()
	st, err := unfinished.Open(dir, o.Scenario, o.Cells)
	require.NoError(t, err)
	want := Summarise(o)
	for n, run := range o.Runs {
		o.Runs[n], err = st.Put(run)
		require.NoError(t, err)
		require.Nil(t, o.Runs[n].Swarm, "its rows stay on the disk")
		found, _ := st.Find(0, run.Seed)
		require.Nil(t, found, "nothing was there when the store was opened")
	}
	got, err := Write(dir, o, time.Now())
	require.NoError(t, err)
	require.Equal(t, asJSON(t, want), asJSON(t, got))
	require.NoError(t, st.Close())

	peers, err := parquet.ReadFile[findings.Peer](filepath.Join(dir, tables.PeersFile))
	require.NoError(t, err)
	require.Len(t, peers, 10)
	p := made.Swarm().Peers[3]
	p.Cell = 0
	require.Equal(t, p, peers[8])
	transfers, err := parquet.ReadFile[findings.Transfer](filepath.Join(dir, tables.TransfersFile))
	require.NoError(t, err)
	require.Len(t, transfers, 24)
	samples, err := parquet.ReadFile[findings.SwarmSample](filepath.Join(dir, tables.SwarmFile))
	require.NoError(t, err)
	require.Len(t, samples, 12)
	checkTexts(t, dir, map[string]int{
		tables.PeersTextFile: 10, tables.TransfersTextFile: 24, tables.SwarmTextFile: 12})
	text, err := os.ReadFile(filepath.Join(dir, tables.PeersTextFile))
	require.NoError(t, err)
	require.Contains(t, string(text), "\n0,0,3,slow,film,1000,0,1000000000,3000000000,"+
		"21000000000,21000000000,50,200,200,1000,10,0,200,1000,0,0,0,4,40000000000,30000000000,"+
		"1500000000,4,3,0,1\n")

	// A folder that is written again without torrents has none of the tables.
	for n := range o.Runs {
		o.Runs[n] = &findings.Run{Seed: uint64(n + 1), Nodes: 5, Measured: 30 * time.Second}
	}
	_, err = Write(dir, o, time.Now())
	require.NoError(t, err)
	for _, name := range []string{tables.PeersFile, tables.PeersTextFile, tables.TransfersFile,
		tables.TransfersTextFile,
		tables.SwarmFile, tables.SwarmTextFile} {
		require.NoFileExists(t, filepath.Join(dir, name))
	}
}

func asJSON(t *testing.T, v any) string {
	b, err := json.Marshal(v)
	require.NoError(t, err)
	return string(b)
}

// TestBrokenSwarmsAreNotWritten: what cannot be is an error that names the run.
func TestBrokenSwarmsAreNotWritten(t *testing.T) {
	s := made.Swarm()
	s.Transfers[0].Delivered -= 100
	_, err := Write(t.TempDir(), swarmOutcome(t, made.Swarm(), s), time.Now())
	require.ErrorContains(t, err, "cell 0, seed 2: node 0 sent node 1 600 bytes of film")
}
