package accounts

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"

	"swarmlab/plots/number"
	"swarmlab/plots/page"
)

// A bytesScale is an axis of bytes, logarithmic, with a place for none at its lower end.
type bytesScale struct {
	ruler page.Ruler
	zero  float64 // the place of none, as a value
}

// decadesMost is how many powers of ten such an axis has: what is less counts as none, so that a
// user who sent a few blocks does not press all others together.
const decadesMost = 3

func bytesScaleOf(values []float64) (s bytesScale, ok bool) {
	low, high := math.Inf(1), 0.0
	for _, v := range values {
		high = max(high, v)
	}
	for _, v := range values {
		if v > high/math.Pow10(decadesMost) {
			low = min(low, v)
		}
	}
	if high == 0 {
		return s, false
	}
	step := math.Pow(max(high/low, 10), 0.08)
	s.zero = low / step / step
	s.ruler = page.Ruler{Log: true, Low: s.zero / step, High: high * step}
	return s, true
}

// at returns where a number of bytes is along the axis.
func (s *bytesScale) at(bytes float64) float64 {
	return s.ruler.At(min(max(bytes, s.zero), s.ruler.High))
}

// set gives the axis its range and labels: none, and as many powers of ten as fit, for which each
// label needs some room.
func (s *bytesScale) set(a *plot.Axis, across vg.Length, need func(string) vg.Length) {
	first, last := math.Ceil(math.Log10(s.zero)), math.Floor(math.Log10(s.ruler.High))
	for step := 1.0; step <= last-first+1; step++ {
		for from := first; from < first+step && from <= last; from++ {
			ticks := []plot.Tick{{Value: s.zero, Label: "0"}}
			for e := from; e <= last; e += step {
				v := math.Pow(10, e)
				ticks = append(ticks, plot.Tick{Value: v, Label: number.BytesText(v)})
			}
			if s.fit(ticks, across, need) {
				s.ruler.Set(a, ticks)
				return
			}
		}
	}
	s.ruler.Set(a, []plot.Tick{{Value: s.zero, Label: "0"}})
}

// fit tells whether no label is too close to the next.
func (s *bytesScale) fit(ticks []plot.Tick, across vg.Length, need func(string) vg.Length) bool {
	whole := s.ruler.At(s.ruler.High) - s.ruler.At(s.ruler.Low)
	for i, t := range ticks[1:] {
		room := across * vg.Length((s.ruler.At(t.Value)-s.ruler.At(ticks[i].Value))/whole)
		if room < (need(ticks[i].Label)+need(t.Label))/2 {
			return false
		}
	}
	return true
}
