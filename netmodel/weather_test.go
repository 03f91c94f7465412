package netmodel

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"

	"swarmlab/protocol"
)

func weather(t testing.TB, faults ...Fault) *Weather {
	return mustNew(t, Config{Seed: 8, Nodes: 1000, Latency: Constant{}, Faults: faults}).Weather()
}

// trip sends one datagram through the weather, and tells what each fault did.
func trip(w *Weather, at protocol.Time, src, dst, seq uint32) (Trip, []uint64) {
	one, hits := Trip{Delay: 100 * ms}, make([]uint64, w.Faults())
	w.Alter(at, src, dst, seq, &one, hits)
	return one, hits
}

func TestNoFaultsNoWeather(t *testing.T) {
	require.Nil(t, weather(t))
}

// The shares that faults hit, counted over a million datagrams each.
func TestShares(t *testing.T) {
	const n = 1_000_000
	for _, c := range []struct {
		kind  FaultKind
		share Probability
		p     float64
	}{{Loss, percent(7), 0.07}, {Duplicate, percent(3), 0.03}, {Reorder, percent(40), 0.4},
		{Corrupt, percent(2), 0.02}} {
		f := always(c.kind)
		f.Share = c.share
		w := weather(t, f)
		hits := make([]uint64, 1)
		effects := 0
		for i := range uint32(n) {
			one := Trip{Delay: 100 * ms}
			w.Alter(protocol.Time(i), i%997, i%113, i, &one, hits)
			effects += index(one != Trip{Delay: 100 * ms})
		}
		require.InDelta(t, n*c.p, hits[0], 4*math.Sqrt(n*c.p*(1-c.p)), c.kind)
		require.EqualValues(t, effects, hits[0])
	}
}

// Delays of copies and of what is overtaken are even from 1 ns to Delay.
func TestExtraDelays(t *testing.T) {
	for _, k := range []FaultKind{Duplicate, Reorder} {
		f := always(k)
		f.Share = Certain
		w := weather(t, f)
		oracle := distuv.Uniform{Max: float64(f.Delay)}
		requireDistribution(t, oracle.CDF, 30_000, func(i int) float64 {
			one, _ := trip(w, 0, 1, 2, uint32(i))
			require.False(t, one.Lost)
			if k == Duplicate {
				require.Equal(t, 100*ms, one.Delay)
				require.Positive(t, one.Copy)
				return float64(one.Copy)
			}
			require.Greater(t, one.Delay, 100*ms)
			return float64(one.Delay - 100*ms)
		})
	}
}

// Whom, Others, direction and time, for every kind that is certain, against the words of Fault.
func TestWhomAFaultConcerns(t *testing.T) {
	const from, to = 1000, 2000
	low, high := Whom{Count: 300}, Whom{First: 700, Count: 300}
	within := func(who Whom, node uint32) bool {
		return who == Whom{} || node >= who.First && node-who.First < who.Count
	}
	for _, kind := range []FaultKind{Loss, Partition, Slow, Reorder, Corrupt} {
		for _, others := range []Whom{{}, high} {
			for _, oneWay := range []bool{false, true} {
				f := always(kind)
				f.Whom, f.Others, f.OneWay, f.From, f.To = low, others, oneWay, from, to
				if kind != Partition {
					f.Share, f.Length = Certain, 0
				}
				w := weather(t, f)
				for i := range uint32(2000) {
					src, dst := i*7919%1000, i*104729%1000
					is := func(a, b uint32) bool {
						apart := within(others, b)
						if kind == Partition && others == (Whom{}) {
							apart = !within(low, b)
						}
						return within(low, a) && apart
					}
					want := is(src, dst) || !oneWay && is(dst, src)
					for at, on := range map[protocol.Time]bool{from - 1: false, from: true,
						to - 1: true, to: false, 0: false, protocol.Never: false} {
						_, hits := trip(w, at, src, dst, i)
						require.Equal(t, want && on, hits[0] == 1, "%v at %d", kind, at)
					}
				}
			}
		}
	}
}

// A share of the pairs is severed: for ever, in both directions, and the right share.
func TestSeveredPairs(t *testing.T) {
	f := always(Sever)
	f.Share = percent(5)
	w := weather(t, f)
	severed, pairs, triples, broken := 0, 0, 0, 0
	cut := func(a, b uint32) bool {
		one, _ := trip(w, 0, a, b, a^b)
		return one.Lost
	}
	for a := range uint32(500) {
		for b := range a {
			require.Equal(t, cut(a, b), cut(b, a))
			again, _ := trip(w, protocol.Time(time.Hour), a, b, 99)
			require.Equal(t, cut(a, b), again.Lost)
			severed += index(cut(a, b))
			pairs++
			c := (a*31 + b*17 + 1) % 500
			if c != a && c != b && !cut(a, c) && !cut(c, b) {
				triples++
				broken += index(cut(a, b))
			}
		}
	}
	require.InDelta(t, 0.05*float64(pairs), severed, 4*math.Sqrt(0.05*0.95*float64(pairs)))
	require.InEpsilon(t, 0.05, float64(broken)/float64(triples), 0.1, "not transitive")
}

