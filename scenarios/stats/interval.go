package stats

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// Alpha is how often intervals may miss.
const Alpha = 0.05

// Student returns the mean of independent observations, and half of Student's interval that misses
// the true one with probability miss. With fewer than two observations half is infinite.
func Student(values []float64, miss float64) (mean, half float64) {
	n := float64(len(values))
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	mean = sum / n
	if n < 2 {
		return mean, math.Inf(1)
	}
	squares := 0.0
	for _, v := range values {
		squares += float64((v - mean) * (v - mean))
	}
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: n - 1}.Quantile(1 - miss/2)
	return mean, t * math.Sqrt(squares/(n-1)/n)
}

// Around returns an interval, or nil where it is not finite, as of a single observation.
func Around(mean, half float64) *[2]Number {
	if math.IsInf(half, 0) || math.IsNaN(half) {
		return nil
	}
	return &[2]Number{Number(mean - half), Number(mean + half)}
}

// quantileInterval returns a 95 % interval of the p-quantile, whose ends are observations, or nil
// if there are too few. The observations of one seed may depend on each other; all are those of all
// seeds, sorted.
func quantileInterval(seeds [][]int64, all []int64, p float64) *[2]int64 {
	if !slices.ContainsFunc(seeds, func(s []int64) bool { return len(s) != 1 }) {
		return orderInterval(all, p)
	}
	return woodruff(seeds, all, p)
}

// orderInterval is for independent observations: the number of those below the quantile is
// binomial, whatever their distribution. Of the intervals that miss with at most
// alpha/2 on each side it is the shortest.
func orderInterval(sorted []int64, p float64) *[2]int64 {
	b := distuv.Binomial{N: float64(len(sorted)), P: p}
	low, high := -1, len(sorted)
	for low+1 < len(sorted) && b.CDF(float64(low+1)) <= Alpha/2 {
		low++
	}
	for high > 0 && 1-b.CDF(float64(high-1)) <= Alpha/2 {
		high--
	}
	if low < 0 || high >= len(sorted) || low > high {
		return nil
	}
	return &[2]int64{sorted[low], sorted[high]}
}

// woodruff is for observations that come in clusters, one a seed: the share of observations below
// the quantile is a ratio of sums over seeds, whose interval by Student, turned back into ranks,
// is that of the quantile (Woodruff 1952, JASA 47).
func woodruff(seeds [][]int64, all []int64, p float64) *[2]int64 {
	n, total := 0, float64(len(all))
	at := all[max(int(math.Ceil(p*total))-1, 0)]
	squares, share := 0.0, 0.0
	below := make([]float64, 0, len(seeds))
	for _, values := range seeds {
		count := 0
		for _, v := range values {
			if v <= at {
				count++
			}
		}
		share += float64(count) / total
		below = append(below, float64(count))
		if len(values) > 0 {
			n++
		}
	}
	if n < 2 {
		return nil
	}
	for i, values := range seeds {
		e := below[i] - float64(share*float64(len(values)))
		squares += float64(e * e)
	}
	deviation := math.Sqrt(squares*float64(n)/float64(n-1)) / total
	half := distuv.StudentsT{Sigma: 1, Nu: float64(n - 1)}.Quantile(1-Alpha/2) * deviation
	low, high := int(math.Ceil((p-half)*total))-1, int(math.Ceil((p+half)*total))-1
	if low < 0 || high >= len(all) {
		return nil
	}
	return &[2]int64{all[low], all[high]}
}
