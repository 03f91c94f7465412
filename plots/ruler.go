package plots

import (
	"math"
	"slices"

	"gonum.org/v1/plot"
)

// A ruler says where values lie along an axis. Logarithms are taken here and not by the axis: the
// library makes room for the name of an axis at the middle of its range, which has to be the
// middle of its length.
type ruler struct {
	log       bool
	low, high float64 // the range, in values
}

// at returns the place of a value along the axis.
func (u ruler) at(v float64) float64 {
	if u.log {
		return math.Log(v)
	}
	return v
}

// clip returns the places of an interval's ends, cut where the axis ends.
func (u ruler) clip(i interval) interval {
	return interval{u.at(min(max(i.low, u.low), u.high)), u.at(min(max(i.high, u.low), u.high))}
}

// set gives the axis its range and ticks, which are in values.
func (u ruler) set(a *plot.Axis, ticks []plot.Tick) {
	a.Min, a.Max = u.at(u.low), u.at(u.high)
	places := plot.ConstantTicks(slices.Clone(ticks))
	for i := range places {
		places[i].Value = u.at(places[i].Value)
	}
	a.Tick.Marker = places
}

// rulerOf makes the ruler of a measure: logarithmic, if all is above 0 and the largest value is so
// many times the smallest. Intervals get some room, but those of two seeds may be wider than all
// values and must not flatten them.
func (m *measure) rulerOf(values []measured, times float64) ruler {
	const room = 0.4 // of the values' range, at each end
	if len(values) == 0 {
		return ruler{high: 1}
	}
	low, high, least, most := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	for _, v := range values {
		low, high = min(low, v.value), max(high, v.value)
		least, most = min(least, v.value), max(most, v.value)
		if v.sure {
			least, most = min(least, v.ci.low), max(most, v.ci.high)
		}
	}
	if low > 0 && high/low > times && m.most == 0 {
		span := math.Pow(high/low, room)
		low, high = max(least, low/span), min(most, high*span)
		pad := math.Pow(high/low, 0.07)
		return ruler{true, low / pad, high * pad}
	}
	span := room * (high - low)
	if high == low {
		span = 0.1 * high
	}
	low, high = tidyRange([]float64{max(least, low-span), min(most, high+span)})
	if m.most > 0 && high > m.most {
		high = m.most + 0.08*(m.most-low) // room for the label of all, but not for more than all
	}
	return ruler{false, low, high}
}

// ticks labels round values on an axis with room for so many, none of them at its very end, where
// the label would stand out of the plot.
func (m *measure) ticks(u ruler, most int) []plot.Tick {
	logarithmic := u.log && u.high/u.low > 8
	var ticks []plot.Tick
	if logarithmic {
		ticks = logTicks(u.low, u.high, significant)
	} else {
		ticks = roundTicks(u.low, u.high, most, m.show)
	}
	end := u.at(u.low) + 0.95*(u.at(u.high)-u.at(u.low))
	for i, t := range ticks {
		if u.at(t.Value) > end || m.beyond(t.Value) {
			ticks[i].Label = ""
		}
	}
	if logarithmic && labelled(ticks) > most {
		return decades(ticks)
	}
	return ticks
}

// beyond says whether a measure cannot have the value.
func (m *measure) beyond(v float64) bool { return m.most > 0 && v > m.most }

// decades leaves labels to powers of ten only.
func decades(ticks []plot.Tick) []plot.Tick {
	for i := range ticks {
		if e := math.Log10(ticks[i].Value); math.Abs(e-math.Round(e)) > 1e-9 {
			ticks[i].Label = ""
		}
	}
	return ticks
}

// labelled counts the ticks that have labels.
func labelled(ticks []plot.Tick) (n int) {
	for _, t := range ticks {
		if t.Label != "" {
			n++
		}
	}
	return n
}
