package page

import (
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"

	"swarmlab/plots/number"
)

// IntegerTicks labels the whole numbers from low to high, every one or every so many.
func IntegerTicks(low, high, most int) plot.ConstantTicks {
	step := 1
	for (high-low)/step >= most {
		step++
	}
	var ticks plot.ConstantTicks
	for v := low; v <= high; v += step {
		ticks = append(ticks, plot.Tick{Value: float64(v), Label: number.Count(v)})
	}
	return ticks
}

// LinearTicks labels round values from 0 up to, and at least to, high. The last one is the axis'
// end.
func LinearTicks(high float64, label func(float64) string) plot.ConstantTicks {
	const most = 6
	if high <= 0 {
		high = 1 // nothing but zeros
	}
	scale := math.Pow(10, math.Floor(math.Log10(high))-1)
	for {
		for _, mantissa := range []float64{1, 2, 5} {
			step := mantissa * scale
			n := math.Ceil(high/step - 1e-9)
			if n > most {
				continue
			}
			var ticks plot.ConstantTicks
			for i := range int(n) + 1 {
				v := float64(i) * step
				ticks = append(ticks, plot.Tick{Value: v, Label: label(v)})
			}
			return ticks
		}
		scale *= 10
	}
}

// WholeTicks does so on an axis of counts: small ones have no labels between them.
func WholeTicks(high float64) plot.ConstantTicks {
	if high <= 5 {
		return IntegerTicks(0, max(int(math.Ceil(high)), 1), 7)
	}
	return LinearTicks(high, number.Significant)
}

// LogTicks marks the round values of a logarithmic axis: the decades, or where they are few also
// their halves and fifths, are labelled, the rest get small marks.
func LogTicks(low, high float64, label func(float64) string) plot.ConstantTicks {
	labelled := []int{1}
	switch decades := math.Log10(high / low); {
	case decades < 2.2:
		labelled = []int{1, 2, 5}
	case decades < 3.2:
		labelled = []int{1, 3}
	}
	var ticks plot.ConstantTicks
	first, last := math.Floor(math.Log10(low)), math.Ceil(math.Log10(high))
	for e := first; e <= last; e++ {
		for m := 1; m <= 9; m++ {
			v := float64(m) * math.Pow(10, e)
			if v < low*(1-1e-9) || v > high*(1+1e-9) {
				continue
			}
			t := plot.Tick{Value: v}
			for _, l := range labelled {
				if l == m {
					t.Label = label(v)
				}
			}
			ticks = append(ticks, t)
		}
	}
	return ticks
}

// RoundTicks labels round values between low and high, at most so many but two at least.
func RoundTicks(low, high float64, most int, label func(float64) string) plot.ConstantTicks {
	var ticks plot.ConstantTicks
	for scale := math.Pow(10, math.Ceil(math.Log10(high-low))); ; scale /= 10 {
		for _, mantissa := range []float64{1, 0.5, 0.2} {
			step := mantissa * scale
			var finer plot.ConstantTicks
			for k := math.Ceil(low/step - 1e-9); k*step <= high*(1+1e-9); k++ {
				finer = append(finer, plot.Tick{Value: k * step, Label: label(k * step)})
			}
			if len(finer) > most && len(ticks) > 1 {
				return ticks
			}
			ticks = finer
		}
	}
}

// FittingTicks labels as many round values as have room.
func FittingTicks(low, high float64, across vg.Length, l Look) plot.ConstantTicks {
	for most := 5; ; most-- {
		ticks := RoundTicks(low, high, most, number.Significant)
		fits := true
		for i := 1; i < len(ticks); i++ {
			apart := across * vg.Length((ticks[i].Value-ticks[i-1].Value)/(high-low))
			need := (Width(ticks[i].Label, l.Text) + Width(ticks[i-1].Label, l.Text)) / 2
			fits = fits && apart >= need+0.6*l.Text
		}
		if fits || most == 2 {
			return ticks
		}
	}
}

// TidyRange returns an axis for values: from zero, unless they all lie far from it.
func TidyRange(values []float64) (low, high float64) {
	low, high = slices.Min(values), slices.Max(values)
	if low < 0.6*high {
		low = 0
	}
	pad := 0.08 * (high - low)
	if pad == 0 {
		pad = max(0.1*high, 0.5)
	}
	if low > 0 {
		low = max(low-pad, 0)
	}
	return low, high + pad
}

// LogScale is a logarithmic axis on which what is not above its end lies on its end.
type LogScale struct{}

// Normalize implements plot.Normalizer.
func (LogScale) Normalize(low, high, x float64) float64 {
	return math.Log(max(x, low)/low) / math.Log(high/low)
}

// Unlabelled keeps the lines of the grid, which a tick without any label has not.
func Unlabelled(ticks []plot.Tick) []plot.Tick {
	for i := range ticks {
		if ticks[i].Label != "" {
			ticks[i].Label = " "
		}
	}
	return ticks
}
