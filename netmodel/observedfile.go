package netmodel

import (
	"errors"
	"io"
	"math/bits"
	"slices"
	"strings"
	"time"
)

const (
	observedBytesMax = 64 << 20
	observedMax      = 1 << 20 // lengths
)

// LoadObserved reads measured lengths of time, in any order, one a line with its unit, as in 41.9m
// or 1h30m; or, below a heading such as length_s or length_ms, as plain numbers of that unit. Below
// the heading quantile,length (or quantile,length_s...) a line has a probability, from 0 to 1 (or
// 0 % to 100 %), and the length below which a span stays with it, both rising. Blank lines, and
// those that begin with #, do not count. A length is 1 ms or more and at most 146 years; at most
// 64 MiB and a million lengths are read. Errors begin with name:line.
func LoadObserved(r io.Reader, name string) (*Observed, error) {
	p := observedParser{textLines: newTextLines(r, name, observedBytesMax)}
	for p.next() {
		if strings.HasPrefix(p.text, "#") {
			continue
		}
		if err := p.row(); err != nil {
			return nil, err
		}
	}
	if p.err != nil {
		return nil, p.err
	}
	return p.finish()
}

type observedParser struct {
	*textLines
	unit      time.Duration // of plain numbers; 0: each has its own
	quantiles bool
	headed    bool
	lengths   []int64
	below     []Probability
}

func (p *observedParser) row() error {
	first := p.text[0] | 0x20
	if !p.headed && len(p.lengths) == 0 && 'a' <= first && first <= 'z' && p.heading() {
		p.headed = true
		return nil
	}
	text := p.text
	if p.quantiles {
		share, length, two := strings.Cut(text, ",")
		below, err := ParseProbability(strings.TrimSpace(share))
		if err == nil && !two {
			err = errors.New("the row has no length: write quantile,length, as in 50%,20m")
		}
		if err != nil {
			return p.fail("%w", err)
		}
		if n := len(p.below); n > 0 && below <= p.below[n-1] {
			return p.fail("the quantile %s is not above the one before it: sort the rows", below)
		}
		p.below, text = append(p.below, below), strings.TrimSpace(length)
	}
	length, err := p.length(text)
	switch n := len(p.lengths); {
	case err != nil:
		return p.fail("the length %s %w", quote(text), err)
	case n == observedMax:
		return p.fail("more than %d lengths: use a sample, or quantiles", observedMax)
	case p.quantiles && n > 0 && length < p.lengths[n-1]:
		return p.fail("the length %s is below the one before it: quantiles rise", quote(text))
	}
	p.lengths = append(p.lengths, length)
	return nil
}

// heading reads a heading and reports whether it is one.
func (p *observedParser) heading() bool {
	text, quantiles := strings.CutPrefix(strings.ToLower(p.text), "quantile,")
	name, unit, given := strings.Cut(strings.TrimSpace(text), "_")
	p.unit = unitOf(unit)
	p.quantiles = quantiles
	return name == "length" && (p.unit != 0 || !given)
}

func (p *observedParser) length(text string) (int64, error) {
	if lower := strings.ToLower(text); lower == "nan" || strings.HasPrefix(lower, "inf") {
		return 0, errors.New("is no length of time: leave the row out")
	}
	if strings.HasPrefix(text, "-") {
		return 0, errors.New("is negative: leave the row out")
	}
	if p.unit != 0 {
		if _, _, err := parseDecimal(text, 0); err != nil {
			return 0, err
		}
		text += strings.TrimPrefix(formatDuration(p.unit), "1")
	}
	length, err := parseDuration(text)
	switch {
	case err != nil:
		return 0, err
	case length < leastScale:
		return 0, errors.New("is below 1ms: leave the row out, or check the unit")
	case int64(length) > spanMax:
		return 0, errors.New("is above 146 years: check the unit")
	}
	return int64(length), nil
}

func (p *observedParser) finish() (*Observed, error) {
	n := len(p.lengths)
	switch {
	case n == 0:
		return nil, p.fail("the file has no length: write one a line, as in 41.9m")
	case p.quantiles && (p.below[0] != 0 || p.below[n-1] != Certain):
		return nil, p.fail("the quantiles go from %s to %s: add the least length, at 0%%, and the "+
			"greatest, at 100%%", p.below[0], p.below[n-1])
	case p.quantiles:
		return newObserved(p.between()), nil
	}
	slices.Sort(p.lengths)
	var cells []observedCell
	for n, length := range p.lengths {
		if len(cells) == 0 || cells[len(cells)-1].high != length {
			cells = append(cells, observedCell{low: length, high: length})
		}
		below := uint64(0)
		if n+1 < len(p.lengths) {
			below, _ = bits.Div64(uint64(n+1), 0, uint64(len(p.lengths)))
		}
		cells[len(cells)-1].below = below
	}
	return newObserved(cells), nil
}

// between are the cells between quantiles.
func (p *observedParser) between() []observedCell {
	var cells []observedCell
	for n := 1; n < len(p.below); n++ {
		cells = append(cells, observedCell{below: 2 * p.below[n].threshold(),
			low: p.lengths[n-1], high: p.lengths[n]})
	}
	return cells
}
