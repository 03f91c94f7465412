package plots

import (
	"swarmlab/plots/page"
)

// A Theme decides the size, type and colours of every figure. The zero value is Slide.
type Theme = page.Theme

// The themes: for a projector, for a projector in the dark, and for one column of a paper.
const (
	Slide = page.Slide
	Dark  = page.Dark
	Paper = page.Paper
)

// ThemeByName returns the theme called name: slide, dark or paper. Its error lists these names.
func ThemeByName(name string) (Theme, error) { return page.ThemeByName(name) }
