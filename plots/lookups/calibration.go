package lookups

import (
	"fmt"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"

	"swarmlab/plots/number"
	"swarmlab/plots/page"
	"swarmlab/plots/stored"
)

// calibrationLevel is the p at or below which the hop counts count as different.
const calibrationLevel = 0.01

// Calibration draws the lookups of a simulated run beside those of the same run on real
// sockets: their hops, and their latencies.
func Calibration(r *stored.Results, l page.Look) (*page.Figure, error) {
	c, worlds, found, err := readCalibration(r)
	switch {
	case err != nil:
		return nil, err
	case !found:
		return &page.Figure{Skipped: fmt.Sprintf("no %s: 'swarmlab run' only simulates; "+
			"'swarmlab dht calibrate' also runs it on real sockets", calibrationFile)}, nil
	}
	for n := range worlds {
		ns := worlds[n].taken.NS
		if len(ns) == 0 || ns[0] <= 0 {
			return &page.Figure{Skipped: fmt.Sprintf("%s lookups: none succeeded, or in no time",
				worlds[n].name)}, nil
		}
	}
	verdict := "The simulator agrees with real sockets"
	if c.HopsKS.P <= calibrationLevel {
		verdict = "The simulator and real sockets differ"
	}
	f := &page.Figure{
		Title: fmt.Sprintf("%s: %.2f and %.2f\u00A0hops on average", verdict, worlds[0].meanHops(),
			worlds[1].meanHops()),
		Data: page.Table{Header: []string{"world", "quantity", "value", "share"}},
	}
	f.Plot = worldHops(f, l, worlds)
	f.More = append(f.More, worldLatencies(f, l, worlds))
	f.Columns = 2
	if l.Grows {
		f.Columns, f.Line = 1, 0.7*l.Height
	}
	for n := range worlds {
		p := l.Pen(n)
		style := p.Line(l.Line)
		dots := l.Dots(nil, p, l.Radius)
		f.Legend = append(f.Legend, page.LegendEntry{Line: style, Marker: &dots, Label: fmt.Sprintf(
			"%s: %s, half within %s", worlds[n].name, number.Plural(worlds[n].lookups, "lookup"),
			number.Span(worlds[n].taken.Quantile(0.5)))})
	}
	f.About = calibrationAbout(r, c, worlds)
	return f, nil
}

// worldHops draws the shares of hop counts, a pair of bars for each.
func worldHops(f *page.Figure, l page.Look, worlds []world) *plot.Plot {
	p := l.NewPlot("Hops to the target (H_contact)", "Share of lookups")
	last, top := 1, 0.0
	for n := range worlds {
		last = max(last, len(worlds[n].hops))
	}
	const wide = 0.38
	for n := range worlds {
		columns := page.Bars{Width: wide, Fill: l.Pen(n).Color}
		for h := 1; h <= last; h++ {
			share := worlds[n].share(h)
			top = max(top, share)
			x := float64(h) + (float64(n)-0.5)*(wide+0.02)
			columns.At = append(columns.At, plotter.XY{X: x, Y: share})
			f.Data.Add(worlds[n].name, "hops_contact", h, share)
		}
		p.Add(columns)
	}
	ticks := page.LinearTicks(top*1.02, number.Percent)
	p.X.Min, p.X.Max = 0.4, float64(last)+0.6
	p.X.Tick.Marker = page.IntegerTicks(1, last, 12)
	p.Y.Min, p.Y.Max, p.Y.Tick.Marker = 0, ticks[len(ticks)-1].Value, ticks
	return p
}

// worldLatencies draws the cumulative shares of the lookups by latency.
func worldLatencies(f *page.Figure, l page.Look, worlds []world) *plot.Plot {
	p := l.NewPlot("Latency of a lookup", "Share of lookups")
	low, high := math.Inf(1), 0.0
	for n := range worlds {
		ns := worlds[n].taken.NS
		low, high = min(low, float64(ns[0])), max(high, float64(ns[len(ns)-1]))
	}
	low, high = low/1.15, high*1.15
	for n := range worlds {
		look := l.Pen(n)
		taken := &worlds[n].taken
		line := taken.Thin(low).Line
		p.Add(page.Polyline{Points: line, Step: true, Style: look.Line(l.Line)})
		p.Add(l.Dots(taken.Marks(), look, l.Radius))
		for _, at := range line[1:] {
			f.Data.Add(worlds[n].name, "latency_ms", at.X/1e6, at.Y)
		}
	}
	p.X.Min, p.X.Max, p.X.Scale = low, high, page.LogScale{}
	p.X.Tick.Marker = page.LogTicks(low, high, number.Span)
	p.Y.Min, p.Y.Max, p.Y.Tick.Marker = 0, 1.02, page.LinearTicks(1, number.Percent)
	return p
}

func calibrationAbout(r *stored.Results, c comparison, worlds []world) page.About {
	return page.About{
		Shows: "Bars: share of the lookups that reached their target with that many hops, " +
			"simulated and on real UDP sockets. Curves: share that took at most that long. " +
			"Markers: p50, p90 and p99.",
		Definition: defineHContact + " Both runs have the same ids, joins and lookups; real " +
			"datagrams were held back for as long as the simulated network takes, or dropped " +
			"where it loses them. Lookups that failed are left out.",
		Cells: r.Cells[:1],
		N: func(stored.Cell) string {
			return fmt.Sprintf("%s of %s simulated and %s of %s real lookups",
				number.Count(worlds[0].successful()), number.Count(worlds[0].lookups),
				number.Count(worlds[1].successful()), number.Count(worlds[1].lookups))
		},
		Intervals: "none: one seed",
		Notes: []string{
			fmt.Sprintf("Two-sample Kolmogorov-Smirnov test of the hop counts: D = %.4f, "+
				"p = %.3g, which is too large, if anything, because hops are discrete. "+
				"Chi-square: %.3g with %d degrees of freedom, p = %.3g.",
				c.HopsKS.Statistic, c.HopsKS.P, c.HopsChi.Statistic, c.HopsChi.Degrees,
				c.HopsChi.P),
			fmt.Sprintf("Real datagrams went out %s\u00A0ms late on average, as timers of a "+
				"machine do. A lookup waits for many of them in turn, so real ones are slower.",
				number.Significant(c.Sockets.Late.Mean)),
			"The real half is a measurement: another one of the same seed differs by chance.",
		},
	}
}
