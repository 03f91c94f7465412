package plots

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/plots/latency"
	"swarmlab/plots/number"
	"swarmlab/plots/stored"
)

// These tests hold the CSV beside each figure against the numbers that went in, counted again from
// the synthetic rows by the most direct code.

func TestHopsDataIsTheInput(t *testing.T) {
	s := flagship()
	s.figures = []string{"hops"}
	dir, _ := drawRun(t, s, Slide)
	rows := rowsOf(t, dir, "hops")
	require.Len(t, rows, 5)
	sum, model := 0.0, 0.0
	for i, row := range rows {
		h := i + 1
		require.Equal(t, fmt.Sprint(h), row["hops"])
		var bySeed []float64
		hits, total := 0, 0
		for seed := 1; seed <= s.seeds; seed++ {
			n, of := 0, 0
			for _, lookup := range s.rows(0, uint64(seed)) {
				if lookup.HopsContact == int32(h) {
					n++
				}
				if lookup.HopsContact > 0 {
					of++
				}
			}
			hits, total = hits+n, total+of
			bySeed = append(bySeed, float64(n)/float64(of))
		}
		require.InDelta(t, float64(hits)/float64(total), parsed(t, row["share_simulated"]), 1e-11)
		want, ok := number.Interval95(bySeed)
		require.True(t, ok)
		require.InDelta(t, max(0, want.Low), parsed(t, row["share_ci95_low"]), 1e-11)
		require.InDelta(t, want.High, parsed(t, row["share_ci95_high"]), 1e-11)
		require.InDelta(t, shareOfHops(s.cells[0].cdf, h), parsed(t, row["share_model"]), 1e-11)
		sum += parsed(t, row["share_simulated"])
		model += parsed(t, row["share_model"])
	}
	require.InDelta(t, 1, sum, 1e-9)
	require.InDelta(t, 1, model, 1e-9)
}

func TestHopsCDFDataIsTheInput(t *testing.T) {
	s := sweep()
	s.figures = []string{"hops-cdf"}
	dir, _ := drawRun(t, s, Slide)
	r, err := stored.Open(dir)
	require.NoError(t, err)
	seen := 0
	for _, row := range rowsOf(t, dir, "hops-cdf") {
		c := r.Cells[int(parsed(t, row["cell"]))]
		cdf := c.Metrics[stored.HopMetric].CDF
		if row["source"] != "simulated" {
			require.Equal(t, "model Roos-Salah-Strufe", row["source"])
			cdf = s.cells[c.Cell].cdf
		}
		want := cdf[int(parsed(t, row["hops"]))-1]
		require.InDelta(t, want, parsed(t, row["share_at_most"]), 1e-11)
		seen++
	}
	want := 0
	for _, c := range r.Cells {
		want += len(c.Metrics[stored.HopMetric].CDF) + len(c.Models[stored.HopMetric].CDF)
	}
	require.Equal(t, want, seen)
}

func TestLatencyDataIsTheEmpiricalCDF(t *testing.T) {
	s := flagship()
	s.figures = []string{"latency-cdf"}
	dir, _ := drawRun(t, s, Slide)
	rows := rowsOf(t, dir, "latency-cdf")
	require.LessOrEqual(t, len(rows), number.VerticesMax)
	require.Greater(t, len(rows), number.VerticesMax*9/10)
	last := 0.0
	for i, row := range rows {
		require.GreaterOrEqual(t, parsed(t, row["share_at_most"]), last)
		last = parsed(t, row["share_at_most"])
		if i%97 != 0 && i != len(rows)-1 {
			continue
		}
		ns := math.Round(parsed(t, row["latency_ms"]) * 1e6)
		var bySeed []float64
		hits, total := 0, 0
		for seed := 1; seed <= s.seeds; seed++ {
			n, of := 0, 0
			for _, lookup := range s.rows(0, uint64(seed)) {
				if !lookup.Success {
					continue
				}
				of++
				if float64(lookup.LatencyNs) <= ns {
					n++
				}
			}
			hits, total = hits+n, total+of
			bySeed = append(bySeed, float64(n)/float64(of))
		}
		require.InDelta(t, float64(hits)/float64(total), last, 1e-9)
		want, _ := number.Interval95(bySeed)
		require.InDelta(t, want.Clamp().Low, parsed(t, row["share_ci95_low"]), 1e-9)
		require.InDelta(t, want.Clamp().High, parsed(t, row["share_ci95_high"]), 1e-9)
	}
	require.Equal(t, 1.0, last, "the curve reaches all lookups")
}

func TestHopsSizeDataIsTheInput(t *testing.T) {
	s := sweep()
	s.figures = []string{"hops-size"}
	dir, _ := drawRun(t, s, Slide)
	r, err := stored.Open(dir)
	require.NoError(t, err)
	rows := rowsOf(t, dir, "hops-size")
	require.Len(t, rows, len(s.cells))
	for i, row := range rows {
		m := r.Cells[i].Metrics[stored.HopMetric]
		require.Equal(t, fmt.Sprint(s.cells[i].nodes), row["nodes"])
		require.Equal(t, fmt.Sprint(m.N), row["lookups"])
		require.InDelta(t, m.Mean, parsed(t, row["mean_hops"]), 1e-11)
		require.InDelta(t, m.CI95[0], parsed(t, row["mean_hops_ci95_low"]), 1e-11)
		require.InDelta(t, m.CI95[1], parsed(t, row["mean_hops_ci95_high"]), 1e-11)
		require.InDelta(t, mean(s.cells[i].cdf), parsed(t, row["mean_hops_model"]), 1e-11)
	}
}

func TestConstantAndZeroLatencies(t *testing.T) {
	s := flagship()
	s.lookups, s.figures = 10, []string{"latency-cdf"}
	for name, c := range map[string]struct {
		ns   []int64
		says string
	}{
		"constant":      {[]int64{5e8, 5e8, 5e8, 5e8}, "latency-cdf: "},
		"with zeros":    {[]int64{0, 0, 0, 5e8}, "latency-cdf: "},
		"only zeros":    {[]int64{0, 0}, "latency-cdf: skipped: cell 0 has no successful lookup"},
		"only failures": {nil, "latency-cdf: skipped: cell 0 has no successful lookup"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s.write(t, dir)
			rows := []latency.Row{{Cell: 0, Seed: 2, Kind: stored.LookupKind, Latency: 1}} // failed
			for _, ns := range c.ns {
				rows = append(rows, latency.Row{Cell: 0, Seed: 1, Kind: stored.LookupKind,
					Latency: ns, Success: true})
			}
			writeRows(t, dir, rows)
			lines, err := drawCoarse(dir, Slide)
			require.NoError(t, err)
			require.Contains(t, lines[0], c.says)
			if name == "with zeros" {
				rows := rowsOf(t, dir, "latency-cdf")
				require.Len(t, rows, 2)
				require.Equal(t, "0.75", rows[0]["share_at_most"])
				require.Equal(t, "1", rows[1]["share_at_most"])
				checkPNG(t, read(t, dir, "latency-cdf.png"), coarse(Slide))
			}
		})
	}
}
