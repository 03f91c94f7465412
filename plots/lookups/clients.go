package lookups

import (
	"fmt"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"swarmlab/plots/latency"
	"swarmlab/plots/number"
	"swarmlab/plots/page"
	"swarmlab/plots/stored"
)

const (
	clientsMax    = 8 // rows that a slide has room for
	clientColumns = 3
	clientRow     = 1.35 // height in lines of text
)

// A quantity is what one plot compares.
type quantity struct {
	heading string
	metric  string
	scale   float64 // from the stored unit, of times ns, to the heading's
	times   bool    // of the lookups in lookups.parquet: p50 and p90 instead of the metric's mean
	most    float64 // end of the scale; 0: none
}

func quantities() []quantity {
	return []quantity{
		{heading: "Hops", metric: stored.HopMetric, scale: 1},
		{heading: "Found, p50\u2013p90, ms", metric: stored.FoundMetric, times: true, scale: 1e-6},
		{heading: "Ended, p50\u2013p90, s", metric: stored.LatencyMetric, times: true, scale: 1e-9},
		{heading: "Success, %", metric: stored.SuccessMetric, scale: 100, most: 100},
		{heading: "Traffic, B/s", metric: "traffic.bytes_per_node_s", scale: 1},
		{heading: "Stale contacts, %", metric: "table.stale_share", scale: 100, most: 100},
	}
}

// A compared is what one plot shows: by client the mean, or of times p50 and p90.
type compared struct {
	quantity
	values []number.Measured
	late   []number.Measured // p90
}

// Clients compares the cells of a run that differ in their client's profile, a plot a quantity.
func Clients(r *stored.Results, l page.Look) (*page.Figure, error) {
	cells, names := byClient(r)
	if len(cells) < 2 {
		return &page.Figure{Skipped: "needs at least two cells that differ in their client"}, nil
	}
	ended, found, err := latency.ReadBoth(r)
	if err != nil {
		return nil, err
	}
	f := &page.Figure{
		Columns: clientColumns,
		Line:    vg.Length(clientRow*float64(len(names))+4.5) * l.Text,
		Data: page.Table{Header: []string{"client", "quantity", "metric", "percentile", "value",
			"ci95_low", "ci95_high", "n"}},
		About: clientsAbout(r, cells),
	}
	if l.Grows {
		f.Columns = clientColumns - 1
	}
	var drawn []compared
	for _, q := range quantities() {
		curves := ended
		if q.metric == stored.FoundMetric {
			curves = found
		}
		c, ok := q.compare(r, cells, curves)
		if !ok {
			f.About.Notes = append(f.About.Notes, "Without "+q.metric+": the run has none.")
			continue
		}
		drawn = append(drawn, c)
		addClients(f, c, cells)
	}
	if len(drawn) == 0 {
		return &page.Figure{Skipped: "the run measured nothing that this figure compares"}, nil
	}
	for n, c := range drawn {
		f.More = append(f.More, clientPlot(f, c, names, n%f.Columns == 0, l))
	}
	f.Plot, f.More = f.More[0], f.More[1:]
	f.Title = clientsTitle(names, drawn)
	return f, nil
}

// addClients enters what a plot shows in the data.
func addClients(f *page.Figure, c compared, cells []stored.Cell) {
	for i := range cells {
		percentile := any(nil)
		if c.times {
			percentile = 0.5
		}
		enter(c.values[i], &f.Data, c.quantity, cells[i], percentile)
		if c.times {
			enter(c.late[i], &f.Data, c.quantity, cells[i], 0.9)
		}
	}
}

func enter(m number.Measured, data *page.Table, q quantity, c stored.Cell, percentile any) {
	low, high := any(nil), any(nil)
	if m.Sure {
		low, high = m.CI.Low, m.CI.High
	}
	data.Add(c.Client(), q.heading, q.metric, percentile, m.Value, low, high, m.N)
}

