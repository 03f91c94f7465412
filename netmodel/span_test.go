package netmodel

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distuv"

	"swarmlab/protocol"
)

// spanOracle is what a span should be, in floats. The share is that of the mean which lies in
// lengths above x.
type spanOracle struct {
	text     string
	cdf      func(x float64) float64
	survival func(x float64) float64
	mean     float64
	share    func(x float64) float64
}

// loss is how much of the mean the tables may miss.
func (o *spanOracle) loss() float64 {
	if o.text == "pareto(1.6, 10s)" {
		return 3e-5 // what is rarer than p = 2^-41 has p^(0.6/1.6) of the mean: 2.3e-5
	}
	return 2e-6
}

// oracleOf fills in what follows from a library's distribution.
func oracleOf(text string, d interface {
	CDF(float64) float64
	Survival(float64) float64
	Mean() float64
}, share func(float64) float64) spanOracle {
	return spanOracle{text, d.CDF, d.Survival, d.Mean(), share}
}

func weibullOracle(text string, shape, scale float64) spanOracle {
	return oracleOf(text, distuv.Weibull{K: shape, Lambda: scale}, func(x float64) float64 {
		return mathext.GammaIncRegComp(1+1/shape, math.Pow(x/scale, shape))
	})
}

func paretoOracle(text string, shape, least float64) spanOracle {
	return oracleOf(text, distuv.Pareto{Alpha: shape, Xm: least}, func(x float64) float64 {
		return math.Pow(least/x, shape-1)
	})
}

// spanOracles are all forms, with the tails of the heaviest published fits and beyond.
func spanOracles() []spanOracle {
	const s, m, h = float64(time.Second), float64(time.Minute), float64(time.Hour)
	const sigma = 1.9
	return []spanOracle{
		oracleOf("exponential(30m)", distuv.Exponential{Rate: 1 / (30 * m)},
			func(x float64) float64 { return (1 + x/(30*m)) * math.Exp(-x/(30*m)) }),
		weibullOracle("weibull(0.34, 21.3m)", 0.34, 21.3*m),
		weibullOracle("weibull(0.59, 41.9m)", 0.59, 41.9*m),
		weibullOracle("weibull(0.47648, 413.6765m)", 0.47648, 413.6765*m),
		weibullOracle("weibull(3.5, 2s)", 3.5, 2*s),
		oracleOf("lognormal(35m, 1.9)", distuv.LogNormal{Mu: math.Log(35 * m), Sigma: sigma},
			func(x float64) float64 {
				return distuv.UnitNormal.Survival(math.Log(x/(35*m))/sigma - sigma)
			}),
		paretoOracle("pareto(2, 1h)", 2, h),
		paretoOracle("pareto(1.6, 10s)", 1.6, 10*s),
		oracleOf("uniform(10m, 1h)", distuv.Uniform{Min: 10 * m, Max: 60 * m},
			func(x float64) float64 { return (60*60*m*m - x*x) / (60*60*m*m - 10*10*m*m) }),
	}
}

// lengthsOf are the tables of a span.
func lengthsOf(t testing.TB, text string) *Lengths { return parseSpanOf(t, text).Tabulate() }

func parseSpanOf(t testing.TB, text string) Span {
	t.Helper()
	s, err := ParseSpan(text)
	require.NoError(t, err)
	return s
}

func TestSpanDraws(t *testing.T) {
	for i, o := range spanOracles() {
		s := lengthsOf(t, o.text)
		r := protocol.NewRand(13, uint64(i), 0)
		t.Run(o.text, func(t *testing.T) {
			requireDistribution(t, o.cdf, 200_000, func(int) float64 { return float64(s.Draw(&r)) })
		})
	}
	s, r := lengthsOf(t, "constant(1h)"), protocol.NewRand(13, 0, 0)
	for range 1000 {
		require.Equal(t, time.Hour, s.Draw(&r))
	}
}

// The mean that the tables have, which no sample of a heavy tail would show.
func TestSpanMeans(t *testing.T) {
	for _, o := range spanOracles() {
		s := parseSpanOf(t, o.text)
		require.InEpsilon(t, o.mean, float64(s.Mean()), 1e-9, o.text)
		require.InEpsilon(t, o.mean, float64(s.Tabulate().mean()), o.loss(), o.text)
	}
	require.Equal(t, time.Hour, parseSpanOf(t, "constant(1h)").Mean())
	require.Equal(t, 2*time.Hour, parseSpanOf(t, "pareto(2, 1h)").Mean())
}

