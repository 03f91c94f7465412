package tracker

import (
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

// TestListsAreControlled: who controls lists decides who is named, and the lists stay as full as
// that allows.
func TestListsAreControlled(t *testing.T) {
	cfg := Defaults()
	asked := 0
	cfg.Names = func(asks, named [20]byte) bool {
		asked++
		return asks[19]%2 == named[19]%2
	}
	k, rand, r := newTracker(t, cfg), protocol.NewRand(7, 7, 7), Reply{}
	for round := range 2 {
		for n := range byte(40) {
			q := someRequest(uint32(n))
			q.PeerID[19], q.Event, q.Left, q.Want = n, Update, 10, 5
			k.Announce(0, &rand, &q, &r)
			if round == 0 {
				continue
			}
			require.Len(t, r.Peers, 5)
			for _, p := range r.Peers {
				require.Equal(t, n%2, p.ID[19]%2)
				require.NotEqual(t, n, p.ID[19])
			}
		}
	}
	require.Greater(t, asked, 40*5)
}
