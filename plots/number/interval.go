package number

import (
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// An Interval is a 95 % confidence interval of a mean, in its unit; or any other span from Low to
// High.
type Interval struct{ Low, High float64 }

// Interval95 returns Student's interval of the mean of one value a seed. Fewer than two give none.
func Interval95(bySeed []float64) (Interval, bool) {
	n := float64(len(bySeed))
	if n < 2 {
		return Interval{}, false
	}
	mean, sd := stat.MeanStdDev(bySeed, nil)
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: n - 1}.Quantile(0.975)
	half := t * sd / math.Sqrt(n)
	return Interval{mean - half, mean + half}, true
}

// IntervalOf reads an interval as results store it: its low end and its high one.
func IntervalOf(stored [2]float64) Interval { return Interval{stored[0], stored[1]} }

// Clamp keeps the interval of a share within 0..1.
func (i Interval) Clamp() Interval {
	return Interval{max(i.Low, 0), min(i.High, 1)}
}

// A Measured is a value with its interval, if there is one.
type Measured struct {
	Value float64
	CI    Interval
	Sure  bool // there is an interval
	N     int  // observations
}

// Ends returns those of an interval as results store it, for a table: nil where there is none.
func Ends(ci *[2]float64) (low, high any) {
	if ci == nil {
		return nil, nil
	}
	return ci[0], ci[1]
}

// BandSeeds is from how many seeds on figures of swarms and of accounting have bands: of two they
// say next to nothing, and hide the lines.
const BandSeeds = 3

// MeanOf returns the mean of at least one value.
func MeanOf(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}
