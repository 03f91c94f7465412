package scenarios

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"
	"time"
)

// Every number of a scenario is parsed here from its decimal text, exactly and without floats:
// the same text is the same value on every machine.

// Duration is a span of simulated time, written with units: 250ms, 1.5s, 1h30m.
type Duration time.Duration

// String is the canonical text: 15m, not 15m0s.
func (d Duration) String() string {
	text := strings.Replace(time.Duration(d).String(), "µs", "us", 1)
	if trimmed, ok := strings.CutSuffix(text, "m0s"); ok {
		text = trimmed + "m"
	}
	if trimmed, ok := strings.CutSuffix(text, "h0m"); ok {
		text = trimmed + "h"
	}
	return text
}

const unitsHelp = "units are ns, us, ms, s, m and h, as in 250ms, 15m or 1h30m"

// parseDuration reads a sum of decimal numbers with units. Only zero needs no unit.
func parseDuration(text string) (Duration, error) {
	if text == "0" {
		return 0, nil
	}
	if text == "" || !isDigit(text[0]) {
		return 0, fmt.Errorf("%s is not a duration; %s", show(text), unitsHelp)
	}
	total, rest := int64(0), text
	for rest != "" {
		number, after := leading(rest, func(c byte) bool { return isDigit(c) || c == '.' })
		name, after := leading(after, func(c byte) bool { return !isDigit(c) && c != '.' })
		rest = after
		unit, known := durationUnit(name)
		switch {
		case name == "":
			return 0, fmt.Errorf("%s has no unit: write %ss for seconds; %s", text, text, unitsHelp)
		case !known || number == "":
			return 0, fmt.Errorf("%s is not a duration; %s", show(text), unitsHelp)
		}
		part, err := parseDecimal(number, int64(unit))
		if err != nil {
			return 0, fmt.Errorf("%s is not a duration: %w; %s", show(text), err, unitsHelp)
		}
		if part > math.MaxInt64-total {
			return 0, fmt.Errorf("%s is longer than 292 years; %s", show(text), unitsHelp)
		}
		total += part
	}
	return Duration(total), nil
}

func durationUnit(name string) (time.Duration, bool) {
	switch name {
	case "ns":
		return time.Nanosecond, true
	case "us", "µs":
		return time.Microsecond, true
	case "ms":
		return time.Millisecond, true
	case "s":
		return time.Second, true
	case "m":
		return time.Minute, true
	case "h":
		return time.Hour, true
	}
	return 0, false
}

// parseDecimal reads digits with an optional fraction and returns the number in steps of 1/one.
// A fraction that is finer than a step is an error: nothing is rounded in silence.
func parseDecimal(text string, one int64) (int64, error) {
	whole, fraction, dotted := strings.Cut(text, ".")
	if !allDigits(whole) || dotted && !allDigits(fraction) {
		return 0, errors.New("a number is written in digits, as in 12 or 0.5")
	}
	value, err := strconv.ParseUint(whole, 10, 63)
	hi, lo := bits.Mul64(value, uint64(one))
	if err != nil || hi != 0 || lo > math.MaxInt64 {
		return 0, errors.New("the number is too large")
	}
	fraction = strings.TrimRight(fraction, "0")
	if len(fraction) > 18 {
		return 0, errors.New("the number has too many decimals")
	}
	parts, scale := uint64(0), uint64(1)
	for i := range len(fraction) {
		parts, scale = parts*10+uint64(fraction[i]-'0'), scale*10
	}
	// parts < scale, so the quotient is below one and the division cannot overflow.
	hi, low := bits.Mul64(parts, uint64(one))
	steps, rest := bits.Div64(hi, low, scale)
	if rest != 0 {
		return 0, errors.New("the number has too many decimals")
	}
	total := int64(lo) + int64(steps)
	if total < 0 {
		return 0, errors.New("the number is too large")
	}
	return total, nil
}

// Rate is a number of events per second, minute or hour, written 20/s, 3/m or 500/h.
type Rate struct {
	Events int           // 1..1 000 000
	Per    time.Duration // a second, a minute or an hour
}

const (
	rateMax  = 1_000_000
	rateHelp = "write a whole number per second, minute or hour, as in 20/s, 3/m or 500/h"
)

// String is the text that gives the rate.
func (r Rate) String() string {
	unit := "s"
	switch r.Per {
	case time.Minute:
		unit = "m"
	case time.Hour:
		unit = "h"
	}
	return r.text(unit)
}

func (r Rate) text(unit string) string { return strconv.Itoa(r.Events) + "/" + unit }

// Expected is the mean number of events in a span of time, rounded down.
func (r Rate) Expected(span time.Duration) uint64 {
	if r.Per <= 0 || span <= 0 {
		return 0
	}
	hi, lo := bits.Mul64(uint64(r.Events), uint64(span))
	events, _ := bits.Div64(hi, lo, uint64(r.Per)) // cannot overflow: Events is at most a million
	return events
}

func parseRate(text string) (Rate, error) {
	count, unit, _ := strings.Cut(text, "/")
	rate := Rate{}
	switch unit {
	case "s":
		rate.Per = time.Second
	case "m":
		rate.Per = time.Minute
	case "h":
		rate.Per = time.Hour
	}
	events, err := parseCount(count)
	if rate.Per == 0 || err != nil {
		return Rate{}, fmt.Errorf("%s is not a rate; %s", show(text), rateHelp)
	}
	if events < 1 || events > rateMax {
		return Rate{}, fmt.Errorf("%s is outside 1..%d events; %s", show(text), rateMax, rateHelp)
	}
	rate.Events = int(events)
	return rate, nil
}

// parseCount reads a whole number in digits; underscores between digits may group them.
func parseCount(text string) (uint64, error) {
	digits := strings.ReplaceAll(text, "_", "")
	grouped := strings.HasPrefix(text, "_") || strings.HasSuffix(text, "_")
	if !allDigits(digits) || grouped || strings.Contains(text, "__") {
		return 0, fmt.Errorf("%s is not a whole number; write digits, as in 10000", show(text))
	}
	value, err := strconv.ParseUint(digits, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%s is too large for any setting", show(text))
	}
	return value, nil
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func allDigits(text string) bool {
	_, rest := leading(text, isDigit)
	return text != "" && rest == ""
}

// leading splits text after the bytes that belong.
func leading(text string, belongs func(byte) bool) (head, rest string) {
	i := 0
	for i < len(text) && belongs(text[i]) {
		i++
	}
	return text[:i], text[i:]
}

// show quotes a text from outside for an error, cut to a readable length.
func show(text string) string {
	if runes := []rune(text); len(runes) > 40 {
		text = string(runes[:40]) + "..."
	}
	return strconv.Quote(text)
}

const (
	nameMax = 64
	textMax = 200
)

// validName tells whether text may name a scenario or a group: it goes into paths of settings and
// names of folders.
func validName(text string) bool {
	for i := range len(text) {
		c := text[i]
		letter := 'a' <= c && c <= 'z'
		if !letter && (i == 0 || !isDigit(c) && c != '-' && c != '_') {
			return false
		}
	}
	return 1 <= len(text) && len(text) <= nameMax
}

// checkText refuses what would not survive being printed on one line.
func checkText(text string) error {
	for _, r := range text {
		if !strconv.IsPrint(r) {
			return fmt.Errorf("%s has a character that cannot be printed; remove it", show(text))
		}
	}
	if len(text) > textMax {
		return fmt.Errorf("the text has %d bytes; at most %d are read", len(text), textMax)
	}
	return nil
}
