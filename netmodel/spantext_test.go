package netmodel

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestParseSpan(t *testing.T) {
	for text, want := range map[string]string{
		"exponential(30m)":             "exponential(30m)",
		"  exponential ( 0.5h ) ":      "exponential(30m)",
		"weibull(0.59, 41.9m)":         "weibull(0.59, 41m54s)",
		"weibull(.590000,41.9m)":       "weibull(0.59, 41m54s)",
		"weibull(0.61511, 169.5385m)":  "weibull(0.61511, 2h49m32.31s)",
		"lognormal(1h30m, 1.9)":        "lognormal(1h30m, 1.9)",
		"pareto(2.0, 60m)":             "pareto(2, 1h)",
		"uniform(0, 1h)":               "uniform(0s, 1h)",
		"uniform(10m,1h0.5s)":          "uniform(10m, 1h0m0.5s)",
		"constant(1ms)":                "constant(1ms)",
		"constant(2.000001ms)":         "constant(2.000001ms)",
		"uniform(500us, 1000000000ns)": "uniform(500us, 1s)",
		"uniform(0, 1281023.8h)":       "uniform(0s, 1281023h48m)",
	} {
		s, err := ParseSpan(text)
		require.NoError(t, err)
		require.Equal(t, want, s.String())
		again, err := ParseSpan(want)
		require.NoError(t, err)
		require.Equal(t, s, again, "the same span")
		require.False(t, s.IsZero())
	}
	require.True(t, Span{}.IsZero())
	require.Empty(t, Span{}.String())
}

// refusedSpans are texts with what is wrong about them.
func refusedSpans() map[string]string {
	const (
		noLength = "is not a length of time: write a number with a unit " +
			"(ns, us, ms, s, m, h), such as 41.9m or 1h30m"
		write = ": write for instance "
		wrong = "has a wrong "
		heavy = "has too heavy a tail: of its mean of "
		tail  = ", more than a thousandth is in spans above 146 years, " +
			"or rarer than one in 2x10^12; make the tail lighter"
		shape    = "has a shape outside 0.1 to 100: fits of sessions have 0.3 to 0.8"
		short    = " needs a length of 1ms or more; check the unit"
		units    = "use ns, us, ms, s, m or h"
		number   = "is not a number: write digits, such as 12 or 0.5"
		round    = "has more than six decimals: round it"
		exchange = "has a high that is not above its low: exchange them, or write constant"
		example  = write + "weibull(0.59, 41.9m)"
		known    = "; known: exponential, weibull, lognormal, pareto, uniform, constant, empirical"
	)
	return map[string]string{
		"empirical": "has no parameters in parentheses" + write +
			"empirical(sessions.txt)",
		"empirical( )":             "names no file" + write + "empirical(sessions.txt)",
		"":                         "names no distribution" + example,
		"(1h)":                     "names no distribution" + example,
		"30m":                      "has no known distribution" + known,
		"gamma(1h)":                "has no known distribution" + known,
		"weibul(0.59, 41.9m)":      "has no known distribution; did you mean weibull(0.59, 41.9m)?",
		"Exponential(1h)":          "has no known distribution; did you mean exponential(30m)?",
		"lognorm(1h, 2)":           "has no known distribution; did you mean lognormal(35m, 1.9)?",
		"pareto":                   "has no parameters in parentheses" + write + "pareto(2, 1h)",
		"pareto(2, 1h":             "has no parameters in parentheses" + write + "pareto(2, 1h)",
		"weibull(0.59)":            "needs shape and scale and nothing else" + example,
		"exponential(1h, 2h)":      "needs mean and nothing else" + write + "exponential(30m)",
		"exponential()":            wrong + `mean: "" ` + noLength,
		"exponential(h)":           wrong + `mean: "h" ` + noLength,
		"exponential(30)":          wrong + `mean: "30" ` + noLength,
		"exponential(3m2)":         wrong + `mean: "3m2" ` + noLength,
		"exponential(1d)":          wrong + `mean: "1d" has an unknown unit: ` + units,
		"exponential(.h)":          wrong + `mean: ".h" ` + number,
		"exponential(1.0005ns)":    wrong + `mean: "1.0005ns" is finer than a nanosecond: round it`,
		"exponential(9999999h)":    wrong + `mean: "9999999h" is too long: check the unit`,
		"exponential(2000000h)":    "has a mean above 146 years: check the unit",
		"exponential(-30m)":        "has a negative mean",
		"exponential(0)":           "is too short: exponential" + short,
		"constant(999us)":          "is too short: constant" + short,
		"uniform(0, 1us)":          "is too short: uniform" + short,
		"uniform(1h, 1h)":          exchange,
		"weibull(0, 1h)":           shape,
		"weibull(0.0999, 1h)":      shape,
		"weibull(100.1, 1h)":       shape,
		"weibull(0.1234567, 1h)":   wrong + `shape: "0.1234567" ` + round,
		"weibull(-1, 1h)":          "has a negative shape",
		"weibull(0.1, 1h)":         "has a mean above 146 years: check the unit",
		"weibull(0.1, 10ms)":       heavy + "10h4m48s" + tail,
		"pareto(1, 1h)":            "has an infinite mean: give a shape above 1",
		"pareto(0.5, 1h)":          "has an infinite mean: give a shape above 1",
		"pareto(101, 1h)":          "has a shape above 100: fits of sessions have 1.5 to 3",
		"pareto(1.1, 1h)":          heavy + "11h" + tail,
		"pareto(1.000001, 1h)":     heavy + "1000001h" + tail,
		"pareto(1.000001, 2h)":     "has a mean above 146 years: check the unit",
		"pareto(1.000001, 99999h)": "has a mean above 146 years: check the unit",
		"weibull(1h, 0.59)": wrong + `shape: "1h" is not a plain decimal number: ` +
			"write 0.001, not 1e-3 or 1/1000",
		"lognormal(1h, 0)": "has a sigma that is 0 or above 10: it is the standard deviation of " +
			"the logarithm; fits of sessions have 1 to 2.5",
		"lognormal(1h, 4)": heavy + "2980h57m28.753350222s" + tail,
	}
}