// byClient returns the first cell of each client, in the order of the run, and the clients' names.
func byClient(r *stored.Results) (cells []stored.Cell, names []string) {
	for _, c := range r.Cells {
		same := func(o stored.Cell) bool { return o.Client() == c.Client() }
		if c.Client() != "" && len(cells) < clientsMax && !slices.ContainsFunc(cells, same) {
			cells, names = append(cells, c), append(names, r.ShortClient(c.Client()))
		}
	}
	return cells, names
}

// compare returns the quantity in each cell, unless one of them does not have it.
func (q quantity) compare(
	r *stored.Results, cells []stored.Cell, curves []latency.Sample,
) (compared, bool) {
	out := compared{quantity: q}
	for _, c := range cells {
		if !q.times {
			v, ok := q.fromMetric(c)
			if !ok {
				return out, false
			}
			out.values = append(out.values, q.scaled(v))
			continue
		}
		i := slices.IndexFunc(r.Cells, func(o stored.Cell) bool { return o.Cell == c.Cell })
		if len(curves[i].NS) == 0 {
			return out, false
		}
		out.values = append(out.values, q.scaled(fromLookups(&curves[i], 0.5)))
		out.late = append(out.late, q.scaled(fromLookups(&curves[i], 0.9)))
	}
	return out, true
}

func (q quantity) scaled(v number.Measured) number.Measured {
	v.Value, v.CI.Low, v.CI.High = v.Value*q.scale, v.CI.Low*q.scale, v.CI.High*q.scale
	if q.most > 0 {
		v.CI.High = min(v.CI.High, q.most)
	}
	return v
}

func (q quantity) fromMetric(c stored.Cell) (number.Measured, bool) {
	m, ok := c.Metrics[q.metric]
	if !ok || m.N == 0 {
		return number.Measured{}, false
	}
	v := number.Measured{Value: m.Mean, N: m.N}
	if m.CI95 != nil {
		v.CI, v.Sure = number.Interval{Low: max(m.CI95[0], 0), High: m.CI95[1]}, true
	}
	return v, true
}

// fromLookups takes the percentile of all lookups, and its interval from those of the seeds.
func fromLookups(s *latency.Sample, percentile float64) number.Measured {
	v := number.Measured{Value: s.Quantile(percentile), N: len(s.NS)}
	var bySeed []float64
	for _, ns := range s.BySeed {
		if len(ns) > 0 {
			one := latency.Sample{NS: ns}
			bySeed = append(bySeed, one.Quantile(percentile))
		}
	}
	v.CI, v.Sure = number.Interval95(bySeed)
	v.CI.Low = max(v.CI.Low, 0)
	return v
}

// clientPlot draws the values as dots with whiskers, and bars to p90, the first client in the top
// row. The plots share their rows, so only the first one of a line names them.
func clientPlot(f *page.Figure, c compared, names []string, first bool, l page.Look) *plot.Plot {
	p := l.NewPlot(c.heading, "")
	var ends []float64
	for _, v := range slices.Concat(c.values, c.late) {
		ends = append(ends, v.Value)
		if v.Sure {
			ends = append(ends, v.CI.Low, v.CI.High)
		}
	}
	p.X.Min, p.X.Max = page.TidyRange(ends)
	if c.most > 0 {
		p.X.Max = min(p.X.Max, c.most)
	}
	p.Y.Min, p.Y.Max = 0, float64(len(names))
	room, ticks := vg.Length(0), plot.ConstantTicks{}
	for i, name := range names {
		name = page.Fit(name, l.Text, 0.3*l.Width)
		room = max(room, page.Width(name, l.Text))
		if !first {
			name = " " // without a label a tick has no line of the grid
		}
		ticks = append(ticks, plot.Tick{Value: float64(len(names)-i) - 0.5, Label: name})
	}
	p.Y.Tick.Marker, p.Y.Tick.Length = ticks, 0
	across := (l.Width-2*l.Margin-room)/vg.Length(f.Columns) - 2*l.Text
	p.X.Tick.Marker = page.FittingTicks(p.X.Min, p.X.Max, across, l)
	for i := range c.late {
		row := float64(len(names)-i) - 0.5
		p.Add(reach{c.values[i].Value, c.late[i].Value, row, 0.3 * l.Text,
			page.Faded(l.Pen(i).Color, 0.35)})
	}
	for i, v := range c.values {
		p.Add(dot{v, float64(len(names)-i) - 0.5, l, l.Pen(i)})
	}
	return p
}

