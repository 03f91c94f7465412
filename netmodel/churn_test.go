package netmodel

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"swarmlab/protocol"
)

// swarm is a churn whose parts are all of interest: heavy tails, and two thirds online.
func swarm(t testing.TB, start Start) *Churn {
	return &Churn{Session: parseSpanOf(t, "weibull(0.59, 41.9m)"),
		Offline: parseSpanOf(t, "exponential(30m)"), Graceful: Certain / 100 * 78, Start: start}
}

func TestChurnCheck(t *testing.T) {
	c := swarm(t, Together)
	require.NoError(t, c.Check())
	for want, spoil := range map[string]func(*Churn){
		"session: none is given: write for instance weibull(0.59, 41.9m)": func(c *Churn) {
			c.Session = Span{}
		},
		"offline: none is given, and few measurements published one: " +
			"write for instance exponential(30m)": func(c *Churn) { c.Offline = Span{} },
		"graceful: 100.0000000000000001% is above 100%: " +
			"a probability is 0 to 100%": func(c *Churn) { c.Graceful = Certain + 1 },
		"always_on: 100.0000000000000001% is above 100%: " +
			"a share is 0 to 100%": func(c *Churn) { c.AlwaysOn = Certain + 1 },
		"start: there is no such start: " +
			"use steady, empty or together": func(c *Churn) { c.Start = 3 },
	} {
		bad := *c
		spoil(&bad)
		require.EqualError(t, bad.Check(), want)
	}
	require.Panics(t, func() { NewLives(Churn{}) })
}

func TestStartText(t *testing.T) {
	for _, s := range []Start{Steady, Empty, Together} {
		again, err := ParseStart(s.String())
		require.NoError(t, err)
		require.Equal(t, s, again)
	}
	for _, text := range []string{"", "Steady", "?"} {
		_, err := ParseStart(text)
		require.EqualError(t, err, quote(text)+" is no start: use steady, empty or together")
	}
}

func TestChurnOnline(t *testing.T) {
	c := swarm(t, Steady)
	session := 41.9 * math.Gamma(1+1/0.59)
	require.InEpsilon(t, session/(session+30), float64(c.Online())/float64(Certain), 1e-6)
	c.Offline = c.Session
	require.Equal(t, Certain/2, c.Online())
	c.AlwaysOn = Certain / 10
	require.InDelta(t, float64(Certain)*(0.1+0.9/2), float64(c.Online()), 1000)
	c.AlwaysOn = Certain
	require.Equal(t, Certain, c.Online())
}

func TestChurnPresets(t *testing.T) {
	names := ChurnPresets()
	require.Subset(t, names, []string{"redhat", "debian", "flatout", "kad", "kad-first", "ipfs"})
	// The means of the published fits, in minutes.
	sessions := map[string]float64{"redhat": 118.8, "debian": 163.4, "flatout": 64.5, "kad": 247.1,
		"kad-first": 617.5, "ipfs": 3.6 * 60, "heep": 10_000. / 60, "li": 60}
	offline := map[string]float64{"kad": 908, "kad-first": 908}
	graceful := map[string]Probability{"redhat": 78, "debian": 30, "flatout": 73}
	for _, name := range names {
		c, ok := ChurnPreset(name)
		require.True(t, ok)
		if want := sessions[name]; want != 0 {
			require.InEpsilon(t, want, c.Session.Mean().Minutes(), 0.01, name)
		}
		require.InDelta(t, offline[name], c.Offline.Mean().Minutes(), 0.1, name)
		require.Equal(t, graceful[name]*(Certain/100), c.Graceful, name)
		require.Equal(t, Steady, c.Start)
		if strings.HasPrefix(name, "ipfs") {
			require.Equal(t, Certain/1000*14, c.AlwaysOn)
		} else {
			require.Zero(t, c.AlwaysOn)
		}
		c.Offline = parseSpanOf(t, "exponential(30m)")
		require.NoError(t, c.Check())
	}
	// Half of the sessions up to 2 h, 80 % up to 8 h.
	c, _ := ChurnPreset("ipfs-2022")
	require.InDelta(t, 2, c.Session.Quantile(Certain/2).Hours(), 0.02)
	require.InDelta(t, 8, c.Session.Quantile(Certain/10*8).Hours(), 0.1)
	// 87.6 % of sessions below 8 h, 97.5 % below 24 h.
	c, _ = ChurnPreset("ipfs")
	require.InDelta(t, 8, c.Session.Quantile(Certain/1000*876).Hours(), 0.1)
	require.InDelta(t, 24, c.Session.Quantile(Certain/1000*975).Hours(), 0.3)
	_, ok := ChurnPreset("gnutella")
	require.False(t, ok)
}

// seen is a node's state at one moment.
func seen(l Life, at protocol.Time) (online bool, age time.Duration) {
	for {
		before := l
		if next, _ := l.Next(); next > at {
			return before.Online(), at.Sub(before.Begun())
		}
	}
}

