package plots

import (
	"fmt"
	"image/color"
	"strings"

	"gonum.org/v1/plot/vg"
)

// A Theme decides the size, type and colours of every figure. The zero value is Slide.
type Theme int

const (
	// Slide is for a projector: 16:9, 13.33 x 7.5 in, text of 20 pt, dark on white.
	Slide Theme = iota
	// Dark is Slide on a dark background.
	Dark
	// Paper is one column of a two-column paper: 3.5 in wide, text of 8 pt, at 400 dots an inch.
	Paper
)

// themeNames are the names of the themes, by value.
func themeNames() []string { return []string{"slide", "dark", "paper"} }

// String returns the name by which ThemeByName finds the theme.
func (t Theme) String() string { return themeNames()[t] }

// ThemeByName returns the theme called name: slide, dark or paper. Its error lists these names.
func ThemeByName(name string) (Theme, error) {
	for i, known := range themeNames() {
		if name == known {
			return Theme(i), nil
		}
	}
	return 0, fmt.Errorf("unknown theme %q; known themes: %s",
		name, strings.Join(themeNames(), ", "))
}

// A look is a theme spelled out. Lengths are in points of the finished page.
type look struct {
	width, height vg.Length
	grows         bool // in height, with title and legend
	dpi           int  // of the PNG
	margin        vg.Length
	title, text   vg.Length // type sizes; text is for axes, legend and notes alike
	footer        vg.Length // type size
	line, thin    vg.Length // widths of a data line, and of axes, whiskers and model lines
	radius        vg.Length // of a marker

	background, ink, muted, grid color.NRGBA
	palette                      []color.NRGBA
}

// look spells the theme out. 144 dots an inch make a slide 1920 x 1080 pixels.
func (t Theme) look() look {
	l := look{
		width: 960, height: 540, dpi: 144, margin: 34,
		title: 30, text: 20, footer: 11, line: 3.5, thin: 1.8, radius: 7,
		background: rgb(0xFFFFFF), ink: rgb(0x1A1A1A), muted: rgb(0x666666), grid: rgb(0xE2E2E2),
		palette: onLight(),
	}
	switch t {
	case Dark:
		l.background, l.ink = rgb(0x14171A), rgb(0xF2F2F2)
		l.muted, l.grid = rgb(0xA6ADB4), rgb(0x353B41)
		l.palette = onDark()
	case Paper:
		l.width, l.height, l.grows, l.dpi, l.margin = 252, 180, true, 400, 7
		l.title, l.text, l.footer = 9, 8, 5
		l.line, l.thin, l.radius = 1.3, 0.7, 2.5
	}
	return l
}
