package swarm

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

// TestWhoIsDialedFirst: of those never tried, whom a tracker named comes before whom the DHT did,
// and that one before whom peers told of. Whom a tracker names again after it failed comes as if
// never tried, though not before its time, and also when it had failed for the last time.
func TestWhoIsDialedFirst(t *testing.T) {
	cfg := Default()
	cfg.Initiate, cfg.HalfOpen = 1, 1
	s := newSolo(t, cfg, testTorrent(20), Entry{})
	tell := func(from Source, peers ...uint32) {
		s.turn(func(t *protocol.Turn) {
			for _, n := range peers {
				s.g.Found(0, t, 0, []protocol.Addr{soloAddr(n)}, from)
			}
		})
	}
	dialed := func() (peers []uint32) {
		for _, d := range s.dials {
			for n := range uint32(20) {
				if d.To == soloAddr(n) {
					peers = append(peers, n)
				}
			}
		}
		return peers
	}
	tell(FromTracker, 1)
	tell(FromPEX, 2, 3, 4, 5)
	tell(FromDHT, 6)
	tell(FromTracker, 7)
	s.pass(46 * time.Second)
	require.Len(t, s.dials, 4)
	require.Equal(t, []uint32{1, 7, 6}, dialed()[:3], "by who named them")
	require.Subset(t, []uint32{2, 3, 4, 5}, dialed()[3:])

	s.pass(84 * time.Second)
	require.Len(t, s.dials, 7, "each once")
	tell(FromPEX, 8, 9, 10, 11)
	s.pass(10 * time.Second)
	tell(FromTracker, 1, 6) // which failed 125 seconds ago, and 95
	s.pass(21 * time.Second)
	require.Len(t, s.dials, 10)
	require.Contains(t, []uint32{8, 9, 10, 11}, dialed()[7], "tried less often than the others")
	require.Equal(t, uint32(1), dialed()[8], "a tracker says that it is there")
	require.Contains(t, []uint32{8, 9, 10, 11}, dialed()[9], "it is not time for the other yet")

	s.pass(time.Hour)
	given := len(s.dials)
	s.pass(time.Hour)
	require.Len(t, s.dials, given, "all are given up")
	tell(FromTracker, 3)
	require.Equal(t, uint32(3), dialed()[given], "but a tracker knows better")
}
