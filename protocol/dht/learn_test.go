package dht

import (
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol/krpc"
)

// TestABadContactThatAsksIsPinged: who has failed too often is left out of replies and lookups, and
// comes back by a query of its own and the answer to one ping; one that does not answer stays bad.
func TestABadContactThatAsksIsPinged(t *testing.T) {
	for _, answers := range []bool{true, false} {
		cfg := Default()
		cfg.Refresh = 0
		c := somebody(1)
		d := newDriven(t, cfg, c, somebody(2))
		ref := d.book.Ref(c.ID, c.Addr)
		asks := func() (pings []sent) {
			d.gets(c.Addr, krpc.Writer{}.Ping(nil, []byte("aa"), c.ID))
			for _, s := range d.sends(t) {
				if s.m.Kind == krpc.Query {
					require.Equal(t, krpc.Ping, s.m.Method)
					require.Equal(t, c.Addr, s.to)
					pings = append(pings, s)
				}
			}
			return pings
		}
		for range cfg.StalenessLimit {
			require.Empty(t, asks(), "it is well, as far as we know")
			d.failed(0, &d.turn, ref)
		}
		require.Len(t, d.closest(0, c.ID, 8), 1, "it is left out")
		pings := asks()
		require.Len(t, pings, 1)
		require.Empty(t, asks(), "one is on its way")
		require.Len(t, d.closest(0, c.ID, 8), 1, "a query may be forged")
		if answers {
			d.gets(c.Addr, krpc.Writer{}.Reply(nil, &krpc.Reply{T: pings[0].m.T, ID: c.ID}))
			require.Len(t, d.closest(0, c.ID, 8), 2)
			require.Empty(t, asks())
			continue
		}
		d.turn.Now = d.turn.Now.Add(cfg.QueryTimeout)
		d.Wake(0, &d.turn)
		require.Len(t, d.closest(0, c.ID, 8), 1)
		require.Len(t, asks(), 1, "once for each time it asks")
	}
}