// A reach is a bar along a row.
type reach struct {
	from, to float64
	row      float64
	half     vg.Length // its height
	fill     color.Color
}

func (b reach) Plot(c draw.Canvas, plt *plot.Plot) {
	x, y := plt.Transforms(&c)
	c.SetColor(b.fill)
	c.Fill(vg.Rectangle{
		Min: vg.Point{X: x(b.from), Y: y(b.row) - b.half},
		Max: vg.Point{X: x(b.to), Y: y(b.row) + b.half},
	}.Path())
}

// A dot is a value and its interval, in a row of a plot.
type dot struct {
	number.Measured
	row  float64
	look page.Look
	pen  page.Pen
}

func (d dot) Plot(c draw.Canvas, plt *plot.Plot) {
	x, y := plt.Transforms(&c)
	at := y(d.row)
	if d.Sure {
		style := page.Solid(d.pen.Color, d.look.Line)
		half := 0.3 * d.look.Text
		c.StrokeLine2(style, x(d.CI.Low), at, x(d.CI.High), at)
		style.Width = d.look.Thin
		for _, end := range []float64{d.CI.Low, d.CI.High} {
			c.StrokeLine2(style, x(end), at-half, x(end), at+half)
		}
	}
	page.Points{At: plotter.XYs{{X: d.Value, Y: d.row}}, Marker: d.pen.Marker,
		Radius: 0.7 * d.look.Radius, Fill: d.pen.Color,
		Rim: d.pen.Color}.Plot(c, plt) // without a rim, which would hide the whiskers
}

// clientsTitle tells how soon lookups find and how soon they end, by their medians, or if that was
// not measured, what the figure is.
func clientsTitle(names []string, drawn []compared) string {
	median := func(metric string) string {
		i := slices.IndexFunc(drawn, func(c compared) bool { return c.metric == metric })
		if i < 0 {
			return ""
		}
		low, high := math.Inf(1), 0.0
		for _, v := range drawn[i].values {
			low, high = min(low, v.Value), max(high, v.Value)
		}
		return number.Spans(low/drawn[i].scale, high/drawn[i].scale)
	}
	found, ended := median(stored.FoundMetric), median(stored.LatencyMetric)
	if found == "" {
		return number.Plural(len(names), "client") + " in the same network"
	}
	return fmt.Sprintf("Half of the targets are found within %s, but it takes %s to be sure",
		found, ended)
}

func clientsAbout(r *stored.Results, cells []stored.Cell) page.About {
	a := page.About{
		Shows: "Dots: one client's nodes, all else being equal, in the same network with the " +
			"same seeds: means, and medians (p50) of times. Bars reach from there to the 90th " +
			"percentile (p90). Whiskers: 95 % interval.",
		Definition: "A client is a profile: the constants of a deployed program. Metrics are " +
			"defined in `metrics.json`. " + defineHContact + " Found is the time until the " +
			"target had answered, ended that until the lookup knew that nobody is closer: by " +
			"then all that were asked have answered or been given up. Both are of successful " +
			"lookups. Traffic is that of a node while it is up, after the warm-up.",
		Cells: cells, N: lookupsCounted,
		Intervals: page.OverSeeds,
	}
	if len(cells) < len(r.Cells) {
		a.Notes = append(a.Notes, fmt.Sprintf("The run has %d cells; these are the first of each "+
			"client, at most %d.", len(r.Cells), clientsMax))
	}
	return a
}
