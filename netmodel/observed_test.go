package netmodel

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"swarmlab/protocol"
)

func observedOf(t testing.TB, text string) *Lengths {
	t.Helper()
	o, err := LoadObserved(strings.NewReader(text), "x")
	require.NoError(t, err)
	return parseSpanOf(t, "empirical(x)").Of(o).Tabulate()
}

// A file of lengths is drawn from as its own distribution function says, and found running with
// each length weighted by itself.
func TestObservedLengths(t *testing.T) {
	const n, draws = 500, 200_000
	law, r := distuv.LogNormal{Mu: math.Log(1800), Sigma: 1.5}, protocol.NewRand(1, 1, 1)
	var text strings.Builder
	var lengths, weights []float64
	text.WriteString("# of a crawl\nlength_s\n\n")
	for range n {
		v := math.Round(law.Quantile(float64(r.Uint64n(1<<53))*0x1p-53)) + 1
		fmt.Fprintf(&text, "%.0f\r\n", v)
		lengths = append(lengths, v)
	}
	l := observedOf(t, text.String())
	slices.Sort(lengths)
	weights = slices.Clone(lengths)
	require.InDelta(t, stat.Mean(lengths, nil), float64(l.mean())/1e9, 1e-8)

	drawn, found := make([]float64, draws), make([]float64, draws)
	ages, rests := make([]float64, draws), make([]float64, draws)
	for i := range draws {
		drawn[i] = l.Draw(&r).Seconds()
		age, rest := l.Running(&r)
		ages[i], rests[i], found[i] = age.Seconds(), rest.Seconds(), (age + rest).Seconds()
	}
	requireSame(t, lengths, nil, drawn)
	requireSame(t, lengths, weights, found)
	// The equilibrium law, by its integral: of each length min(x, length), over all lengths.
	residual := func(x float64) float64 {
		sum := 0.
		for _, v := range lengths {
			sum += min(v, x)
		}
		return sum / (n * stat.Mean(lengths, nil))
	}
	requireDistribution(t, residual, 20_000, func(i int) float64 { return ages[i] })
	requireDistribution(t, residual, 20_000, func(i int) float64 { return rests[i] })
}

// requireSame holds draws of a discrete law against it, by Kolmogorov and Smirnov's distance.
func requireSame(t *testing.T, values, weights, drawn []float64) {
	t.Helper()
	slices.Sort(drawn)
	worst := 0.
	for _, v := range values {
		after := sort.Search(len(drawn), func(i int) bool { return drawn[i] > v })
		want := stat.CDF(v, stat.Empirical, values, weights)
		worst = max(worst, math.Abs(want-float64(after)/float64(len(drawn))))
	}
	require.Less(t, worst, 1.63/math.Sqrt(float64(len(drawn))))
	for _, v := range drawn[:1000] {
		_, known := slices.BinarySearch(values, v)
		require.True(t, known, "nothing is drawn that was not measured")
	}
}

// Between quantiles the law is even: here a mixture of three uniform laws, whose equilibrium law
// follows by integration.
func TestObservedQuantiles(t *testing.T) {
	l := observedOf(t, "quantile,length_m\n0,1\n50%,3\n0.9,10\n100%,100\n")
	cdf := func(x float64) float64 {
		switch {
		case x < 1:
			return 0
		case x < 3:
			return (x - 1) / 4
		case x < 10:
			return 0.5 + 0.4*(x-3)/7
		}
		return min(0.9+0.1*(x-10)/90, 1)
	}
	minute := float64(time.Minute)
	mean := 0.5*2 + 0.4*6.5 + 0.1*55
	require.InEpsilon(t, mean*minute, float64(l.mean()), 1e-9)
	r := protocol.NewRand(4, 0, 0)
	requireDistribution(t, cdf, 200_000, func(int) float64 { return float64(l.Draw(&r)) / minute })
	residual, _ := equilibrium(spanOracle{mean: mean * minute,
		survival: func(x float64) float64 { return 1 - cdf(x/minute) }})
	requireDistribution(t, residual, 100_000, func(int) float64 {
		age, rest := l.Running(&r)
		if rest <= 0 {
			require.Positive(t, rest)
		}
		return float64(age)
	})
	s := parseSpanOf(t, "empirical(x)").Of(l.seen)
	require.InDelta(t, 3*time.Minute, s.Quantile(Certain/2), 10)
	require.Equal(t, time.Minute, s.Quantile(0))
	require.InDelta(t, 100*time.Minute, s.Quantile(Certain), 1)
}

func TestObservedForms(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"1h":                             time.Hour,
		"\ufeff90s\n\n#x\n30s":           time.Minute,
		"length\n1m\n":                   time.Minute,
		"LENGTH_MS\n1500.5\n":            1500*time.Millisecond + 500*time.Microsecond,
		"length_h\n0.5\n0.5\n2\n":        time.Hour,
		"quantile,length\n0,1m\n1,3m\n":  2 * time.Minute,
		"quantile,length_s\n0,7\n1, 7\n": 7 * time.Second,
		"1281023h":                       1281023 * time.Hour,
	} {
		require.Equal(t, uint64(want), observedOf(t, text).mean(), text)
	}
}

func TestObservedRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                  "x:1: the file has no length: write one a line, as in 41.9m",
		"# nothing\n":       "x:1: the file has no length",
		"1m\n5\n":           `x:2: the length "5" is not a length of time: write a number`,
		"1m\nNaN\n":         `x:2: the length "NaN" is no length of time: leave the row out`,
		"length_s\ninf":     `x:2: the length "inf" is no length of time`,
		"length_s\n-3":      `x:2: the length "-3" is negative: leave the row out`,
		"length_s\n0":       `x:2: the length "0" is below 1ms: leave the row out`,
		"length_s\n1e3":     `x:2: the length "1e3" is not a plain decimal number`,
		"length_s\n5m":      `x:2: the length "5m" is not a plain decimal number`,
		"length_d\n5":       `x:1: the length "length_d" is not a length of time`,
		"length_h\n9999999": `x:2: the length "9999999" is too long: check the unit`,
		"length_h\n1281024": `x:2: the length "1281024" is above 146 years: check the unit`,
		"quantile,length_s\n0,1\n50%,2\n": "x:3: the quantiles go from 0% to 50%: " +
			"add the least length, at 0%, and the greatest, at 100%",
		"quantile,length_s\n0,1\n50%,2\n50%,3\n": "x:4: the quantile 50% is not above",
		"quantile,length_s\n0,1\n50%,2\n1,1\n":   `x:4: the length "1" is below the one before`,
		"quantile,length_s\n0,1\n2,2\n":          `x:3: probability "2" is above 1`,
		"quantile,length_s\n0.5\n":               "x:2: the row has no length",
		"1m\n\x00\x01":                           `x:2: the length "\x00\x01" is not a length`,
		strings.Repeat("x", 17<<20):              "x:1: line is longer than 16 MiB",
	} {
		_, err := LoadObserved(strings.NewReader(text), "x")
		require.ErrorContains(t, err, want)
		require.Less(t, len(err.Error()), 400)
	}
	_, err := LoadObserved(bytes.NewReader(bytes.Repeat([]byte("1m\n"), observedMax+1)), "x")
	require.ErrorContains(t, err, "x:1048577: more than 1048576 lengths: use a sample")
	l := newTextLines(strings.NewReader(strings.Repeat("#\n", 1<<20)), "x", 1<<20)
	for l.next() {
		if l.line > 1<<19 {
			require.LessOrEqual(t, l.line, 1<<19)
		}
	}
	require.EqualError(t, l.err, "x: file is larger than 1 MiB: use a part of it")
}

func TestEmpiricalNeedsItsFile(t *testing.T) {
	s := parseSpanOf(t, " empirical( a (b).txt ) ")
	require.Equal(t, "a (b).txt", s.File())
	require.Equal(t, "empirical(a (b).txt)", s.String())
	require.Equal(t, "empirical(c)", s.Named("c").String())
	require.False(t, s.IsZero())
	require.Panics(t, func() { s.Tabulate() })
	c := swarm(t, Steady)
	c.Offline = s
	require.EqualError(t, c.Check(), "offline: the lengths of empirical(a (b).txt) were not read")
}

// The steady start is right with measured lengths, too.
func TestSteadyShareOfObserved(t *testing.T) {
	const nodes = 20_000
	c := swarm(t, Steady)
	c.Session = parseSpanOf(t, "empirical(x)").Of(observedOf(t, "1m\n2m\n5m\n10m\n6h\n").seen)
	want := float64(c.Online()) / float64(Certain)
	require.InEpsilon(t, 75.6/(75.6+30), want, 1e-9)
	lives := NewLives(*c)
	for round, at := range []time.Duration{0, time.Hour, 10 * time.Hour} {
		online := 0
		for i := range uint64(nodes) {
			if up, _ := seen(lives.Of(uint64(round), i), protocol.Time(at)); up {
				online++
			}
		}
		require.InDelta(t, nodes*want, online, 4*math.Sqrt(nodes*want*(1-want)))
	}
}

func FuzzLoadObserved(f *testing.F) {
	for _, text := range []string{"1m\n2m\n", "length_s\n1\n", "quantile,length_s\n0,1\n1,2\n",
		"quantile,length\n0%,1ms\n0.000000000000000001,2s\n100%,146h"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		o, err := LoadObserved(strings.NewReader(text), "x")
		if err != nil {
			return
		}
		l := parseSpanOf(t, "empirical(x)").Of(o).Tabulate()
		r := protocol.NewRand(1, 2, 3)
		require.GreaterOrEqual(t, l.mean(), uint64(time.Millisecond))
		for range 20 {
			require.GreaterOrEqual(t, l.Draw(&r), time.Millisecond)
			_, rest := l.Running(&r)
			require.Positive(t, rest)
		}
	})
}

func BenchmarkObservedDraw(b *testing.B) {
	var text strings.Builder
	for n := range 100_000 {
		fmt.Fprintf(&text, "%dms\n", 1000+n*n%7919)
	}
	l, r := observedOf(b, text.String()), protocol.NewRand(1, 1, 1)
	for b.Loop() {
		l.Draw(&r)
	}
}
