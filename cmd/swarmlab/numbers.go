package main

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"swarmlab/scenarios/stats"
)

// count writes a number in groups of three digits: 10,000.
func count(n uint64) string {
	s := strconv.FormatUint(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// quantity writes a number and its noun.
func quantity(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return count(uint64(n)) + " " + noun + "s"
}

// valueText writes a varied value.
func valueText(v any) string {
	switch v := v.(type) {
	case int:
		return count(uint64(v))
	case uint64:
		return count(v)
	}
	return fmt.Sprint(v)
}

// significant writes a number with at most that many significant digits, and all of its digits
// before the point.
func significant(x float64, digits int) string {
	s := digitsOf(x, digits)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// digitsOf is significant with all of its zeros, as suits a measured mean.
func digitsOf(x float64, digits int) string {
	if x == 0 {
		return "0"
	}
	decimals := max(digits-1-int(math.Floor(math.Log10(math.Abs(x)))), 0)
	return strconv.FormatFloat(x, 'f', decimals, 64)
}

func three(n stats.Number) string { return significant(float64(n), 3) }

// decimalsMost bounds the digits of a mean, unless its interval would vanish.
const decimalsMost = 3

// withInterval writes a mean and the half width of its 95 % interval, both to the second digit of
// the half width. Without interval the mean has three digits.
func withInterval(m stats.Summary, scale float64) string {
	mean := float64(m.Mean) * scale
	if m.CI95 == nil {
		return digitsOf(mean, 3)
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

// roughly writes an estimate with two digits: 2.7 million.
func roughly(n uint64) string {
	for _, unit := range []struct {
		size float64
		name string
	}{{1e12, " trillion"}, {1e9, " billion"}, {1e6, " million"}} {
		if float64(n) >= unit.size {
			return significant(float64(n)/unit.size, 2) + unit.name
		}
	}
	if n < 100 {
		return count(n)
	}
	step := uint64(math.Pow10(len(strconv.FormatUint(n, 10)) - 2))
	return count(n / step * step)
}

// bytesText writes a size with a readable unit.
func bytesText(n uint64) string {
	switch {
	case n >= 1<<30:
		return significant(float64(n)/(1<<30), 3) + " GiB"
	case n >= 1<<20:
		return significant(float64(n)/(1<<20), 3) + " MiB"
	}
	return significant(float64(n)/(1<<10), 3) + " KiB"
}

// timeText writes how long something takes, as precisely as one wants to know it.
func timeText(d time.Duration) string {
	switch {
	case d < 10*time.Second:
		return significant(d.Seconds(), 2) + " s"
	case d < 2*time.Minute:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d < 2*time.Hour:
		return fmt.Sprintf("%.0f min", d.Minutes())
	case d < 96*time.Hour:
		return significant(d.Hours(), 2) + " h"
	}
	return count(uint64(d.Hours()/24)) + " days"
}

// clock writes a duration as people read a stop watch: 0:32, 12:05, 3:20:00.
func clock(d time.Duration) string {
	s := int(d.Round(time.Second) / time.Second)
	if s < 3600 {
		return fmt.Sprintf("%d:%02d", s/60, s%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
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
