package audit

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

// TestSettle: what is announced right after a bitfield was there before it: it is neither gained
// nor doubted. Later it is gained, and after a gap what is new is gained at once.
func TestSettle(t *testing.T) {
	at := func(ms int) protocol.Time { return protocol.Time(ms) * protocol.Time(time.Millisecond) }
	w := newWatch(t, WatchConfig{Pieces: 10, PieceLength: 100, Last: 100, Parallel: 1,
		FastestBytesPerSec: 1000, Settle: time.Second, PeersMax: 2})
	require.Equal(t, OK, w.Bitfield(at(0), 0, []byte{0xc0, 0}))
	require.Equal(t, OK, w.Have(at(0), 0, 2)) // a lazy bitfield
	require.Equal(t, OK, w.Have(at(999), 0, 3))
	require.Equal(t, Repeated, w.Have(at(999), 0, 3))
	e, _ := w.Estimate(0)
	require.Equal(t, []uint64{400, 0, 0, 600}, []uint64{e.Held, e.Gained, e.Doubted, e.Rest})
	require.Equal(t, OK, w.Have(at(1000), 0, 4))
	e, _ = w.Estimate(0)
	require.Equal(t, []uint64{400, 100, 0, 500}, []uint64{e.Held, e.Gained, e.Doubted, e.Rest})

	// It comes back, leaves out what it had, and has one more piece.
	w.Lost(at(1500), 0)
	require.Equal(t, OK, w.Bitfield(at(2000), 0, []byte{0xe0, 0}))
	require.Equal(t, OK, w.Have(at(2000), 0, 3))
	require.Equal(t, OK, w.Have(at(2001), 0, 4))
	require.Equal(t, OK, w.Have(at(2002), 0, 5))
	e, _ = w.Estimate(0)
	require.Equal(t, []uint64{400, 200, 0, 400}, []uint64{e.Held, e.Gained, e.Doubted, e.Rest})
	require.EqualValues(t, 1, e.Gaps)

	// Who claims everything at once is said to have had it.
	require.Equal(t, OK, w.Bitfield(at(3000), 1, nil))
	for piece := range uint32(10) {
		require.Equal(t, OK, w.Have(at(3000), 1, piece))
	}
	e, _ = w.Estimate(1)
	require.Equal(t, []uint64{1000, 0, 0, 0}, []uint64{e.Held, e.Gained, e.Doubted, e.Rest})
	s, _ := w.Sources(0)
	require.Zero(t, s.Any, "and nobody sent it")
}
