package results

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"
)

// claimed is a small audit: five users, of whom the last two multiply what they gave. The tracker
// believes them and accuses one of them late; the rules of M5 know no bytes and accuse an honest
// user; an observer sees the downloads of three, to a piece of 100 bytes, and the first users of
// all have nothing to observe.
func claimed() *Audit {
	const minute = 60 * second
	a := &Audit{Interval: 30 * minute}
	up := []uint64{0, 1000, 2000, 1000, 400}
	down := []uint64{1500, 1000, 500, 800, 600}
	for u := range up {
		row := Account{Cell: 7, Seed: 1, User: uint32(u), Group: "nodes", Cheat: Honest,
			Up: up[u], Down: down[u], WireUp: up[u] * 5 / 4, WireDown: down[u] * 5 / 4,
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
	a.Costs = []AuditCost{
		{Cell: 7, Seed: 1, Method: "M1", Bytes: 880, Messages: 10, Payload: 4400, Users: 5},
		{Cell: 7, Seed: 1, Method: "M6", Bytes: 44, Messages: 4, Payload: 4400, Users: 5,
			Rounds: 2},
	}
	for n := range int64(3) {
		a.Balances = append(a.Balances, SwarmBalance{Cell: 7, Seed: 1, Torrent: "film",
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
	st, err := OpenStore(dir, o.Scenario, o.Cells)
	require.NoError(t, err)
	want := Summarise(o)
	for n, run := range o.Runs {
		o.Runs[n], err = st.Put(run)
		require.NoError(t, err)
		require.Empty(t, o.Runs[n].Audit.Accounts, "its rows stay on the disk")
		require.Equal(t, run.Audit.Interval, o.Runs[n].Audit.Interval)
	}
	require.NoError(t, st.Close())
	st, err = OpenStore(dir, o.Scenario, o.Cells)
	require.NoError(t, err)
	found, _ := st.Find(0, 2)
	require.NotNil(t, found)
	whole, err := found.measured()
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

	accounts, err := parquet.ReadFile[Account](filepath.Join(dir, AccountsFile))
	require.NoError(t, err)
	require.Equal(t, again.Accounts, accounts[:15])
	costs, err := parquet.ReadFile[AuditCost](filepath.Join(dir, AuditCostsFile))
	require.NoError(t, err)
	require.Len(t, costs, 4)
	require.Equal(t, uint64(880), costs[2].Bytes)
	balances, err := parquet.ReadFile[SwarmBalance](filepath.Join(dir, BalancesFile))
	require.NoError(t, err)
	require.Len(t, balances, 6)
	require.True(t, balances[5].Flagged)
	for name, rows := range map[string]int{
		AccountsTextFile: 30, AuditCostsTextFile: 4, BalancesTextFile: 6,
	} {
		f, err := os.Open(filepath.Join(dir, name))
		require.NoError(t, err)
		all, err := csv.NewReader(f).ReadAll() // refuses rows of other lengths than the header
		require.NoError(t, err)
		require.NoError(t, f.Close())
		require.Len(t, all, rows+1, name)
	}
	text, err := os.ReadFile(filepath.Join(dir, AccountsTextFile))
	require.NoError(t, err)
	require.Contains(t, string(text), "\n0,1,M1,3,nodes,multiplier,1000,800,1250,1000,700,0,true,"+
		"true,1500,800,1500,1500,800,800,1500,true,true,600000000000,4200000000000\n")
}

// TestNoAuditTables: a folder that is written again without an audit has none of the tables.
func TestNoAuditTables(t *testing.T) {
	o, dir := swarmOutcome(t, crowd()), t.TempDir()
	tables := []string{AccountsFile, AccountsTextFile, AuditCostsFile, AuditCostsTextFile,
		BalancesFile, BalancesTextFile}
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
