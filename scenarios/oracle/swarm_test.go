package oracle

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// worked is the example with numbers that fit the paper's equations.
func worked() Fluid {
	return Fluid{Arrivals: 0.04, Upload: 0.00125, Download: 0.002, Aborts: 0.001,
		Departures: 0.001, Effectiveness: 1}
}

func TestSteadyOfTheWorkedValue(t *testing.T) {
	s, err := worked().Steady()
	require.NoError(t, err)
	require.InDelta(t, 13.3, s.Leechers, 0.05)
	require.InDelta(t, 26.7, s.Seeds, 0.05)
	require.InDelta(t, 333, s.Stay, 0.5)
	require.True(t, s.Downlink, "seeds stay longer than it takes to upload a file")
}

// TestSteadyIsThePapers holds the solution against the closed form, which has no Origin.
func TestSteadyIsThePapers(t *testing.T) {
	downlinks := 0
	r := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		f := drawn(r)
		f.Origin = 0
		uplinks := (1/f.Upload - 1/f.Departures) / f.Effectiveness
		beta := 1 / max(1/f.Download, uplinks)
		s, err := f.Steady()
		require.NoError(t, err)
		require.InEpsilon(t, f.Arrivals/(beta+f.Aborts), s.Leechers, 1e-9)
		require.InEpsilon(t, f.Arrivals/(f.Departures*(1+f.Aborts/beta)), s.Seeds, 1e-9)
		require.InEpsilon(t, 1/(f.Aborts+beta), s.Stay, 1e-9)
		require.Equal(t, 1/f.Download >= uplinks, s.Downlink)
		if s.Downlink {
			downlinks++
		}
	}
	require.Greater(t, downlinks, 200)
	require.Less(t, downlinks, 800, "both regimes")
}

// drawn draws rates from 0.0005 to 0.05 a second, evenly by ratio.
func drawn(r *rand.Rand) Fluid {
	rate := func() float64 { return 0.0005 * math.Pow(100, r.Float64()) }
	f := Fluid{Arrivals: 10 * rate(), Upload: rate(), Download: rate(), Aborts: rate(),
		Departures: rate(), Effectiveness: 0.5 + r.Float64()/2, Origin: rate()}
	if r.Float64() < 0.3 {
		f.Aborts = 0
	}
	return f
}

// TestCourseComesToRest integrates the equations from an empty swarm, and from a crowd, until
// nothing moves.
func TestCourseComesToRest(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 100 {
		f := drawn(r)
		want, err := f.Steady()
		require.NoError(t, err)
		for _, from := range []State{{}, {Leechers: 500}, {Seeds: 100}} {
			course := f.Course(from, 10, 6000)
			require.Len(t, course, 6001)
			require.Equal(t, from, course[0])
			last := course[6000]
			require.InDelta(t, want.Leechers, last.Leechers, 0.001*want.Leechers+0.001)
			require.InDelta(t, want.Seeds, last.Seeds, 0.001*want.Seeds+0.001)
		}
	}
}

// TestStayDoesNotDependOnArrivals is what makes such swarms scale.
func TestStayDoesNotDependOnArrivals(t *testing.T) {
	f := worked()
	for _, seedsStay := range []float64{0.001, 0.005} { // downlinks limit, then uplinks
		f.Departures = seedsStay
		one, err := f.Steady()
		require.NoError(t, err)
		for _, factor := range []float64{10, 100} {
			more := f
			more.Arrivals *= factor
			s, err := more.Steady()
			require.NoError(t, err)
			require.InEpsilon(t, one.Stay, s.Stay, 1e-12)
			require.InEpsilon(t, factor*one.Leechers, s.Leechers, 1e-12)
		}
		require.Equal(t, seedsStay == 0.001, one.Downlink)
	}
}

func TestSteadyWherePeersLeaveComplete(t *testing.T) {
	f := worked()
	f.Departures, f.Aborts, f.Download = math.Inf(1), 0, 0.02
	s, err := f.Steady()
	require.NoError(t, err)
	require.InEpsilon(t, 1/f.Upload, s.Stay, 1e-12, "each leecher gives what it takes")
	require.Zero(t, s.Seeds)
	f.Origin = f.Arrivals / 2
	s, err = f.Steady()
	require.NoError(t, err)
	require.InEpsilon(t, 0.5/f.Upload, s.Stay, 1e-12, "a seed gives half of all")
}

func TestSteadyRefuses(t *testing.T) {
	for _, spoil := range []func(*Fluid){
		func(f *Fluid) { f.Arrivals = 0 },
		func(f *Fluid) { f.Upload = -1 },
		func(f *Fluid) { f.Download = 0 },
		func(f *Fluid) { f.Departures = 0 },
		func(f *Fluid) { f.Effectiveness = 1.1 },
		func(f *Fluid) { f.Aborts = math.NaN() },
		func(f *Fluid) { f.Arrivals = math.Inf(1) },
	} {
		f := worked()
		spoil(&f)
		_, err := f.Steady()
		require.ErrorIs(t, err, errFluid)
	}
}

func TestEffectiveness(t *testing.T) {
	require.Zero(t, Effectiveness(1, 40))
	require.Greater(t, Effectiveness(400, 1), 0.98)
	require.InDelta(t, 1, Effectiveness(400, 40), 1e-12)
	require.InDelta(t, 1-math.Ln2/2, Effectiveness(2, 1), 1e-12)
	require.Less(t, Effectiveness(10, 2), Effectiveness(20, 2))
}
