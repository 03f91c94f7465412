package display

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Count writes a number in groups of three digits: 10,000.
func Count(n uint64) string {
	s := strconv.FormatUint(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Quantity writes a number and its noun.
func Quantity(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return Count(uint64(n)) + " " + noun + "s"
}

// Significant writes a number with at most that many significant digits, and all of its digits
// before the point.
func Significant(x float64, digits int) string {
	s := Digits(x, digits)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// Digits is Significant with all of its zeros, as suits a measured mean.
func Digits(x float64, digits int) string {
	if x == 0 {
		return "0"
	}
	decimals := max(digits-1-int(math.Floor(math.Log10(math.Abs(x)))), 0)
	return strconv.FormatFloat(x, 'f', decimals, 64)
}

// Roughly writes an estimate with two digits: 2.7 million.
func Roughly(n uint64) string {
	for _, unit := range []struct {
		size float64
		name string
	}{{1e12, " trillion"}, {1e9, " billion"}, {1e6, " million"}} {
		if float64(n) >= unit.size {
			return Significant(float64(n)/unit.size, 2) + unit.name
		}
	}
	if n < 100 {
		return Count(n)
	}
	step := uint64(math.Pow10(len(strconv.FormatUint(n, 10)) - 2))
	return Count(n / step * step)
}

// Bytes writes a size with a readable unit.
func Bytes(n uint64) string {
	switch {
	case n >= 1<<30:
		return Significant(float64(n)/(1<<30), 3) + " GiB"
	case n >= 1<<20:
		return Significant(float64(n)/(1<<20), 3) + " MiB"
	}
	return Significant(float64(n)/(1<<10), 3) + " KiB"
}

// Duration writes how long something takes, as precisely as one wants to know it.
func Duration(d time.Duration) string {
	switch {
	case d < 10*time.Second:
		return Significant(d.Seconds(), 2) + " s"
	case d < 2*time.Minute:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d < 2*time.Hour:
		return fmt.Sprintf("%.0f min", d.Minutes())
	case d < 96*time.Hour:
		return Significant(d.Hours(), 2) + " h"
	}
	return Count(uint64(d.Hours()/24)) + " days"
}

// Clock writes a duration as people read a stop watch: 0:32, 12:05, 3:20:00.
func Clock(d time.Duration) string {
	s := int(d.Round(time.Second) / time.Second)
	if s < 3600 {
		return fmt.Sprintf("%d:%02d", s/60, s%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
}

// Milliseconds is how documents and people are told a time.
func Milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// Volume writes a size shortly.
func Volume(n uint64) string {
	if n < 1<<10 {
		return fmt.Sprintf("%d B", n)
	}
	return Bytes(n)
}

// ExactSize writes a size in bytes, and in a unit that is easier to read.
func ExactSize(n uint64) string {
	if n < 1<<10 {
		return Quantity(int(n), "byte")
	}
	return fmt.Sprintf("%s bytes (%s)", Count(n), Bytes(n))
}

// Share writes a share in percent, with a decimal if it has one.
func Share(share float64) string {
	return strings.TrimSuffix(fmt.Sprintf("%.1f", share*100), ".0") + " %"
}
