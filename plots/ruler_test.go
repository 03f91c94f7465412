package plots

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/plot"
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
		var values []measured
		scale := math.Pow(10, 4*rnd.Float64()-2)
		for range 1 + rnd.IntN(8) {
			v := scale * math.Exp(2*rnd.NormFloat64())
			if m.most > 0 {
				v = 100 * rnd.Float64()
			}
			ci := interval{max(0, v-scale*rnd.Float64()), v * (1 + 9*rnd.Float64())}
			values = append(values, measured{value: v, ci: ci, sure: rnd.IntN(2) > 0})
		}
		u := m.rulerOf(values, 8)
		for _, v := range values {
			require.GreaterOrEqual(t, v.value, u.low)
			require.LessOrEqual(t, v.value, u.high)
			ends := u.clip(v.ci)
			require.LessOrEqual(t, ends.low, ends.high)
		}
		ticks := m.ticks(u, 5)
		require.Positive(t, labelled(ticks), "%v", u)
		for _, tick := range ticks {
			require.False(t, tick.Label != "" && m.most > 0 && tick.Value > m.most)
		}
		var a plot.Axis
		u.set(&a, ticks)
		require.Less(t, a.Min, a.Max)
		require.Len(t, a.Tick.Marker.Ticks(0, 0), len(ticks))
	}
}

// TestShadesAreEven: lightness, worked out again from the bytes, rises in equal steps, and text can
// be read on every shade.
func TestShadesAreEven(t *testing.T) {
	linear := func(v uint8) float64 {
		x := float64(v) / 255
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	const steps = 32
	last, lastGrey := 0.0, 0.0
	for i := range steps + 1 {
		c := shade(float64(i) / steps)
		r, g, b := linear(c.R), linear(c.G), linear(c.B)
		l := math.Cbrt(0.4122214708*r + 0.5363325363*g + 0.0514459929*b)
		m := math.Cbrt(0.2119034982*r + 0.6806995451*g + 0.1073969566*b)
		s := math.Cbrt(0.0883024619*r + 0.2817188376*g + 0.6299787005*b)
		lightness := 0.2104542553*l + 0.7936177850*m - 0.0040720468*s
		grey := 0.2126*r + 0.7152*g + 0.0722*b
		if i > 0 {
			require.InDelta(t, 0.64/steps, lightness-last, 0.006, i)
			require.Greater(t, grey, lastGrey)
		}
		last, lastGrey = lightness, grey
		ink := linear(shadeInk(float64(i) / steps).R)
		contrast := (max(ink, grey) + 0.05) / (min(ink, grey) + 0.05)
		require.Greater(t, contrast, 4.5, "WCAG 2 AA")
	}
	require.Equal(t, shade(0), shade(-1))
	require.Equal(t, shade(1), shade(2))
}

func TestUnion(t *testing.T) {
	require.Equal(t, []interval{{1, 4}, {5, 7}}, union([]interval{{5, 6}, {1, 2}, {2, 4}, {6, 7}}))
}
