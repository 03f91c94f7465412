package plots

import (
	"math"
	"slices"

	"gonum.org/v1/plot/plotter"

	"swarmlab/plots/number"
	"swarmlab/plots/stored"
)

// latencies are the successful lookups of one cell, in ns.
type latencies struct {
	ns     []int64   // of all seeds together, sorted
	bySeed [][]int64 // of each seed, sorted
	all    int       // lookups, failed ones too
}

type latencyRow struct {
	Cell    int32  `parquet:"cell"`
	Seed    uint64 `parquet:"seed"`
	Kind    string `parquet:"kind"`
	Latency int64  `parquet:"latency_ns"`
	Success bool   `parquet:"success"`
}

type foundRow struct {
	latencyRow
	Found int64 `parquet:"found_ns"`
}

// Read reads the latencies of the first n cells.
func Read(r *stored.Results, n int) ([]latencies, error) {
	out := empty(r, n)
	err := stored.ScanLookups(r, func(row *latencyRow) error {
		return count(r, out, row,
			row.Latency)
	})
	sortLatencies(out)
	return out, err
}

// ReadBoth reads, of all cells, the times to the end and those to the closest contact.
func ReadBoth(r *stored.Results) (ended, found []latencies, err error) {
	ended, found = empty(r, len(r.Cells)), empty(r, len(r.Cells))
	err = stored.ScanLookups(r, func(row *foundRow) error {
		if err := count(r, ended, &row.latencyRow, row.Latency); err != nil {
			return err
		}
		return count(r, found, &row.latencyRow, row.Found)
	})
	sortLatencies(ended)
	sortLatencies(found)
	return ended, found, err
}

// empty is the first n cells before anything is known.
func empty(r *stored.Results, n int) []latencies {
	out := make([]latencies, n)
	for i := range out {
		out[i].bySeed = make([][]int64, len(r.Cells[i].Seeds))
	}
	return out
}

// count adds a lookup that took so long, if it is of these cells and not of another kind.
func count(r *stored.Results, out []latencies, row *latencyRow, ns int64) error {
	cell, seed, err := r.Place(row.Cell, row.Seed)
	if err != nil || cell >= len(out) || row.Kind != stored.LookupKind {
		return err
	}
	out[cell].all++
	if row.Success {
		out[cell].bySeed[seed] = append(out[cell].bySeed[seed], ns)
	}
	return nil
}

func sortLatencies(out []latencies) {
	for i := range out {
		for _, ns := range out[i].bySeed {
			slices.Sort(ns)
		}
		out[i].ns = slices.Concat(out[i].bySeed...)
		slices.Sort(out[i].ns)
	}
}

// quantile returns the smallest latency that at least this share of the lookups did not exceed.
func (s *latencies) quantile(share float64) float64 {
	i := int(math.Ceil(share*float64(len(s.ns))-1e-9)) - 1
	return float64(s.ns[max(i, 0)])
}

// marks returns the marked quantiles as points of the curve.
func (s *latencies) marks() plotter.XYs {
	var at plotter.XYs
	for _, share := range marked() {
		at = append(at, plotter.XY{X: s.quantile(share), Y: share})
	}
	return at
}

// sharesBySeed returns, for each seed with successful lookups, the share of them within v.
func (s *latencies) sharesBySeed(v int64) []float64 {
	var out []float64
	for _, ns := range s.bySeed {
		if len(ns) > 0 {
			out = append(out, float64(number.UpTo(ns, v))/float64(len(ns)))
		}
	}
	return out
}
