package scenarios

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Target is a published value that a scenario is to reproduce. A run compares; it is no failure to
// miss one.
type Target struct {
	What      string    `yaml:"what"`   // a label for tables and figures
	Metric    string    `yaml:"metric"` // of metrics.json; empty: nothing here measures it
	Of        Of        `yaml:"of"`
	Where     Overrides `yaml:"where"`   // the cells, by their settings
	Against   Overrides `yaml:"against"` // ratio: the cell below the line; none: the same
	Over      string    `yaml:"over"`    // ratio: the metric below the line; hull: the cost
	At        Real      `yaml:"at"`      // hull and what follows from it: at this cost
	Axis      string    `yaml:"axis"`    // best, rank: the setting
	Published Real      `yaml:"published"`
	Tolerance Tolerance `yaml:"tolerance"`
	Kind      string    `yaml:"kind"` // oracle, simulation or field
	Source    string    `yaml:"source"`
}

var targetRules = []rule{
	{path: "targets.NUMBER.what", fallback: required,
		meaning: "what is compared, in a few words: the label of the row"},
	{path: "targets.NUMBER.metric", fallback: noneWord, word: noneWord,
		meaning: "the metric of metrics.json that is compared; none: nothing here measures it, " +
			"which the table will say"},
	{path: "targets.NUMBER.of", fallback: OfMean,
		meaning: "what of it: mean, sd, min, max, p5, p25, p50, p75, p90, p95, p99; cdf(3), the " +
			"share of values up to 3 (of hops); slope, of the mean against log10 of the nodes, " +
			"over the cells; ratio, of two means: of two cells, of two metrics, or both; hull, " +
			"the least median at a cost, by the lower convex hull of the cells; best, the " +
			"value of an axis with which that is least; rank, how many other axes sway it " +
			"less than an axis does"},
	{path: "targets.NUMBER.where", fallback: noneWord, word: noneWord,
		meaning: "the cells, PATH: VALUE for each setting that picks them; none: all cells"},
	{path: "targets.NUMBER.against", fallback: noneWord, word: noneWord, when: "of=ratio",
		meaning: "the cell that the ratio divides by; none: the same cell"},
	{path: "targets.NUMBER.over", fallback: noneWord, word: noneWord,
		when: "of=ratio|hull|best|rank",
		meaning: "the metric that the ratio divides by; none: the same metric. Of hull, best " +
			"and rank: the metric whose mean is the cost"},
	{path: "targets.NUMBER.at", fallback: required, when: "of=hull|best|rank",
		meaning: "the cost, in that metric's unit"},
	{path: "targets.NUMBER.axis", fallback: required, when: "of=best|rank",
		meaning: "the varied setting, as in groups.nodes.dht.alpha; durations count in seconds"},
	{path: "targets.NUMBER.published", fallback: required,
		meaning: "the published value, in the metric's unit; shares are 0 to 1"},
	{path: "targets.NUMBER.tolerance", fallback: required,
		meaning: "how far ours may be away: 0.02, 30% of the published value, or a range of " +
			"values, 0.4..1.2"},
	{path: "targets.NUMBER.kind", fallback: required, limits: "oracle|simulation|field",
		meaning: "oracle: a theory or a model of the same assumptions; simulation: another " +
			"simulator; field: a measurement of a live network"},
	{path: "targets.NUMBER.source", fallback: required, meaning: "where it was published"},
}

// Real is a number with a fraction, of which no run depends.
type Real float64

// String is the shortest text of the number.
func (r Real) String() string { return strconv.FormatFloat(float64(r), 'g', -1, 64) }

// realMost bounds numbers; nothing that is measured here is larger.
const realMost = 1e12

func parseReal(text string) (Real, error) {
	v, err := strconv.ParseFloat(text, 64)
	plain := strings.Trim(text, "+-0123456789.eE") == "" // no hexadecimals, NaN or Inf
	switch {
	case err != nil && !errors.Is(err, strconv.ErrRange) || !plain || text == "":
		return 0, fmt.Errorf("%s is not a number; write one, as in 0.75 or 42", show(text))
	case err != nil || math.Abs(v) > realMost:
		return 0, fmt.Errorf("%s is beyond %g; is the unit right?", show(text), realMost)
	}
	return Real(v), nil
}

// Of is what of a metric is compared: a statistic's name, cdf(N), slope or ratio. It is a
// canonical text.
type Of string

// Some values of Of take more than one cell.
const (
	OfMean  = "mean"
	OfSlope = "slope"
	OfRatio = "ratio"
	OfHull  = "hull"
	OfBest  = "best"
	OfRank  = "rank"
)

// cdfMost bounds N in cdf(N).
const cdfMost = 1000

func ofWords() []string {
	return []string{OfMean, "sd", "min", "max", "p5", "p25", "p50", "p75", "p90", "p95", "p99",
		OfSlope, OfRatio, OfHull, OfBest, OfRank}
}

