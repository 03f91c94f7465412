package calibration

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/scenarios"
	"swarmlab/scenarios/lab"
)

// TestHeldDatagrams gives a node 2,000 datagrams to send, lets its clock run, and holds what leaves
// it, and when, against what the network says of each.
func TestHeldDatagrams(t *testing.T) {
	s, err := scenarios.Open("calibration")
	require.NoError(t, err)
	plan, err := lab.NewPlan(s, 3)
	require.NoError(t, err)
	net := &realNet{plan: plan, numbers: map[protocol.Addr]uint32{}}
	for i := range uint32(100) {
		net.numbers[protocol.Addr4(i+1, 1)] = i
	}
	n := &realNode{net: net, number: 7, wake: protocol.Never}
	type parcel struct {
		to   protocol.Addr
		body byte
	}
	due := map[protocol.Time][]parcel{}
	planned, lost := 0, 0
	var out protocol.Outbox
	for seq := range uint32(2000) {
		now, target := protocol.Time(seq)*1000, seq*31%100
		to := protocol.Addr4(target+1, 1)
		n.hold(now, to, []byte{byte(seq)})
		delay, gone := plan.Network.Path(7, target, seq, 1)
		if gone {
			lost++
			continue
		}
		planned++
		due[now.Add(delay)] = append(due[now.Add(delay)], parcel{to, byte(seq)})
	}
	require.Positive(t, lost)
	n.hold(0, protocol.Addr4(5000, 1), []byte("x"))
	require.EqualValues(t, 1, net.strays.Load())

	wake, sent := protocol.Time(0), 0
	for len(n.held) > 0 {
		out.Reset()
		n.settle(&protocol.Turn{Now: wake, Out: &out})
		for k := range out.Sends() {
			to, p := out.Send(k)
			require.Contains(t, due[wake], parcel{to, p[0]}, "at %v", time.Duration(wake))
			sent++
		}
		if wake > 0 {
			require.Len(t, due[wake], out.Sends())
		}
		next, set := out.Deadline()
		require.True(t, set)
		require.Greater(t, next, wake)
		wake = next
	}
	require.Equal(t, planned, sent)
	require.Equal(t, protocol.Never, wake)
	require.Len(t, n.late, sent)
	for _, late := range n.late {
		require.Zero(t, late)
	}
}
