package plots

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat"

	"swarmlab/plots/number"
	"swarmlab/plots/stored"
)

// A synthetic run draws hops from known distributions, and writes a results folder of them.
type synthetic struct {
	cells   []syntheticCell
	seeds   int
	lookups int // of each seed
	figures []string
	models  bool
	study   *stored.Study // of a sweep, if not nil
}

type syntheticCell struct {
	set   map[string]any
	nodes int
	cdf   []float64 // the truth of the hops, also what the model says
	delay float64   // median of one hop, in ms

	metrics map[string]any // beside or in place of the usual ones
}

// referenceCells are sizes with the CDFs of the Roos-Salah-Strufe model for k=8, alpha=3, beta=2.
func referenceCells() []syntheticCell {
	set := func(n int) map[string]any { return map[string]any{"groups.nodes.size": n} }
	return []syntheticCell{
		{set(1000), 1000, []float64{.0626, .6784, .9990, 1}, 90, nil},
		{set(10000), 10000, []float64{.0089, .2134, .8795, .9998, 1}, 100, nil},
		{set(100000), 100000, []float64{.0012, .0440, .4499, .9614, .9999, 1}, 110, nil},
		{set(1000000), 1000000, []float64{.0003, .0076, .1343, .6829, .9901, 1}, 120, nil},
	}
}

// flagship is one cell of 10 000 nodes and five seeds.
func flagship() synthetic {
	c := referenceCells()[1]
	c.set = map[string]any{}
	return synthetic{
		cells: []syntheticCell{c}, seeds: 5, lookups: 1000, models: true,
		figures: []string{"hops", "hops-cdf", "latency-cdf"},
	}
}

// sweep is the sweep over sizes with every figure that is made of lookups.
func sweep() synthetic {
	return synthetic{
		cells: referenceCells(), seeds: 5, lookups: 500, models: true, figures: lookupFigures(),
	}
}

// lookupFigures are the figures that any scenario with lookups can have.
func lookupFigures() []string {
	return []string{"hops", "hops-cdf", "latency-cdf", "hops-size", "calibration"}
}

type syntheticRow struct {
	Cell         int32  `parquet:"cell"`
	Seed         uint64 `parquet:"seed"`
	Kind         string `parquet:"kind"`
	Node         uint32 `parquet:"node"`
	AtNs         int64  `parquet:"at_ns"`
	LatencyNs    int64  `parquet:"latency_ns"`
	FoundNs      int64  `parquet:"found_ns"`
	FirstValueNs int64  `parquet:"first_value_ns"`
	HopsContact  int32  `parquet:"hops_contact"`
	HopsFirst    int32  `parquet:"hops_first_value"`
	HopsDiscover int32  `parquet:"hops_discover_k"`
	HopsTotal    int32  `parquet:"hops_total"`
	Rounds       int32  `parquet:"rounds"`
	Messages     int32  `parquet:"messages"`
	Timeouts     int32  `parquet:"timeouts"`
	Success      bool   `parquet:"success"`
}

func mean(cdf []float64) float64 {
	sum := 0.0
	for h := range cdf {
		sum += float64(h+1) * shareOfHops(cdf, h+1)
	}
	return sum
}

// shareOfHops is the share of exactly so many hops, from 1 on.
func shareOfHops(cdf []float64, hops int) float64 {
	if hops == 1 {
		return cdf[0]
	}
	return max(0, cdf[hops-1]-cdf[hops-2])
}

// rows draws the lookups of one cell and seed.
func (s synthetic) rows(number int, seed uint64) []syntheticRow {
	c := s.cells[number]
	rnd := rand.New(rand.NewPCG(seed, uint64(number)))
	rows := make([]syntheticRow, s.lookups)
	for i := range rows {
		u, h := rnd.Float64(), 1
		for h < len(c.cdf) && u > c.cdf[h-1] {
			h++
		}
		row := syntheticRow{Cell: int32(number), Seed: seed, Kind: stored.LookupKind,
			HopsContact: int32(h), Success: rnd.Float64() < 0.99, Messages: int32(3 * h)}
		ms := 0.0
		for range h {
			ms += c.delay * math.Exp(0.55*rnd.NormFloat64()+0.02*float64(seed))
		}
		if rnd.Float64() < 0.04 {
			ms += 2000
			row.Timeouts = 1
		}
		row.LatencyNs = int64(ms * float64(time.Millisecond))
		row.FoundNs = row.LatencyNs / int64(2+h)
		if !row.Success {
			row.HopsContact = 0
		}
		rows[i] = row
	}
	return rows
}

