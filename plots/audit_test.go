package plots

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/plots/page"
)

func auditFigures() []string {
	return []string{"accounting", "methods", "accounting-errors", "swarm-balance"}
}

// wide is the look of figures that take both columns of a paper.
func wide(theme Theme, figure string) page.Look {
	l := coarse(theme)
	if l.Grows && (figure == "accounting" || figure == "methods") {
		l.Width = 2*l.Width + 12
	}
	return l
}

// TestAuditFiguresOfTheHonest: of one cell, in which nobody cheats, there are all figures, too.
func TestAuditFiguresOfTheHonest(t *testing.T) {
	for _, figure := range auditFigures() {
		dir, lines := honestRun().draw(t, figure, Slide)
		require.NotContains(t, lines[0], "skipped", figure)
		checkCaption(t, dir, figure)
	}
}

// TestAuditFiguresOfOthers: without an audit, and without anything in it, there is no figure.
func TestAuditFiguresOfOthers(t *testing.T) {
	figures := append(auditFigures(), "observers", "receipts")
	plain := flagship()
	plain.figures = figures
	_, lines := drawRun(t, plain, Slide)
	require.Len(t, lines, len(figures))
	for _, line := range lines {
		require.Contains(t, line, "skipped: ")
	}
	dir := t.TempDir()
	s := honestRun()
	s.figures = []string{"accounting", "accounting-errors", "swarm-balance", "receipts"}
	s.write(t, dir)
	writeTable(t, dir, "accounts.parquet", []storedAccount{})
	writeTable(t, dir, "balances.parquet", []storedBalance{})
	requireSkipped(t, dir, len(s.figures), "accounts.parquet")
}

// requireSkipped draws what is in a folder: there is nothing to be drawn in so many figures, and an
// error if one of the tables is none.
func requireSkipped(t *testing.T, dir string, figures int, table string) {
	t.Helper()
	lines, err := drawCoarse(dir, Slide)
	require.NoError(t, err)
	require.Len(t, lines, figures)
	for _, line := range lines {
		require.Contains(t, line, "skipped: ")
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, table), []byte("junk"), 0o644))
	_, err = drawCoarse(dir, Slide)
	require.ErrorContains(t, err, table)
}

// TestAccountingDataIsTheInput finds each user of the first seeds again, and the title's errors.
func TestAccountingDataIsTheInput(t *testing.T) {
	s := auditRun()
	dir, _ := s.draw(t, "accounting", Slide)
	rows := map[string]map[string]string{}
	for _, row := range rowsOf(t, dir, "accounting") {
		require.Equal(t, "1", row["seed"])
		rows[row["method"]+" "+row["cell"]+" "+row["user"]] = row
	}
	require.Len(t, rows, 6*14*40, "of M5 there are no estimates")
	off, all := 0.0, 0.0
	for _, a := range s.accounts() {
		if a.Method == "M1" {
			off, all = off+math.Abs(a.UpEstimate-float64(a.Up)), all+float64(a.Up)
		}
		if a.Seed != 1 || a.Method == "M5" {
			continue
		}
		row := rows[fmt.Sprint(a.Method, " ", a.Cell, " ", a.User)]
		require.Equal(t, a.Cheat, row["cheat"])
		truth, seen, estimate := a.Up, a.UpSeen, a.UpEstimate
		if a.Method == "M6" {
			truth, seen, estimate = a.Down, a.DownSeen, a.DownEstimate
			require.Equal(t, "down", row["quantity"])
		}
		require.InDelta(t, float64(truth), parsed(t, row["truth_bytes"]), 1)
		if !seen {
			require.Empty(t, row["estimate_bytes"])
			continue
		}
		require.InEpsilon(t, max(estimate, 1), max(parsed(t, row["estimate_bytes"]), 1), 1e-9)
	}
	text := string(read(t, dir, "accounting.md"))
	require.Contains(t, text,
		fmt.Sprintf("Self-report is off by %.2g %% of all bytes", 100*off/all))
	require.Contains(t, text, "M6 observers (downloads): by bytes, honest ")
}

// TestAccountErrorsDataIsTheInput counts users again.
func TestAccountErrorsDataIsTheInput(t *testing.T) {
	s := auditRun()
	dir, _ := s.draw(t, "accounting-errors", Slide)
	accounts := s.accounts()
	checked := 0
	for i, row := range rowsOf(t, dir, "accounting-errors") {
		if i%41 != 0 || row["method"] == "M6" {
			continue
		}
		v := parsed(t, row["error"])
		n, all := 0.0, 0.0
		for k := range accounts {
			a := &accounts[k]
			if a.Method != row["method"] || (a.Cell == 0) != (row["cells"] == "honest") ||
				a.Up == 0 && a.UpEstimate == 0 {
				continue
			}
			all++
			if a.UpSeen && math.Abs(a.UpEstimate-float64(a.Up)) <= v*float64(a.Up)*(1+1e-12) {
				n++
			}
		}
		require.InDelta(t, n/all, parsed(t, row["share_at_most"]), 1e-9)
		checked++
	}
	require.Greater(t, checked, 30)
}

// TestSwarmBalanceDataIsTheInput adds the claims up again.
func TestSwarmBalanceDataIsTheInput(t *testing.T) {
	s := auditRun()
	dir, _ := s.draw(t, "swarm-balance", Slide)
	rows := s.balances()
	labels := map[string]bool{}
	for _, row := range rowsOf(t, dir, "swarm-balance") {
		labels[row["label"]] = true
		up, down, moved := 0.0, 0.0, 0.0
		for _, b := range rows {
			if fmt.Sprint(b.Cell) == row["cell"] && b.Seed == 1 &&
				float64(b.At)/1e9 <= parsed(t, row["at_s"])+1e-6 {
				up, down = up+float64(b.Up), down+float64(b.Down)
				moved += float64(b.TrueDown)
			}
		}
		require.InDelta(t, (up-down)/moved, parsed(t, row["balance_share"]), 1e-9)
	}
	require.Len(t, labels, page.SeriesMax)
	require.True(t, labels["honest"] && labels["fake-seed"] && labels["ghost"])
}
