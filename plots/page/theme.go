package page

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

// A Look is a theme spelled out. Lengths are in points of the finished page.
type Look struct {
	Width, Height vg.Length
	Grows         bool // in height, with title and legend
	DPI           int  // of the PNG
	Margin        vg.Length
	title, Text   vg.Length // type sizes; text is for axes, legend and notes alike
	footer        vg.Length // type size
	Line, Thin    vg.Length // widths of a data line, and of axes, whiskers and model lines
	Radius        vg.Length // of a marker

	Background, Ink, Muted, Grid color.NRGBA
	Palette                      []color.NRGBA
}

// Look spells the theme out. 144 dots an inch make a slide 1920 x 1080 pixels.
func (t Theme) Look() Look {
	l := Look{
		Width: 960, Height: 540, DPI: 144, Margin: 34,
		title: 30, Text: 20, footer: 11, Line: 3.5, Thin: 1.8, Radius: 7,
		Background: rgb(0xFFFFFF), Ink: rgb(0x1A1A1A), Muted: rgb(0x666666), Grid: rgb(0xE2E2E2),
		Palette: onLight(),
	}
	switch t {
	case Dark:
		l.Background, l.Ink = rgb(0x14171A), rgb(0xF2F2F2)
		l.Muted, l.Grid = rgb(0xA6ADB4), rgb(0x353B41)
		l.Palette = onDark()
	case Paper:
		l.Width, l.Height, l.Grows, l.DPI, l.Margin = 252, 180, true, 400, 7
		l.title, l.Text, l.footer = 9, 8, 5
		l.Line, l.Thin, l.Radius = 1.3, 0.7, 2.5
	}
	return l
}
