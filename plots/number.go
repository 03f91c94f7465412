package plots

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// count prints n in groups of three digits, which a no-break space keeps on one line: 10 000.
func count(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "\u00A0" + s[i:]
	}
	return s
}

// significant prints x with at most three significant digits and no trailing zeros.
func significant(x float64) string {
	if x == 0 {
		return "0"
	}
	decimals := 2 - int(math.Floor(math.Log10(math.Abs(x))))
	if decimals <= 0 {
		return strconv.FormatFloat(x, 'f', 0, 64)
	}
	s := strconv.FormatFloat(x, 'f', decimals, 64)
	return strings.TrimRight(strings.TrimRight(s, "0"), ".")
}

// span prints a duration given in nanoseconds with its unit: 412 ms, 1.92 s.
func span(ns float64) string {
	for _, unit := range []struct {
		size time.Duration
		name string
	}{{time.Second, "s"}, {time.Millisecond, "ms"}, {time.Microsecond, "µs"}} {
		if ns >= 0.9995*float64(unit.size) {
			return significant(ns/float64(unit.size)) + "\u00A0" + unit.name
		}
	}
	return significant(ns) + "\u00A0ns"
}

// percent prints a share with at most two decimals, rounded down: only all is "100 %".
func percent(share float64) string {
	hundredths := math.Floor(share*1e4 + 1e-6)
	s := strconv.FormatFloat(hundredths/100, 'f', 2, 64)
	return strings.TrimRight(strings.TrimRight(s, "0"), ".") + "\u00A0%"
}

// seedList prints seeds as ranges: 1–5, 9.
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
		part := fmt.Sprint(seeds[i])
		if j > i {
			part += fmt.Sprintf("–%d", seeds[j])
		}
		parts = append(parts, part)
		i = j + 1
	}
	return strings.Join(parts, ", ")
}

// seedsText names the seeds: "seed 7", "seeds 1–5".
func seedsText(seeds []uint64) string {
	list := seedList(seeds)
	if strings.ContainsAny(list, "–,") {
		return "seeds " + list
	}
	return "seed " + list
}

// plural prints n and its noun, on one line.
func plural(n int, noun string) string {
	if n == 1 {
		return "1\u00A0" + noun
	}
	return count(n) + "\u00A0" + noun + "s"
}
