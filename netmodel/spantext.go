package netmodel

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// form is the name of a distribution. Its number is the row of forms, too.
type form uint8

const (
	formNone form = iota
	formExponential
	formWeibull
	formLognormal
	formPareto
	formUniform
	formConstant
	formEmpirical
	formCount
)

// forms says how each distribution is written. A parameter is a length of time but for shape and
// sigma, which are plain numbers.
var forms = [formCount]struct {
	name       string
	parameters [2]string
	example    string
}{
	formExponential: {"exponential", [2]string{"mean"}, "exponential(30m)"},
	formWeibull:     {"weibull", [2]string{"shape", "scale"}, "weibull(0.59, 41.9m)"},
	formLognormal:   {"lognormal", [2]string{"median", "sigma"}, "lognormal(35m, 1.9)"},
	formPareto:      {"pareto", [2]string{"shape", "minimum"}, "pareto(2, 1h)"},
	formUniform:     {"uniform", [2]string{"low", "high"}, "uniform(10m, 1h)"},
	formConstant:    {"constant", [2]string{"length"}, "constant(1h)"},
	formEmpirical:   {"empirical", [2]string{"file"}, "empirical(sessions.txt)"},
}

const (
	leastScale = time.Millisecond // a nanosecond's rounding is one millionth of it
	spanErrors = 1000             // one part of it is how far a table's mean may be off

	shapeMin = millionths / 10
	shapeMax = 100 * millionths
	sigmaTop = 10 * millionths

	fileNameMax = 200
)

// ParseSpan reads a distribution. With S(x) for the probability to last longer than x:
//
//	exponential(MEAN)       S(x) = exp(-x/mean)
//	weibull(SHAPE, SCALE)   S(x) = exp(-(x/scale)^shape); shape from 0.1 to 100
//	lognormal(MEDIAN, SIGMA) ln x is normal with deviation sigma, above 0 and up to 10
//	pareto(SHAPE, MINIMUM)  S(x) = (minimum/x)^shape from the minimum on (Pareto's first kind, not
//	                        the shifted one of Lomax); shape above 1 and up to 100
//	uniform(LOW, HIGH)      even between the two
//	constant(LENGTH)        always the same
//	empirical(FILE)         as measured: what LoadObserved reads from the file, see [Span.Of]
//
// A length of time has units, as in 41.9m or 1h30m; other numbers have at most six decimals.
// Lengths below 1 ms are refused, as is what a simulation cannot hold: a mean that is infinite,
// above 146 years, or by more than a thousandth made of spans that are longer than 146 years or
// rarer than 2^-41.
func ParseSpan(text string) (Span, error) {
	s, err := parseSpan(text)
	if err != nil {
		return Span{}, fmt.Errorf("span %s %w", quote(text), err)
	}
	return s, nil
}

func parseSpan(text string) (Span, error) {
	name, list, open := strings.Cut(strings.TrimSpace(text), "(")
	list, closed := strings.CutSuffix(list, ")")
	name = strings.TrimSpace(name)
	s := Span{form: formOf(name)}
	switch {
	case name == "":
		return s, errors.New("names no distribution: write for instance weibull(0.59, 41.9m)")
	case s.form == formNone:
		return s, fmt.Errorf("has no known distribution%s", suggestForm(name))
	case !open || !closed:
		return s, fmt.Errorf("has no parameters in parentheses: write for instance %s",
			forms[s.form].example)
	}
	if s.form == formEmpirical {
		s.file = strings.TrimSpace(list)
		if s.file == "" {
			return s, fmt.Errorf("names no file: write for instance %s", forms[s.form].example)
		}
		unclean := func(r rune) bool { return !strconv.IsPrint(r) }
		if len(s.file) > fileNameMax || strings.ContainsFunc(s.file, unclean) {
			return s, fmt.Errorf("has a file name that is longer than %d bytes or cannot be "+
				"printed: rename the file", fileNameMax)
		}
		return s, nil
	}
	if err := s.parseParameters(strings.Split(list, ",")); err != nil {
		return s, err
	}
	if err := s.check(); err != nil {
		return s, err
	}
	if s.tooHeavy() {
		return s, fmt.Errorf("has too heavy a tail: of its mean of %s, more than a thousandth "+
			"is in spans above 146 years, or rarer than one in 2x10^12; make the tail lighter",
			formatDuration(s.formula()))
	}
	return s, nil
}

