package dht

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// TestMoments has contacts answer in any order, or refuse, and holds the times of a result against
// a list of who answered when.
func TestMoments(t *testing.T) {
	early, valued := 0, 0
	for n := range uint64(40) {
		known := crowd(30, somebody)
		d := newDriven(t, quiet(), known[:6]...)
		r := protocol.NewRand(5, 0, n)
		d.turn.Now = protocol.Time(time.Hour)
		d.out.Reset()
		target := krpc.RandomID(&r)
		d.Lookup(0, &d.turn, Request{Method: krpc.GetPeers, Target: target})
		var found, first protocol.Time
		var best krpc.ID
		for waiting := d.sends(t); len(d.done) == 0; {
			require.NotEmpty(t, waiting)
			pick := r.Intn(len(waiting))
			q := waiting[pick]
			waiting[pick] = waiting[0]
			waiting = waiting[1:]
			d.turn.Now = d.turn.Now.Add(time.Duration(1 + r.Uint64n(1e8)))
			if r.Uint64n(4) == 0 {
				d.gets(q.to, krpc.Writer{}.Error(nil, q.m.T, 201, "no", q.to))
			} else {
				id := idOfAddr(known, q.to)
				if away := id.Xor(target); found == 0 || away.Cmp(best) < 0 {
					best, found = away, d.turn.Now
				}
				reply := krpc.Reply{T: q.m.T, ID: id}
				for _, c := range known {
					reply.Nodes = krpc.AppendNode(reply.Nodes, c.ID, c.Addr)
				}
				if r.Uint64n(8) == 0 {
					reply.Values = append(reply.Values, host(9, 9))
					if first == 0 {
						first = d.turn.Now
					}
				}
				d.gets(q.to, krpc.Writer{}.Reply(nil, &reply))
			}
			waiting = append(waiting, d.sends(t)...)
		}
		got := d.done[0]
		require.NotEmpty(t, got.Closest)
		require.Equal(t, best, got.Closest[0].ID.Xor(target))
		require.Equal(t, found, got.Found)
		require.Equal(t, first, got.Valued)
		require.Equal(t, first != 0, got.Hops.FirstValue != 0)
		if found < d.turn.Now {
			early++
		}
		if first != 0 {
			valued++
		}
	}
	require.Greater(t, early, 20)
	require.Greater(t, valued, 10)
	require.Less(t, valued, 40)
}