func TestParseSpanRefuses(t *testing.T) {
	for text, want := range refusedSpans() {
		s, err := ParseSpan(text)
		require.EqualError(t, err, `span "`+text+`" `+want)
		require.True(t, s.IsZero())
	}
	_, err := ParseSpan(strings.Repeat("x", 1000))
	require.ErrorContains(t, err, `span "`+strings.Repeat("x", 60)+`..." has no known`)
}

// Any text is refused, or gives lengths above 0 with the stated mean, and a text that is the same.
func FuzzParseSpan(f *testing.F) {
	for _, form := range forms[1:] {
		f.Add(form.example)
	}
	for _, text := range []string{"", "weibull(0.1,1ms)", "weibull(100,1281023h)",
		"pareto(1.3, 1ms)", "lognormal(1ms,0.000001)", "lognormal(1ms, 4)", "uniform(0,1ms)",
		"pareto(100,1281000h)",
		"exponential(1281023h53m)", "uniform(0ns,1281023h)", "constant(1h\xff)", "weibull(1,1h)("} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseSpan(text)
		if err != nil {
			require.True(t, s.IsZero())
			require.Less(t, len(err.Error()), 1000)
			return
		}
		again, err := ParseSpan(s.String())
		require.NoError(t, err)
		require.Equal(t, s.String(), again.String())
		if s.File() != "" {
			return
		}
		require.GreaterOrEqual(t, s.Mean(), time.Millisecond/2)
		require.InEpsilon(t, float64(s.Mean()), float64(s.Tabulate().mean()), 1.1e-3)
		last := time.Duration(0)
		for p := Probability(0); p <= Certain; p += Certain / 64 {
			q := s.Quantile(p)
			require.Positive(t, q)
			require.GreaterOrEqual(t, q, last)
			last = q
		}
	})
}
