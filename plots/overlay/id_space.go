package overlay

import (
	"fmt"
	"image/color"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/gonum/stat/distuv"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"swarmlab/plots/number"
	"swarmlab/plots/page"
	"swarmlab/plots/stored"
)

const (
	binsMin, binsMax = 64, 256
	binCount         = 8    // nodes a bin should hold, on average
	standsOut        = 0.01 // chance that uniform ids have any bin as full as one that stands out
	outliersShown    = 3
	stripColumns     = 640
)

// IDSpace draws the density of the nodes that answered over the space of ids, against a uniform
// one, and beneath it where all ids lie.
func IDSpace(r *stored.Results, l page.Look) (*page.Figure, error) {
	c, err := r.OpenCrawl()
	if err != nil || c == nil {
		return noCrawl(), err
	}
	s, err := readIDs(r)
	if err != nil {
		return nil, err
	}
	if len(s.reachable) == 0 {
		return &page.Figure{Skipped: "no node answered the crawl"}, nil
	}
	h := newIDHistogram(s.reachable)
	f := &page.Figure{
		Plot: l.NewPlot("First byte of the node id",
			fmt.Sprintf("Nodes per 1/%d of the space", len(h.bins))),
		Data: page.Table{Header: []string{"bin", "from_id", "reachable", "known", "expected",
			"uniform_low", "uniform_high", "stands_out"}},
		About: idSpaceAbout(c, h, s),
	}
	f.Title = number.Plural(len(s.reachable), "reachable node") +
		", spread evenly over the id space"
	if n := h.places(s.clusters); n > 0 {
		f.Title = fmt.Sprintf("%s; the id space is too full in %s",
			number.Plural(len(s.reachable), "reachable node"), number.Plural(n, "place"))
	}
	drawIDs(f, l, h, s)
	known := binned(append(slices.Clone(s.reachable), s.silent...), len(h.bins))
	for i, n := range h.bins {
		f.Data.Add(i, fmt.Sprintf("%016x", uint64(i)<<(64-log2(len(h.bins)))), n, known[i],
			h.expected, h.low, h.high, strconv.FormatBool(slices.Contains(h.outliers, i)))
	}
	return f, nil
}

// ids are the first 64 bits of those in the books, sorted.
type ids struct {
	reachable, silent []uint64
	clusters          []cluster
}

// readIDs reads the ids that were asked. What an address only claimed besides is left out, and
// those that a crawl had no time for.
func readIDs(r *stored.Results) (*ids, error) {
	s := &ids{}
	err := r.ScanNodes(func(row *stored.NodeRow) error {
		if len(row.ID) != 40 {
			return fmt.Errorf("damaged: %.50q is not an id", row.ID)
		}
		v, err := strconv.ParseUint(row.ID[:16], 16, 64)
		if err != nil {
			return fmt.Errorf("damaged: %.50q is not an id", row.ID)
		}
		switch {
		case row.Reachable:
			s.reachable = append(s.reachable, v)
		case row.Queries > 0:
			s.silent = append(s.silent, v)
		}
		return nil
	})
	slices.Sort(s.reachable)
	slices.Sort(s.silent)
	s.clusters = clustersOf(append(slices.Clone(s.reachable), s.silent...))
	return s, err
}

// An idHistogram counts ids by their first bits.
type idHistogram struct {
	bins      []int
	expected  float64 // in each bin, of uniform ids
	low, high float64 // 95 % of a bin's counts, of uniform ids
	outliers  []int   // bins that uniform ids would hardly fill so, fullest first
}

func newIDHistogram(ids []uint64) *idHistogram {
	n := binsMin
	for n < binsMax && len(ids) >= 2*n*binCount {
		n *= 2
	}
	h := &idHistogram{bins: binned(ids, n), expected: float64(len(ids)) / float64(n)}
	uniform := distuv.Binomial{N: float64(len(ids)), P: 1 / float64(n)}
	for uniform.CDF(h.low) < 0.025 {
		h.low++
	}
	for h.high = h.low; uniform.CDF(h.high) < 0.975; {
		h.high++
	}
	for i, count := range h.bins {
		if count > 1 && 1-uniform.CDF(float64(count-1)) < standsOut/float64(n) {
			h.outliers = append(h.outliers, i)
		}
	}
	slices.SortStableFunc(h.outliers, func(a, b int) int { return h.bins[b] - h.bins[a] })
	return h
}

// places counts what stands out: bins, and clusters that are in none of them.
func (h *idHistogram) places(clusters []cluster) int {
	n := len(h.outliers)
	for _, c := range clusters {
		if !slices.Contains(h.outliers, h.binOf(c.from)) {
			n++
		}
	}
	return n
}

func (h *idHistogram) binOf(id uint64) int { return int(id >> (64 - log2(len(h.bins)))) }

func log2(n int) int { return int(math.Round(math.Log2(float64(n)))) }

// binned counts ids in n bins, a power of two.
func binned(ids []uint64, n int) []int {
	bins := make([]int, n)
	for _, v := range ids {
		bins[v>>(64-log2(n))]++
	}
	return bins
}

// position returns where an id lies, 0 to 1.
func position(id uint64) float64 { return math.Ldexp(float64(id), -64) }

