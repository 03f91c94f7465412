package page

import (
	"image/color"
	"math"
)

// A lab is a colour of Oklab (Björn Ottosson, 2020), in which equal steps look equal.
type lab struct{ lightness, a, b float64 }

// Shade returns the colour of a share of 1, from deep blue to pale yellow. It lies on a straight
// line of Oklab: equal differences look equal, lightness alone tells them apart, so that it can be
// read in black and white and by eyes that confuse red and green, or blue and yellow.
func Shade(share float64) color.NRGBA {
	from, to := lab{0.30, -0.02, -0.11}, lab{0.94, -0.02, 0.13}
	mix := func(x, y float64) float64 { return x + min(max(share, 0), 1)*(y-x) }
	return lab{mix(from.lightness, to.lightness), mix(from.a, to.a), mix(from.b, to.b)}.rgb()
}

// shadeInk returns the colour of text on a shade: black and white have the same contrast at 0.41.
func shadeInk(share float64) color.NRGBA {
	if share < 0.41 {
		return rgb(0xFFFFFF)
	}
	return rgb(0x000000)
}

// rgb converts to sRGB, and cuts what that cannot show.
func (c lab) rgb() color.NRGBA {
	cube := func(x float64) float64 { return x * x * x }
	l := cube(c.lightness + 0.3963377774*c.a + 0.2158037573*c.b)
	m := cube(c.lightness - 0.1055613458*c.a - 0.0638541728*c.b)
	s := cube(c.lightness - 0.0894841775*c.a - 1.2914855480*c.b)
	return color.NRGBA{
		R: gamma(4.0767416621*l - 3.3077115913*m + 0.2309699292*s),
		G: gamma(-1.2684380046*l + 2.6097574011*m - 0.3413193965*s),
		B: gamma(-0.0041960863*l - 0.7034186147*m + 1.7076147010*s),
		A: 0xFF,
	}
}

// gamma encodes linear light in a byte, as IEC 61966-2-1 has it.
func gamma(light float64) uint8 {
	x := min(max(light, 0), 1)
	if x <= 0.0031308 {
		x *= 12.92
	} else {
		x = 1.055*math.Pow(x, 1/2.4) - 0.055
	}
	return uint8(math.Round(255 * x))
}
