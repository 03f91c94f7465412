package results

import (
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"

	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/findings/made"
	"swarmlab/scenarios/results/tables"
	"swarmlab/scenarios/results/unfinished"
	"swarmlab/scenarios/stats"
)

// TestAuditTables: what a run found of accounting goes through the store, and into the folder.
func TestAuditTables(t *testing.T) {
	o := swarmOutcome(t, made.Swarm(), made.Swarm())
	o.Scenario.Repeat = 2
	for _, run := range o.Runs {
		run.Audit = made.Audit()
	}
	dir := t.TempDir()
	st, err := unfinished.Open(dir, o.Scenario, o.Cells)
	require.NoError(t, err)
	want := Summarise(o)
	for n, run := range o.Runs {
		o.Runs[n], err = st.Put(run)
		require.NoError(t, err)
		require.Empty(t, o.Runs[n].Audit.Accounts, "its rows stay on the disk")
		require.Equal(t, run.Audit.Interval, o.Runs[n].Audit.Interval)
	}
	require.NoError(t, st.Close())
	st, err = unfinished.Open(dir, o.Scenario, o.Cells)
	require.NoError(t, err)
	found, _ := st.Find(0, 2)
	require.NotNil(t, found)
	whole, err := found.Whole()
	require.NoError(t, err)
	again := made.Audit()
	for n := range again.Accounts {
		again.Accounts[n].Cell = 0
	}
	require.Equal(t, again.Accounts, whole.Audit.Accounts)
	require.Equal(t, again.Interval, whole.Audit.Interval)
	got, err := Write(dir, o, time.Now())
	require.NoError(t, err)
	require.Equal(t, asJSON(t, want), asJSON(t, got))
	require.NoError(t, st.Close())

	accounts, err := parquet.ReadFile[findings.Account](filepath.Join(dir, tables.AccountsFile))
	require.NoError(t, err)
	require.Equal(t, again.Accounts, accounts[:15])
	costs, err := parquet.ReadFile[findings.AuditCost](filepath.Join(dir, tables.AuditCostsFile))
	require.NoError(t, err)
	require.Len(t, costs, 4)
	require.Equal(t, uint64(880), costs[2].Bytes)
	balances, err := parquet.ReadFile[findings.SwarmBalance](filepath.Join(dir,
		tables.BalancesFile))
	require.NoError(t, err)
	require.Len(t, balances, 6)
	require.True(t, balances[5].Flagged)
	checkTexts(t, dir, map[string]int{
		tables.AccountsTextFile: 30, tables.AuditCostsTextFile: 4, tables.BalancesTextFile: 6})
	text, err := os.ReadFile(filepath.Join(dir, tables.AccountsTextFile))
	require.NoError(t, err)
	require.Contains(t, string(text), "\n0,1,M1,3,nodes,multiplier,1000,800,1250,1000,700,0,true,"+
		"true,1500,800,1500,1500,800,800,1500,true,true,600000000000,4200000000000\n")
}

// TestNoAuditTables: a folder that is written again without an audit has none of the tables.
func TestNoAuditTables(t *testing.T) {
	o, dir := swarmOutcome(t, made.Swarm()), t.TempDir()
	tables := []string{tables.AccountsFile, tables.AccountsTextFile, tables.AuditCostsFile,
		tables.AuditCostsTextFile,
		tables.BalancesFile, tables.BalancesTextFile}
	o.Runs[0].Audit = made.Audit()
	_, err := Write(dir, o, time.Now())
	require.NoError(t, err)
	for _, name := range tables {
		require.FileExists(t, filepath.Join(dir, name))
	}
	o.Runs[0].Audit = nil
	_, err = Write(dir, o, time.Now())
	require.NoError(t, err)
	for _, name := range tables {
		require.NoFileExists(t, filepath.Join(dir, name))
	}
}

// TestJudgements: the honest column is of the cell without cheats, each other one of the first cell
// with its cheats, and each field shows what says most of it.
func TestJudgements(t *testing.T) {
	one := func(v stats.Number) stats.Summary {
		return stats.Summary{N: 3, Mean: v, CI95: &[2]stats.Number{v - 1, v + 1}}
	}
	all := judge([]CellSummary{
		{Cell: 0, Metrics: map[string]stats.Summary{"audit.M1.up.median.multiplier": one(0.5),
			"audit.M1.up.median": one(0.01), "audit.M3.recall.multiplier": one(0.9),
			"audit.M3.precision.multiplier": one(0.8), "audit.M2.flagged": one(0.7),
			"audit.M5.recall.multiplier": one(0)}},
		{Cell: 1, Metrics: map[string]stats.Summary{"audit.M1.up.median.honest": one(0.02),
			"audit.M1.up.median": one(0.02), "audit.M2.balance": one(0.03),
			"audit.M5.false_per_1000": one(4)}},
		{Cell: 2, Metrics: map[string]stats.Summary{"audit.M1.up.invented.fake-seed": one(0.2),
			"audit.M8.up.signed.honest": one(-0.03), "audit.M8.up.median.withholder": one(0.4),
			"audit.M1.up.median.multiplier": one(9), "audit.M1.up.coverage.ghost": one(0)}},
	})
	type field struct {
		method, cheat string
		cell          int
		shows         string
		value         stats.Number
		expected      string
	}
	var got []field
	for _, j := range all {
		got = append(got, field{j.Method, j.Cheat, j.Cell, j.Shows, j.Value, j.Expected})
		require.NotNil(t, j.CI95)
	}
	require.Equal(t, []field{
		{"M1", findings.Honest, 1, ShowsError, 0.02, "1–5 %"},
		{"M1", "multiplier", 0, ShowsError, 0.5, "50 %"},
		{"M1", "fake-seed", 2, ShowsInvented, 0.2, "no bound"},
		{"M1", "ghost", 2, ShowsCoverage, 0, "unseen"},
		{"M2", findings.Honest, 1, ShowsBalance, 0.03, "−1..5 %"},
		{"M2", "multiplier", 0, ShowsFlagged, 0.7, "flagged"},
		{"M3", "multiplier", 0, ShowsDetection, 0.9, "→1/→1"},
		{"M5", findings.Honest, 1, ShowsFalse, 4, "≈ 0"},
		{"M5", "multiplier", 0, ShowsDetection, 0, "missed"},
		{"M8", "withholder", 2, ShowsVictims, -0.03, "≤ window"},
	}, got)
	require.EqualValues(t, 0.8, all[6].Precision)
	require.True(t, math.IsNaN(float64(all[8].Precision)), "nobody was accused")
	require.Nil(t, judge([]CellSummary{{Metrics: map[string]stats.Summary{"swarm.x": one(1)}}}))
}

// TestExpectations: what is expected is of methods and cheats that there are, and fits its column.
func TestExpectations(t *testing.T) {
	fields := 0
	for method, of := range expectations() {
		require.Contains(t, findings.Methods(), method)
		for kind, text := range of {
			require.Contains(t, append([]string{findings.Honest}, findings.Cheats()...), kind)
			require.LessOrEqual(t, utf8.RuneCountInString(text), 8, text)
			fields++
		}
	}
	require.Greater(t, fields, 80)
	require.Equal(t, "≤ window", Expected("M8", "withholder"))
	require.Empty(t, Expected("M1", "whitewash"))
}
