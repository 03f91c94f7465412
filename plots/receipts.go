package plots

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
)

// receiptsTarget is the published bound of the overhead of signed receipts.
const receiptsTarget = 0.06

// receiptsFigure draws what receipts cost, and what those who withhold them take, by the bytes for
// which one is given.
func receiptsFigure(r *results, l look) (*figure, error) {
	path := r.windowSetting()
	if path == "" {
		return &figure{skipped: "needs a varied number of bytes a receipt"}, nil
	}
	along := func(p string) bool { return p == path }
	all := r.strands(along, func(c *cell) float64 {
		if c.Metrics["audit.M8.bytes_per_gb"].N == 0 {
			return math.NaN()
		}
		return sizeOf(fmt.Sprint(c.Set[path]))
	})
	if len(all) == 0 {
		return &figure{skipped: "no receipts were given"}, nil
	}
	all = all[:min(len(all), seriesMax)]
	f := &figure{line: 6.6 * l.text, data: strandTable("bytes_a_receipt")}
	x := ruler{true, math.Inf(1), 0}
	for _, o := range all {
		x.low, x.high = min(x.low, o.x[0]), max(x.high, o.x[len(o.x)-1])
	}
	pad := max(math.Pow(x.high/x.low, 0.07), 1.1)
	var ticks []plot.Tick
	for v := math.Pow(4, math.Floor(math.Log(x.low)/math.Log(4))); v <= x.high*1.01; v *= 4 {
		if v >= x.low*0.99 {
			ticks = append(ticks, plot.Tick{Value: v, Label: binaryText(v)})
		}
	}
	if ticks == nil {
		ticks = []plot.Tick{{Value: x.low, Label: binaryText(x.low)}}
	}
	for len(ticks) > 4 {
		for i := 1; i < len(ticks); i++ {
			ticks = append(ticks[:i], ticks[i+1:]...)
		}
	}
	x.low, x.high = x.low/pad, x.high*pad
	cost := l.newPanel("Bytes of receipts, by payload", "")
	loss := l.newPanel("Uploads of the honest not credited", "")
	for _, p := range []*plot.Plot{cost, loss} {
		x.set(&p.X, ticks)
	}
	same := func(v float64) float64 { return v }
	f.addReceipts(cost, l, all, x, measuring{"audit.M8.bytes_per_gb",
		func(v float64) float64 { return v / 1e9 }}, receiptsTarget)
	f.addReceipts(loss, l, all, x, measuring{"audit.M8.up.weighted.honest", same}, 0)
	columns := 2
	if l.grows {
		columns = 1
	}
	f.setPanels([]*plot.Plot{cost, loss}, columns)
	cost.X.Label.Text, loss.X.Label.Text = "Bytes a receipt", "Bytes a receipt"
	if len(all) > 1 {
		for i := range all {
			pen := l.pen(i)
			f.legend = append(f.legend, legendEntry{label: all[i].label,
				line:   pen.line(l.line),
				marker: l.sample(pen)})
		}
	}
	style := l.modelPen().line(l.thin)
	f.legend = append(f.legend, legendEntry{label: "published: less than 6\u00A0%", line: style})
	f.title = receiptsTitle(all)
	f.about = receiptsAbout(r, all)
	f.about.notes = append(f.about.notes, r.unsaidNote(along)...)
	return f, nil
}

// addReceipts draws one quantity, with a line at a published value.
func (f *figure) addReceipts(
	p *plot.Plot, l look, all []strand, x ruler, m measuring, published float64,
) {
	low, high := math.Inf(1), published
	for _, o := range all {
		for i := range o.cells {
			if v, _, _ := m.at(&o.cells[i]); v > 0 {
				low, high = min(low, v), max(high, v)
			}
		}
	}
	y := ruler{false, 0, max(high*1.1, 1e-6)}
	if high > 20*low {
		y = ruler{true, low / 1.5, high * 1.5}
		ticks := logTicks(y.low, y.high, finePercent)
		if labelled(ticks) > 5 {
			ticks = decades(ticks)
		}
		y.set(&p.Y, ticks)
	} else {
		y.set(&p.Y, linearTicks(y.high, finePercent))
	}
	if published > 0 {
		at := y.at(published)
		p.Add(polyline{points: plotter.XYs{{X: x.at(x.low), Y: at}, {X: x.at(x.high), Y: at}},
			style: l.modelPen().line(l.thin)})
	}
	for i := range all {
		f.addStrand(p, l, &all[i], m, l.pen(i), x, y)
	}
}

// finePercent prints small shares, too.
func finePercent(v float64) string {
	return strconv.FormatFloat(100*v, 'g', 3, 64) + "\u00A0%"
}

// windowSetting is the varied setting that says for how many bytes a receipt is given.
func (r *results) windowSetting() string {
	for key := range r.Cells[0].Set {
		if (strings.HasSuffix(key, ".receipts") || strings.HasSuffix(key, ".window")) &&
			r.varies(key) && !math.IsNaN(sizeOf(fmt.Sprint(r.Cells[0].Set[key]))) {
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
		return significant(v/(1<<20)) + "\u00A0MiB"
	case v >= 1<<10:
		return significant(v/(1<<10)) + "\u00A0KiB"
	}
	return significant(v) + "\u00A0B"
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

func receiptsAbout(r *results, all []strand) about {
	a := about{
		shows: "Left: bytes sent for receipts, by the payload that was delivered. Right: upload " +
			"of honest users for which no receipt was deposited, by all that they uploaded. " +
			"Whiskers: 95 % intervals.",
		definition: "Signed receipts, M8: receivers sign totals, one each time that so many " +
			"bytes have come. Dashed: the overhead that Persistent BitTorrent Trackers (arXiv " +
			"2511.17260) report.",
		intervals: storedIntervals,
		n:         func(c cell) string { return plural(len(c.Seeds), "run") },
	}
	for _, o := range all {
		a.cells = append(a.cells, o.cells...)
	}
	return a
}
