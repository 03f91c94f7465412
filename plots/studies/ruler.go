package studies

import (
	"math"

	"gonum.org/v1/plot"

	"swarmlab/plots/number"
	"swarmlab/plots/page"
)

// rulerOf makes the ruler of a measure: logarithmic, if all is above 0 and the largest value is so
// many times the smallest. Intervals get some room, but those of two seeds may be wider than all
// values and must not flatten them.
func (m *measure) rulerOf(values []number.Measured, times float64) page.Ruler {
	const room = 0.4 // of the values' range, at each end
	if len(values) == 0 {
		return page.Ruler{High: 1}
	}
	low, high, least, most := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	for _, v := range values {
		low, high = min(low, v.Value), max(high, v.Value)
		least, most = min(least, v.Value), max(most, v.Value)
		if v.Sure {
			least, most = min(least, v.CI.Low), max(most, v.CI.High)
		}
	}
	if low > 0 && high/low > times && m.most == 0 {
		span := math.Pow(high/low, room)
		low, high = max(least, low/span), min(most, high*span)
		pad := math.Pow(high/low, 0.07)
		return page.Ruler{Log: true, Low: low / pad, High: high * pad}
	}
	span := room * (high - low)
	if high == low {
		span = 0.1 * high
	}
	low, high = page.TidyRange([]float64{max(least, low-span), min(most, high+span)})
	if m.most > 0 && high > m.most {
		high = m.most + 0.08*(m.most-low) // room for the label of all, but not for more than all
	}
	return page.Ruler{Low: low, High: high}
}

// ticksMost is how many labels have room along an axis.
const ticksMost = 5

// ticks labels round values of an axis, none of them at its very end, where the label would stand
// out of the plot.
func (m *measure) ticks(u page.Ruler) []plot.Tick {
	logarithmic := u.Log && u.High/u.Low > 8
	var ticks []plot.Tick
	if logarithmic {
		ticks = page.LogTicks(u.Low, u.High, number.Significant)
	} else {
		ticks = page.RoundTicks(u.Low, u.High, ticksMost, m.show)
	}
	end := u.At(u.Low) + 0.95*(u.At(u.High)-u.At(u.Low))
	for i, t := range ticks {
		if u.At(t.Value) > end || m.beyond(t.Value) {
			ticks[i].Label = ""
		}
	}
	if logarithmic && page.Labelled(ticks) > ticksMost {
		return page.Decades(ticks)
	}
	return ticks
}

// beyond says whether a measure cannot have the value.
func (m *measure) beyond(v float64) bool { return m.most > 0 && v > m.most }
