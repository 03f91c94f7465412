package lab

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/dht"
)

// TestWarmAges: of the contacts in warm tables as many cease to be good in each third of the time
// for which they are, where nodes come and go; where none does, all were heard from at the start.
func TestWarmAges(t *testing.T) {
	const third = protocol.Time(5 * time.Minute)
	for churn, want := range map[string][4]float64{
		"{session: exponential(1h), offline: exponential(1h)}": {1, 2. / 3, 1. / 3, 0},
		"none": {1, 1, 1, 0},
	} {
		s := open(t, "mainline-hour", "groups.nodes.size", "300", "groups.nodes.churn", churn)
		o, err := newOverlay(s, 1, new(laws), nil)
		require.NoError(t, err)
		p := o.populations[0]
		for n, share := range want {
			all, good := 0, 0
			for i := range p.size {
				p.group.EachContact(i, protocol.Time(n)*third, func(_ int, _ dht.Contact, g bool) {
					if all++; g {
						good++
					}
				})
			}
			require.Greater(t, all, 2000)
			require.InDelta(t, share, float64(good)/float64(all), 0.03, "%s, third %d", churn, n)
		}
	}
}
