package dht

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// upkept is a node whose contacts all answer, with what they are asked and when.
type upkept struct {
	*driven
	t     testing.TB
	known map[protocol.Addr]krpc.ID
	asked map[protocol.Addr]int
	times []protocol.Time // of queries
	kinds map[krpc.Method]int
	own   int // lookups' first queries for the own id, or queries for one that differs at its end
}

func newUpkept(t testing.TB, cfg Config, known []Contact) *upkept {
	u := &upkept{t: t, driven: newDriven(t, cfg, known...), known: map[protocol.Addr]krpc.ID{},
		asked: map[protocol.Addr]int{}, kinds: map[krpc.Method]int{}}
	for _, c := range known {
		u.known[c.Addr] = c.ID
	}
	u.out.Reset()
	u.Drop(0)
	for _, c := range known {
		u.Fill(0, c, u.turn.Now)
	}
	u.Start(0, &u.turn)
	return u
}

// run lets time pass. Every query is answered at once, with nothing but the id.
func (u *upkept) run(d time.Duration) {
	end := u.turn.Now.Add(d)
	for {
		at, ok := u.out.Deadline()
		require.True(u.t, ok)
		if at > end {
			break
		}
		u.turn.Now = max(u.turn.Now, at)
		u.out.Reset()
		u.Wake(0, &u.turn)
		for waiting := u.sends(u.t); len(waiting) > 0; waiting = waiting[1:] {
			q := waiting[0]
			u.times = append(u.times, u.turn.Now)
			u.asked[q.to]++
			u.kinds[q.m.Method]++
			if q.m.HasTarget && ownID.SharedBits(q.m.Target) >= 152 {
				u.own++
			}
			if id, ok := u.known[q.to]; ok {
				u.gets(q.to, krpc.Writer{}.Reply(nil, &krpc.Reply{T: q.m.T, ID: id}))
				waiting = append(waiting, u.sends(u.t)...)
			}
		}
	}
	u.turn.Now = end
}

// TestProbePace counts: 720 queries an hour, each contact in turn, and, while the table is shallow,
// six lookups of the own id.
func TestProbePace(t *testing.T) {
	cfg, _ := Profile(ProfileLibtorrent)
	cfg.Depth = 1
	known := crowd(60, somebody)
	u := newUpkept(t, cfg, known)
	u.run(time.Hour)
	// The first of the six is due ten minutes after the start. Each is a turn less for the probes.
	lookups := 5
	require.Equal(t, lookups*cfg.K, u.own)
	require.InDelta(t, 720-lookups, u.kinds[krpc.GetPeers], 1)
	require.Zero(t, u.kinds[krpc.Ping], "the bucket has room")
	for a, n := range u.asked {
		require.InDelta(t, 12, n, 5, "%v: each five minutes, and by the lookups", a)
	}
	require.Len(t, u.asked, 60)

	// A table that is deep does not look its own id up, and where all is full, pings.
	cfg.Buckets, cfg.Replacements, cfg.Depth = []int{8}, 0, 5
	var deep []Contact
	draw := protocol.NewRand(1, 2, 3)
	for n := range 40 {
		deep = append(deep, Contact{ownID.RandomInBucket(min(n/8, 4), &draw), net(n, 1)})
	}
	u = newUpkept(t, cfg, deep)
	u.run(time.Hour)
	require.Zero(t, u.own)
	require.InDelta(t, 720, u.kinds[krpc.Ping], 1)
}