// drawIDs draws bars, expectation and, beneath the axis, the strips of ids.
func drawIDs(f *page.Figure, l page.Look, h *idHistogram, s *ids) {
	blue, red := l.Pen(0).Color, l.Pen(1).Color
	top := max(h.high, float64(slices.Max(h.bins)))
	var plain, odd plotter.XYs
	width := 1 / float64(len(h.bins))
	for i, n := range h.bins {
		at := plotter.XY{X: (float64(i) + 0.5) * width, Y: float64(n)}
		if slices.Contains(h.outliers, i) {
			odd = append(odd, at)
		} else {
			plain = append(plain, at)
		}
	}
	model := l.ModelPen().Line(l.Thin)
	ticks := page.WholeTicks(top * 1.12)
	f.Plot.Y.Min, f.Plot.Y.Max = -0.17*ticks[len(ticks)-1].Value, ticks[len(ticks)-1].Value
	f.Plot.Y.Tick.Marker = ticks
	f.Plot.X.Min, f.Plot.X.Max = 0, 1
	f.Plot.X.Tick.Marker = idTicks()
	shade := page.Faded(l.Ink, 0.13)
	f.Plot.Add(page.Band{X: []float64{0, 1},
		Y: []number.Interval{{Low: h.low, High: h.high}, {Low: h.low, High: h.high}}, Fill: shade},
		page.Bars{At: plain, Width: 0.86 * width, Fill: blue},
		page.Bars{At: odd, Width: width, Fill: red},
		page.Polyline{Points: plotter.XYs{{X: 0, Y: h.expected}, {X: 1, Y: h.expected}},
			Style: model}, strip{s.reachable, -0.075, -0.015, blue},
		strip{s.silent, -0.145, -0.085, l.Muted})
	f.Legend = []page.LegendEntry{
		{Label: "answered", Fill: blue}, {Label: "silent", Fill: l.Muted},
		{Label: "evenly spread", Line: model}, {Label: "95 % of bins", Fill: shade},
	}
	if len(odd)+len(s.clusters) > 0 {
		f.Legend = append(f.Legend, page.LegendEntry{Label: "stands out", Fill: red})
	}
	for i, bin := range h.outliers {
		if i == outliersShown {
			break
		}
		noteBin(f, l, h, bin, s.clusters)
	}
	for _, c := range s.clusters {
		f.Plot.Add(tip{position(c.from), red})
	}
}

// noteBin names a bin that stands out, above it.
func noteBin(f *page.Figure, l page.Look, h *idHistogram, bin int, clusters []cluster) {
	text := prefixOf(bin, len(h.bins)) + ": " + strconv.Itoa(h.bins[bin])
	for _, c := range clusters {
		if h.binOf(c.from) == bin {
			text += fmt.Sprintf(" (%d share %d bits)", c.ids, c.shared)
		}
	}
	n := page.Note{
		At:   plotter.XY{X: (float64(bin) + 0.5) / float64(len(h.bins)), Y: float64(h.bins[bin])},
		Text: text, Size: l.Text,
		Color: l.Ink, Ground: page.Faded(l.Background, 0.8),
	}
	w := page.Width(n.Text, l.Text)
	n.Offset = vg.Point{X: -w / 2, Y: 0.15 * l.Text}
	switch { // near an edge the text leans inwards
	case n.At.X < 0.2:
		n.Offset.X = 0
	case n.At.X > 0.8:
		n.Offset.X = -w
	}
	f.Plot.Add(n)
}

// prefixOf names a bin by the hexadecimal digits with which its ids begin.
func prefixOf(bin, bins int) string {
	return fmt.Sprintf("%02x…", bin<<8/bins)
}

func idTicks() plot.ConstantTicks {
	var ticks plot.ConstantTicks
	for i := range 9 {
		t := plot.Tick{Value: float64(i) / 8, Label: fmt.Sprintf("%02x", min(i*32, 255))}
		ticks = append(ticks, t)
	}
	return ticks
}

// A strip shows where ids lie: columns, the denser the more opaque. Low and high are shares of the
// axis' top.
type strip struct {
	ids       []uint64
	low, high float64
	color     color.NRGBA
}

func (s strip) Plot(c draw.Canvas, plt *plot.Plot) {
	counts, most := make([]int, stripColumns), 0
	for _, id := range s.ids {
		i := int(position(id) * stripColumns)
		counts[i]++
		most = max(most, counts[i])
	}
	x, y := plt.Transforms(&c)
	for i, n := range counts {
		if n == 0 {
			continue
		}
		c.SetColor(page.Faded(s.color, 0.35+0.65*float64(n)/float64(most)))
		c.Fill(vg.Rectangle{
			Min: vg.Point{X: x(float64(i) / stripColumns), Y: y(s.low * plt.Y.Max)},
			Max: vg.Point{X: x(float64(i+1) / stripColumns), Y: y(s.high * plt.Y.Max)},
		}.Path())
	}
}

// noCrawl says why a figure of a crawl is not drawn.
func noCrawl() *page.Figure {
	return &page.Figure{Skipped: "the folder holds no crawl (no " + stored.CrawlFile + ")"}
}
