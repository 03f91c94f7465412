package stats

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// PairedP is how likely independent differences with a true mean of 0 are to be as far from it in
// the mean, by Student. Where all are 0 it is 1.
func PairedP(apart []float64) float64 {
	mean, half := Student(apart, Alpha)
	switch {
	case mean == 0:
		return 1
	case half == 0: // they do not vary
		return 0
	}
	law := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(len(apart) - 1)}
	t := math.Abs(mean) / half * law.Quantile(1-Alpha/2)
	return 2 * law.Survival(t)
}

// Holm corrects the p of all metrics of a comparison for there being many (Holm 1979, Scand. J.
// Statist. 6): with m metrics the smallest is multiplied by m, the next one by m-1, and so on, and
// none comes out below one before it. However the metrics depend on each other, calling real what
// is below 5 % afterwards is wrong about any of them in 5 % of such comparisons at most.
func Holm(p []float64) []float64 {
	order := make([]int, len(p))
	for n := range order {
		order[n] = n
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	corrected, floor := make([]float64, len(p)), 0.0
	for rank, n := range order {
		floor = max(floor, min(1, p[n]*float64(len(p)-rank)))
		corrected[n] = floor
	}
	return corrected
}
