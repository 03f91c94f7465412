package studies

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/plot"

	"swarmlab/plots/number"
	"swarmlab/plots/page"
)

// TestRulersAreReadable: all values lie on the axis, at least two ticks have labels, and none of
// them stands at the end.
func TestRulersAreReadable(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	for i := range 300 {
		m := measure{scale: 1}
		if i%3 == 0 {
			m.unit, m.most = "%", 100
		}
		var values []number.Measured
		scale := math.Pow(10, 4*rnd.Float64()-2)
		for range 1 + rnd.IntN(8) {
			v := scale * math.Exp(2*rnd.NormFloat64())
			if m.most > 0 {
				v = 100 * rnd.Float64()
			}
			ci := number.Interval{Low: max(0, v-scale*rnd.Float64()),
				High: v * (1 + 9*rnd.Float64())}
			values = append(values, number.Measured{Value: v, CI: ci, Sure: rnd.IntN(2) > 0})
		}
		u := m.rulerOf(values, 8)
		for _, v := range values {
			require.GreaterOrEqual(t, v.Value, u.Low)
			require.LessOrEqual(t, v.Value, u.High)
			ends := u.Clip(v.CI)
			require.LessOrEqual(t, ends.Low, ends.High)
		}
		ticks := m.ticks(u)
		require.Positive(t, page.Labelled(ticks), "%v", u)
		for _, tick := range ticks {
			require.False(t, tick.Label != "" && m.most > 0 && tick.Value > m.most)
		}
		var a plot.Axis
		u.Set(&a, ticks)
		require.Less(t, a.Min, a.Max)
		require.Len(t, a.Tick.Marker.Ticks(0, 0), len(ticks))
	}
}