// The share of nodes that are online is the same at all times, and the right one. Each time has
// nodes of its own, so that the deviations are independent and their squares add up to chi-square.
func TestSteadyShareOnline(t *testing.T) {
	const nodes = 20_000
	deviation := func(lives *Lives, round int, at time.Duration) float64 {
		online := 0
		for i := range uint64(nodes) {
			if up, _ := seen(lives.Of(uint64(round), i), protocol.Time(at)); up {
				online++
			}
		}
		p := float64(lives.Online()) / float64(Certain)
		return (float64(online) - nodes*p) / math.Sqrt(nodes*p*(1-p))
	}
	times := []time.Duration{0, time.Second, time.Minute, 10 * time.Minute, 30 * time.Minute,
		time.Hour, 2 * time.Hour, 4 * time.Hour, 12 * time.Hour, 24 * time.Hour}
	bound := distuv.ChiSquared{K: float64(len(times))}.Quantile(0.99)
	least := distuv.ChiSquared{K: float64(len(times))}.Quantile(0.01)
	kad, _ := ChurnPreset("kad")
	redhat, _ := ChurnPreset("redhat")
	redhat.Offline = parseSpanOf(t, "pareto(2, 20m)")
	settled := swarm(t, Steady)
	settled.AlwaysOn = Certain / 10
	for name, c := range map[string]*Churn{"swarm": swarm(t, Steady), "kad": &kad,
		"redhat": &redhat, "settled": settled} {
		sum, lives := 0.0, NewLives(*c)
		for round, at := range times {
			z := deviation(lives, round, at)
			sum += z * z
		}
		require.Less(t, sum, bound, name)
		require.Greater(t, sum, least, name)
	}
	// The test has teeth: a fresh start is not steady, for long.
	for _, start := range []Start{Empty, Together} {
		kad.Start = start
		require.Greater(t, math.Abs(deviation(NewLives(kad), 1, 10*time.Minute)), 20.)
	}
}

// Published for those online at one moment, as shares that have been for more than 5 hours and more
// than a day: Stutzbach and Rejaie's fits, integrated.
func TestSteadyAges(t *testing.T) {
	const nodes = 50_000
	for _, c := range []struct {
		name         string
		shape, scale float64
		hours5, day  float64
	}{
		{"redhat", 0.34, 21.3, 0.540, 0.202}, {"debian", 0.38, 42.4, 0.556, 0.199},
		{"flatout", 0.59, 41.9, 0.122, 0.002}, {"kad", 0.61511, 169.5385, 0.461, 0.071},
		{"kad-first", 0.54512, 357.7152, 0.723, 0.324},
	} {
		churn, _ := ChurnPreset(c.name)
		churn.Offline = parseSpanOf(t, "exponential(30m)")
		lives := NewLives(churn)
		residual, _ := equilibrium(weibullOracle("", c.shape, c.scale*float64(time.Minute)))
		for _, at := range []time.Duration{0, 24 * time.Hour} {
			var ages []float64
			for i := range uint64(nodes) {
				if up, age := seen(lives.Of(3, i), protocol.Time(at)); up {
					ages = append(ages, float64(age))
				}
			}
			require.Greater(t, len(ages), nodes/2)
			requireDistribution(t, residual, len(ages), func(i int) float64 { return ages[i] })
			slices.Sort(ages)
			above := func(x time.Duration) float64 {
				i, _ := slices.BinarySearch(ages, float64(x))
				return 1 - float64(i)/float64(len(ages))
			}
			require.InDelta(t, c.hours5, above(5*time.Hour), 0.01, "%s at %v", c.name, at)
			require.InDelta(t, c.day, above(24*time.Hour), 0.01, "%s at %v", c.name, at)
		}
	}
}

// As many nodes arrive in any hour: all nodes over the mean of a whole round. And they arrive
// one by one: counts per five minutes are as scattered as Poisson's.
func TestSteadyArrivals(t *testing.T) {
	const nodes, days, bin = 5000, 40, 5 * time.Minute
	c, _ := ChurnPreset("kad")
	lives := NewLives(c)
	var counts [days * 24 * 12]float64
	for i := range uint64(nodes) {
		for l := lives.Of(6, i); ; {
			at, e := l.Next()
			if at >= protocol.Time(len(counts))*protocol.Time(bin) {
				break
			}
			if e == Starts && at > 0 {
				counts[at/protocol.Time(bin)]++
			}
		}
	}
	mean, variance := stat.MeanVariance(counts[:], nil)
	want := nodes * bin.Minutes() / (247.14 + 907.97)
	require.InEpsilon(t, want, mean, 4/math.Sqrt(want*float64(len(counts))))
	require.InDelta(t, 1, variance/mean, 0.05)
	first, _ := stat.MeanVariance(counts[:len(counts)/10], nil)
	require.InEpsilon(t, want, first, 4/math.Sqrt(want*float64(len(counts)/10)))
}
