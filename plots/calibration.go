package plots

import (
	"fmt"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
)

// calibrationLevel is the p at or below which the hop counts count as different.
const calibrationLevel = 0.01

// calibrationFigure draws the lookups of a simulated run beside those of the same run on real
// sockets: their hops, and their latencies.
func calibrationFigure(r *results, l look) (*figure, error) {
	c, worlds, found, err := r.calibration()
	switch {
	case err != nil:
		return nil, err
	case !found:
		return &figure{skipped: fmt.Sprintf("no %s: 'swarmlab run' only simulates; "+
			"'swarmlab dht calibrate' also runs it on real sockets", calibrationFile)}, nil
	}
	for n := range worlds {
		ns := worlds[n].taken.ns
		if len(ns) == 0 || ns[0] <= 0 {
			return &figure{skipped: fmt.Sprintf("%s lookups: none succeeded, or in no time",
				worlds[n].name)}, nil
		}
	}
	verdict := "The simulator agrees with real sockets"
	if c.HopsKS.P <= calibrationLevel {
		verdict = "The simulator and real sockets differ"
	}
	f := &figure{
		title: fmt.Sprintf("%s: %.2f and %.2f\u00A0hops on average", verdict, worlds[0].meanHops(),
			worlds[1].meanHops()),
		data: table{header: []string{"world", "quantity", "value", "share"}},
	}
	f.plot = f.worldHops(l, worlds)
	f.more = append(f.more, f.worldLatencies(l, worlds))
	f.columns = 2
	if l.grows {
		f.columns, f.line = 1, 0.7*l.height
	}
	for n := range worlds {
		p := l.pen(n)
		style := p.line(l.line)
		dots := l.dots(nil, p, l.radius)
		f.legend = append(f.legend, legendEntry{line: style, marker: &dots, label: fmt.Sprintf(
			"%s: %s, half within %s", worlds[n].name, plural(worlds[n].lookups, "lookup"),
			span(worlds[n].taken.quantile(0.5)))})
	}
	f.about = calibrationAbout(r, c, worlds)
	return f, nil
}

// worldHops draws the shares of hop counts, a pair of bars for each.
func (f *figure) worldHops(l look, worlds []world) *plot.Plot {
	p := l.newPlot("Hops to the target (H_contact)", "Share of lookups")
	last, top := 1, 0.0
	for n := range worlds {
		last = max(last, len(worlds[n].hops))
	}
	const wide = 0.38
	for n := range worlds {
		columns := bars{width: wide, fill: l.pen(n).color}
		for h := 1; h <= last; h++ {
			share := worlds[n].share(h)
			top = max(top, share)
			x := float64(h) + (float64(n)-0.5)*(wide+0.02)
			columns.at = append(columns.at, plotter.XY{X: x, Y: share})
			f.data.add(worlds[n].name, "hops_contact", h, share)
		}
		p.Add(columns)
	}
	ticks := linearTicks(top*1.02, percent)
	p.X.Min, p.X.Max = 0.4, float64(last)+0.6
	p.X.Tick.Marker = integerTicks(1, last, 12)
	p.Y.Min, p.Y.Max, p.Y.Tick.Marker = 0, ticks[len(ticks)-1].Value, ticks
	return p
}

// worldLatencies draws the cumulative shares of the lookups by latency.
func (f *figure) worldLatencies(l look, worlds []world) *plot.Plot {
	p := l.newPlot("Latency of a lookup", "Share of lookups")
	low, high := math.Inf(1), 0.0
	for n := range worlds {
		ns := worlds[n].taken.ns
		low, high = min(low, float64(ns[0])), max(high, float64(ns[len(ns)-1]))
	}
	low, high = low/1.15, high*1.15
	for n := range worlds {
		look := l.pen(n)
		taken := &worlds[n].taken
		line := taken.thin(low).line
		p.Add(polyline{line, true, look.line(l.line)})
		p.Add(l.dots(taken.marks(), look, l.radius))
		for _, at := range line[1:] {
			f.data.add(worlds[n].name, "latency_ms", at.X/1e6, at.Y)
		}
	}
	p.X.Min, p.X.Max, p.X.Scale = low, high, logScale{}
	p.X.Tick.Marker = logTicks(low, high, span)
	p.Y.Min, p.Y.Max, p.Y.Tick.Marker = 0, 1.02, linearTicks(1, percent)
	return p
}

func calibrationAbout(r *results, c comparison, worlds []world) about {
	return about{
		shows: "Bars: share of the lookups that reached their target with that many hops, " +
			"simulated and on real UDP sockets. Curves: share that took at most that long. " +
			"Markers: p50, p90 and p99.",
		definition: defineHContact + " Both runs have the same ids, joins and lookups; real " +
			"datagrams were held back for as long as the simulated network takes, or dropped " +
			"where it loses them. Lookups that failed are left out.",
		cells: r.Cells[:1],
		n: func(cell) string {
			return fmt.Sprintf("%s of %s simulated and %s of %s real lookups",
				count(worlds[0].successful()), count(worlds[0].lookups),
				count(worlds[1].successful()), count(worlds[1].lookups))
		},
		intervals: "none: one seed",
		notes: []string{
			fmt.Sprintf("Two-sample Kolmogorov-Smirnov test of the hop counts: D = %.4f, "+
				"p = %.3g, which is too large, if anything, because hops are discrete. "+
				"Chi-square: %.3g with %d degrees of freedom, p = %.3g.",
				c.HopsKS.Statistic, c.HopsKS.P, c.HopsChi.Statistic, c.HopsChi.Degrees,
				c.HopsChi.P),
			fmt.Sprintf("Real datagrams went out %s\u00A0ms late on average, as timers of a "+
				"machine do. A lookup waits for many of them in turn, so real ones are slower.",
				significant(c.Sockets.Late.Mean)),
			"The real half is a measurement: another one of the same seed differs by chance.",
		},
	}
}
