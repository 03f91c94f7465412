package report

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"swarmlab/cmd/swarmlab/display"
	"swarmlab/scenarios/stats"
)

// valueText writes a varied value.
func valueText(v any) string {
	switch v := v.(type) {
	case int:
		return display.Count(uint64(v))
	case uint64:
		return display.Count(v)
	}
	return fmt.Sprint(v)
}

func three(n stats.Number) string { return display.Significant(float64(n), 3) }

// decimalsMost bounds the digits of a mean, unless its interval would vanish.
const decimalsMost = 3

// withInterval writes a mean and the half width of its 95 % interval, both to the second digit of
// the half width. Without interval the mean has three digits.
func withInterval(m stats.Summary, scale float64) string {
	mean := float64(m.Mean) * scale
	if m.CI95 == nil {
		return display.Digits(mean, 3)
	}
	half := float64(m.CI95[1]-m.CI95[0]) / 2 * scale
	decimals := decimalsMost
	if half > 0 {
		first := -int(math.Floor(math.Log10(half))) // the place of its first digit
		decimals = max(min(first+1, decimalsMost), first, 0)
	}
	return fmt.Sprintf("%.*f ± %.*f", decimals, mean, decimals, half)
}

// percentage writes a share in percent. Only all is 100: a mean just below is rounded down.
func percentage(m stats.Summary) string {
	if m.CI95 != nil && m.CI95[0] < m.CI95[1] {
		return withInterval(m, 100)
	}
	hundredths := math.Floor(float64(m.Mean)*1e4 + 1e-6)
	s := strconv.FormatFloat(hundredths/100, 'f', 2, 64)
	return strings.TrimRight(strings.TrimRight(s, "0"), ".")
}

// seedList writes seeds as ranges: 1-5, 9.
func seedList(seeds []uint64) string {
	seeds = slices.Clone(seeds)
	slices.Sort(seeds)
	seeds = slices.Compact(seeds)
	var parts []string
	for i := 0; i < len(seeds); {
		j := i
		for j+1 < len(seeds) && seeds[j+1] == seeds[j]+1 {
			j++
		}
		part := strconv.FormatUint(seeds[i], 10)
		if j > i {
			part += "-" + strconv.FormatUint(seeds[j], 10)
		}
		parts = append(parts, part)
		i = j + 1
	}
	return strings.Join(parts, ", ")
}
