package studies

import (
	"fmt"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"swarmlab/plots/number"
	"swarmlab/plots/page"
	"swarmlab/plots/stored"
)

const (
	panelColumns = 3 // of small multiples
	panelLines   = 2
)

// A panel is one of the small multiples: a measure along the first axis, a line for each value of
// the second one, all other settings at one point.
type panel struct {
	measure
	at      point
	heading string
	x       axis
	lines   []axis // one or none
}

// Sweep draws small multiples: the study's metrics, or two of them by the third axis.
func Sweep(r *stored.Results, l page.Look) (*page.Figure, error) {
	axes := axesOf(r)
	if len(axes) == 0 {
		return &page.Figure{Skipped: "needs a setting that was varied, with two values"}, nil
	}
	measures, notes := measuresOf(r)
	if len(measures) == 0 {
		return &page.Figure{Skipped: "the run has none of the metrics of its study"}, nil
	}
	f := &page.Figure{Line: 0.6 * l.Height, Data: studyTable(axes), Columns: panelColumns}
	panels := panelsOf(f, axes, measures, l)
	f.About = studyAbout(axes, r.Cells, append(notes, panelNotes(axes, panels)...))
	f.About.Shows = "A plot for each metric or value; along it the first varied setting, and a " +
		"line for each value of the second. All others are at their defaults. Whiskers: 95 % " +
		"interval. Lines lead the eye: only the markers were measured."
	for n, p := range panels {
		f.More = append(f.More, panelPlot(f, r, l, p, panels, n))
		p.enterAll(r, &f.Data, axes)
	}
	f.Plot, f.More = f.More[0], f.More[1:]
	f.Title = sweepTitle(r, axes, measures)
	panelLegend(f, l, axes)
	return f, nil
}

// panelsOf chooses the plots, and how many of them there are in a line.
func panelsOf(f *page.Figure, axes []axis, measures []measure, l page.Look) (panels []panel) {
	base := panel{x: axes[0], lines: axes[1:min(len(axes), 2)], at: usual(axes)}
	if len(axes) > 2 {
		third := axes[2]
		values := third.values[:min(len(third.values), panelColumns)]
		if !slices.Contains(values, third.usual) {
			values = append(slices.Clone(values[:len(values)-1]), third.usual)
		}
		f.Columns = len(values)
		for _, m := range measures[:min(len(measures), panelLines)] {
			for _, v := range values {
				p := base
				p.measure, p.at, p.heading = m, p.at.with(third.path, v), third.label(v)
				panels = append(panels, p)
			}
		}
		return panels
	}
	for _, m := range measures[:min(len(measures), panelColumns*panelLines)] {
		p := base
		p.measure = m
		panels = append(panels, p)
	}
	if len(panels) <= 4 || l.Grows {
		f.Columns = min(len(panels), 2)
	}
	return panels
}

// panelNotes say what of the sweep has no place.
func panelNotes(axes []axis, panels []panel) (notes []string) {
	if len(axes) > 3 {
		notes = append(notes, fmt.Sprintf("The settings varied beside these, %s, are at their "+
			"defaults. The axes are those of vary, in its order.", usual(axes).named(axes[3:])))
	}
	if lines := panels[0].lines; len(lines) > 0 && len(lines[0].values) > page.SeriesMax {
		notes = append(notes, fmt.Sprintf("Of %s of %s, the first %d are shown.",
			number.Plural(len(lines[0].values), "value"), lines[0].name, page.SeriesMax))
	}
	return notes
}

// series returns the points of the panel's lines, at most as many as there are distinct looks.
func (p *panel) series() (all []point) {
	if len(p.lines) == 0 {
		return []point{p.at}
	}
	for _, v := range p.lines[0].values[:min(len(p.lines[0].values), page.SeriesMax)] {
		all = append(all, p.at.with(p.lines[0].path, v))
	}
	return all
}

// values returns the measure along x, and where; of cells that have it.
func (p *panel) values(r *stored.Results, at point) (x []float64, all []number.Measured) {
	for i, v := range p.x.values {
		if m, ok := p.of(cellAt(r, at.with(p.x.path, v))); ok {
			x, all = append(x, p.x.value(i)), append(all, m)
		}
	}
	return x, all
}

func (p *panel) enterAll(r *stored.Results, t *page.Table, axes []axis) {
	for _, s := range p.series() {
		for _, v := range p.x.values {
			if c := cellAt(r, s.with(p.x.path, v)); c != nil {
				p.enter(t, axes, c)
			}
		}
	}
}

