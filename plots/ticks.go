package plots

import (
	"math"

	"gonum.org/v1/plot"
)

// integerTicks labels the whole numbers from low to high, every one or every so many.
func integerTicks(low, high, most int) plot.ConstantTicks {
	step := 1
	for (high-low)/step >= most {
		step++
	}
	var ticks plot.ConstantTicks
	for v := low; v <= high; v += step {
		ticks = append(ticks, plot.Tick{Value: float64(v), Label: count(v)})
	}
	return ticks
}

// linearTicks labels round values from 0 up to, and at least to, high. The last one is the axis'
// end.
func linearTicks(high float64, label func(float64) string) plot.ConstantTicks {
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

// logTicks marks the round values of a logarithmic axis: the decades, or where they are few also
// their halves and fifths, are labelled, the rest get small marks.
func logTicks(low, high float64, label func(float64) string) plot.ConstantTicks {
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
