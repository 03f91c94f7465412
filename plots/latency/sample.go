package latency

import (
	"math"
	"slices"

	"gonum.org/v1/plot/plotter"

	"swarmlab/plots/number"
	"swarmlab/plots/stored"
)

// A Sample is the latencies of the successful lookups of one cell, in ns.
type Sample struct {
	NS     []int64   // of all seeds together, sorted
	BySeed [][]int64 // of each seed, sorted
	All    int       // lookups, failed ones too
}

// A Row is a lookup as lookups.parquet has it. Kind is stored.LookupKind for those of the metrics.
type Row struct {
	Cell    int32  `parquet:"cell"`
	Seed    uint64 `parquet:"seed"`
	Kind    string `parquet:"kind"`
	Latency int64  `parquet:"latency_ns"`
	Success bool   `parquet:"success"`
}

type foundRow struct {
	Row
	Found int64 `parquet:"found_ns"`
}

// Read reads how long the lookups of the first n cells took, from their start to their end.
func Read(r *stored.Results, n int) ([]Sample, error) {
	out := empty(r, n)
	err := stored.ScanLookups(r, func(row *Row) error {
		return count(r, out, row, row.Latency)
	})
	Sort(out)
	return out, err
}

// ReadBoth reads, of all cells, the times to the end and those to the closest contact.
func ReadBoth(r *stored.Results) (ended, found []Sample, err error) {
	ended, found = empty(r, len(r.Cells)), empty(r, len(r.Cells))
	err = stored.ScanLookups(r, func(row *foundRow) error {
		if err := count(r, ended, &row.Row, row.Latency); err != nil {
			return err
		}
		return count(r, found, &row.Row, row.Found)
	})
	Sort(ended)
	Sort(found)
	return ended, found, err
}

// empty is the first n cells before anything is known.
func empty(r *stored.Results, n int) []Sample {
	out := make([]Sample, n)
	for i := range out {
		out[i].BySeed = make([][]int64, len(r.Cells[i].Seeds))
	}
	return out
}

// count adds a lookup that took so long, if it is of these cells and not of another kind.
func count(r *stored.Results, out []Sample, row *Row, ns int64) error {
	cell, seed, err := r.Place(row.Cell, row.Seed)
	if err != nil || cell >= len(out) || row.Kind != stored.LookupKind {
		return err
	}
	out[cell].All++
	if row.Success {
		out[cell].BySeed[seed] = append(out[cell].BySeed[seed], ns)
	}
	return nil
}

// Sort makes samples whole, of which only BySeed is filled.
func Sort(out []Sample) {
	for i := range out {
		for _, ns := range out[i].BySeed {
			slices.Sort(ns)
		}
		out[i].NS = slices.Concat(out[i].BySeed...)
		slices.Sort(out[i].NS)
	}
}

// Quantile returns the smallest latency that at least this share of the lookups did not exceed.
func (s *Sample) Quantile(share float64) float64 {
	i := int(math.Ceil(share*float64(len(s.NS))-1e-9)) - 1
	return float64(s.NS[max(i, 0)])
}

// Marks returns the marked quantiles as points of the curve.
func (s *Sample) Marks() plotter.XYs {
	var at plotter.XYs
	for _, share := range Marked() {
		at = append(at, plotter.XY{X: s.Quantile(share), Y: share})
	}
	return at
}

// sharesBySeed returns, for each seed with successful lookups, the share of them within v.
func (s *Sample) sharesBySeed(v int64) []float64 {
	var out []float64
	for _, ns := range s.BySeed {
		if len(ns) > 0 {
			out = append(out, float64(number.UpTo(ns, v))/float64(len(ns)))
		}
	}
	return out
}
