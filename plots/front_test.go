package plots

import (
	rand "math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"

	"swarmlab/plots/number"
	"swarmlab/plots/stored"
)

func TestFrontDataIsTheInput(t *testing.T) {
	s := studyRun()
	s.figures = []string{"front"}
	dir, _ := drawRun(t, s, Slide)
	rows := rowsOf(t, dir, "front")
	require.Len(t, rows, 2*36)
	usual, knees, onFront, good := 0, 0, 0, 0
	for i, row := range rows {
		require.InDelta(t, expected(t, row), parsed(t, row["value"]), 1e-9)
		require.Equal(t, rows[i-i%2]["cell"], row["cell"])
		usual += int(parsed(t, row["default"]))
		knees += int(parsed(t, row["knee"]))
		onFront += int(parsed(t, row["front"]))
		good += int(parsed(t, row["success"]))
	}
	require.Equal(t, 2*(36-6), good, "of k 4 with a timeout of 1m, 88 % succeed")
	require.Contains(t, string(read(t, dir, "front.md")), "less than 90 % of their lookups")
	require.Equal(t, []int{2, 2}, []int{usual, knees})
	require.Greater(t, onFront, 4)
	// No more than the default's 23 B/s: k 4 and alpha 3 (19), with the timeout of 500 ms.
	require.Contains(t, string(read(t, dir, "front.md")), "# 0.867 s instead of 5.53 s, at no "+
		"more traffic per node than the default: k 4, query_timeout 500ms")
}

// What the studies of these tests vary and measure.
const (
	sizePath      = "groups.nodes.dht.k"
	widthPath     = "groups.nodes.dht.alpha"
	timePath      = "groups.nodes.dht.refresh"
	trafficMetric = "traffic.bytes_per_node_s"
)

// TestFrontByTheDumbWay holds the front against its definition, for both senses of better.
func TestFrontByTheDumbWay(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 60 {
		r := &stored.Results{Study: &stored.Study{Axes: []string{sizePath}}}
		for i := range 2 + rnd.IntN(30) {
			r.Cells = append(r.Cells, stored.Cell{Cell: i, Set: map[string]any{sizePath: i},
				Metrics: map[string]stored.Metric{
					trafficMetric:        {N: 1, Mean: float64(1 + rnd.IntN(12))},
					stored.LatencyMetric: {N: 1, Mean: float64(1 + rnd.IntN(12))},
					stored.SuccessMetric: {N: 1, Mean: float64(1+rnd.IntN(12)) / 12},
				}})
		}
		for _, worthName := range []string{stored.LatencyMetric, stored.SuccessMetric} {
			cost, worth := measureOf(trafficMetric, r.Cells), measureOf(worthName, r.Cells)
			require.Equal(t, worthName == stored.SuccessMetric, worth.more)
			r.Study.Success = []float64{0, 0.4}[rnd.IntN(2)]
			all := choicesOf(r, axesOf(r), &cost, &worth)
			require.Len(t, all, len(r.Cells))
			knees := 0
			for i, c := range all {
				require.Equal(t, c.cell.Metrics[stored.SuccessMetric].Mean < r.Study.Success,
					c.poor)
				beaten := c.poor
				for j, o := range all {
					noWorse := o.cost.Value <= c.cost.Value &&
						!worth.better(c.worth.Value, o.worth.Value)
					same := o.cost.Value == c.cost.Value && o.worth.Value == c.worth.Value
					beaten = beaten || !o.poor && (noWorse && !same || same && j < i)
				}
				require.Equal(t, !beaten, c.front)
				require.Equal(t, c.cell.Cell == 0, c.usual)
				if c.knee {
					knees++
					require.True(t, c.front)
				}
			}
			require.LessOrEqual(t, knees, 1)
		}
	}
}

// TestKnee: of 1/x on logarithmic scales no point is a knee; a corner is one.
func TestKnee(t *testing.T) {
	front := func(at ...plotter.XY) (all []choice) {
		for _, p := range at {
			all = append(all, choice{cost: number.Measured{Value: p.X},
				worth: number.Measured{Value: p.Y},
				front: true})
		}
		markKnee(all)
		return all
	}
	knee := func(c choice) bool { return c.knee }
	straight := front(plotter.XY{X: 1, Y: 8}, plotter.XY{X: 2, Y: 4}, plotter.XY{X: 4, Y: 2})
	require.False(t, slices.ContainsFunc(straight, knee))
	corner := front(plotter.XY{X: 1, Y: 9}, plotter.XY{X: 2, Y: 2}, plotter.XY{X: 3, Y: 1.8},
		plotter.XY{X: 9, Y: 1})
	require.Equal(t, 1, slices.IndexFunc(corner, knee))
	zero := front(plotter.XY{X: 0, Y: 9}, plotter.XY{X: 1, Y: 1}, plotter.XY{X: 9, Y: 0})
	require.Equal(t, 1, slices.IndexFunc(zero, knee), "zeros are no trouble")
}

// TestTagsDoNotCollide: labels that must be there find places in a crowd; none covers another or
// leaves the plot, and optional ones hide no dot.
func TestTagsDoNotCollide(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	c := draw.NewCanvas(vgimg.New(600, 400), 600, 400)
	for range 40 {
		k := tags{look: Slide.Look()}
		var dots []vg.Point
		for range 40 {
			dots = append(dots, vg.Point{X: vg.Length(600 * rnd.Float64()),
				Y: vg.Length(400 * rnd.Float64())})
		}
		var taken []vg.Rectangle
		for i := range 3 {
			box, hidden, ok := k.place(c, dots[i], "query_timeout 1s", 18, farRings, dots,
				taken)
			require.True(t, ok)
			require.False(t, overlapsAny(box, taken))
			require.True(t, contains(c.Rectangle, box))
			n := 0
			for _, d := range dots {
				if holds(grown(box, 0.8*k.look.Radius), d) {
					n++
				}
			}
			require.Equal(t, n, hidden)
			taken = append(taken, box)
		}
	}
	full := []vg.Rectangle{c.Rectangle}
	k := tags{look: Slide.Look()}
	_, _, ok := k.place(c, vg.Point{X: 300, Y: 200}, "x", 18, farRings, nil, full)
	require.False(t, ok, "where all is taken there is no place")
}