// write makes the folder, and returns the content of its summary.json.
func (s synthetic) write(t testing.TB, dir string) map[string]any {
	f, err := os.Create(filepath.Join(dir, "lookups.parquet"))
	require.NoError(t, err)
	w := parquet.NewGenericWriter[syntheticRow](f)
	var cells []any
	for i, c := range s.cells {
		var seeds []uint64
		var means []float64
		var counts []int
		total := 0
		for seed := uint64(1); seed <= uint64(s.seeds); seed++ {
			seeds = append(seeds, seed)
			rows := s.rows(i, seed)
			_, err := w.Write(rows)
			require.NoError(t, err)
			var hops []float64
			for _, row := range rows {
				if h := int(row.HopsContact); h > 0 {
					for len(counts) < h {
						counts = append(counts, 0)
					}
					counts[h-1]++
					total++
					hops = append(hops, float64(h))
				}
			}
			means = append(means, stat.Mean(hops, nil))
		}
		var cdf []float64
		sum := 0
		for _, n := range counts {
			sum += n
			cdf = append(cdf, float64(sum)/float64(total))
		}
		metric := map[string]any{
			"unit": "hops", "n": total, "mean": mean(cdf), "cdf": cdf, "ci95": nil}
		if ci, ok := number.Interval95(means); ok {
			metric["ci95"] = []float64{ci.Low, ci.High}
		}
		cell := map[string]any{
			"cell": i, "set": c.set, "seeds": seeds, "nodes": c.nodes,
			"fingerprint": fmt.Sprintf("%08x", i*77),
			"warmup_s":    600, "duration_s": 3600,
			"metrics": map[string]any{
				stored.HopMetric:     metric,
				stored.LatencyMetric: map[string]any{"unit": "ms", "n": total, "mean": 412.0},
				"lookup.success":     map[string]any{"unit": "share", "n": 0},
			},
		}
		maps.Copy(cell["metrics"].(map[string]any), c.metrics)
		if s.models {
			cell["models"] = map[string]any{stored.HopMetric: map[string]any{
				"name": "Roos-Salah-Strufe", "mean": mean(c.cdf), "cdf": c.cdf,
				"bits_per_hop": 4.421}}
		}
		cells = append(cells, cell)
	}
	require.NoError(t, w.Close())
	require.NoError(t, f.Close())
	summary := map[string]any{
		"scenario": "hops", "title": "Hop counts in a Mainline DHT",
		"version": "swarmlab 0.1.0 (go1.26)",
		"seed":    1, "repeat": s.seeds, "fingerprint": "3f2a91c0-77d06e15-b8f04aa2",
		"figures": s.figures, "study": s.study, "cells": cells,
	}
	writeSummary(t, dir, summary)
	s.writeWorlds(t, dir)
	return summary
}

// writeWorlds adds a calibration: the first cell's first seed simulated, and its second one as if
// on real sockets.
func (s synthetic) writeWorlds(t testing.TB, dir string) {
	text := "world,node,at_ns,latency_ns,hops_contact,success\n"
	for n, world := range []string{"simulated", "real"} {
		for _, row := range s.rows(0, uint64(n+1)) {
			text += fmt.Sprintf("%s,%d,%d,%d,%d,%t\n", world, row.Node, row.AtNs, row.LatencyNs,
				row.HopsContact, row.Success)
		}
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "calibration.csv"), []byte(text), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "calibration.json"), []byte(
		`{"fingerprint": "3f2a91c0-77d06e15-b8f04aa2", "hops_ks": {"statistic": 0.0123, "p": 0.97},
		"hops_chi_square": {"statistic": 2.5, "degrees": 3, "p": 0.475},
		"sockets": {"late_ms": {"mean": 1.234}}}`), 0o644))
}

func writeSummary(t testing.TB, dir string, summary map[string]any) {
	body, err := json.MarshalIndent(summary, "", " ")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "summary.json"), body, 0o644))
}
