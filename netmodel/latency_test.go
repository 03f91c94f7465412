package netmodel

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"

	"swarmlab/protocol"
)

const ms = time.Millisecond

func mustNew(t testing.TB, cfg Config) *Network {
	t.Helper()
	if cfg.Nodes == 0 {
		cfg.Nodes = 1 << 20
	}
	n, err := New(cfg)
	require.NoError(t, err)
	return n
}

// requireDistribution is the Kolmogorov-Smirnov test at 1 %.
func requireDistribution(t *testing.T, cdf func(float64) float64, n int, draw func(i int) float64) {
	t.Helper()
	values := make([]float64, n)
	for i := range values {
		values[i] = draw(i)
	}
	slices.Sort(values)
	worst := 0.0
	for i, v := range values {
		p := cdf(v)
		worst = max(worst, p-float64(i)/float64(n), float64(i+1)/float64(n)-p)
	}
	require.Less(t, worst, 1.63/math.Sqrt(float64(n)))
}

// pairDelays returns a function that gives the delay of the i-th of many distinct pairs.
func pairDelays(n *Network) func(i int) float64 {
	return func(i int) float64 {
		d, _ := n.Path(uint32(i%1000), uint32(1000+i/1000), uint32(i), 100)
		return float64(d)
	}
}

func TestConstantIsConstant(t *testing.T) {
	n := mustNew(t, Config{Latency: Constant{Delay: 42 * ms}})
	for i := range 1000 {
		require.EqualValues(t, 42*ms, pairDelays(n)(i))
	}
	require.Equal(t, 42*ms, n.MinDelay())
}

func TestUniformDistribution(t *testing.T) {
	n := mustNew(t, Config{Seed: 3, Latency: Uniform{Low: 20 * ms, High: 80 * ms}})
	oracle := distuv.Uniform{Min: float64(20 * ms), Max: float64(80 * ms)}
	requireDistribution(t, oracle.CDF, 200_000, pairDelays(n))
	require.Equal(t, 20*ms, n.MinDelay())

	// Both bounds are reached: 0 to 3 ns above the floor.
	low := Floor
	n = mustNew(t, Config{Seed: 3, Latency: Uniform{Low: low, High: low + 3}})
	seen := map[float64]int{}
	for i := range 4000 {
		seen[pairDelays(n)(i)-float64(low)]++
	}
	require.Len(t, seen, 4)
	for d := range 4 {
		require.InDelta(t, 1000, seen[float64(d)], 4*math.Sqrt(750))
	}
}

func TestLogNormalDistribution(t *testing.T) {
	for _, c := range []LogNormal{{67500 * time.Microsecond, 600}, {12 * ms, 800}, {30 * ms, 1}} {
		n := mustNew(t, Config{Seed: 4, Latency: c})
		sigma := float64(c.Sigma) / 1000
		oracle := distuv.LogNormal{Mu: math.Log(float64(c.Median)), Sigma: sigma}
		requireDistribution(t, oracle.CDF, 200_000, pairDelays(n))
	}
}

func TestLogNormalTail(t *testing.T) {
	for _, sigma := range []Milli{300, 800, 3000} {
		table, err := logNormalTable("latency", ms, sigma)
		require.NoError(t, err)
		oracle := distuv.LogNormal{Mu: math.Log(float64(ms)), Sigma: float64(sigma) / 1000}
		for _, p := range []float64{1e-9, 1e-6, 1e-4, 0.01, 0.5, 0.99, 1 - 1e-4, 1 - 1e-6} {
			want := oracle.Quantile(p)
			got := table.Sample(uint64(math.Ldexp(p, 64)))
			require.InEpsilon(t, want, got, 1e-5+1/want, "%v at %g", sigma, p)
		}
	}
}

func TestLogNormalEndsAtCeiling(t *testing.T) {
	table, err := logNormalTable("latency", Ceiling, sigmaMax)
	require.NoError(t, err)
	require.EqualValues(t, Ceiling, table.Sample(math.MaxUint64))
	require.Less(t, table.Sample(1<<62), int64(Ceiling))
}

func TestLogNormalWithoutSpread(t *testing.T) {
	n := mustNew(t, Config{Latency: LogNormal{Median: 33 * ms}})
	for i := range 1000 {
		require.EqualValues(t, 33*ms, pairDelays(n)(i))
	}
}

