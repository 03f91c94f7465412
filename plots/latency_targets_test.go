package plots

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// timedTargets are published medians of the first two cells of the sweep, one met and one missed,
// and targets that are no percentile of a latency of one cell.
func timedTargets() []any {
	row := func(metric, of string, low, high float64, verdict string, cells ...int) any {
		return map[string]any{"what": "it", "metric": metric, "of": of, "unit": "ms",
			"kind": "field", "source": "a paper", "published": (low + high) / 2,
			"band": []float64{low, high}, "ours": 1, "verdict": verdict, "cells": cells}
	}
	return []any{
		row("lookup.latency_ms", "p50", 100, 400, "met", 0),
		row("lookup.latency_ms", "p90", 3000, 9000, "missed", 0),
		row("lookup.found_ms", "p50", 20, 30, "missed", 1),
		row("lookup.latency_ms", "mean", 100, 400, "met", 2),
		row("lookup.latency_ms", "p50", 100, 400, "met", 2, 3),
		row("lookup.rounds", "p50", 1, 4, "met", 3),
	}
}

func timedRun(t *testing.T, targets []any) string {
	dir := t.TempDir()
	writeTimed(t, dir, targets)
	return dir
}

func writeTimed(t *testing.T, dir string, targets []any) {
	t.Helper()
	s := sweep()
	s.figures = []string{"latency-targets"}
	summary := s.write(t, dir)
	summary["targets"] = targets
	writeSummary(t, dir, summary)
}

// TestLatencyTargets: two curves, as they are stored, and what was published of them.
func TestLatencyTargets(t *testing.T) {
	for _, theme := range []Theme{Slide, Dark, Paper} {
		dir := timedRun(t, timedTargets())
		lines, err := drawCoarse(dir, theme)
		require.NoError(t, err)
		require.NotContains(t, lines[0], "skipped")
		caption, err := os.ReadFile(filepath.Join(dir, "figures", "latency-targets.md"))
		require.NoError(t, err)
		require.Contains(t, string(caption), "1 of 3 published results met, medians from ")
		require.Equal(t, 3, strings.Count(string(caption), "(a paper)"))
		f, err := os.Open(filepath.Join(dir, "figures", "latency-targets.csv"))
		require.NoError(t, err)
		rows, err := csv.NewReader(f).ReadAll()
		require.NoError(t, err)
		require.NoError(t, f.Close())
		curves := map[string][][]string{}
		for _, row := range rows[1:] {
			curves[row[0]+" "+row[2]] = append(curves[row[0]+" "+row[2]], row)
		}
		require.Len(t, curves, 2)
		holdsMedian(t, curves["0 lookup.latency_ms"], 0, false)
		holdsMedian(t, curves["1 lookup.found_ms"], 1, true)
	}
}

// holdsMedian works out a curve's median from the rows that were written.
func holdsMedian(t *testing.T, curve [][]string, number int, found bool) {
	t.Helper()
	s := sweep()
	var ms []float64
	for seed := range s.seeds {
		for _, row := range s.rows(number, uint64(seed+1)) {
			switch {
			case !found:
				ms = append(ms, float64(row.LatencyNs)/1e6)
			case row.Success:
				ms = append(ms, float64(row.FoundNs)/1e6)
			}
		}
	}
	slices.Sort(ms)
	want, last := ms[len(ms)/2], math.Inf(-1)
	for _, row := range curve {
		at, err := strconv.ParseFloat(row[3], 64)
		require.NoError(t, err)
		share, err := strconv.ParseFloat(row[4], 64)
		require.NoError(t, err)
		require.Greater(t, at, last)
		if share >= 0.5 {
			require.InEpsilon(t, want, at, 0.02, fmt.Sprint(row))
			return
		}
		last = at
	}
	require.Fail(t, "no median")
}

func TestLatencyTargetsSkipped(t *testing.T) {
	lines, err := drawCoarse(timedRun(t, timedTargets()[3:]), Slide)
	require.NoError(t, err)
	require.Contains(t, lines[0], "skipped: no published value")
}
