package page

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

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
		c := Shade(float64(i) / steps)
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
	require.Equal(t, Shade(0), Shade(-1))
	require.Equal(t, Shade(1), Shade(2))
}