// parseParameters sets what is written between the parentheses.
func (s *Span) parseParameters(list []string) error {
	f := forms[s.form]
	names := f.parameters[:1]
	if f.parameters[1] != "" {
		names = f.parameters[:]
	}
	if len(list) != len(names) {
		return fmt.Errorf("needs %s and nothing else: write for instance %s",
			strings.Join(names, " and "), f.example)
	}
	lengths := []*time.Duration{&s.scale, &s.high}
	for i, text := range list {
		name, text := names[i], strings.TrimSpace(text)
		if digits, minus := strings.CutPrefix(text, "-"); minus && digits != "" {
			return fmt.Errorf("has a negative %s", name)
		}
		var err error
		if name == "shape" || name == "sigma" {
			s.shape, err = parseMillionths(text)
		} else {
			*lengths[0], err = parseDuration(text)
			lengths = lengths[1:]
		}
		if err != nil {
			return fmt.Errorf("has a wrong %s: %s %w", name, quote(text), err)
		}
	}
	return nil
}

// check refuses parameters outside their ranges.
func (s *Span) check() error {
	name := forms[s.form].name
	switch {
	case s.form == formWeibull && (s.shape < shapeMin || s.shape > shapeMax):
		return errors.New("has a shape outside 0.1 to 100: fits of sessions have 0.3 to 0.8")
	case s.form == formPareto && s.shape <= millionths:
		return errors.New("has an infinite mean: give a shape above 1")
	case s.form == formPareto && s.shape > shapeMax:
		return errors.New("has a shape above 100: fits of sessions have 1.5 to 3")
	case s.form == formLognormal && (s.shape == 0 || s.shape > sigmaTop):
		return errors.New("has a sigma that is 0 or above 10: it is the standard deviation of " +
			"the logarithm; fits of sessions have 1 to 2.5")
	case s.form == formUniform && s.high <= s.scale:
		return errors.New("has a high that is not above its low: exchange them, or write constant")
	case max(s.scale, s.high) < leastScale:
		return fmt.Errorf("is too short: %s needs a length of 1ms or more; check the unit", name)
	case int64(max(s.scale, s.high)) > spanMax || int64(s.formula()) > spanMax:
		return errors.New("has a mean above 146 years: check the unit")
	}
	return nil
}

// String returns the text in its canonical form, as ParseSpan reads it.
func (s Span) String() string {
	f := forms[s.form]
	shape, scale := formatDecimal(s.shape, 6), formatDuration(s.scale)
	switch s.form {
	case formNone:
		return ""
	case formEmpirical:
		return fmt.Sprintf("%s(%s)", f.name, s.file)
	case formWeibull, formPareto:
		return fmt.Sprintf("%s(%s, %s)", f.name, shape, scale)
	case formLognormal:
		return fmt.Sprintf("%s(%s, %s)", f.name, scale, shape)
	case formUniform:
		return fmt.Sprintf("%s(%s, %s)", f.name, scale, formatDuration(s.high))
	}
	return fmt.Sprintf("%s(%s)", f.name, scale)
}

func parseMillionths(text string) (uint64, error) {
	v, rest, err := parseDecimal(text, 6)
	if err == nil && rest {
		err = errors.New("has more than six decimals: round it")
	}
	return v, err
}

func formOf(name string) form {
	for f := formNone + 1; f < formCount; f++ {
		if forms[f].name == name {
			return f
		}
	}
	return formNone
}