func TestSpanTails(t *testing.T) {
	for _, o := range spanOracles() {
		s := lengthsOf(t, o.text)
		for _, tail := range []float64{0.5, 0.1, 1e-3, 1e-6, 1e-9, 1e-12} {
			x := float64(s.table.Sample(^uint64(math.Ldexp(tail, 64))))
			// Lengths are whole nanoseconds, which uniform spans feel at their end.
			require.Less(t, o.survival(x+1), tail*(1+1e-4), "%s %g", o.text, tail)
			require.Greater(t, o.survival(x-1), tail*(1-1e-4), "%s %g", o.text, tail)
		}
		for _, below := range []float64{0.5, 0.1, 1e-3, 1e-6} {
			x := s.table.Sample(uint64(math.Ldexp(below, 64)))
			if below > 0.01 || x > 1000_000 {
				require.InEpsilon(t, below, o.cdf(float64(x)), 1e-4, "%s %g", o.text, below)
			}
		}
	}
}

// What long spans add to the mean: the weights of the cells against the integral.
func TestSpanTailsInTheMean(t *testing.T) {
	compared := 0
	for _, o := range spanOracles() {
		s := lengthsOf(t, o.text)
		sums := s.found.sums[:]
		total, before := float64(sums[len(sums)-1]), sums[sideCells-1]
		for i := 2 * octaveCells; i < sideCells; i += octaveCells {
			edge := float64(s.table.edges[1][i+1])
			got, want := float64(sums[sideCells+i]-before)/total, o.share(edge)
			if o.survival(edge) < 1e-9 {
				continue
			}
			compared++
			require.InDelta(t, want, got, 1e-3*want+o.loss(), "%s above %g ns", o.text, edge)
		}
	}
	require.Greater(t, compared, 9*25)
}

func TestSpanQuantile(t *testing.T) {
	s := parseSpanOf(t, "uniform(0s, 1h)")
	require.Equal(t, time.Duration(1), s.Quantile(0))
	require.InDelta(t, 30*time.Minute, s.Quantile(Certain/2), 1)
	require.InDelta(t, 54*time.Minute, s.Quantile(Certain/10*9), 1)
	require.InDelta(t, time.Hour, s.Quantile(Certain), float64(5*time.Nanosecond))
	require.Panics(t, func() { s.Quantile(Certain + 1) })
	for name, median := range map[string]float64{ // published, in minutes
		"redhat": 7.3, "debian": 16.2, "flatout": 22.5, "kad": 93.4, "kad-first": 182.6, "ipfs": 57,
	} {
		c, _ := ChurnPreset(name)
		require.InDelta(t, median, c.Session.Quantile(Certain/2).Minutes(), 0.5, name)
	}
}

// equilibrium integrates a survival function over a fine grid of the logarithm, by the trapezoid
// rule, and returns the distribution of age and rest, and that of lengths found running.
func equilibrium(o spanOracle) (residual, length func(x float64) float64) {
	const perOctave, octaves = 400, 62
	var area [perOctave*octaves + 1]float64
	at := func(i int) float64 { return math.Exp2(float64(i) / perOctave) }
	area[0] = 1
	for i := 1; i < len(area); i++ {
		step := at(i) - at(i-1)
		area[i] = area[i-1] + step*(o.survival(at(i))+o.survival(at(i-1)))/2
	}
	integral := func(x float64) float64 {
		place := math.Log2(max(x, 1)) * perOctave
		i := min(int(place), len(area)-2)
		return area[i] + (place-float64(i))*(area[i+1]-area[i])
	}
	residual = func(x float64) float64 { return integral(x) / o.mean }
	length = func(x float64) float64 { return (integral(x) - x*o.survival(x)) / o.mean }
	return residual, length
}

func TestEquilibriumOracle(t *testing.T) {
	const shape, scale = 0.34, 21.3 * float64(time.Minute)
	residual, _ := equilibrium(weibullOracle("", shape, scale))
	for _, hours := range []float64{0.001, 0.1, 5, 24, 1000} {
		x := hours * float64(time.Hour)
		want := mathext.GammaIncReg(1/shape, math.Pow(x/scale, shape))
		require.InDelta(t, want, residual(x), 1e-5)
	}
	// Published for the Red Hat swarm: 54 % of those online are for more than 5 hours.
	require.InDelta(t, 0.540, 1-residual(5*float64(time.Hour)), 0.0005)
}

