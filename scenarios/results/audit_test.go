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
	"swarmlab/scenarios/results/tables"
	"swarmlab/scenarios/results/unfinished"
	"swarmlab/scenarios/stats"
)

// claimed is a small audit: five users, of whom the last two multiply what they gave. The tracker
// believes them and accuses one of them late; the rules of M5 know no bytes and accuse an honest
// user; an observer sees the downloads of three, to a piece of 100 bytes, and the first users of
// all have nothing to observe.
func claimed() *findings.Audit {
	const minute = 60 * second
	a := &findings.Audit{Interval: 30 * minute}
	up := []uint64{0, 1000, 2000, 1000, 400}
	down := []uint64{1500, 1000, 500, 800, 600}
	for u := range up {
		row := findings.Account{Cell: 7, Seed: 1, User: uint32(u), Group: "nodes",
			Cheat: findings.Honest,
			Up:    up[u], Down: down[u], WireUp: up[u] * 5 / 4, WireDown: down[u] * 5 / 4,
			Verified: down[u] - 100, Began: -1, AccusedAt: -1}
		if u > 2 {
			row.Cheat, row.Began = "multiplier", 10*minute
		}
		claim, rules, seen := row, row, row
		claim.Method, claim.UpSeen, claim.DownSeen = "M1", true, true
		claim.UpEstimate, claim.DownEstimate = float64(up[u]), float64(down[u])
		if u > 2 {
			claim.UpEstimate *= 1.5
		}
		claim.UpLow, claim.UpHigh = claim.UpEstimate, claim.UpEstimate
		claim.DownLow, claim.DownHigh = claim.DownEstimate, claim.DownEstimate
		claim.Score, claim.Scored = claim.UpEstimate, true
		if u == 3 {
			claim.Accused, claim.AccusedAt = true, 70*minute
		}
		rules.Method = "M5"
		if u == 1 {
			rules.Accused, rules.AccusedAt = true, minute
		}
		seen.Method = "M6"
		if u < 3 {
			seen.DownSeen, seen.DownEstimate = true, float64(down[u]-100)
			seen.DownLow, seen.DownHigh = float64(down[u]-200), float64(down[u])
		}
		a.Accounts = append(a.Accounts, claim, rules, seen)
	}
	a.Costs = []findings.AuditCost{
		{Cell: 7, Seed: 1, Method: "M1", Bytes: 880, Messages: 10, Payload: 4400, Users: 5},
		{Cell: 7, Seed: 1, Method: "M6", Bytes: 44, Messages: 4, Payload: 4400, Users: 5,
			Rounds: 2},
	}
	for n := range int64(3) {
		a.Balances = append(a.Balances, findings.SwarmBalance{Cell: 7, Seed: 1, Torrent: "film",
			At: n * 5 * minute, Up: 1700, Down: 1400, TrueUp: 1450, TrueDown: 1450,
			Flagged: n > 0})
	}
	return a
}