// models has one of each kind, with every part in use.
func models() map[string]Latency {
	access := Access{Median: 12 * ms, Sigma: 800}
	return map[string]Latency{
		"constant":    Constant{Delay: 50 * ms},
		"uniform":     Uniform{Low: 0, High: 80 * ms},
		"lognormal":   LogNormal{Median: 67500 * time.Microsecond, Sigma: 600},
		"regions":     Regions{Intra: 10 * ms, Access: access},
		"coordinates": Coordinates{Spread: 20 * ms, Access: access},
		"matrix":      Measured{Matrix: ringMatrix(40), Access: Access{Median: 2 * ms, Sigma: 500}},
	}
}

// ringMatrix is symmetric, with 2 ms RTT for each step on a ring, and 0 on its diagonal.
func ringMatrix(rows int) *Matrix {
	m := &Matrix{rows: uint64(rows)}
	for i := range rows {
		for j := range rows {
			steps := min((i-j+rows)%rows, (j-i+rows)%rows)
			m.half = append(m.half, uint32(steps)*uint32(ms))
		}
	}
	return m
}

func TestPathIsSymmetricAndFixed(t *testing.T) {
	for name, latency := range models() {
		n := mustNew(t, Config{Seed: 5, Latency: latency})
		r := protocol.NewRand(5, 5, 0)
		different := map[time.Duration]bool{}
		for range 2000 {
			a, b := uint32(r.Intn(1<<20)), uint32(r.Intn(1<<20))
			there, _ := n.Path(a, b, uint32(r.Uint64()), 100)
			back, _ := n.Path(b, a, uint32(r.Uint64()), 1400)
			require.Equal(t, there, back, name)
			require.GreaterOrEqual(t, there, n.MinDelay(), name)
			require.GreaterOrEqual(t, n.MinDelay(), Floor, name)
			different[there] = true
		}
		require.Equal(t, name == "constant", len(different) == 1, name)
	}
}

// A network with one more node answers as before for all others, and so does any part of it.
func TestMoreNodesChangeNothing(t *testing.T) {
	for name, latency := range models() {
		cfg := Config{Seed: 6, Latency: latency, Jitter: 5 * ms, Loss: Certain / 10}
		cfg.Nodes = 100
		small := mustNew(t, cfg)
		cfg.Nodes = 101
		large := mustNew(t, cfg)
		for a := range uint32(100) {
			for b := range uint32(100) {
				d, lost := small.Path(a, b, a+b, 100)
				e, gone := large.Path(a, b, a+b, 100)
				require.Equal(t, d, e, name)
				require.Equal(t, lost, gone, name)
			}
		}
	}
}

func TestSeedsDiffer(t *testing.T) {
	for name, latency := range models() {
		if name == "constant" {
			continue
		}
		n := mustNew(t, Config{Seed: 7, Latency: latency})
		other := mustNew(t, Config{Seed: 8, Latency: latency})
		same := 0
		for i := range 1000 {
			if pairDelays(n)(i) == pairDelays(other)(i) {
				same++
			}
		}
		require.Less(t, same, 100, name)
	}
}

func TestDelayBelowFloorIsRaised(t *testing.T) {
	for _, latency := range []Latency{Constant{}, Uniform{}, LogNormal{}, Regions{Intra: 0},
		Measured{Matrix: &Matrix{rows: 1, half: []uint32{0}}}} {
		n := mustNew(t, Config{Latency: latency})
		require.Equal(t, Floor, n.MinDelay())
		d, lost := n.Path(3, 3, 0, 0)
		require.Equal(t, Floor, d)
		require.False(t, lost)
	}
}

func TestDefaults(t *testing.T) {
	for _, name := range []string{"constant", "uniform", "lognormal", "regions"} {
		latency, err := Defaults(name)
		require.NoError(t, err)
		mustNew(t, Config{Latency: latency})
	}
	latency, err := Defaults("matrix")
	require.NoError(t, err)
	require.Equal(t, Measured{}, latency)
	_, err = Defaults("vivaldi")
	require.EqualError(t, err, `latency.model: there is no model "vivaldi": `+
		`use constant, uniform, lognormal, regions, coordinates or matrix`)
}

func logNormalOracle(median time.Duration, sigma float64) distuv.LogNormal {
	return distuv.LogNormal{Mu: math.Log(float64(median)), Sigma: sigma}
}
