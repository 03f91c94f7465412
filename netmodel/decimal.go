package netmodel

import (
	"errors"
	"fmt"
	"math/bits"
	"strconv"
	"strings"
)

// Milli is a number in thousandths: 800 is 0.8.
type Milli int32

// ParseMilli reads a decimal number with at most three decimals, such as 0.8.
func ParseMilli(s string) (Milli, error) {
	v, rest, err := parseDecimal(s, 3)
	switch {
	case err != nil:
		return 0, fmt.Errorf("%q %w", s, err)
	case rest:
		return 0, fmt.Errorf("%q has more than three decimals: round it", s)
	case v > 1<<31-1:
		return 0, fmt.Errorf("%q is too large: the greatest number here is 2147483.647", s)
	}
	return Milli(v), nil
}

// String returns the decimal number, as ParseMilli reads it.
func (m Milli) String() string {
	if m < 0 {
		return "-" + formatDecimal(uint64(-int64(m)), 3)
	}
	return formatDecimal(uint64(m), 3)
}

// parseDecimal reads an unsigned decimal number as a count of 10^-places. Digits beyond that are
// cut off; rest tells whether one of them was not 0.
func parseDecimal(s string, places int) (v uint64, rest bool, err error) {
	whole, frac, _ := strings.Cut(s, ".")
	if whole == "" && frac == "" {
		return 0, false, errors.New("is not a number: write digits, such as 12 or 0.5")
	}
	for i := range max(len(whole)+places, len(whole)+len(frac)) {
		digit := byte('0')
		switch {
		case i < len(whole):
			digit = whole[i]
		case i-len(whole) < len(frac):
			digit = frac[i-len(whole)]
		}
		if digit < '0' || digit > '9' {
			return 0, false, errors.New("is not a plain decimal number: " +
				"write 0.001, not 1e-3 or 1/1000")
		}
		if i >= len(whole)+places {
			rest = rest || digit != '0'
			continue
		}
		hi, lo := bits.Mul64(v, 10)
		sum, carry := bits.Add64(lo, uint64(digit-'0'), 0)
		if hi+carry != 0 {
			return 0, false, errors.New("is too large a number")
		}
		v = sum
	}
	return v, rest, nil
}

// formatDecimal writes v x 10^-places exactly and as short as possible.
func formatDecimal(v uint64, places int) string {
	digits := strconv.FormatUint(v, 10)
	if missing := places + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	point := len(digits) - places
	frac := strings.TrimRight(digits[point:], "0")
	if frac == "" {
		return digits[:point]
	}
	return digits[:point] + "." + frac
}