// TestAskPace holds the pauses between the queries of jech's upkeep, and how soon each bucket asks,
// against the constants. In a table where everything is answered, a bucket of 128 asks after 37
// seconds and one of 8 after ten minutes.
func TestAskPace(t *testing.T) {
	cfg, _ := Profile(ProfileJech)
	for size, want := range map[int]uint32{8: 600, 16: 300, 32: 150, 64: 75, 128: 37, 4: 600} {
		cfg.Buckets = []int{size}
		u := newUpkept(t, cfg, crowd(3, somebody))
		require.Equal(t, want, u.confirmAge(0))
	}
	cfg.Buckets, cfg.Depth = []int{8}, 1
	u := newUpkept(t, cfg, crowd(8, somebody))
	u.run(24 * time.Hour)
	require.Zero(t, u.kinds[krpc.Ping]+u.kinds[krpc.GetPeers])
	for n := range u.times[1:] {
		pause := u.times[n+1].Sub(u.times[n])
		if n > 30 { // it grows no more: once in ten minutes, at the next of the idle looks
			require.GreaterOrEqual(t, pause, 600*time.Second)
			require.LessOrEqual(t, pause, 600*time.Second+askIdleMax)
		}
	}
	atFirst := int(askGrowing / (askSoonMin + askSoonMax) * 2)
	require.InDelta(t, 24*60/11+atFirst, len(u.times), 15)

	// The own bucket has grown: the ids next to the own one are asked for, at the pace of work.
	u.own, u.times = 0, nil
	stranger := somebody(77)
	require.NotContains(t, u.known, stranger.Addr)
	remove(u.bucket(0, 0), 0)
	u.out.Reset()
	u.Datagram(0, &u.turn, stranger.Addr, krpc.Writer{}.Ping(nil, []byte("aa"), stranger.ID))
	u.known[stranger.Addr] = stranger.ID
	start := u.turn.Now
	u.run(10 * time.Minute)
	require.Greater(t, u.own, 3)
	for n, at := range u.times {
		if at.Sub(start) < askGrowing && n > 0 {
			pause := at.Sub(u.times[n-1])
			require.GreaterOrEqual(t, pause, askSoonMin)
			require.LessOrEqual(t, pause, askSoonMax)
		}
	}
}

// TestAskNeighbours lets an empty bucket ask in the one beside it, and a full one now and then.
func TestAskNeighbours(t *testing.T) {
	cfg, _ := Profile(ProfileJech)
	cfg.Buckets, cfg.Depth = []int{8}, 2
	draw := protocol.NewRand(1, 2, 3)
	near, far := Contact{ownID.RandomInBucket(3, &draw), net(1, 1)},
		Contact{ownID.RandomInBucket(0, &draw), net(2, 1)}
	u := newUpkept(t, cfg, []Contact{near, far})
	u.nodes[0].depth = 2
	clear(u.bucket(0, 0))
	clear(u.bucket(0, 1))
	u.bucket(0, 1)[0] = newSlot(u.book.Ref(near.ID, near.Addr), 0)
	for range 100 {
		require.True(t, u.askSomebody(0, &u.turn, 0, ownID), "bucket 0 is empty")
	}
	require.Zero(t, u.counters[Unmatched])
	u.bucket(0, 0)[0] = newSlot(u.book.Ref(far.ID, far.Addr), 0)
	u.out.Reset()
	for range 800 {
		u.askSomebody(0, &u.turn, 0, ownID)
	}
	other := 0
	for _, s := range u.sends(t) {
		if s.to == near.Addr {
			other++
		}
	}
	require.InDelta(t, 100, other, 40, "one in eight")
}

// TestCheckBootstraps counts the lookups of the own id of anacrolix's upkeep, in a table in which
// nothing else is to be done.
func TestCheckBootstraps(t *testing.T) {
	cfg, _ := Profile(ProfileAnacrolix)
	cfg.Depth = 1
	u := newUpkept(t, cfg, crowd(8, somebody))
	u.run(10 * time.Hour)
	require.InDelta(t, 20*8, u.own, 8)
	require.InDelta(t, 20*8, u.kinds[krpc.Ping], 16, "silent for 15 minutes, twice an hour")
	require.Equal(t, u.own, u.kinds[krpc.FindNode])
}

// TestSweepPace pings a whole table of hundreds, some at a time, once in fifteen minutes.
func TestSweepPace(t *testing.T) {
	cfg, _ := Profile(ProfileWebtorrent)
	var known []Contact
	draw := protocol.NewRand(1, 2, 3)
	for n := range 200 {
		known = append(known, Contact{ownID.RandomInBucket(n/20, &draw), net(n, 1)})
	}
	u := newUpkept(t, cfg, known)
	u.run(2 * time.Hour)
	require.Len(t, u.asked, 200)
	for _, n := range u.asked {
		require.InDelta(t, 7, n, 1)
	}
	second := map[protocol.Time]int{}
	for _, at := range u.times {
		second[at]++
		require.LessOrEqual(t, second[at], sweepBatch)
	}
	require.Equal(t, len(u.times), u.kinds[krpc.Ping])
}
