package accounts

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"

	"swarmlab/plots/number"
	"swarmlab/plots/page"
	"swarmlab/plots/stored"
)

// receiptsTarget is the published bound of the overhead of signed receipts.
const receiptsTarget = 0.06

// Receipts draws what receipts cost, and what those who withhold them take, by the bytes for
// which one is given.
func Receipts(r *stored.Results, l page.Look) (*page.Figure, error) {
	path := windowSetting(r)
	if path == "" {
		return &page.Figure{Skipped: "needs a varied number of bytes a receipt"}, nil
	}
	along := func(p string) bool { return p == path }
	all := strandsOf(r, along, func(c *stored.Cell) float64 {
		if c.Metrics["audit.M8.bytes_per_gb"].N == 0 {
			return math.NaN()
		}
		return sizeOf(fmt.Sprint(c.Set[path]))
	})
	if len(all) == 0 {
		return &page.Figure{Skipped: "no receipts were given"}, nil
	}
	all = all[:min(len(all), page.SeriesMax)]
	f := &page.Figure{Line: 6.6 * l.Text, Data: strandTable("bytes_a_receipt")}
	x := page.Ruler{Log: true, Low: math.Inf(1), High: 0}
	for _, o := range all {
		x.Low, x.High = min(x.Low, o.x[0]), max(x.High, o.x[len(o.x)-1])
	}
	pad := max(math.Pow(x.High/x.Low, 0.07), 1.1)
	var ticks []plot.Tick
	for v := math.Pow(4, math.Floor(math.Log(x.Low)/math.Log(4))); v <= x.High*1.01; v *= 4 {
		if v >= x.Low*0.99 {
			ticks = append(ticks, plot.Tick{Value: v, Label: binaryText(v)})
		}
	}
	if ticks == nil {
		ticks = []plot.Tick{{Value: x.Low, Label: binaryText(x.Low)}}
	}
	for len(ticks) > 4 {
		for i := 1; i < len(ticks); i++ {
			ticks = append(ticks[:i], ticks[i+1:]...)
		}
	}
	x.Low, x.High = x.Low/pad, x.High*pad
	cost := l.NewPanel("Bytes of receipts, by payload", "")
	loss := l.NewPanel("Uploads of the honest not credited", "")
	for _, p := range []*plot.Plot{cost, loss} {
		x.Set(&p.X, ticks)
	}
	same := func(v float64) float64 { return v }
	addReceipts(f, cost, l, all, x, measuring{"audit.M8.bytes_per_gb",
		func(v float64) float64 { return v / 1e9 }}, receiptsTarget)
	addReceipts(f, loss, l, all, x, measuring{"audit.M8.up.weighted.honest", same}, 0)
	columns := 2
	if l.Grows {
		columns = 1
	}
	f.SetPanels([]*plot.Plot{cost, loss}, columns)
	cost.X.Label.Text, loss.X.Label.Text = "Bytes a receipt", "Bytes a receipt"
	if len(all) > 1 {
		for i := range all {
			pen := l.Pen(i)
			f.Legend = append(f.Legend, page.LegendEntry{Label: all[i].label,
				Line:   pen.Line(l.Line),
				Marker: l.Sample(pen)})
		}
	}
	style := l.ModelPen().Line(l.Thin)
	f.Legend = append(f.Legend, page.LegendEntry{Label: "published: less than 6\u00A0%",
		Line: style})
	f.Title = receiptsTitle(all)
	f.About = receiptsAbout(all)
	f.About.Notes = append(f.About.Notes, unsaidNote(r, along)...)
	return f, nil
}