func TestSpanFoundRunning(t *testing.T) {
	const n = 100_000
	for i, o := range spanOracles() {
		s := lengthsOf(t, o.text)
		residual, length := equilibrium(o)
		ages, rests, lengths := make([]float64, n), make([]float64, n), make([]float64, n)
		r := protocol.NewRand(12, uint64(i), 0)
		for j := range n {
			age, rest := s.Running(&r)
			if age < 0 || rest <= 0 {
				t.Fatal(o.text, age, rest)
			}
			ages[j], rests[j], lengths[j] = float64(age), float64(rest), float64(age+rest)
		}
		t.Run(o.text, func(t *testing.T) {
			requireDistribution(t, residual, n, func(i int) float64 { return ages[i] })
			requireDistribution(t, residual, n, func(i int) float64 { return rests[i] })
			requireDistribution(t, length, n, func(i int) float64 { return lengths[i] })
		})
	}
	even := distuv.Uniform{Max: float64(time.Hour)}
	s, r := lengthsOf(t, "constant(1h)"), protocol.NewRand(12, 0, 0)
	requireDistribution(t, even.CDF, n, func(int) float64 {
		age, rest := s.Running(&r)
		require.Equal(t, time.Hour, age+rest)
		return float64(age)
	})
}

func TestLnGamma(t *testing.T) {
	for i := range fixed(1001) {
		x := one + i*(one/100)
		want, _ := math.Lgamma(toFloat(x))
		require.InDelta(t, want, toFloat(lnGamma(x)), 1e-13, "%v", toFloat(x))
	}
}

func TestRatio(t *testing.T) {
	require.Equal(t, one/3, one.ratio(1, 3))
	require.Equal(t, -one*4, (-one*2).ratio(2_000_000, millionths))
	require.Equal(t, fixedBounds, one.ratio(1<<63, 1))
	require.Equal(t, -fixedBounds, (-one).ratio(128, 1))
	require.Equal(t, fixed(0), fixed(0).ratio(1, 1))
}

// The same draws on every platform and in every version, to the last bit: see TestGolden.
func TestGoldenSpans(t *testing.T) {
	for _, text := range []string{"exponential(30m)", "weibull(0.34, 21.3m)", "lognormal(35m, 1.9)",
		"pareto(2, 1h)", "uniform(10m, 1h)", "constant(1h)"} {
		s, r := lengthsOf(t, text), protocol.NewRand(2026, 1, 0)
		sum := uint64(0)
		for range 100_000 {
			age, rest := s.Running(&r)
			sum = protocol.Mix(protocol.Mix(sum+uint64(s.Draw(&r))) + uint64(age))
			sum = protocol.Mix(sum + uint64(rest))
		}
		for _, side := range s.table.edges {
			for _, v := range side {
				sum = protocol.Mix(sum + uint64(v))
			}
		}
		canonical := parseSpanOf(t, text).String()
		require.Equal(t, goldenSpans[canonical], fmt.Sprintf("%016x", sum), text)
	}
}

var goldenSpans = map[string]string{
	"exponential(30m)":      "29055f265f1cd112",
	"weibull(0.34, 21m18s)": "0c2bd860950ae924",
	"lognormal(35m, 1.9)":   "3b89bc9ce888b516",
	"pareto(2, 1h)":         "d004351a21e36db3",
	"uniform(10m, 1h)":      "80e2a99dfdcdab08",
	"constant(1h)":          "011e05f32da0d921",
}

func BenchmarkSpanDraw(b *testing.B) {
	s, r := lengthsOf(b, "weibull(0.59, 41.9m)"), protocol.NewRand(1, 1, 0)
	var sum time.Duration
	for b.Loop() {
		sum += s.Draw(&r)
	}
	require.NotZero(b, sum)
}

func BenchmarkParseSpan(b *testing.B) {
	for b.Loop() {
		parseSpanOf(b, "weibull(0.59, 41.9m)")
	}
}

func BenchmarkTabulate(b *testing.B) {
	s := parseSpanOf(b, "weibull(0.59, 41.9m)")
	for b.Loop() {
		s.Tabulate()
	}
}