// panelPlot draws one of the panels. Those of one metric have one scale, and in a line of one
// metric only the first one names it.
func panelPlot(
	f *page.Figure, r *stored.Results, l page.Look, p panel, all []panel, n int,
) *plot.Plot {
	byValue := p.heading != ""
	heading, yLabel := p.measure.heading(), ""
	if byValue {
		heading, yLabel = "", p.measure.heading()
		if n < f.Columns {
			heading = p.heading
		}
	}
	across := (l.Width-2*l.Margin)/vg.Length(f.Columns) - 3.5*l.Text
	pl := l.NewPlot("", "")
	pl.Title.Text = page.Fit(heading, l.Text, across+2*l.Text)
	pl.Title.TextStyle.Font, pl.Title.TextStyle.Color = page.Sans(l.Text), l.Ink
	pl.Title.Padding = 0.3 * l.Text
	if n%f.Columns == 0 {
		lines := page.Balance(yLabel, l.Text, 0.22*l.Height)
		pl.Y.Label.Text = strings.Join(lines, "\n")
	}
	if n+f.Columns >= len(all) {
		pl.X.Label.Text = p.x.name
	}
	p.x.set(&pl.X, across, l)
	up := p.ruler(r, all)
	ticks := p.ticks(up)
	if byValue && n%f.Columns > 0 {
		ticks = page.Unlabelled(ticks)
	}
	up.Set(&pl.Y, ticks)
	for i, s := range p.series() {
		p.addLine(r, pl, l, s, l.Pen(i), up)
	}
	return pl
}

// addLine draws the measure along x with its intervals.
func (p *panel) addLine(
	r *stored.Results, pl *plot.Plot, l page.Look, s point, pen page.Pen, up page.Ruler,
) {
	x, values := p.values(r, s)
	var at plotter.XYs
	w := page.Whiskers{Cap: 0.4 * l.Text, Style: page.Solid(pen.Color, l.Thin)}
	for j, v := range values {
		at = append(at, plotter.XY{X: p.x.ruler.At(x[j]), Y: up.At(v.Value)})
		if v.Sure {
			w.X, w.Y = append(w.X, at[j].X), append(w.Y, up.Clip(v.CI))
		}
	}
	pl.Add(page.Polyline{Points: at, Style: pen.Line(0.8 * l.Line)}, w,
		l.Dots(at, pen, 0.75*l.Radius))
}

// ruler is the one of all panels of the same metric.
func (p *panel) ruler(r *stored.Results, all []panel) page.Ruler {
	const wide = 8
	var values []number.Measured
	for _, other := range all {
		if other.name != p.name {
			continue
		}
		for _, s := range other.series() {
			_, more := other.values(r, s)
			values = append(values, more...)
		}
	}
	return p.rulerOf(values, wide)
}

func panelLegend(f *page.Figure, l page.Look, axes []axis) {
	if len(axes) < 2 {
		return
	}
	for i, v := range axes[1].values[:min(len(axes[1].values), page.SeriesMax)] {
		p := l.Pen(i)
		f.Legend = append(f.Legend, page.LegendEntry{
			Label: axes[1].label(v), Line: p.Line(0.8 * l.Line),
			Marker: &page.Points{Marker: p.Marker, Radius: l.Radius, Fill: p.Color,
				Rim: l.Background},
		})
	}
}

// sweepTitle tells what the first axis does to the first metrics, all else at its default.
func sweepTitle(r *stored.Results, axes []axis, measures []measure) string {
	x, at := axes[0], usual(axes)
	first, last := 0, len(x.values)-1
	if x.usual == x.values[last] { // it is told from the default on
		first, last = last, first
	}
	var parts []string
	for i := range measures {
		m := &measures[i]
		a, ok := m.of(cellAt(r, at.with(x.path, x.values[first])))
		b, also := m.of(cellAt(r, at.with(x.path, x.values[last])))
		if ok && also && len(parts) < 2 {
			parts = append(parts, fmt.Sprintf("%s %s to\u00A0%s", lower(m.noun), m.show(a.Value),
				m.full(b.Value)))
		}
	}
	name, _, _ := strings.Cut(x.name, " ")
	title := fmt.Sprintf("%s from %s to %s", name, x.labels[first], x.labels[last])
	if len(axes) > 1 {
		title = axes[1].label(axes[1].usual) + ", " + title
	}
	if len(parts) == 0 {
		return title
	}
	return title + ": " + strings.Join(parts, ", ")
}

// lower writes a noun within a sentence.
func lower(noun string) string { return strings.ToLower(noun[:1]) + noun[1:] }
