package plots

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func ledgerFigures() []string { return []string{"undercount", "detection", "roc", "audits"} }

// syntheticLedger is a run of a ledger: cells of three intervals, which are also of three factors.
type syntheticLedger struct{ synthetic }

func ledgerRun() syntheticLedger {
	s := syntheticLedger{synthetic{seeds: 4, lookups: 5, figures: ledgerFigures()}}
	for _, factor := range []string{"1.1", "1.5", "3"} {
		c := referenceCells()[0]
		c.nodes, c.set = 100, map[string]any{"ledger.rounds.factor": factor}
		s.cells = append(s.cells, c)
	}
	return s
}

func (s syntheticLedger) verdicts() (rows []storedVerdict) {
	for cell := range s.cells {
		for seed := uint64(1); seed <= uint64(s.seeds); seed++ {
			r := rand.New(rand.NewPCG(seed, uint64(cell)))
			for user := range 100 {
				cheat := user < 10
				score := r.NormFloat64()
				if cheat {
					score += float64(1 + cell)
				}
				for _, look := range []int32{100, 200} {
					rows = append(rows,
						storedVerdict{int32(cell), seed, "M3", look, cheat, score},
						storedVerdict{int32(cell), seed, "M5", look, cheat, 0})
				}
			}
		}
	}
	return rows
}

func (s syntheticLedger) credits() (rows []storedCredit) {
	for cell := range s.cells {
		for seed := uint64(1); seed <= uint64(s.seeds); seed++ {
			for _, group := range []string{"debian", "kad"} {
				for _, rule := range []string{"rebase", "final_only"} {
					rows = append(rows, storedCredit{int32(cell), seed, group, rule, false,
						int64(cell+1) * 900e9, 250})
				}
			}
		}
	}
	return rows
}

// write makes the folder: that of a synthetic run, and the tables of a ledger in it.
func (s syntheticLedger) write(t testing.TB, dir string) {
	summary := s.synthetic.write(t, dir)
	for i, c := range summary["cells"].([]any) {
		metrics := c.(map[string]any)["metrics"].(map[string]any)
		models := map[string]any{}
		one := func(name string, v float64) {
			metrics[name] = map[string]any{"unit": "share", "n": s.seeds, "mean": v, "p50": v,
				"ci95": []float64{0.95 * v, 1.05 * v}}
		}
		for n, group := range []string{"debian", "kad"} {
			name := "ledger.undercount." + group
			one(name, 0.02*float64(i+n+1))
			models[name] = map[string]any{"name": "renewal theory", "mean": 0.021 * float64(i+n+1)}
		}
		for _, look := range []int{100, 200} {
			for k, of := range []string{"precision", "recall", "auc"} {
				v := 0.2 + 0.17*float64(i) + 0.11*float64(k) + float64(look)/1500
				one(fmt.Sprintf("detection.M3.%d.%s", look, of), v)
				one(fmt.Sprintf("detection.M3w.%d.%s", look, of), v+0.05)
			}
			one(fmt.Sprintf("detection.M5.%d.recall", look), 0)
			one(fmt.Sprintf("detection.M5.%d.auc", look), 0.5)
		}
		for t := range 3 {
			one(fmt.Sprintf("audits.caught.%d", t+1), 1-math.Exp(-float64(t+1)))
		}
		one("audits.escape", 0.37)
		one("audits.bits_per_node", 0.43)
		c.(map[string]any)["models"] = models
	}
	writeSummary(t, dir, summary)
	writeTable(t, dir, "credits.parquet", s.credits())
	writeTable(t, dir, "verdicts.parquet", s.verdicts())
}

// TestLedgerData: what the data behind the figures say is what the run has.
func TestLedgerData(t *testing.T) {
	dir := t.TempDir()
	s := ledgerRun()
	s.write(t, dir)
	lines, err := drawCoarse(dir, Slide)
	require.NoError(t, err)
	require.Len(t, lines, len(ledgerFigures()))
	for _, name := range ledgerFigures() {
		caption := string(read(t, dir, name+".md"))
		require.NotContains(t, caption, "%!")
		require.NotContains(t, caption, "NaN")
	}
	missed := rowsOf(t, dir, "undercount")
	require.Len(t, missed, 6)
	require.Equal(t, "debian", missed[0]["group"])
	require.InDelta(t, 900, parsed(t, missed[0]["interval_s"]), 0)
	require.InDelta(t, 1000, parsed(t, missed[0]["sessions"]), 0, "of four seeds, by one rule")
	require.InDelta(t, 0.02, parsed(t, missed[0]["undercount"]), 1e-12)
	require.InDelta(t, 0.063, parsed(t, missed[2]["closed_form"]), 1e-12)
	require.Len(t, rowsOf(t, dir, "detection"), 3*2*2*2, "M5 accuses nobody and has no map")
	require.Len(t, rowsOf(t, dir, "audits"), 9)
	require.Contains(t, string(read(t, dir, "audits.md")), "0.43 bit/s a user")
}

// TestROCIsTheCount counts a point of the curve again, and its area.
func TestROCIsTheCount(t *testing.T) {
	dir := t.TempDir()
	s := ledgerRun()
	s.write(t, dir)
	_, err := drawCoarse(dir, Slide)
	require.NoError(t, err)
	area, before := 0.0, [2]float64{}
	checked := 0
	for _, row := range rowsOf(t, dir, "roc") {
		require.Equal(t, "200", row["swarms"], "twice as many as there are users")
		if row["cell"] != "0" || row["method"] != "M3" {
			continue
		}
		at, found, wronged := parsed(t, row["threshold"]), 0, 0
		for _, v := range s.verdicts() {
			if v.Cell == 0 && v.Method == "M3" && v.Swarms == 200 && v.Score >= at-1e-9 {
				if v.Cheat {
					found++
				} else {
					wronged++
				}
			}
		}
		x, y := parsed(t, row["false_rate"]), parsed(t, row["recall"])
		require.InDelta(t, float64(wronged)/360, x, 1e-9)
		require.InDelta(t, float64(found)/40, y, 1e-9)
		area += (x - before[0]) * (y + before[1]) / 2
		before = [2]float64{x, y}
		checked++
	}
	require.Equal(t, 400, checked)
	require.InDelta(t, 0.76, area, 0.08, "of normal scores one standard deviation apart")
}

// TestLedgerFiguresOfOthers: without a ledger, or with one interval, there is no figure.
func TestLedgerFiguresOfOthers(t *testing.T) {
	plain := flagship()
	plain.figures = ledgerFigures()
	_, lines := drawRun(t, plain, Slide)
	for _, line := range lines {
		require.Contains(t, line, "skipped: ")
	}
	dir := t.TempDir()
	s := ledgerRun()
	s.figures = []string{"undercount"}
	s.write(t, dir)
	rows := s.credits()
	for i := range rows {
		rows[i].Interval = 60e9
	}
	writeTable(t, dir, "credits.parquet", rows)
	lines, err := drawCoarse(dir, Slide)
	require.NoError(t, err)
	require.Contains(t, lines[0], "skipped: needs two announce intervals")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "credits.parquet"), []byte("junk"), 0o644))
	_, err = drawCoarse(dir, Slide)
	require.ErrorContains(t, err, "credits.parquet")
}
