package studies

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"

	"swarmlab/plots/page"
)

// TestTagsDoNotCollide: labels that must be there find places in a crowd; none covers another or
// leaves the plot, and optional ones hide no dot.
func TestTagsDoNotCollide(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	c := draw.NewCanvas(vgimg.New(600, 400), 600, 400)
	for range 40 {
		k := tags{look: page.Slide.Look()}
		var dots []vg.Point
		for range 40 {
			dots = append(dots, vg.Point{X: vg.Length(600 * rnd.Float64()),
				Y: vg.Length(400 * rnd.Float64())})
		}
		var taken []vg.Rectangle
		for i := range 3 {
			box, hidden, ok := k.place(c, dots[i], "query_timeout 1s", 18, farRings, dots, taken)
			require.True(t, ok)
			require.False(t, overlapsAny(box, taken))
			require.True(t, contains(c.Rectangle, box))
			n := 0
			for _, d := range dots {
				if holds(grown(box, 0.8*k.look.Radius), d) {
					n++
				}
			}
			require.Equal(t, n, hidden)
			taken = append(taken, box)
		}
	}
	full := []vg.Rectangle{c.Rectangle}
	k := tags{look: page.Slide.Look()}
	_, _, ok := k.place(c, vg.Point{X: 300, Y: 200}, "x", 18, farRings, nil, full)
	require.False(t, ok, "where all is taken there is no place")
}
