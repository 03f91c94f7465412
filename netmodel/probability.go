package netmodel

import (
	"fmt"
	"math/bits"
	"strings"
)

// Probability is a fraction from 0 to 1 in units of 10^-18, so that decimal fractions are exact.
type Probability uint64

// Certain is probability 1.
const Certain Probability = 1_000_000_000_000_000_000

const (
	probabilityPlaces = 18
	percentPlaces     = 16
)

// ParseProbability reads a decimal fraction such as 0.005, or a percentage such as 0.5%, exactly.
// It refuses what lies outside 0 to 1 and what is finer than 10^-18.
func ParseProbability(s string) (Probability, error) {
	number, percent := strings.CutSuffix(s, "%")
	places := probabilityPlaces
	if percent {
		number, places = strings.TrimSpace(number), percentPlaces
	}
	v, rest, err := parseDecimal(number, places)
	switch {
	case err != nil:
		return 0, fmt.Errorf("probability %q %w", s, err)
	case v > uint64(Certain) || rest && v == uint64(Certain):
		return 0, fmt.Errorf("probability %q is above 1: write a fraction such as 0.05, or 5%%", s)
	case rest:
		return 0, fmt.Errorf("probability %q is finer than 10^-18: round it", s)
	}
	return Probability(v), nil
}

// String returns the probability as a percentage, exactly, as ParseProbability reads it.
func (p Probability) String() string { return formatDecimal(uint64(p), percentPlaces) + "%" }

// threshold returns p in units of 2^-63, rounded down: of 64 random bits u, u>>1 < threshold with
// probability p. 63 bits and not 64, so that 1 has a threshold too.
func (p Probability) threshold() uint64 {
	t, _ := bits.Div64(uint64(p)>>1, uint64(p)<<63, uint64(Certain))
	return t
}
