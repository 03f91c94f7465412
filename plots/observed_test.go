package plots

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// writeObserved makes a folder of runs with crawlers and probes, and of published values.
func writeObserved(t *testing.T, dir string) {
	t.Helper()
	var cells []any
	for n, queries := range []int{1, 2, 4, 8} {
		x := float64(n)
		cells = append(cells, map[string]any{
			"cell": n, "set": map[string]any{"crawl.queries": queries}, "seeds": []uint64{1, 2, 3},
			"nodes": 4000, "metrics": map[string]any{
				"crawl.error":               share(-0.2 + 0.06*x),
				"crawl.error_planted":       share(0.01 - 0.005*x),
				"crawl.error_recapture":     share(-0.18 + 0.06*x),
				"crawl.answered":            share(150 + 10*x),
				"crawl.reachable":           share(190),
				"crawl.online":              share(515),
				"connectivity.nodes":        map[string]any{"n": 3, "mean": 1800.0},
				"connectivity.reciprocity":  share(0.9 - 0.02*x),
				"connectivity.transitivity": share(0.36 - 0.01*x),
				"connectivity.persistence":  share(0.37 - 0.01*x),
				"connectivity.good":         share(0.35 - 0.02*x),
				"connectivity.first_only":   share(0.5),
				"connectivity.silent":       share(0.1 + 0.02*x),
			}})
	}
	target := func(metric string, published, low, high float64) map[string]any {
		return map[string]any{"what": metric, "metric": metric, "of": "mean", "kind": "field",
			"source": "a paper", "published": published, "band": []float64{low, high},
			"ours": published, "verdict": "met", "cells": []int{0, 1}}
	}
	body, err := json.Marshal(map[string]any{
		"scenario": "observed", "title": "Crawlers and probes", "version": "swarmlab 0.1.0",
		"fingerprint": "3f2a91c0", "figures": []string{"crawl", "connectivity"}, "cells": cells,
		"targets": []any{
			target("crawl.error", -0.25, -0.4, -0.1),
			target("crawl.error_planted", 0, -0.03, 0.03),
			target("connectivity.reciprocity", 0.8, 0.73, 0.87),
			target("connectivity.transitivity", 0.4, 0.33, 0.47),
		}})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "summary.json"), body, 0o644))
}

func drawObserved(t *testing.T) (dir string) {
	dir = t.TempDir()
	writeObserved(t, dir)
	lines, err := drawCoarse(dir, Slide)
	require.NoError(t, err)
	require.Len(t, lines, 2)
	return dir
}

// TestCrawlDataIsTheInput finds each estimate of each cell in the data, and the worst in the title.
func TestCrawlDataIsTheInput(t *testing.T) {
	dir := drawObserved(t)
	rows := rowsOf(t, dir, "crawl")
	require.Len(t, rows, 3*4)
	for n, row := range rows {
		x := float64(n % 4)
		want := []float64{-0.2 + 0.06*x, -0.18 + 0.06*x, 0.01 - 0.005*x}[n/4]
		require.InDelta(t, want, parsed(t, row["error"]), 1e-5)
		require.InDelta(t, want-0.01, parsed(t, row["error_ci95_low"]), 1e-5)
		require.InDelta(t, 150+10*x, parsed(t, row["counted"]), 1e-3)
		require.Equal(t, fmt.Sprint(n%4), row["cell"])
	}
	caption := string(read(t, dir, "crawl.md"))
	require.Contains(t, caption, "# A crawler misses up to 20 % of the nodes that could answer")
	require.Contains(t, caption, "Bernoulli")
}

func TestConnectivityDataIsTheInput(t *testing.T) {
	dir := drawObserved(t)
	rows := rowsOf(t, dir, "connectivity")
	shares := []string{"reciprocity", "transitivity", "persistence", "good", "first_only", "silent"}
	require.Len(t, rows, 4*len(shares))
	for n, row := range rows {
		require.Equal(t, "connectivity."+shares[n%6], row["metric"])
		if row["metric"] == "connectivity.reciprocity" {
			require.InDelta(t, 0.9-0.02*float64(n/6), parsed(t, row["share"]), 1e-5)
		}
	}
	caption := string(read(t, dir, "connectivity.md"))
	require.Contains(t, caption, "# queries = 1: 35 % of those who come to us answer us")
	require.Contains(t, caption, "1 800 nodes a run")
}

func TestObserversThatThereWereNotAreSkipped(t *testing.T) {
	s := flagship()
	s.lookups, s.figures = 20, []string{"crawl", "connectivity"}
	_, lines := drawRun(t, s, Slide)
	require.Equal(t, []string{
		"crawl: skipped: nobody crawled the network: write crawl: {at: 1h}",
		"connectivity: skipped: nobody probed the nodes: write probes: {vantages: 4}"}, lines)
}
