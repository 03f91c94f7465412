package number

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Count prints n in groups of three digits, which a no-break space keeps on one line: 10 000.
func Count(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "\u00A0" + s[i:]
	}
	return s
}

// Significant prints x with at most three significant digits and no trailing zeros.
func Significant(x float64) string {
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

// Span prints a duration given in nanoseconds with its unit: 412 ms, 1.92 s.
func Span(ns float64) string {
	for _, unit := range []struct {
		size time.Duration
		name string
	}{{time.Second, "s"}, {time.Millisecond, "ms"}, {time.Microsecond, "µs"}} {
		if ns >= 0.9995*float64(unit.size) {
			return Significant(ns/float64(unit.size)) + "\u00A0" + unit.name
		}
	}
	return Significant(ns) + "\u00A0ns"
}

// Percent prints a share with at most two decimals, rounded down: only all is "100 %".
func Percent(share float64) string {
	hundredths := math.Floor(share*1e4 + 1e-6)
	s := strconv.FormatFloat(hundredths/100, 'f', 2, 64)
	return strings.TrimRight(strings.TrimRight(s, "0"), ".") + "\u00A0%"
}

// SeedList prints seeds as ranges: 1–5, 9.
func SeedList(seeds []uint64) string {
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

// SeedsText names the seeds: "seed 7", "seeds 1–5".
func SeedsText(seeds []uint64) string {
	list := SeedList(seeds)
	if strings.ContainsAny(list, "–,") {
		return "seeds " + list
	}
	return "seed " + list
}

// Plural prints n and its noun, on one line.
func Plural(n int, noun string) string {
	if n == 1 {
		return "1\u00A0" + noun
	}
	return Count(n) + "\u00A0" + noun + "s"
}

// BytesText prints a number of bytes with its unit.
func BytesText(n float64) string {
	for _, unit := range []struct {
		size float64
		name string
	}{{1e12, "TB"}, {1e9, "GB"}, {1e6, "MB"}, {1e3, "kB"}} {
		if n >= 0.9995*unit.size {
			return Significant(n/unit.size) + "\u00A0" + unit.name
		}
	}
	return Significant(n) + "\u00A0B"
}

// Spans prints a range of durations given in nanoseconds: 228 to 326 ms.
func Spans(low, high float64) string {
	from, to := Span(low), Span(high)
	number, unit, _ := strings.Cut(from, "\u00A0")
	if from == to {
		return to
	}
	if strings.HasSuffix(to, "\u00A0"+unit) {
		from = number
	}
	return from + "\u00A0to\u00A0" + to
}

// Clock chooses the unit, in seconds, of an axis of simulated time that ends at so many seconds,
// and its name.
func Clock(seconds float64) (unit float64, name string) {
	switch {
	case seconds > 4*86400:
		return 86400, "d"
	case seconds > 3*3600:
		return 3600, "h"
	case seconds > 180:
		return 60, "min"
	}
	return 1, "s"
}

// Seconds prints a duration given in seconds with its unit.
func Seconds(s float64) string { return Significant(s) + "\u00A0s" }
