package netmodel

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

func TestNewRefuses(t *testing.T) {
	good := Constant{Delay: ms}
	lines := Access{Median: -ms}
	for _, c := range []struct {
		cfg  Config
		want string
	}{
		{Config{Latency: good}, "nodes: 0 is outside 1 to 4294967295"},
		{Config{Nodes: 1 << 32, Latency: good}, "nodes: 4294967296 is outside 1 to 4294967295"},
		{Config{Nodes: 1}, "latency: no model is given: write latency: {model: regions}"},
		{Config{Nodes: 1, Latency: good, Jitter: -1},
			"jitter: -1ns is negative: a delay is 0 or more"},
		{Config{Nodes: 1, Latency: good, Jitter: 2 * time.Hour},
			"jitter: 2h0m0s is above 1h0m0s: check the unit"},
		{Config{Nodes: 1, Latency: good, Loss: Certain + 1},
			"loss: 100.0000000000000001% is above 100%: a probability is 0 to 100%"},
		{Config{Nodes: 1, Latency: Constant{Delay: -ms}},
			"latency.delay: -1ms is negative: a delay is 0 or more"},
		{Config{Nodes: 1, Latency: Uniform{Low: -ms}},
			"latency.low: -1ms is negative: a delay is 0 or more"},
		{Config{Nodes: 1, Latency: Uniform{High: 2 * time.Hour}},
			"latency.high: 2h0m0s is above 1h0m0s: check the unit"},
		{Config{Nodes: 1, Latency: Uniform{Low: 2, High: 1}},
			"latency.low: 2ns is above latency.high, 1ns: exchange them"},
		{Config{Nodes: 1, Latency: LogNormal{Median: -1}},
			"latency.median: -1ns is negative: a delay is 0 or more"},
		{Config{Nodes: 1, Latency: LogNormal{Median: 1, Sigma: 3001}},
			"latency.sigma: 3.001 is outside 0 to 3: it is the standard deviation of the " +
				"logarithm; measured delays have 0.3 to 1"},
		{Config{Nodes: 1, Latency: LogNormal{Median: 1, Sigma: -1}},
			"latency.sigma: -0.001 is outside 0 to 3: it is the standard deviation of the " +
				"logarithm; measured delays have 0.3 to 1"},
		{Config{Nodes: 1, Latency: Regions{Intra: -ms}},
			"latency.intra: -1ms is negative: a delay is 0 or more"},
		{Config{Nodes: 1, Latency: Regions{Access: lines}},
			"latency.access.median: -1ms is negative: a delay is 0 or more"},
		{Config{Nodes: 1, Latency: Measured{}},
			"latency.file: no matrix is given: name a file of round-trip times"},
		{Config{Nodes: 1, Latency: Measured{Matrix: ringMatrix(2), Access: lines}},
			"latency.access.median: -1ms is negative: a delay is 0 or more"},
	} {
		n, err := New(c.cfg)
		require.EqualError(t, err, c.want)
		require.Nil(t, n)
	}
}

func TestPathOutsideTheNetworkPanics(t *testing.T) {
	n := mustNew(t, Config{Nodes: 10, Latency: Constant{}})
	const say = "netmodel: path from node 9 to 10 in a network of 10"
	require.PanicsWithValue(t, say, func() { n.Path(9, 10, 0, 0) })
	require.Panics(t, func() { n.Path(10, 9, 0, 0) })
	require.NotPanics(t, func() { n.Path(9, 9, 0, 0) })
}

func TestLossRate(t *testing.T) {
	const messages = 1_000_000
	for _, text := range []string{"0.5%", "1%", "20%", "50%", "0.001%"} {
		loss, err := ParseProbability(text)
		require.NoError(t, err)
		n := mustNew(t, Config{Seed: 12, Latency: Constant{}, Loss: loss})
		lost := 0
		for i := range uint32(messages) {
			if _, gone := n.Path(i%1000, i%7, i/1000, 100); gone {
				lost++
			}
		}
		p := float64(loss) / float64(Certain)
		require.InDelta(t, messages*p, lost, 4*math.Sqrt(messages*p*(1-p)), text)
	}
}

func TestLossAtTheLimits(t *testing.T) {
	never := mustNew(t, Config{Latency: Constant{}})
	always := mustNew(t, Config{Latency: Constant{}, Loss: Certain})
	for i := range uint32(100_000) {
		_, lost := never.Path(1, 2, i, 100)
		require.False(t, lost)
		_, lost = always.Path(1, 2, i, 100)
		require.True(t, lost)
	}
}

