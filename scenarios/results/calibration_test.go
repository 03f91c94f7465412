package results

import (
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

// Quantiles of Kolmogorov's distribution as Smirnov tabulated them (1948).
func TestKolmogorov(t *testing.T) {
	for x, p := range map[float64]float64{
		1.2238: 0.10, 1.3581: 0.05, 1.6276: 0.01, 1.9495: 0.001, 0.8276: 0.5,
	} {
		require.InDelta(t, p, kolmogorov(x), 0.0002)
	}
	require.EqualValues(t, 1, kolmogorov(0))
	require.InDelta(t, 1, kolmogorov(0.2001), 1e-9)
	require.Less(t, kolmogorov(6), 1e-30)
}

// distance is the greatest distance of two distribution functions, by brute force.
func distance(a, b []float64) float64 {
	upTo := func(s []float64, x float64) float64 {
		n := 0
		for _, v := range s {
			if v <= x {
				n++
			}
		}
		return float64(n) / float64(len(s))
	}
	most := 0.0
	for _, x := range slices.Concat(a, b) {
		most = max(most, math.Abs(upTo(a, x)-upTo(b, x)))
	}
	return most
}

func hopsDrawn(r *protocol.Rand, n int, weights ...int) []int {
	counts := make([]int, len(weights))
	sum := 0
	for _, w := range weights {
		sum += w
	}
	for range n {
		at := r.Intn(sum)
		for h, w := range weights {
			if at -= w; at < 0 {
				counts[h]++
				break
			}
		}
	}
	return counts
}

func TestKolmogorovSmirnovAgainstBruteForce(t *testing.T) {
	r := protocol.NewRand(1, 2, 3)
	for range 50 {
		a := expand(hopsDrawn(&r, 1+r.Intn(200), 3, 5, 2, 1))
		b := expand(hopsDrawn(&r, 1+r.Intn(200), 2, 5, 3, 1))
		require.InDelta(t, distance(a, b), float64(kolmogorovSmirnov(a, b).Statistic), 1e-12)
	}
}

// TestLevels draws many pairs of samples from one distribution: a test at 5 % finds a difference in
// at most 5 % of them, and one between different distributions nearly always.
func TestLevels(t *testing.T) {
	r := protocol.NewRand(4, 5, 6)
	const rounds = 2000
	var ks, chi, found int
	for range rounds {
		a, b := hopsDrawn(&r, 2000, 20, 60, 18, 2), hopsDrawn(&r, 1500, 20, 60, 18, 2)
		if kolmogorovSmirnov(expand(a), expand(b)).P <= 0.05 {
			ks++
		}
		if chiSquare(a, b).P <= 0.05 {
			chi++
		}
		c := hopsDrawn(&r, 1500, 30, 55, 13, 2)
		if kolmogorovSmirnov(expand(a), expand(c)).P <= 0.01 {
			found++
		}
	}
	t.Logf("at 5 %%: Kolmogorov-Smirnov %d, chi-square %d of %d; at 1 %% a difference of 10 "+
		"points found %d times", ks, chi, rounds, found)
	require.Less(t, ks, rounds*5/100, "conservative, as hops are discrete")
	require.InDelta(t, rounds*5/100, chi, 4*math.Sqrt(rounds*0.05*0.95))
	require.Greater(t, found, rounds*9/10)
}

func TestChiSquareByHand(t *testing.T) {
	// Expected are 15, 30 and, from 5 and more, 5 of each sample; the last two classes join.
	c := chiSquare([]int{10, 33, 6, 1}, []int{20, 27, 3, 0})
	want := 2*25.0/15 + 2*9.0/30 + 2*4.0/5
	require.InDelta(t, want, float64(c.Statistic), 1e-9)
	require.Equal(t, 2, c.Degrees)
	require.InDelta(t, math.Exp(-want/2), float64(c.P), 1e-9) // two degrees: exponential
	require.Equal(t, Test{P: 1}, chiSquare([]int{50}, []int{40}))
	require.Equal(t, Test{P: 1}, chiSquare(nil, nil))
}

func TestWriteCalibration(t *testing.T) {
	lookups := func(hops ...int32) (all []Lookup) {
		for n, h := range hops {
			all = append(all, Lookup{Node: uint32(n), Latency: int64(h) * 1e8, Contact: h,
				Messages: 10, Success: h > 0})
		}
		return all
	}
	simulated, real := lookups(1, 2, 2, 3, 0), lookups(1, 1, 2)
	c := Calibrate(simulated, real)
	require.Equal(t, []int{1, 2, 1}, c.Simulated.HopCounts)
	require.Equal(t, 5, c.Simulated.Lookups)
	require.Equal(t, 4, c.Simulated.Successful)
	require.EqualValues(t, 2, c.Simulated.Hops.Mean)
	require.EqualValues(t, 200, c.Simulated.Latency.P50)
	require.InDelta(t, 2.0/3-0.25, float64(c.HopsKS.Statistic), 1e-9)
	require.True(t, c.Agrees())

	dir := t.TempDir()
	require.NoError(t, WriteCalibration(dir, c, simulated, real))
	body, err := os.ReadFile(filepath.Join(dir, CalibrationRowsFile))
	require.NoError(t, err)
	rows, err := csv.NewReader(strings.NewReader(string(body))).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 1+5+3)
	require.Equal(t, []string{"real", "2", "0", "200000000", "2", "0", "0", "0", "10", "0",
		"true"}, rows[8])
	body, err = os.ReadFile(filepath.Join(dir, CalibrationFile))
	require.NoError(t, err)
	var back map[string]any
	require.NoError(t, json.Unmarshal(body, &back))
	require.Equal(t, 3.0, back["real"].(map[string]any)["lookups"])

	empty := Calibrate(nil, nil)
	require.NoError(t, WriteCalibration(dir, empty, nil, nil))
}
