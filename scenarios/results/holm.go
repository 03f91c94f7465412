package results

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// pairedP is how likely independent differences with a true mean of 0 are to be as far from it in
// the mean, by Student. Where all are 0 it is 1.
func pairedP(apart []float64) float64 {
	mean, half := student(apart, alpha)
	switch {
	case mean == 0:
		return 1
	case half == 0: // they do not vary
		return 0
	}
	law := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(len(apart) - 1)}
	t := math.Abs(mean) / half * law.Quantile(1-alpha/2)
	return 2 * law.Survival(t)
}

// addHolm corrects the p of all metrics of a comparison for there being many (Holm 1979, Scand. J.
// Statist. 6): with m metrics the smallest is multiplied by m, the next one by m-1, and so on, and
// none comes out below one before it. However the metrics depend on each other, calling real what
// is below 5 % afterwards is wrong about any of them in 5 % of such comparisons at most.
func addHolm(all map[string]Difference) {
	names := make([]string, 0, len(all))
	for name := range all {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(all[a].P, all[b].P), cmp.Compare(a, b))
	})
	floor := Number(0)
	for n, name := range names {
		d := all[name]
		floor = max(floor, min(1, d.P*Number(len(names)-n)))
		d.Holm = floor
		all[name] = d
	}
}
