package sim

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestLookingAheadChangesNothing: whoever looks ahead at any time, to whatever is in the queue, has
// the same run.
func TestLookingAheadChangesNothing(t *testing.T) {
	var prints []Fingerprint
	for _, often := range []bool{false, true} {
		w := meshWorld(t, 60, 40, true)
		for now := range 100 {
			w.Run(at(time.Duration(now+1) * 10 * time.Millisecond))
			if !often {
				continue
			}
			var some []event
			for e := range w.queue.all {
				if some = append(some, *e); len(some) == touchEvents {
					w.warmth += w.touchStreams(some)
					some = some[:0]
				}
			}
		}
		require.GreaterOrEqual(t, w.streams.ends.live, touchEnds, "it is done at all")
		require.NotZero(t, w.warmth)
		w.Audit()
		prints = append(prints, w.Fingerprint())
	}
	require.Equal(t, prints[0], prints[1])
}
