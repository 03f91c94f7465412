package dht

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// TestInsertTwin does random things to tables of every admission, and works out the dumb way, from
// a list of all contacts, whether a newcomer had to get in, and whether who left had to.
func TestInsertTwin(t *testing.T) {
	entered, left, refused := 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		cfg := quiet()
		cfg.Admission = Admission(rapid.IntRange(0, 2).Draw(t, "admission"))
		cfg.Eviction = EvictFailed
		cfg.Buckets = []int{rapid.IntRange(1, 5).Draw(t, "bucket")}
		cfg.Depth = rapid.IntRange(1, 12).Draw(t, "depth")
		cfg.StalenessLimit = rapid.IntRange(1, 3).Draw(t, "stale")
		cfg.RemoveAfter = rapid.IntRange(0, 4).Draw(t, "remove")
		m := &insertTwin{driven: newDriven(t, cfg), t: t}
		for range rapid.IntRange(30, 110).Draw(t, "steps") {
			all := checkTable(t, m.Group, 0)
			id := clusteredID(t, ownID)
			ref := m.book.Ref(id, host(int(id.Lo%60000), 1))
			step := rapid.IntRange(0, 9).Draw(t, "step")
			m.out.Reset()
			switch {
			case id == ownID:
			case step < 4:
				m.meets(newSlot(ref, m.turn.Now), id, func() { m.answered(0, &m.turn, ref, id) })
			case step < 6:
				m.meets(senderSlot(ref, m.turn.Now), id, func() { m.asked(0, &m.turn, ref, id) })
			case step < 9 && len(all) > 0:
				s := all[rapid.IntRange(0, len(all)-1).Draw(t, "fails")]
				m.failed(0, &m.turn, s.ref)
				gone := cfg.RemoveAfter > 0 && s.fails()+1 >= cfg.RemoveAfter
				require.Equal(t, gone, len(checkTable(t, m.Group, 0)) == len(all)-1)
			case step == 9:
				m.turn.Now = m.turn.Now.Add(7 * time.Minute)
				m.Wake(0, &m.turn)
			}
			checkTable(t, m.Group, 0)
		}
		entered, left, refused = entered+m.entered, left+m.left, refused+m.refused
	})
	if testing.Short() { // a fifth of the cases
		return
	}
	require.Greater(t, entered, 500)
	require.Greater(t, left, 30)
	require.Greater(t, refused, 100)
}

type insertTwin struct {
	*driven
	t                      *rapid.T
	entered, left, refused int
}

// meets has a contact come, and checks what has become of the table.
func (m *insertTwin) meets(s slot, id krpc.ID, come func()) {
	before := checkTable(m.t, m.Group, 0)
	known := slices.ContainsFunc(before, func(have slot) bool { return have.ref == s.ref })
	room, victims := m.chances(before, s, id)
	come()
	after := checkTable(m.t, m.Group, 0)
	now := slices.ContainsFunc(after, func(have slot) bool { return have.ref == s.ref })
	var gone []slot
	for _, have := range before {
		if !slices.ContainsFunc(after, func(a slot) bool { return a.ref == have.ref }) {
			gone = append(gone, have)
		}
	}
	switch {
	case known || !s.proven() && m.cfg.Admission == AdmitAnswered:
		require.Len(m.t, after, len(before))
		require.Empty(m.t, gone)
	case room:
		require.True(m.t, now)
		require.Empty(m.t, gone)
		m.entered++
	case len(victims) > 0:
		require.True(m.t, now)
		require.Len(m.t, gone, 1)
		require.Contains(m.t, victims, gone[0])
		m.left++
	default:
		require.False(m.t, now)
		require.Empty(m.t, gone)
		m.refused++
	}
}

// chances returns whether a newcomer fits, perhaps after splits, and if not, who may go for it.
func (m *insertTwin) chances(all []slot, s slot, id krpc.ID) (room bool, victims []slot) {
	depth := m.Depth(0)
	for {
		b := min(ownID.SharedBits(id), depth-1)
		var there []slot
		good := true
		for _, have := range all {
			other, _ := m.book.Contact(have.ref)
			if min(ownID.SharedBits(other), depth-1) == b {
				there = append(there, have)
				good = good && m.isGood(have, m.turn.Now)
			}
		}
		if len(there) < m.cfg.Buckets[0] {
			return true, nil
		}
		if b == depth-1 && depth < m.cfg.Depth &&
			(good || b == 0 || m.cfg.Admission != AdmitMentioned) {
			depth++
			continue
		}
		most := 0
		for _, have := range there {
			most = max(most, have.fails())
		}
		for _, have := range there {
			bad := most >= m.cfg.StalenessLimit
			if bad && have.fails() == most || !bad && s.proven() && !have.proven() &&
				m.cfg.Admission == AdmitSenders {
				victims = append(victims, have)
			}
		}
		return false, victims
	}
}

