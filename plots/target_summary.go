package plots

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A targetScenario is one line of a slide of many targets: all targets of one scenario, as dots
// on the axis that every line shares.
type targetScenario struct {
	title   string
	targets []target // those that were measured
	met     int
}

// targetScenarios puts together what is of one scenario, in the order in which it stands.
func targetScenarios(all []target, parts []part) []targetScenario {
	titles := map[string]string{}
	for _, p := range parts {
		titles[p.Scenario] = p.Title
	}
	var lines []targetScenario
	last := ""
	for n := range all {
		t := &all[n]
		if t.Scenario != last || len(lines) == 0 {
			last = t.Scenario
			title := titles[last]
			if title == "" {
				title = last
			}
			lines = append(lines, targetScenario{title: title})
		}
		line := &lines[len(lines)-1]
		if !t.measured() {
			continue
		}
		line.targets = append(line.targets, *t)
		if t.Verdict == verdictMet {
			line.met++
		}
	}
	return lines
}

// tally is what the right column says.
func (s *targetScenario) tally() string {
	if len(s.targets) == 0 {
		return "not measured"
	}
	return fmt.Sprintf("%d of %d", s.met, len(s.targets))
}

// targetSummary is the table of a slide that has no room for all targets: a line a scenario, and
// below the rows of targets that were missed.
type targetSummary struct {
	scenarios []targetScenario
	missed    []target
}

const (
	summaryTextLeast = 0.6  // smallest type of the titles, as a share of the theme's text
	summaryMissed    = 4    // rows of targets that were missed; the worst
	summaryAxis      = 0.32 // share of a line
)

func newTargetSummary(all []target, parts []part) *targetSummary {
	s := &targetSummary{scenarios: targetScenarios(all, parts)}
	for _, t := range all {
		if t.measured() && t.Verdict == verdictMissed {
			t.What = t.Scenario + ": " + t.What
			s.missed = append(s.missed, t)
		}
	}
	slices.SortStableFunc(s.missed, func(a, b target) int {
		return cmp.Compare(math.Abs(b.place(*b.Ours)), math.Abs(a.place(*a.Ours)))
	})
	s.missed = s.missed[:min(len(s.missed), summaryMissed)]
	return s
}

// lines is how many lines there are, with half a line of space above those that were missed.
func (s *targetSummary) lines() vg.Length {
	lines := vg.Length(len(s.scenarios))
	if len(s.missed) > 0 {
		lines += 0.5 + vg.Length(len(s.missed))
	}
	return lines
}

func (s *targetSummary) height(l look) vg.Length { return s.lines() * targetRowHeight * l.text }

func (s *targetSummary) draw(area draw.Canvas, l look) {
	gap, tally := l.text, vg.Length(0)
	for n := range s.scenarios {
		tally = max(tally, width(s.scenarios[n].tally(), l.text))
	}
	label := (1-summaryAxis)*area.Size().X - tally - 2*gap
	high := min(area.Size().Y/s.lines(), targetRowHeight*l.text)
	size := min(l.text, 0.72*high)
	for n := range s.scenarios {
		if wide := width(s.scenarios[n].title, l.text); wide > 0 {
			size = min(size, l.text*label/wide)
		}
	}
	size = max(size, summaryTextLeast*l.text)
	line := draw.Canvas{Canvas: area.Canvas, Rectangle: area.Rectangle}
	for n := range s.scenarios {
		line.Min.Y = line.Max.Y - high
		s.scenarios[n].draw(line, label, tally, size, l)
		line.Max.Y -= high
	}
	line.Max.Y -= high / 2
	for n := range s.missed {
		line.Min.Y = line.Max.Y - high
		row := targetRow{&s.missed[n], l, size}
		row.drawAt(line, line.Min.X+label+gap, line.Max.X-tally-gap)
		line.Max.Y -= high
	}
}

// draw draws the line: title, dots, how many were met.
func (s *targetScenario) draw(c draw.Canvas, label, tally, size vg.Length, l look) {
	base := (c.Min.Y+c.Max.Y)/2 - 0.35*size
	write(c, fit(s.title, size, label), size, l.ink, vg.Point{X: c.Min.X, Y: base})
	s.drawTally(c, base, size, l)
	c.Min.X += label + l.text
	c.Max.X -= tally + l.text
	s.drawDots(c, l)
}

// drawTally ends the line with how many were met.
func (s *targetScenario) drawTally(c draw.Canvas, base, size vg.Length, l look) {
	ink := l.verdictPen(verdictMet).color
	switch {
	case len(s.targets) == 0:
		ink = l.muted
	case s.met < len(s.targets):
		ink = l.verdictPen(verdictMissed).color
	}
	text := s.tally()
	write(c, text, size, ink, vg.Point{X: c.Max.X - width(text, size), Y: base})
}

// drawDots draws the tolerance and a mark for each target, the misses on top.
func (s *targetScenario) drawDots(c draw.Canvas, l look) {
	axis := newTargetAxis(c, l)
	axis.drawBand(interval{-1, 1})
	for _, verdict := range []string{verdictMet, verdictMissed} {
		for n := range s.targets {
			if t := &s.targets[n]; t.Verdict == verdict {
				axis.drawMark(t.place(*t.Ours), verdict)
			}
		}
	}
}
