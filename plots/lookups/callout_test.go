package lookups

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/plots/latency"
	"swarmlab/plots/number"
	"swarmlab/plots/page"
)

// TestCurvesAreNamedWhereTheyAre: a few short names stand at their curves, each once, from the
// fastest down to the slowest; long ones stand in a legend.
func TestCurvesAreNamedWhereTheyAre(t *testing.T) {
	l := page.Slide.Look()
	var curves []latency.Sample
	var names []string
	for i, ms := range []int64{400, 100, 900, 200} {
		var c latency.Sample
		for n := range int64(100) {
			c.NS = append(c.NS, ms*1e6+n*1e6)
		}
		curves, names = append(curves, c), append(names, fmt.Sprintf("arm %d", i))
	}
	var order []string
	last := 1.0
	for _, p := range callouts(l, curves, names) {
		o := p.(callout)
		order = append(order, o.text)
		require.Less(t, o.at.Y, last)
		require.Equal(t, o.text == "arm 1", o.left, "where there is more room")
		last = o.at.Y
		i := strings.Index("0123", o.text[4:])
		require.InDelta(t, o.at.Y, float64(number.UpTo(curves[i].NS, int64(o.at.X)))/100, 0.011)
	}
	require.Equal(t, []string{"arm 1", "arm 3", "arm 0", "arm 2"}, order)
	require.Nil(t, callouts(l, curves[:1], names[:1]), "one curve needs no name")
	names[2] = strings.Repeat("a long name ", 4)
	require.Nil(t, callouts(l, curves, names))
}
