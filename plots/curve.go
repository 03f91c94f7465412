package plots

import (
	"gonum.org/v1/plot/plotter"

	"swarmlab/plots/number"
)

// marked are the shares whose latencies are marked on each curve.
func marked() []float64 { return []float64{0.50, 0.90, 0.99} }

// A curve is what is drawn of one cell's latencies.
type curve struct {
	line   plotter.XYs       // x in ns; begins with share 0
	x      []float64         // of the band
	spread []number.Interval // at x; empty with one seed
}

// thin picks at most verticesMax vertices, evenly spread over the lookups, of the empirical CDF.
func (s *latencies) thin(left float64) curve {
	n := len(s.ns)
	c := curve{line: plotter.XYs{{X: max(left, float64(s.ns[0])), Y: 0}}}
	m := min(n, number.VerticesMax)
	for j, done := 0, -1; j < m; j++ {
		i := 0
		if m > 1 {
			i = int(int64(j) * int64(n-1) / int64(m-1))
		}
		if i <= done {
			continue
		}
		done = i + number.UpTo(s.ns[i:], s.ns[i]) - 1 // the last of its equals
		c.line = append(c.line, plotter.XY{
			X: float64(s.ns[i]), Y: float64(done+1) / float64(n)})
		if i, ok := number.Interval95(s.sharesBySeed(s.ns[i])); ok {
			c.x = append(c.x, c.line[len(c.line)-1].X)
			c.spread = append(c.spread, i.Clamp())
		}
	}
	return c
}
