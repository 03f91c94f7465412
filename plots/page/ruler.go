package page

import (
	"math"
	"slices"

	"gonum.org/v1/plot"

	"swarmlab/plots/number"
)

// A Ruler says where values lie along an axis. Logarithms are taken here and not by the axis: the
// library makes room for the name of an axis at the middle of its range, which has to be the
// middle of its length.
type Ruler struct {
	Log       bool
	Low, High float64 // the range, in values
}

// At returns the place of a value along the axis.
func (u Ruler) At(v float64) float64 {
	if u.Log {
		return math.Log(v)
	}
	return v
}

// Clip returns the places of an interval's ends, cut where the axis ends.
func (u Ruler) Clip(i number.Interval) number.Interval {
	return number.Interval{Low: u.At(min(max(i.Low, u.Low), u.High)),
		High: u.At(min(max(i.High, u.Low), u.High))}
}

// Set gives the axis its range and ticks, which are in values.
func (u Ruler) Set(a *plot.Axis, ticks []plot.Tick) {
	a.Min, a.Max = u.At(u.Low), u.At(u.High)
	places := plot.ConstantTicks(slices.Clone(ticks))
	for i := range places {
		places[i].Value = u.At(places[i].Value)
	}
	a.Tick.Marker = places
}

// Decades leaves labels to powers of ten only.
func Decades(ticks []plot.Tick) []plot.Tick {
	for i := range ticks {
		if e := math.Log10(ticks[i].Value); math.Abs(e-math.Round(e)) > 1e-9 {
			ticks[i].Label = ""
		}
	}
	return ticks
}

// Labelled counts the ticks that have labels.
func Labelled(ticks []plot.Tick) (n int) {
	for _, t := range ticks {
		if t.Label != "" {
			n++
		}
	}
	return n
}
