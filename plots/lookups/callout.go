package lookups

import (
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"swarmlab/plots/latency"
	"swarmlab/plots/page"
)

// A callout names a curve where it is: a line in the curve's colour leads from a point of it to the
// side, and carries the name.
type callout struct {
	at     plotter.XY
	text   string
	left   bool // to the left of the point
	style  draw.LineStyle
	ink    color.Color
	ground color.Color
	size   vg.Length
}

func (o callout) Plot(c draw.Canvas, plt *plot.Plot) {
	x, y := plt.Transforms(&c)
	from, across := vg.Point{X: x(o.at.X), Y: y(o.at.Y)}, calloutWidth(o.text, o.size)
	to := vg.Point{X: from.X + across, Y: from.Y}
	corner := vg.Point{X: to.X - page.Width(o.text, o.size), Y: from.Y + 0.1*o.size}
	if o.left {
		to.X = from.X - across
		corner.X = to.X
	}
	c.SetColor(o.ground)
	c.Fill(vg.Rectangle{
		Min: vg.Point{X: corner.X - o.size/8, Y: from.Y},
		Max: vg.Point{X: corner.X + page.Width(o.text, o.size) + o.size/8, Y: corner.Y + o.size},
	}.Path())
	c.StrokeLine2(o.style, from.X, from.Y, to.X, to.Y)
	page.Write(c, o.text, o.size, o.ink, vg.Point{X: corner.X, Y: corner.Y + 0.15*o.size})
}

// calloutWidth is how far a callout reaches to the side.
func calloutWidth(text string, size vg.Length) vg.Length {
	return page.Width(text, size) +
		0.9*size
}

// calloutShare is where the name of the curve of that rank stands: not at the marked median.
func calloutShare(rank, curves int) float64 {
	among := func(rank, of int) float64 {
		if of == 1 {
			return 0.5
		}
		return float64(rank) / float64(of-1)
	}
	upper := (curves + 1) / 2
	if rank < upper {
		return 0.82 - 0.24*among(rank, upper)
	}
	return 0.36 - 0.2*among(rank-upper, curves-upper)
}

// axisShare is about how much of the page's width the x axis has.
const axisShare = 0.8

// latencySpan is how far apart the ends of all curves are on a logarithmic axis.
func latencySpan(curves []latency.Sample) float64 {
	low, high := math.Inf(1), 0.0
	for _, c := range curves {
		low, high = min(low, c.Quantile(0)), max(high, c.Quantile(1))
	}
	return math.Log(high / max(low, 1))
}

// callouts names curves of a family of distributions, each at another share, from the fastest above
// to the slowest below, and on the side where the next curve is further away: the outer ones stand
// where no curve is. There are none if a name is too long for that.
func callouts(l page.Look, curves []latency.Sample, names []string) []plot.Plotter {
	if len(curves) < 2 {
		return nil
	}
	for _, name := range names {
		if calloutWidth(name, l.Text) > 0.2*l.Width {
			return nil
		}
	}
	order := make([]int, len(curves))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		if curves[a].Quantile(0.5) < curves[b].Quantile(0.5) {
			return -1
		}
		return 1
	})
	var all []plot.Plotter
	across := latencySpan(curves) / float64(axisShare*l.Width)
	for rank, i := range order {
		share := calloutShare(rank, len(order))
		x := curves[i].Quantile(share)
		left, right := math.Inf(1), math.Inf(1) // room until the next curve
		for _, other := range curves {
			switch at := other.Quantile(share); {
			case at < x:
				left = min(left, math.Log(x/at))
			case at > x:
				right = min(right, math.Log(at/x))
			}
		}
		if max(left, right) < float64(calloutWidth(names[i], l.Text))*across {
			return nil
		}
		all = append(all, callout{
			at: plotter.XY{X: x, Y: share}, text: names[i],
			left:  left > right || left == right && 2*rank < len(order)-1,
			style: page.Solid(l.Pen(i).Color, 0.7*l.Line), ink: l.Ink,
			ground: page.Faded(l.Background, 0.85), size: l.Text,
		})
	}
	return all
}
