package stats

import (
	"math"
	"slices"
	"strconv"
)

// Number is a statistic, rounded to nine significant digits: more than any of them means, and few
// enough that no processor's way of rounding shows.
type Number float64

// MarshalJSON implements json.Marshaler. What is not a number is null.
func (n Number) MarshalJSON() ([]byte, error) {
	if !Finite(float64(n)) {
		return []byte("null"), nil
	}
	return strconv.AppendFloat(nil, float64(n), 'g', 9, 64), nil
}

// Summary sums up the observations of one metric in one cell, all seeds together.
type Summary struct {
	Unit string     `json:"unit"`
	N    int        `json:"n"`
	Mean Number     `json:"mean"`
	SD   Number     `json:"sd"`
	Min  Number     `json:"min"`
	Max  Number     `json:"max"`
	P5   Number     `json:"p5"`
	P25  Number     `json:"p25"`
	P50  Number     `json:"p50"`
	P75  Number     `json:"p75"`
	P90  Number     `json:"p90"`
	P95  Number     `json:"p95"`
	P99  Number     `json:"p99"`
	CI95 *[2]Number `json:"ci95"` // of the mean, over seeds; null with one seed
	// Intervals of the quantiles; null where there are too few observations, or seeds, for one.
	P50CI95 *[2]Number `json:"p50_ci95"`
	P90CI95 *[2]Number `json:"p90_ci95"`
	P99CI95 *[2]Number `json:"p99_ci95"`
	CDF     []Number   `json:"cdf,omitempty"` // of counts: P(X <= 1), P(X <= 2), ...
}

// Of sums up whole numbers, one slice a seed, in units of 1/scale. The sums are exact,
// so the order of the observations does not matter.
func Of(seeds [][]int64, scale float64, counts bool) Summary {
	var all []int64
	var means []float64
	for _, values := range seeds {
		all = append(all, values...)
		if len(values) > 0 {
			means = append(means, Mean(values)/scale)
		}
	}
	if len(all) == 0 {
		return Empty()
	}
	slices.Sort(all)
	mean := Mean(all)
	sum := 0.0
	for _, v := range all {
		d := float64(v) - mean
		sum += float64(d * d)
	}
	at := func(p float64) Number {
		rank := int(math.Ceil(p*float64(len(all)))) - 1
		return Number(float64(all[max(rank, 0)]) / scale)
	}
	s := Summary{
		N: len(all), Mean: Number(mean / scale),
		SD:  Number(math.Sqrt(sum/math.Max(float64(len(all)-1), 1)) / scale),
		Min: at(0), Max: at(1), P5: at(.05), P25: at(.25), P50: at(.5), P75: at(.75), P90: at(.9),
		P95: at(.95), P99: at(.99), CI95: Interval(means),
	}
	of := func(p float64) *[2]Number {
		if i := quantileInterval(seeds, all, p); i != nil {
			return &[2]Number{Number(float64(i[0]) / scale), Number(float64(i[1]) / scale)}
		}
		return nil
	}
	s.P50CI95, s.P90CI95, s.P99CI95 = of(.5), of(.9), of(.99)
	if counts {
		s.CDF = cdf(all)
	}
	return s
}

// Empty returns the statistics of nothing: all but N are not numbers.
func Empty() Summary {
	nan := Number(math.NaN())
	return Summary{Mean: nan, SD: nan, Min: nan, Max: nan, P5: nan, P25: nan, P50: nan, P75: nan,
		P90: nan, P95: nan, P99: nan}
}

// Finite tells what was observed from what was not: a share of nothing is not a number.
func Finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// Mean returns the mean of whole numbers, whose sum must not overflow; that of none is not a
// number.
func Mean(values []int64) float64 {
	sum := int64(0)
	for _, v := range values {
		sum += v
	}
	return float64(sum) / float64(len(values))
}

// cdf returns P(X <= 1), P(X <= 2), ... up to 1 for sorted positive numbers.
func cdf(sorted []int64) []Number {
	var out []Number
	n := 0
	for x := int64(1); n < len(sorted); x++ {
		for n < len(sorted) && sorted[n] <= x {
			n++
		}
		out = append(out, Number(float64(n)/float64(len(sorted))))
	}
	return out
}

// Interval returns Student's 95 % confidence interval of the mean of independent observations: one
// a seed, because lookups of one run are not independent. With fewer than two there is none.
func Interval(means []float64) *[2]Number {
	return Around(Student(means, Alpha))
}

// OfRuns sums up a metric with one observation a run.
func OfRuns(values []float64) Summary {
	if len(values) == 0 {
		return Empty()
	}
	const scale = 1e6
	ints := make([][]int64, len(values))
	for n, v := range values {
		ints[n] = []int64{int64(math.Round(v * scale))}
	}
	return Of(ints, scale, false)
}
