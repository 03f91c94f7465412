package plots

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// An interval is a 95 % confidence interval of a mean.
type interval struct{ low, high float64 }

// interval95 returns Student's interval of the mean of one value a seed. Fewer than two give none.
func interval95(bySeed []float64) (interval, bool) {
	n := float64(len(bySeed))
	if n < 2 {
		return interval{}, false
	}
	mean, sd := stat.MeanStdDev(bySeed, nil)
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: n - 1}.Quantile(0.975)
	half := t * sd / math.Sqrt(n)
	return interval{mean - half, mean + half}, true
}

// intervalOf reads an interval as results store it: its low end and its high one.
func intervalOf(stored [2]float64) interval { return interval{stored[0], stored[1]} }

// clamp keeps the interval of a share within 0..1.
func (i interval) clamp() interval {
	return interval{max(i.low, 0), min(i.high, 1)}
}

// upTo counts the sorted values that are at most v.
func upTo[N int64 | float64](sorted []N, v N) int {
	n, _ := slices.BinarySearchFunc(sorted, v, func(e, t N) int {
		if e <= t {
			return -1
		}
		return 1
	})
	return n
}