// addReceipts draws one quantity, with a line at a published value.
func addReceipts(
	f *page.Figure, p *plot.Plot, l page.Look, all []strand, x page.Ruler, m measuring,
	published float64,
) {
	low, high := math.Inf(1), published
	for _, o := range all {
		for i := range o.cells {
			if v, _, _ := m.at(&o.cells[i]); v > 0 {
				low, high = min(low, v), max(high, v)
			}
		}
	}
	y := page.Ruler{Log: false, Low: 0, High: max(high*1.1, 1e-6)}
	if high > 20*low {
		y = page.Ruler{Log: true, Low: low / 1.5, High: high * 1.5}
		ticks := page.LogTicks(y.Low, y.High, finePercent)
		if page.Labelled(ticks) > 5 {
			ticks = page.Decades(ticks)
		}
		y.Set(&p.Y, ticks)
	} else {
		y.Set(&p.Y, page.LinearTicks(y.High, finePercent))
	}
	if published > 0 {
		at := y.At(published)
		p.Add(page.Polyline{Points: plotter.XYs{{X: x.At(x.Low), Y: at}, {X: x.At(x.High), Y: at}},
			Style: l.ModelPen().Line(l.Thin)})
	}
	for i := range all {
		addStrand(f, p, l, &all[i], m, l.Pen(i), x, y)
	}
}

// finePercent prints small shares, too.
func finePercent(v float64) string {
	return strconv.FormatFloat(100*v, 'g', 3, 64) + "\u00A0%"
}

// windowSetting is the varied setting that says for how many bytes a receipt is given.
func windowSetting(r *stored.Results) string {
	for key := range r.Cells[0].Set {
		if (strings.HasSuffix(key, ".receipts") || strings.HasSuffix(key, ".window")) &&
			r.Varies(key) && !math.IsNaN(sizeOf(fmt.Sprint(r.Cells[0].Set[key]))) {
			return key
		}
	}
	return ""
}

// sizeOf reads a number of bytes, as in 256KiB.
func sizeOf(text string) float64 {
	digits := strings.TrimRight(text, "KMGTiBkb ")
	v, err := strconv.ParseFloat(digits, 64)
	if err != nil || v <= 0 {
		return math.NaN()
	}
	unit, ok := map[string]float64{"": 1, "B": 1, "kB": 1e3, "KiB": 1 << 10, "MB": 1e6,
		"MiB": 1 << 20, "GB": 1e9, "GiB": 1 << 30}[strings.TrimSpace(text[len(digits):])]
	if !ok {
		return math.NaN()
	}
	return v * unit
}

// binaryText prints a number of bytes in powers of 1024.
func binaryText(v float64) string {
	switch {
	case v >= 1<<20:
		return number.Significant(v/(1<<20)) + "\u00A0MiB"
	case v >= 1<<10:
		return number.Significant(v/(1<<10)) + "\u00A0KiB"
	}
	return number.Significant(v) + "\u00A0B"
}

func receiptsTitle(all []strand) string {
	m := measuring{"audit.M8.bytes_per_gb", func(v float64) float64 { return v / 1e9 }}
	first, last := all[0].cells[0], all[0].cells[len(all[0].cells)-1]
	from, _, _ := m.at(&first)
	to, _, _ := m.at(&last)
	return fmt.Sprintf("Receipts cost %s of the payload at %s each, and %s at %s",
		finePercent(roundTo2(from)), binaryText(all[0].x[0]),
		finePercent(roundTo2(to)), binaryText(all[0].x[len(all[0].x)-1]))
}

// roundTo2 rounds to two digits.
func roundTo2(v float64) float64 {
	if v == 0 {
		return 0
	}
	scale := math.Pow(10, 1-math.Floor(math.Log10(math.Abs(v))))
	return math.Round(v*scale) / scale
}

func receiptsAbout(all []strand) page.About {
	a := page.About{
		Shows: "Left: bytes sent for receipts, by the payload that was delivered. Right: upload " +
			"of honest users for which no receipt was deposited, by all that they uploaded. " +
			"Whiskers: 95 % intervals.",
		Definition: "Signed receipts, M8: receivers sign totals, one each time that so many " +
			"bytes have come. Dashed: the overhead that Persistent BitTorrent Trackers (arXiv " +
			"2511.17260) report.",
		Intervals: page.StoredIntervals,
		N:         func(c stored.Cell) string { return number.Plural(len(c.Seeds), "run") },
	}
	for _, o := range all {
		a.Cells = append(a.Cells, o.cells...)
	}
	return a
}
