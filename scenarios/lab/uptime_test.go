package lab

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat"

	"swarmlab/netmodel"
	"swarmlab/protocol"
)

// TestChurnSeen holds the counts against all sessions laid out in time.
func TestChurnSeen(t *testing.T) {
	s := open(t, "uptimes", "vary", "none", "groups.nodes.size", "400", "duration", "30h",
		"warmup", "1h", "groups.nodes.churn.session", "weibull(0.34, 21.3m)")
	seen, err := churnSeen(s, 7, &laws{})
	require.NoError(t, err)
	require.Len(t, seen.Arrivals, 29*12)
	type span struct{ from, to protocol.Time }
	end, warmup := protocol.Time(s.Duration), protocol.Time(s.Warmup)
	churn, err := new(laws).of(s, &s.Groups[0])
	require.NoError(t, err)
	var all []span
	for node := range uint64(400) {
		life := churn.Of(7, node)
		from, online := life.Begun(), life.Online()
		for at := protocol.Time(0); at <= end; {
			var event netmodel.Event
			at, event = life.Next()
			if online && event != netmodel.Starts {
				all = append(all, span{from, at})
			}
			if event == netmodel.Starts {
				from, online = life.Begun(), true
			}
		}
	}
	count := func(at protocol.Time, age time.Duration) (n int64) {
		for _, x := range all {
			if x.from <= at && at < x.to && at-x.from > protocol.Time(age) {
				n++
			}
		}
		return n
	}
	require.Equal(t, count(0, -1), seen.Start.Online)
	require.Equal(t, count(0, 5*time.Hour), seen.Start.Over5h)
	require.Equal(t, count(0, 24*time.Hour), seen.Start.Over24h)
	require.Equal(t, count(end, -1), seen.End.Online)
	require.Equal(t, count(end, 5*time.Hour), seen.End.Over5h)
	require.Equal(t, count(end, 24*time.Hour), seen.End.Over24h)
	require.Greater(t, seen.Start.Over24h, int64(20))
	arrived := int64(0)
	for _, n := range seen.Arrivals {
		arrived += int64(n)
	}
	want := int64(0)
	var lengths []float64
	for _, x := range all {
		if x.from >= warmup && x.from <= end && x.from > 0 {
			lengths = append(lengths, float64(x.to-x.from))
		}
		if x.from >= warmup && x.from < end && x.from > 0 {
			want++
		}
	}
	require.Equal(t, want, arrived)
	slices.Sort(lengths)
	require.EqualValues(t, len(lengths), seen.Sessions.Count)
	require.InDelta(t, stat.Mean(lengths, nil), float64(seen.Sessions.Mean), 2)
	require.EqualValues(t, lengths[len(lengths)/2], seen.Sessions.Median)
	seen, err = churnSeen(open(t, "quickstart"), 1, &laws{})
	require.NoError(t, err)
	require.Nil(t, seen)
}

// TestReturnsAreCheap: a warm node that returns asks one node for the way, not all that are up.
func TestReturnsAreCheap(t *testing.T) {
	o := runScenario(t, "uptimes", "vary", "none", "groups.nodes.size", "300", "duration", "2h")
	sessions := float64(0)
	for _, n := range o.Runs[0].Churn.Arrivals {
		sessions += float64(n)
	}
	require.Greater(t, sessions, 200.0)
	require.Less(t, float64(o.Runs[0].Ledger.Sent.Datagrams)/sessions, 100.0)
}