// TestAuditTables: what a run found of accounting goes through the store, and into the folder.
func TestAuditTables(t *testing.T) {
	o := swarmOutcome(t, crowd(), crowd())
	o.Scenario.Repeat = 2
	for _, run := range o.Runs {
		run.Audit = claimed()
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
	again := claimed()
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
	o, dir := swarmOutcome(t, crowd()), t.TempDir()
	tables := []string{tables.AccountsFile, tables.AccountsTextFile, tables.AuditCostsFile,
		tables.AuditCostsTextFile,
		tables.BalancesFile, tables.BalancesTextFile}
	o.Runs[0].Audit = claimed()
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

// TestAuditMetricsByHand: every number of a small audit, worked out on paper.
func TestAuditMetricsByHand(t *testing.T) {
	o := swarmOutcome(t, nil)
	o.Runs[0].Audit = claimed()
	metrics := Summarise(o).Cells[0].Metrics
	for name, want := range map[string]float64{
		// Of four users with uploads two are right, and two have half of it too much.
		"audit.M1.up.median": 0.25, "audit.M1.up.p90": 0.5, "audit.M1.up.signed": 0.25,
		"audit.M1.up.weighted": 700.0 / 4400, "audit.M1.up.bias": 700.0 / 4400,
		"audit.M1.up.coverage": 1, "audit.M1.up.gap": 0, "audit.M1.up.invented": 0,
		"audit.M1.up.median.multiplier": 0.5, "audit.M1.up.median.honest": 0,
		"audit.M1.down.median": 0,
		// Against what crossed the wire: 4/5 of it was payload, and six fifths of that was claimed.
		"audit.M1.up.median.wire": 0.2, "audit.M1.down.weighted.wire": 0.2,
		// Each got 100 bytes of no use.
		"audit.M1.down.bias.verified": 500.0 / 3900,
		"audit.M1.precision":          1, "audit.M1.recall": 0.5, "audit.M1.f1": 2.0 / 3,
		"audit.M1.false_per_1000": 0, "audit.M1.delay_intervals": 2, "audit.M1.auc": 0.5,
		"audit.M1.recall.multiplier": 0.5, "audit.M1.delay_intervals.multiplier": 2,
		"audit.M1.bytes_per_gb": 0.2e9, "audit.M1.bytes_per_user": 176,
		"audit.M5.precision": 0, "audit.M5.recall": 0, "audit.M5.f1": 0,
		"audit.M5.false_per_1000": 1000.0 / 3,
		"audit.M6.down.median":    0.1, "audit.M6.down.coverage": 0.6,
		"audit.M6.down.weighted": 0.1, "audit.M6.down.gap": 600.0 / 3000,
		"audit.M6.down.bias": -1700.0 / 4400, "audit.M6.down.coverage.multiplier": 0,
		"audit.M6.bytes_per_user": 8.8,
		"audit.M2.flagged":        2.0 / 3, "audit.M2.balance": 900.0 / 4350,
	} {
		require.Equal(t, 1, metrics[name].N, name)
		require.InDelta(t, want, float64(metrics[name].Mean), 1e-6, name)
	}
	for _, name := range []string{"audit.M6.up.median", "audit.M6.recall", "audit.M5.up.coverage",
		"audit.M1.up.bias.verified", "audit.M5.auc", "audit.M6.down.median.multiplier",
		"audit.M3.recall", "audit.M1.recall.honest", "audit.M1.up.median.constant"} {
		require.NotContains(t, metrics, name)
	}
}

// TestAuditDictionary: each metric is in the dictionary by its pattern, and targets can name it.
func TestAuditDictionary(t *testing.T) {
	known := map[string]Definition{}
	for _, d := range Definitions() {
		require.NotContains(t, known, d.Name)
		known[d.Name] = d
	}
	all := definitionsOf([]*findings.Run{{Audit: claimed()}})
	require.Greater(t, len(all), 60)
	for _, d := range all {
		require.NotContains(t, d.Name, methodWord)
		found := definition(d.Name)
		require.NotNil(t, found, d.Name)
		require.Equal(t, d.Unit, found.Unit, d.Name)
	}
	for name, there := range map[string]bool{
		"audit.METHOD.up.median.CHEAT": true, "audit.METHOD.up.median.wire": true,
		"audit.METHOD.up.median.wire.CHEAT": false,
	} {
		_, ok := known[name]
		require.Equal(t, there, ok, name)
	}
	require.NotNil(t, definition("audit.M1xM6.recall.fake-seed"))
	require.Nil(t, definition("audit.M11.recall"))
	require.Nil(t, definition("audit.M1.recal"))
	require.Nil(t, definition("audit.M1.false_per_1000.sybil"), "of the honest alone")
	require.True(t, auditDetail("audit.M1.up.median.sybil"))
	require.True(t, auditDetail("audit.M1.up.median.wire"))
	require.False(t, auditDetail("audit.M1.up.median"))
	require.False(t, auditDetail("swarm.utilisation"))
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