// inBucket returns the id in a bucket of ownID whose next bits are those of part.
func inBucket(b int, part, bits int) krpc.ID {
	r := protocol.NewRand(uint64(b), uint64(part), 5)
	for {
		if id := ownID.RandomInBucket(b, &r); partOf(id, b+1, bits) == part {
			return id
		}
	}
}

func partOf(id krpc.ID, first, bits int) int {
	part := 0
	for n := range bits {
		part = 2*part + int(id.Bit(first+n))
	}
	return part
}

// net returns an address in the n-th /24.
func net(n, last int) protocol.Addr { return protocol.Addr4(uint32(50<<24+n<<8+last), 6881) }

func diverseConfig() Config {
	c := quiet()
	c.Eviction, c.Diverse, c.StalenessLimit, c.Depth = EvictFailed, true, 1, 2
	return c
}

func (d *driven) meet(id krpc.ID, a protocol.Addr) bool {
	ref := d.book.Ref(id, a)
	d.answered(0, &d.turn, ref, id)
	return find(d.bucket(0, d.nodes[0].bucketOf(id)), ref) >= 0
}

// TestDiverse has contacts come from one network, from one address, and from one port.
func TestDiverse(t *testing.T) {
	d := newDriven(t, diverseConfig())
	require.True(t, d.meet(inBucket(0, 0, 3), net(1, 1)))
	require.False(t, d.meet(inBucket(0, 1, 3), net(1, 2)), "one a /24 in a bucket")
	require.True(t, d.meet(inBucket(0, 2, 3), net(2, 2)))
	for n := range 7 { // a second bucket, in which the network is not
		d.meet(inBucket(0, n, 3), net(10+n, 1))
		d.meet(inBucket(1, n, 3), net(20+n, 1))
	}
	require.Equal(t, 2, d.Depth(0))
	require.True(t, d.meet(inBucket(1, 7, 3), net(1, 3)), "in another bucket it may")
	require.False(t, d.meet(inBucket(1, 1, 3), net(2, 2).WithPort(7)), "one an address in a table")

	old := inBucket(0, 0, 3)
	require.GreaterOrEqual(t, d.position(0, old), 0)
	changed := inBucket(1, 3, 3)
	changed.Mid++
	require.False(t, d.meet(changed, net(1, 1)), "another id at the same port")
	require.Negative(t, d.position(0, old), "neither is trusted")

	six := func(n, last byte) protocol.Addr {
		return protocol.Addr6([]byte{0x20, 1, 7: n, 15: last}, 6881)
	}
	d = newDriven(t, diverseConfig())
	require.True(t, d.meet(inBucket(0, 0, 3), six(1, 1)))
	require.False(t, d.meet(inBucket(0, 1, 3), six(1, 2)), "one a /64 in a bucket")
	require.True(t, d.meet(inBucket(0, 2, 3), six(2, 1)))
}

// TestRenamed has another id answer at the address of a contact: it has failed, and, for a client
// that looks at addresses, is out at once, and the rest of its bucket to be asked soon.
func TestRenamed(t *testing.T) {
	for _, diverse := range []bool{false, true} {
		cfg := diverseConfig()
		cfg.Diverse, cfg.Upkeep, cfg.StalenessLimit = diverse, UpkeepProbe, 3
		d := newDriven(t, cfg)
		d.turn.Now = d.turn.Now.Add(time.Hour)
		require.True(t, d.meet(inBucket(0, 0, 3), net(1, 1)))
		require.True(t, d.meet(inBucket(0, 1, 3), net(2, 1)))
		d.turn.Now = d.turn.Now.Add(distrustAfter)
		require.True(t, d.meet(inBucket(0, 2, 3), net(3, 1)))
		d.turn.Now = d.turn.Now.Add(time.Minute)
		d.out.Reset()
		d.ping(0, &d.turn, d.bucket(0, 0)[0].ref, purposePing)
		q := d.sends(t)[0]
		d.gets(q.to, krpc.Writer{}.Reply(nil, &krpc.Reply{T: q.m.T, ID: krpc.ID{Hi: 5}}))
		require.Equal(t, uint64(1), d.counters[IDMismatch])
		p := d.position(0, inBucket(0, 0, 3))
		others := []slot{d.bucket(0, 0)[d.position(0, inBucket(0, 1, 3))],
			d.bucket(0, 0)[d.position(0, inBucket(0, 2, 3))]}
		if !diverse {
			require.Equal(t, 1, d.bucket(0, 0)[p].fails())
			require.NotZero(t, others[0].seen())
			continue
		}
		require.Negative(t, p)
		require.Zero(t, others[0].seen(), "asked again before all others")
		require.NotZero(t, others[1].seen(), "it was heard from lately")
	}
}

