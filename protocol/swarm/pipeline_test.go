package swarm

import (
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

// TestDepthFollowsTheRate fetches from a peer with a line of 1 MB/s and a round trip of 100 ms, by
// hand: the depth grows with every block until the line is full, and then is three seconds' worth.
func TestDepthFollowsTheRate(t *testing.T) {
	var q pipeline
	var k rate
	now, blocks := protocol.Time(0), 0
	require.Equal(t, 2, q.depth(0, 500, false), "a new connection")
	for !q.steady {
		rate := min(uint64(1_000_000), uint64(q.depth(0, 500, false))*BlockSize*10)
		now += protocol.Time(BlockSize * uint64(time.Second) / rate)
		k.add(now, BlockSize)
		blocks++
		before := q.depth(0, 500, false)
		q.arrived(now, k.perSecond(now, 0))
		if !q.steady {
			require.Equal(t, min(before+1, 500), q.depth(0, 500, false))
		}
		require.Less(t, blocks, 5000)
	}
	require.Greater(t, blocks, 100)
	require.Equal(t, 183, q.depth(1_000_000, 500, false), "3 s of 1 MB/s")
	require.Equal(t, 100, q.depth(1_000_000, 100, false), "the peer queues no more")
	require.Equal(t, 500, q.depth(100_000_000, 2000, false))
	require.Equal(t, 2, q.depth(0, 500, false))
	require.Equal(t, 1, q.depth(1_000_000, 500, true), "snubbed")
	require.Equal(t, 1, q.depth(1_000_000, 0, false), "who queues nothing gets one all the same")
	require.Equal(t, uintptr(16), unsafe.Sizeof(q))
}