// Loss in bursts: the right share of all, in bursts of the right kind of link.
func TestBursts(t *testing.T) {
	for _, k := range []FaultKind{PathBursts, LineBursts} {
		f := always(k)
		f.Share, f.Bad, f.Whom = percent(20), percent(75), Whom{Count: 100}
		w := weather(t, f)
		lost, n, together, apart := 0, 0, 0, 0
		gone := func(at protocol.Time, src, dst, seq uint32) bool {
			one, _ := trip(w, at, src, dst, seq)
			return one.Lost
		}
		for i := range uint32(200_000) {
			at := protocol.Time(i) * protocol.Time(40*ms)
			n++
			if gone(at, 5, 500, 3*i) {
				lost++
				together += index(gone(at+1000, 5, 501, 3*i+1))
				apart += index(gone(at+1000, 500, 5, 3*i+2))
			}
			require.False(t, gone(at, 500, 501, i))
		}
		p := 0.2 * 0.75
		require.InDelta(t, p*float64(n), lost, 4*math.Sqrt(p*float64(n)*60), k) // clustered
		if k == LineBursts {
			require.InDelta(t, 0.75, float64(together)/float64(lost), 0.02, "one line")
			require.InDelta(t, 0.75, float64(apart)/float64(lost), 0.02, "both directions of it")
		} else {
			require.InDelta(t, 0.15, float64(together)/float64(lost), 0.04, "another path")
			require.InDelta(t, 0.15, float64(apart)/float64(lost), 0.04, "the way back")
		}
	}
}

func TestSlowSpells(t *testing.T) {
	f := always(Slow)
	f.Share, f.Length, f.Delay, f.Whom = percent(25), 5*time.Second, 300*ms, Whom{Count: 10}
	w := weather(t, f)
	slow := 0
	const n = 100_000
	for i := range uint32(n) {
		one, _ := trip(w, protocol.Time(i)*protocol.Time(time.Second), 600, i%10, i)
		require.Contains(t, []time.Duration{100 * ms, 400 * ms}, one.Delay)
		slow += index(one.Delay > 100*ms)
	}
	require.InDelta(t, 0.25*n, slow, 0.02*n)
}

// What one fault does stays the same when others come, go, or are taken from the list before it.
func TestFaultsDoNotDisturbEachOther(t *testing.T) {
	var faults []Fault
	for k := range FaultKind(faultKinds) {
		for draw := range uint32(2 - 2*index(k.OfNodes())) {
			f := always(k)
			f.Draw, f.Share = draw, f.Share/10
			if k == Partition {
				f.Whom.Share, f.Whom.Draw = percent(3), draw
			}
			faults = append(faults, f)
		}
	}
	w := weather(t, faults...)
	for i := range faults {
		alone := weather(t, faults[i])
		total := uint64(0)
		for m := range uint32(20_000) {
			src, dst, at := m%1000, m*31%999, protocol.Time(m)*protocol.Time(ms)
			_, want := trip(alone, at, src, dst, m)
			one, got := trip(w, at, src, dst, m)
			total += want[0]
			same := want[0] == got[i]
			if !one.Lost && i != 11 && !same { // a second copy there is not
				require.Equal(t, want[0], got[i], "fault %d, datagram %d", i, m)
			}
		}
		require.Greater(t, total, uint64(20), faults[i].Kind)
	}
}

// Many windows that overlap: what is active at each moment is what a plain walk says.
func TestManyFaultsInTime(t *testing.T) {
	r := protocol.NewRand(1, 2, 3)
	var faults []Fault
	for i := range 200 {
		f := always(Slow)
		f.Share, f.Length, f.Draw, f.Delay = Certain, 0, uint32(i), ms
		f.From = protocol.Time(r.Uint64n(1000))
		f.To = f.From + 1 + protocol.Time(r.Uint64n(1000))
		faults = append(faults, f)
	}
	w := weather(t, faults...)
	for at := range protocol.Time(2100) {
		want := make([]uint64, len(faults))
		delay := 100 * ms
		for i, f := range faults {
			if f.From <= at && at < f.To {
				want[i], delay = 1, delay+ms
			}
		}
		one, hits := trip(w, at, 1, 2, uint32(at))
		require.Equal(t, want, hits)
		require.Equal(t, delay, one.Delay)
	}
}

func TestWeatherDoesNotAllocate(t *testing.T) {
	var faults []Fault
	for k := range FaultKind(faultKinds) {
		faults = append(faults, always(k))
	}
	w := weather(t, faults...)
	hits, seq := make([]uint64, len(faults)), uint32(0)
	require.Zero(t, testing.AllocsPerRun(2000, func() {
		seq++
		one := Trip{Delay: ms}
		w.Alter(protocol.Time(seq)*protocol.Time(ms), seq%1000, seq*7%1000, seq, &one, hits)
	}))
}

func BenchmarkWeather(b *testing.B) {
	for k := range FaultKind(faultKinds) {
		if k.OfNodes() {
			continue
		}
		w := weather(b, always(k))
		hits := make([]uint64, 1)
		b.Run(k.String(), func(b *testing.B) {
			i := uint32(0)
			for b.Loop() {
				i++
				one := Trip{Delay: ms}
				w.Alter(protocol.Time(i)*1000, i%1000, i*7%1000, i, &one, hits)
			}
			require.NotZero(b, hits[0])
		})
	}
}