func parseOf(text string) (Of, error) {
	for _, word := range ofWords() {
		if text == word {
			return Of(text), nil
		}
	}
	if !strings.HasPrefix(text, "cdf") {
		return "", fmt.Errorf("%s is no statistic%s", show(text), suggest(text, ofWords()))
	}
	inner, opened := strings.CutPrefix(text, "cdf(")
	inner, closed := strings.CutSuffix(inner, ")")
	n, err := strconv.Atoi(inner)
	if !opened || !closed || err != nil || n < 1 || n > cdfMost {
		return "", fmt.Errorf("%s: write cdf(N) with N from 1 to %d, as in cdf(3)", show(text),
			cdfMost)
	}
	return Of(fmt.Sprintf("cdf(%d)", n)), nil
}

// CDF returns N of cdf(N), or false.
func (o Of) CDF() (n int, ok bool) {
	_, err := fmt.Sscanf(string(o), "cdf(%d)", &n)
	return n, err == nil
}

// Tolerance is how far from the published value ours may be: an amount (0.02), a share of it (30%)
// or a range of values (0.4..1.2). It is a canonical text.
type Tolerance string

func parseTolerance(text string) (Tolerance, error) {
	if low, high, ranged := strings.Cut(text, ".."); ranged {
		from, errFrom := parseReal(low)
		to, errTo := parseReal(high)
		switch {
		case errFrom != nil || errTo != nil:
			return "", fmt.Errorf("%s is no range; write LOW..HIGH, as in 0.4..1.2", show(text))
		case from > to:
			return "", fmt.Errorf("%s: the low end is above the high one; exchange them",
				show(text))
		}
		return Tolerance(from.String() + ".." + to.String()), nil
	}
	number, share := strings.CutSuffix(text, "%")
	v, err := parseReal(number)
	switch {
	case err != nil:
		return "", fmt.Errorf("%s is no tolerance; write an amount (0.02), a share (30%%) or a "+
			"range (0.4..1.2)", show(text))
	case v < 0:
		return "", fmt.Errorf("%s is below zero; a tolerance counts in both directions",
			show(text))
	case share:
		return Tolerance(v.String() + "%"), nil
	}
	return Tolerance(v.String()), nil
}

// Band returns the values that count as the published one.
func (t *Target) Band() (low, high float64) {
	text, published := string(t.Tolerance), float64(t.Published)
	must := func(text string) float64 {
		v, err := parseReal(text)
		if err != nil {
			panic("scenarios: a tolerance is not canonical: " + err.Error())
		}
		return float64(v)
	}
	if from, to, ranged := strings.Cut(text, ".."); ranged {
		return must(from), must(to)
	}
	number, share := strings.CutSuffix(text, "%")
	away := must(number)
	if share {
		away *= math.Abs(published) / 100
	}
	return published - away, published + away
}

// Has tells whether the scenario has all these settings.
func (s *Scenario) Has(settings Overrides) bool {
	for _, o := range settings {
		c := s.complaintsOf("where")
		p, ok := s.locate(c, o.Path, position{})
		if !ok || flowText(p.place) != o.Value {
			return false
		}
	}
	return true
}

// checkTargets refuses targets that no run could meet, whatever it measures.
func (s *Scenario) checkTargets(c *complaints) {
	for i := range s.Targets {
		t := &s.Targets[i]
		path := fmt.Sprintf("targets.%d", i)
		if low, high := t.Band(); float64(t.Published) < low || float64(t.Published) > high {
			c.addAt(path+".tolerance", "%s is a range without the published value, %v; widen it",
				t.Tolerance, t.Published)
		}
		if _, counted := t.Of.CDF(); counted && !strings.Contains(t.Metric, ".hops.") {
			c.addAt(path+".of", "%s: only hops have a distribution by number; write a percentile, "+
				"as in p50", t.Of)
		}
		if t.Of == OfRatio && len(t.Against) == 0 && t.Over == "" {
			c.addAt(path+".against", "a ratio is of two things; name the cell below the line, as "+
				"in {groups.nodes.dht.alpha: 1}, or with over the metric")
		}
		s.checkHull(c, t, path)
	}
}

// checkHull refuses hulls without a cost, and axes that the scenario does not vary.
func (s *Scenario) checkHull(c *complaints, t *Target, path string) {
	switch t.Of {
	case OfHull, OfBest, OfRank:
	default:
		return
	}
	if t.Over == "" {
		c.addAt(path+".over", "%s is at some cost; name its metric, as in "+
			"traffic.bytes_per_node_s", t.Of)
	}
	var axes []string
	for _, axis := range s.Vary {
		axes = append(axes, axis.Path)
	}
	if t.Of != OfHull && len(axes) > 0 && !slices.Contains(axes, t.Axis) {
		c.addAt(path+".axis", "%s is not varied here%s", show(t.Axis), suggest(t.Axis, axes))
	}
}