// TestSpread fills a bucket of eight in which the parts of the range are taken unevenly: whoever is
// the first in a part displaces one of those that share theirs.
func TestSpread(t *testing.T) {
	cfg := diverseConfig()
	d := newDriven(t, cfg)
	d.nodes[0].depth = 2 // bucket 0 is not the last
	double := []int{0, 0, 1, 2, 3, 4, 5, 6}
	for n, part := range double {
		id := inBucket(0, part, 3)
		id.Lo = uint32(n)
		require.True(t, d.meet(id, net(n, 1)))
	}
	again := inBucket(0, 3, 3)
	again.Mid++
	require.False(t, d.meet(again, net(20, 1)), "that part is taken")
	require.True(t, d.meet(inBucket(0, 7, 3), net(21, 1)))
	var parts []int
	for _, s := range d.bucket(0, 0) {
		id, _ := d.book.Contact(s.ref)
		parts = append(parts, partOf(id, 1, 3))
	}
	slices.Sort(parts)
	require.Equal(t, []int{0, 1, 2, 3, 4, 5, 6, 7}, parts)
}

// TestSplitConditions tries to have a table split as one would who forges ids: libtorrent's does
// not.
func TestSplitConditions(t *testing.T) {
	cfg := diverseConfig()
	cfg.Depth = 8
	d := newDriven(t, cfg)
	for n := range 20 { // all in one half
		id := inBucket(1, n%8, 3)
		id.Lo = uint32(n)
		d.meet(id, net(n, 1))
	}
	require.Equal(t, 1, d.Depth(0), "all on one side")
	d = newDriven(t, cfg)
	for n := range 40 { // one in the half that is not ours
		id := inBucket(n%5+1, n%8, 3)
		if n == 0 {
			id = inBucket(0, 0, 3)
		}
		id.Lo = uint32(n)
		d.meet(id, net(n, 1))
	}
	require.Equal(t, 2, d.Depth(0), "there is one contact in the bucket above")
	cfg.Diverse = false
	d = newDriven(t, cfg)
	for n := range 40 {
		id := inBucket(n%5+1, n%8, 3)
		id.Lo = uint32(n)
		d.meet(id, net(n, 1))
	}
	require.Greater(t, d.Depth(0), 2, "others split whenever there is no room")
}

// TestSecureIDs has contacts with ids that BEP 42 allows, and others, come to full buckets.
func TestSecureIDs(t *testing.T) {
	secure := func(n int) Contact {
		r := protocol.NewRand(uint64(n), 0, 42)
		for {
			id := krpc.SecureID(net(n, 1), byte(n), &r)
			if ownID.SharedBits(id) == 0 {
				return Contact{id, net(n, 1)}
			}
			n += 1000
		}
	}
	forged := func(n int) Contact {
		r := protocol.NewRand(uint64(n), 0, 43)
		return Contact{ownID.RandomInBucket(0, &r), net(n, 2)}
	}
	for _, policy := range []SecureIDs{SecureIDsIgnored, SecureIDsPreferred, SecureIDsEnforced} {
		cfg := quiet()
		cfg.SecureIDs, cfg.Depth = policy, 1
		d := newDriven(t, cfg)
		for n := range 8 {
			c := forged(n)
			require.Equal(t, policy != SecureIDsEnforced, d.meet(c.ID, c.Addr), "%v", policy)
		}
		ignored := policy == SecureIDsIgnored
		for n := range 8 {
			c := secure(100 + n)
			require.Equal(t, !ignored, d.meet(c.ID, c.Addr), "it has the place of a forged one")
		}
		for n := range 8 {
			c, f := secure(200+n), forged(300+n)
			require.False(t, d.meet(c.ID, c.Addr), "all are secure")
			require.False(t, d.meet(f.ID, f.Addr))
		}
		for _, s := range d.bucket(0, 0) {
			id, a := d.book.Contact(s.ref)
			require.Equal(t, !ignored, krpc.ValidID(id, a))
		}
	}
	// A bucket is split only for the sake of secure ids, by a node that knows its own address.
	cfg := quiet()
	cfg.SecureIDs = SecureIDsPreferred
	for _, knows := range []bool{false, true} {
		d := newDriven(t, cfg)
		if knows {
			electFrom(d, somebody, 0, protocol.Addr4(0xc0a80105, 1))
		}
		before := d.Depth(0)
		for n := range 50 {
			c := forged(n)
			d.meet(c.ID, c.Addr)
			c.ID = ownID.RandomInBucket(1+n%4, d.turn.Rand)
			d.meet(c.ID, net(n, 3))
		}
		require.Equal(t, knows, before == d.Depth(0))
	}
}
