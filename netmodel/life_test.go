package netmodel

import (
	"fmt"
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"

	"swarmlab/protocol"
)

type change struct {
	at protocol.Time
	e  Event
}

// changes returns the first n events of a life.
func changes(l Life, n int) (list []change) {
	for range n {
		at, e := l.Next()
		list = append(list, change{at, e})
	}
	return list
}

func TestLifeAlternates(t *testing.T) {
	for _, start := range []Start{Steady, Empty, Together} {
		lives, opened := NewLives(*swarm(t, start)), 0
		for i := range uint64(300) {
			l := lives.Of(1, i)
			up, last := false, protocol.Time(-1)
			if l.Online() {
				opened++
			}
			for j, ch := range changes(l, 40) {
				require.Equal(t, up, ch.e != Starts, "node %d: what is online does not start", i)
				require.Greater(t, ch.at, last)
				require.Equal(t, j == 0 && l.Online(), ch.at == 0)
				up, last = ch.e == Starts, ch.at
			}
		}
		switch start {
		case Steady:
			require.InDelta(t, 300*.682, opened, 4*math.Sqrt(300*.68*.32))
		case Empty:
			require.Zero(t, opened)
		case Together:
			require.Equal(t, 300, opened)
		}
	}
}

// The lengths between events have the laws that were asked for, the first ones of a fresh
// start too.
func TestLifeLengths(t *testing.T) {
	const nodes = 2000
	minute := float64(time.Minute)
	session := distuv.Weibull{K: 0.59, Lambda: 41.9 * minute}
	offline := distuv.Exponential{Rate: 1 / (30 * minute)}
	for _, start := range []Start{Steady, Empty, Together} {
		lives := NewLives(*swarm(t, start))
		var sessions, gaps []float64
		for i := range uint64(nodes) {
			l := lives.Of(4, i)
			for j := range 40 {
				online, begun := l.Online(), l.Begun()
				at, e := l.Next()
				if j == 0 && (start == Steady || online) {
					continue
				}
				if e == Starts {
					gaps = append(gaps, float64(at-begun))
				} else if begun >= 0 {
					sessions = append(sessions, float64(at-begun))
				}
			}
		}
		of := func(list []float64) (int, func(i int) float64) {
			return len(list), func(i int) float64 { return list[i] }
		}
		n, length := of(sessions)
		requireDistribution(t, session.CDF, n, length)
		n, length = of(gaps)
		requireDistribution(t, offline.CDF, n, length)
	}
}

func TestLifeGraceful(t *testing.T) {
	count := func(p Probability) (stops, crashes int) {
		c := swarm(t, Together)
		c.Graceful = p
		lives := NewLives(*c)
		for i := range uint64(1000) {
			for _, ch := range changes(lives.Of(9, i), 40) {
				switch ch.e {
				case Stops:
					stops++
				case Crashes:
					crashes++
				}
			}
		}
		return stops, crashes
	}
	stops, crashes := count(Certain)
	require.Zero(t, crashes)
	require.Equal(t, 20_000, stops)
	stops, crashes = count(0)
	require.Zero(t, stops)
	require.Equal(t, 20_000, crashes)
	stops, _ = count(Certain / 100 * 78)
	require.InDelta(t, 0.78*20_000, stops, 4*math.Sqrt(20_000*.78*.22))
}

// Two arms of a comparison that differ in one setting share all the rest.
func TestLifeCommonRandomNumbers(t *testing.T) {
	base := swarm(t, Together)
	polite, rare := *base, *base
	polite.Graceful = Certain
	rare.Offline = parseSpanOf(t, "pareto(2, 1h)")
	longer := *base
	longer.Session = parseSpanOf(t, "weibull(0.59, 83.8m)") // twice as long
	empty := *base
	empty.Start = Empty
	plain, tidy, seldom := NewLives(*base), NewLives(polite), NewLives(rare)
	slow, late := NewLives(longer), NewLives(empty)
	for i := range uint64(200) {
		was := changes(plain.Of(7, i), 30)
		crashed := 0
		for j, ch := range changes(tidy.Of(7, i), 30) {
			require.Equal(t, was[j].at, ch.at, "the manner of leaving moves nothing")
			if ch.e != was[j].e {
				require.Equal(t, Crashes, was[j].e)
				crashed++
			}
		}
		require.Less(t, crashed, 15)
		other, double := changes(seldom.Of(7, i), 30), changes(slow.Of(7, i), 30)
		for j := 1; j < 30; j += 2 {
			require.Equal(t, was[j].at-was[j-1].at, other[j].at-other[j-1].at, "same session")
			require.Equal(t, was[j].e, other[j].e)
			session := was[j].at - was[j-1].at
			require.InDelta(t, int64(2*session), int64(double[j].at-double[j-1].at), 1e4)
		}
		later := changes(late.Of(7, i), 30)
		require.Equal(t, was[1].at-was[0].at, later[1].at-later[0].at, "the first session")
		require.Equal(t, was[2].at-was[1].at, later[0].at, "the first time offline")
	}
}