func TestJitterDistribution(t *testing.T) {
	n := mustNew(t, Config{Seed: 13, Latency: Constant{Delay: 10 * ms}, Jitter: 4 * ms})
	oracle := distuv.Uniform{Min: float64(10 * ms), Max: float64(14 * ms)}
	requireDistribution(t, oracle.CDF, 200_000, func(i int) float64 {
		d, _ := n.Path(1, 2, uint32(i), 100)
		return float64(d)
	})
	require.Equal(t, 10*ms, n.MinDelay())
	n = mustNew(t, Config{Seed: 13, Latency: Constant{Delay: 10 * ms}, Jitter: 1})
	seen := map[time.Duration]int{}
	for i := range uint32(1000) {
		d, _ := n.Path(1, 2, i, 100)
		seen[d-10*ms]++
	}
	require.Len(t, seen, 2)
	require.InDelta(t, 500, seen[1], 4*math.Sqrt(250))
}

// Switching one source of randomness on or off leaves the others' draws alone.
func TestPurposesAreSeparate(t *testing.T) {
	for name, latency := range models() {
		cfg := Config{Seed: 14, Latency: latency}
		plain := mustNew(t, cfg)
		cfg.Loss = Certain / 4
		lossy := mustNew(t, cfg)
		cfg.Jitter = 9 * ms
		both := mustNew(t, cfg)
		for i := range uint32(1000) {
			base, lost := plain.Path(i, i+1, i, 100)
			require.False(t, lost)
			d, lost := lossy.Path(i, i+1, i, 100)
			require.Equal(t, base, d, name)
			e, gone := both.Path(i, i+1, i, 100)
			require.Equal(t, lost, gone, name)
			require.GreaterOrEqual(t, e, base, name)
			require.LessOrEqual(t, e, base+9*ms, name)
		}
	}
}

// Neighbouring messages, the two directions of a pair, loss and delay: none tells of another.
func TestDrawsAreUncorrelated(t *testing.T) {
	const messages = 200_000
	n := mustNew(t, Config{Seed: 15, Latency: Constant{}, Jitter: 100 * ms, Loss: Certain / 2})
	type draw func(i uint32) (time.Duration, bool)
	sample := func(path draw) (delays, losses []float64) {
		for i := range uint32(messages) {
			d, lost := path(i)
			delays = append(delays, float64(d))
			losses = append(losses, 0)
			if lost {
				losses[i] = 1
			}
		}
		return delays, losses
	}
	delay, loss := sample(func(i uint32) (time.Duration, bool) {
		return n.Path(1, 2, i, 0)
	})
	backDelay, backLoss := sample(func(i uint32) (time.Duration, bool) {
		return n.Path(2, 1, i, 0)
	})
	nodeDelay, nodeLoss := sample(func(i uint32) (time.Duration, bool) {
		return n.Path(i, 2, 0, 0)
	})
	nextDelay, nextLoss := sample(func(i uint32) (time.Duration, bool) {
		return n.Path(1, 2, i+1, 0)
	})
	all := [][]float64{delay, loss, backDelay, backLoss, nodeDelay, nodeLoss, nextDelay, nextLoss}
	for i, a := range all {
		for j, b := range all[:i] {
			r := stat.Correlation(a, b, nil)
			require.InDelta(t, 0, r, 4/math.Sqrt(messages), "%d, %d", i, j)
		}
	}
}

// Pairs that share a node have independent delays.
func TestPairsAreUncorrelated(t *testing.T) {
	const pairs = 200_000
	n := mustNew(t, Config{Seed: 16, Latency: Uniform{High: 100 * ms}})
	var first, second, apart []float64
	for i := range uint32(pairs) {
		d, _ := n.Path(7, i, 0, 0)
		e, _ := n.Path(8, i, 0, 0)
		f, _ := n.Path(i, i+1, 0, 0)
		first, second, apart = append(first, float64(d)), append(second, float64(e)),
			append(apart, float64(f))
	}
	for _, c := range []float64{stat.Correlation(first, second, nil),
		stat.Correlation(first, apart, nil), stat.Correlation(apart[1:], apart[:pairs-1], nil)} {
		require.InDelta(t, 0, c, 4/math.Sqrt(pairs))
	}
}

func TestPathDoesNotAllocate(t *testing.T) {
	for name, latency := range models() {
		n := mustNew(t, Config{Latency: latency, Jitter: ms, Loss: Certain / 100})
		seq := uint32(0)
		require.Zero(t, testing.AllocsPerRun(1000, func() {
			seq++
			n.Path(seq, seq*7, seq, 100)
		}), name)
	}
}

func BenchmarkPath(b *testing.B) {
	for _, name := range []string{"constant", "uniform", "lognormal", "regions", "matrix"} {
		n := mustNew(b, Config{Latency: models()[name], Jitter: ms, Loss: Certain / 100})
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			i, sum := uint32(0), time.Duration(0)
			for b.Loop() {
				i++
				d, _ := n.Path(i*2654435761>>12, i*2246822519>>12, i, 100)
				sum += d
			}
			require.NotZero(b, sum)
		})
	}
}

func BenchmarkNew(b *testing.B) {
	latency, err := Defaults("regions")
	require.NoError(b, err)
	for b.Loop() {
		mustNew(b, Config{Latency: latency})
	}
}
