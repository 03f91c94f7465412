package plots

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"

	"swarmlab/plots/page"
	"swarmlab/plots/stored"
)

// A damage is one way in which a results folder can be broken, and what Draw must say of it.
type damage struct {
	do   func(t *testing.T, dir string, summary map[string]any)
	file string // that the error names
	says string
}

func damages() map[string]damage {
	set := func(key string, value any) func(*testing.T, string, map[string]any) {
		return func(t *testing.T, dir string, summary map[string]any) {
			if summary[key] = value; value == nil {
				delete(summary, key)
			}
			writeSummary(t, dir, summary)
		}
	}
	replace := func(name, body string) func(*testing.T, string, map[string]any) {
		return func(t *testing.T, dir string, _ map[string]any) {
			require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(body), 0o644))
		}
	}
	remove := func(name string) func(*testing.T, string, map[string]any) {
		return func(t *testing.T, dir string, _ map[string]any) {
			require.NoError(t, os.Remove(filepath.Join(dir, name)))
		}
	}
	known := "known figures: " + strings.Join(Names(), ", ")
	return map[string]damage{
		"no summary": {remove(summaryFile), summaryFile, "run 'swarmlab run --out DIR' first"},
		"not JSON":   {replace(summaryFile, "%PDF"), summaryFile, "not a swarmlab result"},
		"foreign": {replace(summaryFile, `{"a":1}`), summaryFile,
			`not a swarmlab result: missing "scenario"; run 'swarmlab run' first`},
		"no cells": {set("cells", nil), summaryFile,
			`not a swarmlab result: missing "cells"; run 'swarmlab run' first`},
		"no version":     {set("version", nil), summaryFile, `missing "version"`},
		"no fingerprint": {set("fingerprint", ""), summaryFile, `missing "fingerprint"`},
		"no figures":     {set("figures", nil), summaryFile, `missing "figures"`},
		"empty cell": {set("cells", []any{map[string]any{}}), summaryFile,
			`cells[0]: missing "seeds"`},
		"unknown figure": {set("figures", []string{"hops", "pie"}), summaryFile,
			`unknown figure "pie"; ` + known},
		"a study of nothing": {set("study", map[string]any{}), summaryFile,
			`not a swarmlab result: study: missing "axes"`},
		"a study without metrics": {set("study", map[string]any{"axes": []string{"seed"}}),
			summaryFile, `study: missing "metrics"`},
		"a study without cost": {set("study", map[string]any{"axes": []string{"seed"},
			"metrics": []string{"lookup.success"}}), summaryFile, `missing "cost" or "worth"`},
		"no lookups":  {remove(lookupsFile), lookupsFile, "no such file"},
		"not Parquet": {replace(lookupsFile, "PAR1 no more"), lookupsFile, "damaged"},
		"torn Parquet": {func(t *testing.T, dir string, _ map[string]any) {
			path := filepath.Join(dir, lookupsFile)
			require.NoError(t, os.Truncate(path, 1000))
		}, lookupsFile, "damaged"},
		"no column": {func(t *testing.T, dir string, _ map[string]any) {
			writeRows(t, dir, []struct {
				Cell int32 `parquet:"cell"`
			}{{1}})
		}, lookupsFile, `no column "`},
		"wrong kind": {func(t *testing.T, dir string, _ map[string]any) {
			writeRows(t, dir, []struct {
				Cell int32  `parquet:"cell"`
				Seed string `parquet:"seed"`
				Hops int32  `parquet:"hops_contact"`
			}{{0, "1", 1}})
		}, lookupsFile, `column "seed" is BYTE_ARRAY, not INT64`},
		"another run's lookups": {func(t *testing.T, dir string, _ map[string]any) {
			writeRows(t, dir, []syntheticRow{{Cell: 7, Seed: 1, HopsContact: 1}})
		}, lookupsFile, "a row of cell 7, which summary.json does not have"},
		"another seed's lookups": {func(t *testing.T, dir string, _ map[string]any) {
			writeRows(t, dir, []syntheticRow{{Cell: 0, Seed: 99, HopsContact: 1}})
		}, lookupsFile, "a row of cell 0 and seed 99"},
		"more hops than counted": {func(t *testing.T, dir string, _ map[string]any) {
			writeRows(t, dir, []syntheticRow{{Kind: stored.LookupKind, Seed: 1, HopsContact: 40,
				Success: true}})
		}, lookupsFile, "a lookup of 40 hops"},
	}
}

func TestDamagedFoldersAreRefusedByName(t *testing.T) {
	s := flagship()
	s.lookups = 50
	for name, d := range damages() {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			d.do(t, dir, s.write(t, dir))
			lines, err := drawCoarse(dir, Slide)
			require.Error(t, err)
			require.Contains(t, err.Error(), filepath.Join(dir, d.file)+": ")
			require.Contains(t, err.Error(), d.says)
			require.Empty(t, lines)
		})
	}
}

func writeRows[T any](t *testing.T, dir string, rows []T) {
	require.NoError(t, parquet.WriteFile(filepath.Join(dir, lookupsFile), rows))
}

func TestACDFThatFallsIsRefused(t *testing.T) {
	dir := t.TempDir()
	s := flagship()
	s.lookups = 10
	summary := s.write(t, dir)
	cell := summary["cells"].([]any)[0].(map[string]any)
	model := cell["models"].(map[string]any)[stored.HopMetric].(map[string]any)
	model["cdf"] = []float64{0.5, 0.4, 1}
	writeSummary(t, dir, summary)
	_, err := drawCoarse(dir, Slide)
	require.ErrorContains(t, err, "cells[0]: models: lookup.hops.contact: the cdf falls")
}

func TestAFailedWriteLeavesTheOldFigureAlone(t *testing.T) {
	dir := t.TempDir()
	stem := filepath.Join(dir, "a")
	require.NoError(t, writeAll(stem, []page.File{{Ending: ".md", Body: []byte("old")}}))
	require.NoError(t, os.Mkdir(stem+".csv", 0o755)) // a folder cannot be replaced by a file
	require.Error(t, writeAll(stem, []page.File{{Ending: ".csv", Body: []byte("new")},
		{Ending: ".md", Body: []byte("new")}}))
	body, err := os.ReadFile(stem + ".md")
	require.NoError(t, err)
	require.Equal(t, "old", string(body))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 2, "no temporary file is left")
}