// Nodes that are always on never leave, once they are there; the others do not notice.
func TestLifeAlwaysOn(t *testing.T) {
	for _, start := range []Start{Steady, Empty, Together} {
		plain, settled := swarm(t, start), swarm(t, start)
		settled.AlwaysOn = Certain / 100 * 2
		a, b := NewLives(*plain), NewLives(*settled)
		always := 0
		for i := range uint64(10_000) {
			was, now := changes(a.Of(3, i), 10), changes(b.Of(3, i), 10)
			if now[1].at != protocol.Never {
				require.Equal(t, was, now)
				continue
			}
			always++
			require.Equal(t, Starts, now[0].e)
			if start == Empty {
				require.Equal(t, was[0], now[0])
				continue
			}
			require.Zero(t, now[0].at)
			life := b.Of(3, i)
			require.Equal(t, start == Steady, life.Begun() < 0)
		}
		require.InDelta(t, 200, always, 4*math.Sqrt(200))
	}
}

func TestLifeIsAFunctionOfItsArguments(t *testing.T) {
	c := NewLives(*swarm(t, Steady))
	l := c.Of(1, 2)
	l.Next()
	l.Next()
	require.Equal(t, changes(l, 10), changes(l, 10), "a copy goes on by itself")
	require.Equal(t, changes(c.Of(1, 2), 20), changes(c.Of(1, 2), 20))
	require.NotEqual(t, changes(c.Of(1, 2), 20), changes(c.Of(1, 3), 20))
	require.NotEqual(t, changes(c.Of(1, 2), 20), changes(c.Of(2, 2), 20))
}

func TestLifeEnds(t *testing.T) {
	lives := NewLives(Churn{Session: parseSpanOf(t, "constant(1000000h)"),
		Offline: parseSpanOf(t, "constant(1000000h)"), Start: Together})
	const hour = protocol.Time(time.Hour)
	require.Equal(t, []change{{0, Starts}, {1_000_000 * hour, Crashes}, {2_000_000 * hour, Starts},
		{protocol.Never, Starts}, {protocol.Never, Starts}}, changes(lives.Of(1, 1), 5))
}

func TestLifeAllocatesNothing(t *testing.T) {
	lives := NewLives(*swarm(t, Steady))
	node, sum := uint64(0), protocol.Time(0)
	require.Zero(t, testing.AllocsPerRun(1000, func() {
		node++
		l := lives.Of(1, node)
		for range 10 {
			at, _ := l.Next()
			sum += at
		}
	}))
	require.NotZero(t, sum)
	require.EqualValues(t, 48, reflect.TypeFor[Life]().Size(), "a million lives are 48 MB")
}

func TestEventText(t *testing.T) {
	require.Equal(t, "starts stops crashes ?", fmt.Sprint(Starts, " ", Stops, " ", Crashes, " ",
		Event(9)))
}

// The same lives on every platform and in every version: see TestGolden.
func TestGoldenLives(t *testing.T) {
	for _, name := range ChurnPresets() {
		c, _ := ChurnPreset(name)
		if c.Offline.IsZero() {
			c.Offline = parseSpanOf(t, "exponential(30m)")
		}
		sum, lives := uint64(0), NewLives(c)
		for i := range uint64(3000) {
			lives.Start = Start(i % 3)
			l := lives.Of(2026, i)
			sum = protocol.Mix(sum + uint64(l.Begun()))
			for _, ch := range changes(l, 20) {
				sum = protocol.Mix(sum + uint64(ch.at) + uint64(ch.e))
			}
		}
		require.Equal(t, goldenLives[name], fmt.Sprintf("%016x", sum), name)
	}
}

var goldenLives = map[string]string{
	"redhat":    "fdd2bdc9a9c4446f",
	"debian":    "81ebc98b368ea0ce",
	"flatout":   "62026dd67b83e56e",
	"kad":       "7020f245a4cc6287",
	"kad-first": "0dcae0ea7cec2a0f",
	"ipfs":      "9cabd5aa7170c0c7",
	"ipfs-2022": "21982027e95002da",
	"heep":      "4cbb5f00a09cc38d",
	"li":        "9e0b03bc5adb89e2",
}

func BenchmarkLife(b *testing.B) {
	lives := NewLives(*swarm(b, Steady))
	l := lives.Of(1, 1)
	for b.Loop() {
		if at, _ := l.Next(); at == protocol.Never {
			l = lives.Of(1, 1)
		}
	}
}

func BenchmarkSteadyStart(b *testing.B) {
	lives := NewLives(*swarm(b, Steady))
	node, sum := uint64(0), protocol.Time(0)
	for b.Loop() {
		node++
		l := lives.Of(1, node)
		sum += l.Begun()
	}
	require.NotZero(b, sum)
}
