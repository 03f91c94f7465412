package results

import (
	"math"
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

func ledgerOutcome(t *testing.T) *Outcome {
	s, err := scenarios.Parse("test", []byte(`
name: test
duration: 30h
ledger: {interval: 30m, rounds: {length: 3h}}
groups: [{name: a, protocol: announcer, size: 10}, {name: b, protocol: announcer, size: 10}]
`))
	require.NoError(t, err)
	cells, err := s.Cells()
	require.NoError(t, err)
	return &Outcome{Scenario: s, Cells: cells,
		Runs: []*findings.Run{made.Ledger(1), made.Ledger(2)}}
}

// TestClaimTables: the rows go through the store and into the folder.
func TestClaimTables(t *testing.T) {
	o := ledgerOutcome(t)
	dir := t.TempDir()
	st, err := unfinished.Open(dir, o.Scenario, o.Cells)
	require.NoError(t, err)
	want := Summarise(o)
	for n, run := range o.Runs {
		o.Runs[n], err = st.Put(run)
		require.NoError(t, err)
		require.Nil(t, o.Runs[n].Claims, "its rows stay on the disk")
	}
	got, err := Write(dir, o, time.Now())
	require.NoError(t, err)
	require.Equal(t, asJSON(t, want), asJSON(t, got))
	require.NoError(t, st.Close())
	credits, err := parquet.ReadFile[findings.Credit](filepath.Join(dir, tables.CreditsFile))
	require.NoError(t, err)
	require.Len(t, credits, 8)
	require.Equal(t, made.Ledger(2).Claims.Credits[1], credits[5])
	verdicts, err := parquet.ReadFile[findings.Verdict](filepath.Join(dir, tables.VerdictsFile))
	require.NoError(t, err)
	require.Equal(t, made.Ledger(2).Claims.Verdicts, verdicts[5:])
	audits, err := parquet.ReadFile[findings.AuditPeriod](filepath.Join(dir, tables.AuditsFile))
	require.NoError(t, err)
	require.Equal(t, made.Ledger(1).Claims.Audits, audits[:2])
	for name, line := range map[string]string{
		tables.CreditsTextFile:  "\n0,1,a,rebase,true,0,1,2,2,0,0,100,0,150\n",
		tables.VerdictsTextFile: "\n0,2,M3,40,2,true,3,false\n",
		tables.AuditsTextFile:   "\n0,1,2,1000000000,20,10,3,1,20,30,0,20\n",
	} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		require.Contains(t, string(text), line)
	}
	for n := range o.Runs { // a folder that is written again without a ledger has none of them
		o.Runs[n] = &findings.Run{Seed: uint64(n + 1), Nodes: 20, Measured: time.Hour}
	}
	_, err = Write(dir, o, time.Now())
	require.NoError(t, err)
	for _, name := range []string{tables.CreditsFile, tables.VerdictsFile, tables.AuditsFile,
		tables.CreditsTextFile,
		tables.VerdictsTextFile, tables.AuditsTextFile} {
		require.NoFileExists(t, filepath.Join(dir, name))
	}
}

// TestClaimModels: the closed forms stand beside what was measured.
func TestClaimModels(t *testing.T) {
	s, err := scenarios.Parse("test", []byte(`
name: test
ledger: {interval: 30m}
groups:
  - {name: debian, protocol: announcer, size: 9,
     churn: {preset: debian, offline: exponential(1h)}}
  - {name: even, protocol: announcer, size: 9,
     churn: {session: exponential(1h), offline: exponential(1h), graceful: 0%}}
  - {name: other, protocol: announcer, size: 9,
     churn: {session: "lognormal(1h, 1)", offline: exponential(1h), graceful: 0%}}
`))
	require.NoError(t, err)
	models := predict(s)
	require.InDelta(t, 0.0411, float64(models["ledger.undercount.debian"].Mean), 5e-5)
	require.InDelta(t, 0.7, float64(models["ledger.undercount.debian.final_only"].Mean), 1e-6)
	// Exponential sessions: 1 - a/(e^a-1) with a = 1/2.
	require.InDelta(t, 1-0.5/(math.Exp(0.5)-1), float64(models["ledger.undercount.even"].Mean),
		1e-4)
	require.NotContains(t, models, "ledger.undercount.other", "no closed form is known here")
	s = ledgerOutcome(t).Scenario
	require.NoError(t, s.Set("ledger.rounds.audits", "1"))
	require.InDelta(t, 1-math.Pow(18./19, 19*3), float64(predict(s)["audits.caught.3"].Mean), 1e-9)
}
