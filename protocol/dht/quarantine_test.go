package dht

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// detaining is a node that keeps unknown askers in quarantine for three minutes.
func detaining(t *testing.T, known ...Contact) *driven {
	cfg := quiet()
	cfg.VerifySenders, cfg.Quarantine = true, 3*time.Minute
	return newDriven(t, cfg, known...)
}

// isAsked has a contact ask the node, and returns how many others the node asks in that turn.
func (d *driven) isAsked(t *testing.T, c Contact) int {
	d.gets(c.Addr, []byte("d1:ad2:id20:"+string(c.ID.Append(nil))+"e1:q4:ping1:t2:aa1:y1:qe"))
	require.NotNil(t, d.answer(t))
	return d.out.Sends() - 1
}

// passes lets time pass until a wake-up of the node and returns the queries that it sends then.
func (d *driven) passes(t *testing.T, span time.Duration) []sent {
	d.turn.Now = d.turn.Now.Add(span)
	d.out.Reset()
	d.Wake(0, &d.turn)
	return d.sends(t)
}

func TestQuarantine(t *testing.T) {
	d := detaining(t, somebody(0)) // with whom it has joined
	guest, other := somebody(1), somebody(2)
	require.Zero(t, d.isAsked(t, guest))
	require.Equal(t, d.turn.Now.Add(3*time.Minute), d.deadline(0))
	require.Empty(t, d.passes(t, time.Minute))
	require.Zero(t, d.isAsked(t, other))
	require.Zero(t, d.isAsked(t, guest), "the first query counts")
	require.Empty(t, d.passes(t, 2*time.Minute-time.Nanosecond))

	pings := d.passes(t, time.Nanosecond)
	require.Len(t, pings, 1)
	require.Equal(t, guest.Addr, pings[0].to)
	require.Len(t, checkTable(t, d.Group, 0), 1, "it has not answered yet")
	d.gets(guest.Addr, []byte("d1:rd2:id20:"+string(guest.ID.Append(nil))+"e1:t2:"+
		string(pings[0].m.T)+"1:y1:re"))
	require.Len(t, checkTable(t, d.Group, 0), 2)

	require.Len(t, d.passes(t, time.Minute), 1)
	require.Zero(t, d.detained.inUse())
	require.Empty(t, d.passes(t, time.Hour), "who does not answer is forgotten")
	require.Len(t, checkTable(t, d.Group, 0), 2)
}

// TestQuarantineBounds: a flood of strangers takes no more than its share, and a node that leaves
// gives that back.
func TestQuarantineBounds(t *testing.T) {
	d := detaining(t, somebody(0))
	for n := range 3 * callersMax {
		d.isAsked(t, somebody(1+n))
	}
	require.Equal(t, callersMax, d.detained.inUse())
	count := 0
	d.Uses(func(Ref) { count++ })
	require.Equal(t, 1+callersMax, count, "the directory must not sweep them away")
	d.Drop(0)
	require.Zero(t, d.detained.inUse())
	require.Equal(t, protocol.Never, d.deadline(0))
}

// TestQuarantineRoom: whoever the table has no place for any more is not pinged.
func TestQuarantineRoom(t *testing.T) {
	rand := protocol.NewRand(8, 8, 8)
	in := func(n, bucket int) Contact {
		return Contact{ownID.RandomInBucket(bucket, &rand), somebody(n).Addr}
	}
	var known []Contact // of both halves, so that the far one has a bucket of its own
	for n := range 7 {
		known = append(known, in(100+n, 0), in(200+n, 1+n%2))
	}
	d := detaining(t, known...)
	d.isAsked(t, in(1, 0))
	d.isAsked(t, in(2, 0))
	require.Equal(t, 2, d.detained.inUse())
	d.Fill(0, in(107, 0), d.turn.Now)
	require.Empty(t, d.passes(t, 3*time.Minute))
	require.Zero(t, d.detained.inUse())
}

// TestStudied has towns of each client of a study, in which everybody finds everybody, and their
// upkeep allocates nothing.
func TestStudied(t *testing.T) {
	configs := map[string]Config{}
	for _, name := range Studied() {
		c, known := Profile(name)
		require.True(t, known)
		require.NoError(t, c.Validate())
		require.NotContains(t, Profiles(), name)
		configs[name] = c
	}
	require.Len(t, configs, 4)
	for _, name := range Studied() {
		t.Run(name, func(t *testing.T) {
			const size = 40
			w := newTown(t, size, 5, configs, name)
			w.arrive()
			w.run(20 * time.Minute)
			for to := range size {
				from := (to + 1 + w.draw.Intn(size-1)) % size
				w.lookup(from, Request{Method: krpc.FindNode, Target: w.houses[to].id})
				require.Equal(t, w.houses[to].id, w.last.Closest[0].ID,
					fmt.Sprintf("%d from %d", to, from))
			}
			for h := range w.houses {
				checkTable(t, w.houses[h].group, w.houses[h].i)
			}
			allocs := testing.AllocsPerRun(3, func() { w.run(3 * time.Minute) })
			require.Zero(t, allocs)
		})
	}
}
