package stats

import (
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Test is a two-sample test of the hypothesis that both samples come from one distribution.
type Test struct {
	Statistic Number `json:"statistic"`
	Degrees   int    `json:"degrees,omitempty"` // of freedom, of a chi-square test
	P         Number `json:"p"`
}

// KolmogorovSmirnov compares two sorted samples. P is that of continuous distributions; where
// values tie, as hop counts do, the true one is larger, so that a difference is found too seldom
// rather than too often.
func KolmogorovSmirnov(a, b []float64) Test {
	d := stat.KolmogorovSmirnov(a, nil, b, nil)
	n := float64(len(a)) * float64(len(b)) / float64(len(a)+len(b))
	root := math.Sqrt(n)
	return Test{Statistic: Number(d), P: Number(kolmogorov((root + 0.12 + 0.11/root) * d))}
}

// kolmogorov is the probability that a Kolmogorov-distributed quantity exceeds x. With Stephens'
// correction of x it serves samples of any size (Press et al., Numerical Recipes, 14.3).
func kolmogorov(x float64) float64 {
	if x < 0.2 {
		return 1 // within 1e-12, and the series below converges slowly
	}
	sum, sign := 0.0, 2.0
	for k := 1; k <= 100; k++ {
		term := sign * math.Exp(-2*x*x*float64(k*k))
		sum += term
		if math.Abs(term) < 1e-16 {
			break
		}
		sign = -sign
	}
	return min(max(sum, 0), 1)
}

// expectedLeast is the expected count below which a class of a chi-square test is joined with its
// neighbours (Cochran 1954).
const expectedLeast = 5

// ChiSquare compares two samples by their counts in each class. Classes that expect too little are
// joined. With fewer than two classes left there is nothing to compare, and P is 1.
func ChiSquare(a, b []int) Test {
	sums := [2]float64{total(a), total(b)}
	all := sums[0] + sums[1]
	var observed, expected []float64 // a's and b's count of each class in turn
	var open [2]float64              // counts of the class that is being filled
	for n := range max(len(a), len(b)) {
		open[0], open[1] = open[0]+countAt(a, n), open[1]+countAt(b, n)
		if (open[0]+open[1])*min(sums[0], sums[1])/all >= expectedLeast {
			observed, open = append(observed, open[0], open[1]), [2]float64{}
		}
	}
	if len(observed) < 4 {
		return Test{P: 1}
	}
	last := len(observed) - 2
	observed[last], observed[last+1] = observed[last]+open[0], observed[last+1]+open[1]
	for n := 0; n < len(observed); n += 2 {
		class := (observed[n] + observed[n+1]) / all
		expected = append(expected, class*sums[0], class*sums[1])
	}
	x, degrees := stat.ChiSquare(observed, expected), len(observed)/2-1
	p := distuv.ChiSquared{K: float64(degrees)}.Survival(x)
	return Test{Statistic: Number(x), Degrees: degrees, P: Number(p)}
}

func countAt(counts []int, n int) float64 {
	if n < len(counts) {
		return float64(counts[n])
	}
	return 0
}

func total(counts []int) float64 {
	sum := 0
	for _, n := range counts {
		sum += n
	}
	return float64(sum)
}
