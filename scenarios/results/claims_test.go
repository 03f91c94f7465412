package results

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"

	"swarmlab/scenarios"
	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/results/tables"
	"swarmlab/scenarios/results/unfinished"
)

// ledgerRun is what a small run of a ledger found.
func ledgerRun(seed uint64) *findings.Run {
	c := &findings.Claims{
		Credits: []findings.Credit{
			{Seed: seed, Group: "a", Rule: "rebase", Users: 9, Sessions: 20, Ended: 10, Abrupt: 7,
				True: 1100, Pending: 100, Credited: 900},
			{Seed: seed, Group: "a", Rule: "rebase", Cheats: true, Users: 1, Sessions: 2, Ended: 2,
				True: 100, Credited: 150},
			{Seed: seed, Group: "b", Rule: "rebase", Users: 9, Sessions: 20, Ended: 20, Abrupt: 4,
				True: 1000, Credited: 1000},
			{Seed: seed, Group: "a", Rule: "final_only", Users: 9, True: 1000, Credited: 300}},
		Audits: []findings.AuditPeriod{
			{Seed: seed, Period: 1, Length: 1e9, Users: 20, Cheats: 10, Caught: 6, Audits: 20,
				Fetched: 30, Reported: 20},
			{Seed: seed, Period: 2, Length: 1e9, Users: 20, Cheats: 10, Caught: 3, Accused: 1,
				Audits: 20, Fetched: 30, Reported: 20}}}
	for u, score := range []float64{5, 4, 3, 2, 1} { // the second cheat is behind an honest user
		c.Verdicts = append(c.Verdicts, findings.Verdict{Seed: seed, Method: findings.LeastSquares,
			Swarms: 40,
			User:   uint32(u), Cheat: u == 0 || u == 2, Score: score, Accused: u < 2})
	}
	return &findings.Run{Seed: seed, Nodes: 20, Measured: time.Hour, Claims: c}
}

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
	return &Outcome{Scenario: s, Cells: cells, Runs: []*findings.Run{ledgerRun(1), ledgerRun(2)}}
}

// TestClaimMetrics: what is worked out by hand.
func TestClaimMetrics(t *testing.T) {
	metrics := Summarise(ledgerOutcome(t)).Cells[0].Metrics
	for name, want := range map[string]float64{
		"ledger.undercount":              1 - 1900./2000,
		"ledger.undercount.a":            0.1,
		"ledger.undercount.b":            0,
		"ledger.undercount.a.final_only": 0.7,
		"ledger.abrupt.a":                0.7,
		"ledger.sessions.b":              20,
		"ledger.cheats_excess":           0.5,
		"detection.M3.40.precision":      0.5,
		"detection.M3.40.recall":         0.5,
		"detection.M3.40.f1":             0.5,
		"detection.M3.40.auc":            5. / 6,
		"detection.M3.40.false_per_1000": 1000. / 3,
		"audits.caught.1":                0.6,
		"audits.caught.2":                0.9,
		"audits.escape":                  5. / 14,
		"audits.false_per_1000":          100,
		"audits.bits_per_node":           20,
	} {
		require.InDelta(t, want, float64(metrics[name].Mean), 1e-5, name)
		require.Equal(t, 2, metrics[name].N, name)
	}
	for name, m := range metrics {
		if m.N == 0 {
			continue
		}
		require.NotNil(t, definition(name), "%s is in the dictionary", name)
		mean, err := RunMean(ledgerRun(1), ledgerOutcome(t).Scenario, name)
		require.NoError(t, err)
		require.False(t, math.IsNaN(mean), name)
	}
}

// TestClaimDictionary: targets can name what runs can have, and nothing else.
func TestClaimDictionary(t *testing.T) {
	for _, name := range claimNames([]*findings.Run{ledgerRun(1)}) {
		require.Equal(t, strings.ToLower(name), strings.Replace(name, "M3", "m3", 1))
		require.Equal(t, name, definition(name).Name)
	}
	for _, name := range []string{"ledger.undercount.", "ledger.undercount.a.rebase",
		"detection.M3.many.recall", "detection.M3.040.recall", "detection.M3.0.recall",
		"audits.caught", "audits.caught.-1", "ledger"} {
		require.Nil(t, definition(name), name)
	}
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
	require.Equal(t, ledgerRun(2).Claims.Credits[1], credits[5])
	verdicts, err := parquet.ReadFile[findings.Verdict](filepath.Join(dir, tables.VerdictsFile))
	require.NoError(t, err)
	require.Equal(t, ledgerRun(2).Claims.Verdicts, verdicts[5:])
	audits, err := parquet.ReadFile[findings.AuditPeriod](filepath.Join(dir, tables.AuditsFile))
	require.NoError(t, err)
	require.Equal(t, ledgerRun(1).Claims.Audits, audits[:2])
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
