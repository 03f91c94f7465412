package netmodel

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/integrate/quad"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// presetLaws are the session laws of all presets and Kad's times offline, in floats.
func presetLaws() map[string]distuv.Weibull {
	const s, m = float64(time.Second), float64(time.Minute)
	return map[string]distuv.Weibull{
		"redhat":    {K: 0.34, Lambda: 21.3 * m},
		"debian":    {K: 0.38, Lambda: 42.4 * m},
		"flatout":   {K: 0.59, Lambda: 41.9 * m},
		"kad":       {K: 0.61511, Lambda: 169.5385 * m},
		"kad-first": {K: 0.54512, Lambda: 357.7152 * m},
		"ipfs":      {K: 0.518, Lambda: 116 * m},
		"ipfs-2022": {K: 0.608, Lambda: 219 * m},
		"heep":      {K: 0.5, Lambda: 5000 * s},
		"li":        {K: 1, Lambda: 3600 * s},
		"offline":   {K: 0.47648, Lambda: 413.6765 * m},
	}
}

// settledIn is a preset in which nobody is always on, with times offline as in Kad: found running,
// they are a heavy tail, too.
func settledIn(t *testing.T, preset string) Churn {
	c, ok := ChurnPreset(preset)
	require.True(t, ok, preset)
	c.Offline, c.AlwaysOn = parseSpanOf(t, "weibull(0.47648, 413.6765m)"), 0
	return c
}

// olderThan is the share of intervals that, found running, have lasted for x: the integral of the
// survival function from there on over the mean, by quadrature over the logarithm of time.
func olderThan(law distuv.Weibull, x float64) float64 {
	const pieces = 64
	from, to := math.Log(x), math.Log(law.Lambda*math.Pow(60, 1/law.K)) // survival e^-60
	sum, step := 0., max(to-from, 0)/pieces
	for n := range pieces {
		a := from + float64(n)*step
		sum += quad.Fixed(func(u float64) float64 {
			return math.Exp(u) * law.Survival(math.Exp(u))
		}, a, a+step, 8, quad.Legendre{}, 0)
	}
	return sum / law.Mean()
}

// olderInTables is the same in the tables, without any draw: as lengths are even within a cell,
// each is a triangle or a trapezium of the integral.
func olderInTables(l *Lengths, x float64) float64 {
	left, mean, before := 0., 0., uint64(0)
	for cell, sum := range l.found.sums {
		a, b := l.table.cell(cell)
		low, high, weight := float64(a), float64(b), float64(sum-before)
		before = sum
		mean += weight
		switch {
		case x <= low:
			left += weight * (1 - 2*x/(low+high))
		case x < high:
			left += weight * (high - x) * (high - x) / (high - low) / (low + high)
		}
	}
	return left / mean
}

// TestPresetTables holds the tables of all published fits against the laws, where no chance is in
// it: mean, tail, and who is found running for how long.
func TestPresetTables(t *testing.T) {
	require.Len(t, presetLaws(), len(ChurnPresets())+1)
	for name, law := range presetLaws() {
		span := parseSpanOf(t, "weibull(0.47648, 413.6765m)")
		if name != "offline" {
			span = settledIn(t, name).Session
		}
		l := span.Tabulate()
		require.InEpsilon(t, law.Mean(), float64(l.mean()), 2e-6, name)
		for _, above := range []float64{0.5, 0.1, 0.01, 1e-3, 1e-4} {
			got := l.table.Sample(^uint64(math.Ldexp(above, 64)))
			require.InEpsilon(t, law.Quantile(1-above), float64(got), 1e-5, "%s %g", name, above)
		}
		for _, age := range []time.Duration{time.Second, time.Minute, time.Hour, 5 * time.Hour,
			24 * time.Hour, 240 * time.Hour, 2400 * time.Hour} {
			require.InDelta(t, olderThan(law, float64(age)), olderInTables(l, float64(age)), 5e-7,
				"%s above %v", name, age)
		}
	}
	require.InDelta(t, 0.5400, olderThan(presetLaws()["redhat"], float64(5*time.Hour)), 5e-5)
	require.InDelta(t, 0.5556, olderThan(presetLaws()["debian"], float64(5*time.Hour)), 5e-5)
}

// tally counts in how many of n cases something was so, and by how many deviations of the
// binomial law that is more than expected.
type tally struct{ n, yes float64 }

func (c *tally) count(yes bool) {
	c.n++
	c.yes += float64(index(yes))
}

func (c *tally) beyond(p float64) float64 {
	return (c.yes - c.n*p) / math.Sqrt(c.n*p*(1-p))
}

// TestSteadyStartOfPresets holds 400,000 lives of each preset against the laws: for how long nodes
// have been online or offline at the start, and will be. Seeds, too, must differ by what chance
// gives, no more and no less, or no interval over seeds is worth anything.
func TestSteadyStartOfPresets(t *testing.T) {
	const seeds, nodes, z = 400, 1000, 4
	for name, session := range presetLaws() {
		if name == "offline" {
			continue
		}
		lives := NewLives(settledIn(t, name))
		laws := [2]distuv.Weibull{presetLaws()["offline"], session}
		limits := [2]time.Duration{5 * time.Hour, 24 * time.Hour}
		var ages, rests [2][2]tally // by what is found, and by limit
		var up tally
		var scatter []float64
		older := olderThan(session, float64(limits[0]))
		for seed := range uint64(seeds) {
			var own tally
			for node := range uint64(nodes) {
				l := lives.Of(seed, node)
				found := index(l.Online())
				up.count(l.Online())
				for n, limit := range limits {
					ages[found][n].count(-l.begun > 0 && time.Duration(-l.begun) > limit)
					rests[found][n].count(time.Duration(l.ends) > limit)
				}
				if l.Online() {
					own.count(time.Duration(-l.begun) > limits[0])
				}
			}
			scatter = append(scatter, own.beyond(older))
		}
		online := session.Mean() / (session.Mean() + laws[0].Mean())
		require.InDelta(t, 0, up.beyond(online), z, "%s: online", name)
		for found, law := range laws {
			for n, limit := range limits {
				p := olderThan(law, float64(limit))
				require.InDelta(t, 0, ages[found][n].beyond(p), z, "%s age %v", name, limit)
				require.InDelta(t, 0, rests[found][n].beyond(p), z, "%s rest %v", name, limit)
			}
		}
		_, variance := stat.MeanVariance(scatter, nil)
		require.InDelta(t, 1, variance, z*math.Sqrt(2./seeds), "%s: between seeds", name)
	}
}

// TestSessionTails counts long ones among 400,000 sessions that begin within lives.
func TestSessionTails(t *testing.T) {
	const nodes, each = 40_000, 10
	above := [...]float64{0.5, 0.1, 0.01, 1e-3, 1e-4}
	for name, law := range presetLaws() {
		if name == "offline" {
			continue
		}
		lives := NewLives(settledIn(t, name))
		var limits [len(above)]float64
		for n, p := range above {
			limits[n] = law.Quantile(1 - p)
		}
		var long [len(above)]tally
		for node := range uint64(nodes) {
			l := lives.Of(5, node)
			l.turn() // away from what was found under way
			for range 2 * each {
				l.turn()
				for n, limit := range limits {
					if l.Online() {
						long[n].count(float64(l.ends-l.begun) > limit)
					}
				}
			}
		}
		for n, p := range above {
			require.Equal(t, float64(nodes*each), long[n].n)
			require.InDelta(t, 0, long[n].beyond(p), 4, "%s: one in %g", name, 1/p)
		}
	}
}
