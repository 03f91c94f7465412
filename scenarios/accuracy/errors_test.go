package accuracy

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestErrorsByHand(t *testing.T) {
	e := Measure([]float64{100, 200, 400, 0, 300, 0},
		[]Estimate{
			{true, 110, 100, 120}, // +10 %
			{true, 150, 150, 150}, // -25 %
			{true, 400, 300, 440}, // exact
			{true, 70, 70, 70},    // invented
			{},                    // unseen
			{true, 0, 0, 0},
		})
	require.Equal(t, 3, e.Users)
	require.Equal(t, 1, e.Unseen)
	require.Equal(t, 1, e.Invented)
	require.InDelta(t, 0, e.SignedMedian, 1e-12)
	require.InDelta(t, -0.20, e.SignedP10, 1e-12, "-0.25 and a fifth of the way to 0")
	require.InDelta(t, 0.08, e.SignedP90, 1e-12)
	require.InDelta(t, 0.10, e.AbsMedian, 1e-12)
	require.InDelta(t, 0.22, e.AbsP90, 1e-12)
	require.InDelta(t, 60.0/700, e.Weighted, 1e-12)
	require.InDelta(t, (10-50+70-300)/1000.0, e.Bias, 1e-12)
	require.InDelta(t, 0.75, e.Coverage, 1e-12)
	require.InDelta(t, 0.70, e.CoverageBytes, 1e-12)
	require.InDelta(t, 160.0/700, e.Gap, 1e-12)
}

func TestErrorsOfNobody(t *testing.T) {
	e := Measure(nil, nil)
	require.Zero(t, e.Users)
	require.True(t, math.IsNaN(e.AbsMedian))
	require.True(t, math.IsNaN(e.Weighted))
	require.True(t, math.IsNaN(e.Coverage))
}

// An estimate that is the same multiple of every truth has that error by all measures.
func TestErrorsOfAFactor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		truth := rapid.SliceOfN(rapid.Float64Range(1, 1e12), 1, 50).Draw(t, "truth")
		by := rapid.Float64Range(0.01, 10).Draw(t, "by")
		var guess []Estimate
		for _, v := range truth {
			guess = append(guess, Estimate{true, v * by, v * by, v * by})
		}
		e := Measure(truth, guess)
		for _, signed := range []float64{e.SignedP10, e.SignedMedian, e.SignedP90, e.Bias} {
			require.InDelta(t, by-1, signed, 1e-9)
		}
		for _, absolute := range []float64{e.AbsMedian, e.AbsP90, e.Weighted} {
			require.InDelta(t, math.Abs(by-1), absolute, 1e-9)
		}
		require.Equal(t, 1.0, e.Coverage)
		require.Zero(t, e.Gap)
	})
}

func TestDetectionByHand(t *testing.T) {
	cheats := []bool{true, true, true, false, false, false, false, false}
	d := Detect(cheats, []bool{true, true, false, true, false, false, false, false})
	require.Equal(t, Detection{Caught: 2, Missed: 1, Accused: 1, Spared: 4}, d)
	require.InDelta(t, 2.0/3, d.Precision(), 1e-12)
	require.InDelta(t, 2.0/3, d.Recall(), 1e-12)
	require.InDelta(t, 2.0/3, d.F1(), 1e-12)
	require.InDelta(t, 200, d.FalsePerThousand(), 1e-12)
	d = Detect([]bool{false}, []bool{false})
	require.True(t, math.IsNaN(d.Precision()))
	require.True(t, math.IsNaN(d.Recall()))
	require.True(t, math.IsNaN(d.F1()))
	require.Zero(t, d.FalsePerThousand())
}

// The area against its meaning: all pairs of a cheat and an honest user, compared one by one.
func TestAUCAgainstAllPairs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 40).Draw(t, "n")
		cheats := rapid.SliceOfN(rapid.Bool(), n, n).Draw(t, "cheats")
		few := rapid.IntRange(0, 6) // so that there are ties
		scores := make([]float64, n)
		for u := range scores {
			scores[u] = float64(few.Draw(t, "score"))
		}
		var wins, pairs float64
		for a := range n {
			for b := range n {
				if cheats[a] && !cheats[b] {
					pairs++
					switch {
					case scores[a] > scores[b]:
						wins++
					case scores[a] == scores[b]:
						wins += 0.5
					}
				}
			}
		}
		if pairs == 0 {
			require.True(t, math.IsNaN(AUC(cheats, scores)))
			return
		}
		require.InDelta(t, wins/pairs, AUC(cheats, scores), 1e-12)
	})
}

// Each point of the ROC is what Detect says of its threshold.
func TestROCIsDetection(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 30).Draw(t, "n")
		cheats := rapid.SliceOfN(rapid.Bool(), n, n).Draw(t, "cheats")
		scores := rapid.SliceOfN(rapid.Float64Range(-1, 1), n, n).Draw(t, "scores")
		cheats[0], cheats[1] = true, false
		points := ROC(cheats, scores)
		require.GreaterOrEqual(t, len(points), 2)
		for _, p := range points {
			accused := make([]bool, n)
			for u := range accused {
				accused[u] = scores[u] >= p.Threshold
			}
			d := Detect(cheats, accused)
			require.Equal(t, [2]int{d.Caught, d.Accused}, [2]int{p.Caught, p.Wronged})
			require.Equal(t, d.Recall(), p.Recall)
			require.InDelta(t, d.FalsePerThousand(), 1000*p.FalseRate, 1e-9)
		}
		last := points[len(points)-1]
		require.Equal(t, [2]float64{1, 1}, [2]float64{last.Recall, last.FalseRate})
	})
}

func TestTimeToDetect(t *testing.T) {
	d := TimeToDetect([]float64{-1, 0, 5, 5, 2}, []float64{3, 4, -1, 4, 4})
	require.Equal(t, Delays{Caught: 2, Missed: 2, Mean: 3, Median: 3, P90: 3.8}, d)
	d = TimeToDetect([]float64{-1, 3}, []float64{-1, -1})
	require.Equal(t, 1, d.Missed)
	require.True(t, math.IsNaN(d.Median))
	require.True(t, math.IsNaN(d.Mean))
}

func TestCost(t *testing.T) {
	require.Equal(t, Overhead{PerGB: 500, PerUser: 250}, Cost(1000, 2e9, 4))
	require.True(t, math.IsNaN(Cost(1, 0, 1).PerGB))
	require.True(t, math.IsNaN(Cost(1, 1, 0).PerUser))
}
