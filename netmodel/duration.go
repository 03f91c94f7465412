package netmodel

import (
	"errors"
	"math/bits"
	"strconv"
	"strings"
	"time"
)

const (
	durationPlaces = 9
	durationParts  = 1_000_000_000
)

// parseDuration reads a sum of decimal numbers with units, exactly: [time.ParseDuration] computes
// in floats, and is a nanosecond off now and then. Only zero needs no unit.
func parseDuration(text string) (time.Duration, error) {
	if text == "0" {
		return 0, nil
	}
	const digits = ".0123456789"
	total := uint64(0)
	for rest := text; rest != "" || text == ""; {
		end := len(rest) - len(strings.TrimLeft(rest, digits))
		if end == 0 || end == len(rest) {
			return 0, errors.New("is not a length of time: write a number with a unit " +
				"(ns, us, ms, s, m, h), such as 41.9m or 1h30m")
		}
		number := rest[:end]
		rest = rest[end:]
		if end = strings.IndexAny(rest, digits); end < 0 {
			end = len(rest)
		}
		unit := unitOf(rest[:end])
		rest = rest[end:]
		v, fine, err := parseDecimal(number, durationPlaces)
		hi, lo := bits.Mul64(v, uint64(unit))
		switch {
		case err != nil:
			return 0, err
		case unit == 0:
			return 0, errors.New("has an unknown unit: use ns, us, ms, s, m or h")
		case hi >= durationParts:
			return 0, errors.New("is too long: check the unit")
		}
		part, finer := bits.Div64(hi, lo, durationParts)
		if total += part; total > maxInt64 || part > maxInt64 {
			return 0, errors.New("is too long: check the unit")
		}
		if fine || finer != 0 {
			return 0, errors.New("is finer than a nanosecond: round it")
		}
	}
	return time.Duration(total), nil
}

func unitOf(name string) time.Duration {
	switch name {
	case "ns":
		return time.Nanosecond
	case "us", "µs":
		return time.Microsecond
	case "ms":
		return time.Millisecond
	case "s":
		return time.Second
	case "m":
		return time.Minute
	case "h":
		return time.Hour
	}
	return 0
}

// formatDuration writes a length of time as parseDuration reads it: 15m, not 15m0s.
func formatDuration(d time.Duration) string {
	text := strings.Replace(d.String(), "µs", "us", 1)
	if short, ok := strings.CutSuffix(text, "m0s"); ok {
		text = short + "m"
	}
	if short, ok := strings.CutSuffix(text, "h0m"); ok {
		text = short + "h"
	}
	return text
}

// quote shows a text from outside in an error, cut to a readable length.
func quote(text string) string {
	const most = 60
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "..."
	}
	return strconv.Quote(text)
}
