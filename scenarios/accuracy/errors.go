package accuracy

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
)

// Errors is how far the estimates of one quantity, of many users, are from the truth. Errors are
// relative to each user's truth; users whose truth is 0 have none and are counted apart.
type Errors struct {
	Users    int // with a truth and an estimate
	Unseen   int // with a truth above 0 and no estimate; not in the errors
	Invented int // with an estimate above 0 and a truth of 0
	// Signed errors, (estimate-truth)/truth; NaN without users, as are the absolute ones.
	SignedMedian, SignedP10, SignedP90 float64
	AbsMedian, AbsP90                  float64
	// Weighted is the sum of all absolute errors over that of their truths: by bytes.
	Weighted float64
	// Bias is the sum of all estimates less that of all truths, over that of all truths, with
	// those invented and those unseen.
	Bias float64
	// Coverage is the share of users with a truth who have an estimate; CoverageBytes is by bytes.
	Coverage, CoverageBytes float64
	// Gap is the mean width of the estimates' bounds over the truth, by bytes, if there are bounds:
	// what the method leaves unidentified.
	Gap float64
}

// Estimate is one user's.
type Estimate struct {
	Seen      bool // false if the method says nothing of this user
	Bytes     float64
	Low, High float64 // bounds; equal to Bytes if the method knows none
}

// Measure compares estimates with the truth, by user.
func Measure(truth []float64, estimates []Estimate) (e Errors) {
	var signed, absolute []float64
	var all, seen, off, bias, width float64
	truths := 0
	for u, t := range truth {
		g := estimates[u]
		all += t
		if g.Seen {
			bias += g.Bytes - t
		} else {
			bias -= t
		}
		switch {
		case t == 0 && g.Seen && g.Bytes > 0:
			e.Invented++
		case t == 0:
		case !g.Seen:
			truths++
			e.Unseen++
		default:
			truths++
			d := (g.Bytes - t) / t
			signed, absolute = append(signed, d), append(absolute, math.Abs(d))
			seen += t
			off += math.Abs(g.Bytes - t)
			width += g.High - g.Low
		}
	}
	e.Users = len(signed)
	e.SignedP10, e.SignedMedian = quantile(signed, 0.1), quantile(signed, 0.5)
	e.SignedP90 = quantile(signed, 0.9)
	e.AbsMedian, e.AbsP90 = quantile(absolute, 0.5), quantile(absolute, 0.9)
	e.Weighted, e.Gap, e.Bias = off/seen, width/seen, bias/all
	e.Coverage, e.CoverageBytes = float64(e.Users)/float64(truths), seen/all
	return e
}

// quantile returns a quantile, by linear interpolation between the values at (k-1)/(n-1); NaN if
// there are none.
func quantile(values []float64, p float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(values))
	at := p * float64(len(sorted)-1)
	low := int(at)
	high := min(low+1, len(sorted)-1)
	return sorted[low] + (at-float64(low))*(sorted[high]-sorted[low])
}

// Mean returns the mean and the standard deviation of repeated measurements.
func Mean(values []float64) (mean, sd float64) { return stat.MeanStdDev(values, nil) }
