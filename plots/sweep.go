package plots

import (
	"fmt"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
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

// sweepFigure draws small multiples: the study's metrics, or two of them by the third axis.
func sweepFigure(r *results, l look) (*figure, error) {
	axes := r.axes()
	if len(axes) == 0 {
		return &figure{skipped: "needs a setting that was varied, with two values"}, nil
	}
	measures, notes := r.measures()
	if len(measures) == 0 {
		return &figure{skipped: "the run has none of the metrics of its study"}, nil
	}
	f := &figure{line: 0.6 * l.height, data: studyTable(axes), columns: panelColumns}
	panels := f.panelsOf(axes, measures, l)
	f.about = studyAbout(axes, r.Cells, append(notes, panelNotes(axes, panels)...))
	f.about.shows = "A plot for each metric or value; along it the first varied setting, and a " +
		"line for each value of the second. All others are at their defaults. Whiskers: 95 % " +
		"interval. Lines lead the eye: only the markers were measured."
	for n, p := range panels {
		f.more = append(f.more, f.panelPlot(r, l, p, panels, n))
		p.enterAll(r, &f.data, axes)
	}
	f.plot, f.more = f.more[0], f.more[1:]
	f.title = sweepTitle(r, axes, measures)
	f.panelLegend(l, axes)
	return f, nil
}

// panelsOf chooses the plots, and how many of them there are in a line.
func (f *figure) panelsOf(axes []axis, measures []measure, l look) (panels []panel) {
	base := panel{x: axes[0], lines: axes[1:min(len(axes), 2)], at: usual(axes)}
	if len(axes) > 2 {
		third := axes[2]
		values := third.values[:min(len(third.values), panelColumns)]
		if !slices.Contains(values, third.usual) {
			values = append(slices.Clone(values[:len(values)-1]), third.usual)
		}
		f.columns = len(values)
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
	if len(panels) <= 4 || l.grows {
		f.columns = min(len(panels), 2)
	}
	return panels
}

// panelNotes say what of the sweep has no place.
func panelNotes(axes []axis, panels []panel) (notes []string) {
	if len(axes) > 3 {
		notes = append(notes, fmt.Sprintf("The settings varied beside these, %s, are at their "+
			"defaults. The axes are those of vary, in its order.", usual(axes).named(axes[3:])))
	}
	if lines := panels[0].lines; len(lines) > 0 && len(lines[0].values) > seriesMax {
		notes = append(notes, fmt.Sprintf("Of %s of %s, the first %d are shown.",
			plural(len(lines[0].values), "value"), lines[0].name, seriesMax))
	}
	return notes
}

// series returns the points of the panel's lines, at most as many as there are distinct looks.
func (p *panel) series() (all []point) {
	if len(p.lines) == 0 {
		return []point{p.at}
	}
	for _, v := range p.lines[0].values[:min(len(p.lines[0].values), seriesMax)] {
		all = append(all, p.at.with(p.lines[0].path, v))
	}
	return all
}

// values returns the measure along x, and where; of cells that have it.
func (p *panel) values(r *results, at point) (x []float64, all []measured) {
	for i, v := range p.x.values {
		if m, ok := p.of(r.find(at.with(p.x.path, v))); ok {
			x, all = append(x, p.x.value(i)), append(all, m)
		}
	}
	return x, all
}

func (p *panel) enterAll(r *results, t *table, axes []axis) {
	for _, s := range p.series() {
		for _, v := range p.x.values {
			if c := r.find(s.with(p.x.path, v)); c != nil {
				p.enter(t, axes, c)
			}
		}
	}
}

// panelPlot draws one of the panels. Those of one metric have one scale, and in a line of one
// metric only the first one names it.
func (f *figure) panelPlot(r *results, l look, p panel, all []panel, n int) *plot.Plot {
	byValue := p.heading != ""
	heading, yLabel := p.measure.heading(), ""
	if byValue {
		heading, yLabel = "", p.measure.heading()
		if n < f.columns {
			heading = p.heading
		}
	}
	across := (l.width-2*l.margin)/vg.Length(f.columns) - 3.5*l.text
	pl := l.newPlot("", "")
	pl.Title.Text = fit(heading, l.text, across+2*l.text)
	pl.Title.TextStyle.Font, pl.Title.TextStyle.Color = sans(l.text), l.ink
	pl.Title.Padding = 0.3 * l.text
	if n%f.columns == 0 {
		lines := balance(yLabel, l.text, 0.22*l.height)
		pl.Y.Label.Text = strings.Join(lines, "\n")
	}
	if n+f.columns >= len(all) {
		pl.X.Label.Text = p.x.name
	}
	p.x.set(&pl.X, across, l)
	up := p.ruler(r, all)
	ticks := p.ticks(up, 5)
	if byValue && n%f.columns > 0 {
		ticks = unlabelled(ticks)
	}
	up.set(&pl.Y, ticks)
	for i, s := range p.series() {
		p.addLine(r, pl, l, s, l.pen(i), up)
	}
	return pl
}

// addLine draws the measure along x with its intervals.
func (p *panel) addLine(r *results, pl *plot.Plot, l look, s point, pen pen, up ruler) {
	x, values := p.values(r, s)
	var at plotter.XYs
	w := whiskers{cap: 0.4 * l.text, style: solid(pen.color, l.thin)}
	for j, v := range values {
		at = append(at, plotter.XY{X: p.x.ruler.at(x[j]), Y: up.at(v.value)})
		if v.sure {
			w.x, w.y = append(w.x, at[j].X), append(w.y, up.clip(v.ci))
		}
	}
	pl.Add(polyline{points: at, style: pen.line(0.8 * l.line)}, w,
		l.dots(at, pen, 0.75*l.radius))
}

// unlabelled keeps the lines of the grid, which a tick without any label has not.
func unlabelled(ticks []plot.Tick) []plot.Tick {
	for i := range ticks {
		if ticks[i].Label != "" {
			ticks[i].Label = " "
		}
	}
	return ticks
}

// ruler is the one of all panels of the same metric.
func (p *panel) ruler(r *results, all []panel) ruler {
	const wide = 8
	var values []measured
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

func (f *figure) panelLegend(l look, axes []axis) {
	if len(axes) < 2 {
		return
	}
	for i, v := range axes[1].values[:min(len(axes[1].values), seriesMax)] {
		p := l.pen(i)
		f.legend = append(f.legend, legendEntry{
			label: axes[1].label(v), line: p.line(0.8 * l.line),
			marker: &points{marker: p.marker, radius: l.radius, fill: p.color, rim: l.background},
		})
	}
}

// sweepTitle tells what the first axis does to the first metrics, all else at its default.
func sweepTitle(r *results, axes []axis, measures []measure) string {
	x, at := axes[0], usual(axes)
	first, last := 0, len(x.values)-1
	if x.usual == x.values[last] { // it is told from the default on
		first, last = last, first
	}
	var parts []string
	for i := range measures {
		m := &measures[i]
		a, ok := m.of(r.find(at.with(x.path, x.values[first])))
		b, also := m.of(r.find(at.with(x.path, x.values[last])))
		if ok && also && len(parts) < 2 {
			parts = append(parts, fmt.Sprintf("%s %s to\u00A0%s", lower(m.noun), m.show(a.value),
				m.full(b.value)))
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

func capital(noun string) string { return strings.ToUpper(noun[:1]) + noun[1:] }
