package latency

import (
	"gonum.org/v1/plot/plotter"

	"swarmlab/plots/number"
)

// Marked are the shares whose latencies are marked on each curve: p50, p90 and p99.
func Marked() []float64 { return []float64{0.50, 0.90, 0.99} }

// A Curve is what is drawn of one cell's latencies.
type Curve struct {
	Line   plotter.XYs       // x in ns; begins with share 0
	X      []float64         // of the band
	Spread []number.Interval // at x; empty with one seed
}

// Thin picks at most number.VerticesMax vertices, evenly spread over the lookups, of the empirical
// CDF.
func (s *Sample) Thin(left float64) Curve {
	n := len(s.NS)
	c := Curve{Line: plotter.XYs{{X: max(left, float64(s.NS[0])), Y: 0}}}
	m := min(n, number.VerticesMax)
	for j, done := 0, -1; j < m; j++ {
		i := 0
		if m > 1 {
			i = int(int64(j) * int64(n-1) / int64(m-1))
		}
		if i <= done {
			continue
		}
		done = i + number.UpTo(s.NS[i:], s.NS[i]) - 1 // the last of its equals
		c.Line = append(c.Line, plotter.XY{
			X: float64(s.NS[i]), Y: float64(done+1) / float64(n)})
		if i, ok := number.Interval95(s.sharesBySeed(s.NS[i])); ok {
			c.X = append(c.X, c.Line[len(c.Line)-1].X)
			c.Spread = append(c.Spread, i.Clamp())
		}
	}
	return c
}
