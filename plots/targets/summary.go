package targets

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"swarmlab/plots/number"
	"swarmlab/plots/page"
	"swarmlab/plots/stored"
)

// A scenario is one line of a slide of many targets: all targets of one scenario, as dots
// on the axis that every line shares.
type scenario struct {
	title   string
	targets []stored.Target // those that were measured
	met     int
}

// scenariosOf puts together what is of one scenario, in the order in which it stands.
func scenariosOf(all []stored.Target, parts []stored.Part) []scenario {
	titles := map[string]string{}
	for _, p := range parts {
		titles[p.Scenario] = p.Title
	}
	var lines []scenario
	last := ""
	for n := range all {
		t := &all[n]
		if t.Scenario != last || len(lines) == 0 {
			last = t.Scenario
			title := titles[last]
			if title == "" {
				title = last
			}
			lines = append(lines, scenario{title: title})
		}
		line := &lines[len(lines)-1]
		if !t.Measured() {
			continue
		}
		line.targets = append(line.targets, *t)
		if t.Verdict == stored.VerdictMet {
			line.met++
		}
	}
	return lines
}

// tally is what the right column says.
func (s *scenario) tally() string {
	if len(s.targets) == 0 {
		return "not measured"
	}
	return fmt.Sprintf("%d of %d", s.met, len(s.targets))
}

// summary is the table of a slide that has no room for all targets: a line a scenario, and
// below the rows of targets that were missed.
type summary struct {
	scenarios []scenario
	missed    []stored.Target
}

const (
	summaryTextLeast = 0.6  // smallest type of the titles, as a share of the theme's text
	summaryMissed    = 4    // rows of targets that were missed; the worst
	summaryAxis      = 0.32 // share of a line
)

func newSummary(all []stored.Target, parts []stored.Part) *summary {
	s := &summary{scenarios: scenariosOf(all, parts)}
	for _, t := range all {
		if t.Measured() && t.Verdict == stored.VerdictMissed {
			t.What = t.Scenario + ": " + t.What
			s.missed = append(s.missed, t)
		}
	}
	slices.SortStableFunc(s.missed, func(a, b stored.Target) int {
		return cmp.Compare(math.Abs(b.Place(*b.Ours)), math.Abs(a.Place(*a.Ours)))
	})
	s.missed = s.missed[:min(len(s.missed), summaryMissed)]
	return s
}

// lines is how many lines there are, with half a line of space above those that were missed.
func (s *summary) lines() vg.Length {
	lines := vg.Length(len(s.scenarios))
	if len(s.missed) > 0 {
		lines += 0.5 + vg.Length(len(s.missed))
	}
	return lines
}

func (s *summary) Height(l page.Look) vg.Length {
	return s.lines() * rowHeight * l.Text
}

func (s *summary) Draw(area draw.Canvas, l page.Look) {
	gap, tally := l.Text, vg.Length(0)
	for n := range s.scenarios {
		tally = max(tally, page.Width(s.scenarios[n].tally(), l.Text))
	}
	label := (1-summaryAxis)*area.Size().X - tally - 2*gap
	high := min(area.Size().Y/s.lines(), rowHeight*l.Text)
	size := min(l.Text, 0.72*high)
	for n := range s.scenarios {
		if wide := page.Width(s.scenarios[n].title, l.Text); wide > 0 {
			size = min(size, l.Text*label/wide)
		}
	}
	size = max(size, summaryTextLeast*l.Text)
	line := draw.Canvas{Canvas: area.Canvas, Rectangle: area.Rectangle}
	for n := range s.scenarios {
		line.Min.Y = line.Max.Y - high
		s.scenarios[n].draw(line, label, tally, size, l)
		line.Max.Y -= high
	}
	line.Max.Y -= high / 2
	for n := range s.missed {
		line.Min.Y = line.Max.Y - high
		row := row{&s.missed[n], l, size}
		row.drawAt(line, line.Min.X+label+gap, line.Max.X-tally-gap)
		line.Max.Y -= high
	}
}

// draw draws the line: title, dots, how many were met.
func (s *scenario) draw(c draw.Canvas, label, tally, size vg.Length, l page.Look) {
	base := (c.Min.Y+c.Max.Y)/2 - 0.35*size
	page.Write(c, page.Fit(s.title, size, label), size, l.Ink, vg.Point{X: c.Min.X, Y: base})
	s.drawTally(c, base, size, l)
	c.Min.X += label + l.Text
	c.Max.X -= tally + l.Text
	s.drawDots(c, l)
}

// drawTally ends the line with how many were met.
func (s *scenario) drawTally(c draw.Canvas, base, size vg.Length, l page.Look) {
	ink := verdictPen(l, stored.VerdictMet).Color
	switch {
	case len(s.targets) == 0:
		ink = l.Muted
	case s.met < len(s.targets):
		ink = verdictPen(l, stored.VerdictMissed).Color
	}
	text := s.tally()
	page.Write(c, text, size, ink, vg.Point{X: c.Max.X - page.Width(text, size), Y: base})
}

// drawDots draws the tolerance and a mark for each target, the misses on top.
func (s *scenario) drawDots(c draw.Canvas, l page.Look) {
	axis := newAxis(c, l)
	axis.drawBand(number.Interval{Low: -1, High: 1})
	for _, verdict := range []string{stored.VerdictMet, stored.VerdictMissed} {
		for n := range s.targets {
			if t := &s.targets[n]; t.Verdict == verdict {
				axis.drawMark(t.Place(*t.Ours), verdict)
			}
		}
	}
}
