package dht

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// mesh is a network of one group without loss or delay, whose directory is arithmetic: node i is
// at address i+1 of 10/8, and its reference is i. It reuses its memory, so that what allocates is
// the group.
type mesh struct {
	*Group
	out     protocol.Outbox
	rands   []protocol.Rand
	mail    []parcel
	bytes   []byte
	now     protocol.Time
	present protocol.Turn
	last    Result
	ended   int
	mixed   *protocol.Rand // delivers in random order, if set
	tap     func(to uint32, p []byte)
	frugal  bool // copies of last only what stays valid without allocating
}

type parcel struct {
	from, to   protocol.Addr
	start, end int
}

func (m *mesh) Ref(id krpc.ID, a protocol.Addr) Ref { return m.node(a) }

func (m *mesh) Contact(r Ref) (krpc.ID, protocol.Addr) { return m.ID(uint32(r)), m.addr(uint32(r)) }

func (m *mesh) Lead(r Ref) uint64 { return m.ID(uint32(r)).Hi }

func (m *mesh) addr(i uint32) protocol.Addr { return protocol.Addr4(10<<24+i+1, 6881) }

func (m *mesh) node(a protocol.Addr) Ref { return Ref(a.IP4() - 10<<24 - 1) }

func (m *mesh) Done(_ uint32, _ *protocol.Turn, r *Result) {
	m.ended++
	if !m.frugal {
		m.last = r.Clone()
		return
	}
	closest := append(m.last.Closest[:0], r.Closest...)
	m.last = *r
	m.last.Closest = closest
}

// newMesh returns a network of n running nodes with random ids. Each knows, of every subtree that
// its buckets stand for, as many nodes as the bucket holds: a random choice. Node 0 is known to
// nobody.
func newMesh(t testing.TB, cfg Config, n int, seed uint64) *mesh {
	m := &mesh{rands: make([]protocol.Rand, n)}
	g, err := New(cfg, Env{Directory: m, Observer: m,
		Seeds: func(_ uint32, dst []protocol.Addr) []protocol.Addr { return dst }}, n)
	require.NoError(t, err)
	m.Group = g
	draw := protocol.NewRand(seed, 1, 1)
	order := make([]uint32, n)
	for i := range order {
		order[i] = uint32(i)
		m.rands[i] = protocol.NewRand(seed, 2, uint64(i))
		m.Assign(uint32(i), krpc.RandomID(&draw))
	}
	for i := range uint32(n) {
		for k := range order {
			other := k + draw.Intn(n-k)
			order[k], order[other] = order[other], order[k]
			if c := order[k]; c != i && c != 0 {
				m.Fill(i, Contact{m.ID(c), m.addr(c)}, 0)
			}
		}
		m.turn(i, func(t *protocol.Turn) { m.Start(i, t) })
	}
	m.settle()
	return m
}

// begin prepares the one Turn for node i.
func (m *mesh) begin(i uint32) *protocol.Turn {
	m.out.Reset()
	m.present = protocol.Turn{Self: i, Now: m.now, Rand: &m.rands[i], Out: &m.out}
	return &m.present
}

func (m *mesh) turn(i uint32, call func(t *protocol.Turn)) {
	call(m.begin(i))
	m.collect(i)
}

func (m *mesh) collect(i uint32) {
	for n := range m.out.Sends() {
		to, p := m.out.Send(n)
		start := len(m.bytes)
		m.bytes = append(m.bytes, p...)
		m.mail = append(m.mail, parcel{m.addr(i), to, start, len(m.bytes)})
	}
}

// settle delivers everything that is on its way and returns how much.
func (m *mesh) settle() (delivered int) {
	for ; delivered < len(m.mail); delivered++ {
		if m.mixed != nil {
			other := delivered + m.mixed.Intn(len(m.mail)-delivered)
			m.mail[delivered], m.mail[other] = m.mail[other], m.mail[delivered]
		}
		p := m.mail[delivered]
		i := uint32(m.node(p.to))
		if m.tap != nil {
			m.tap(i, m.bytes[p.start:p.end])
		}
		m.Datagram(i, m.begin(i), p.from, m.bytes[p.start:p.end])
		m.collect(i)
	}
	m.mail, m.bytes = m.mail[:0], m.bytes[:0]
	return delivered
}

func (m *mesh) lookup(i uint32, r Request) {
	m.Lookup(i, m.begin(i), r)
	m.collect(i)
	m.settle()
}

// nearest is the dumb answer: all nodes but 0, sorted by distance, the first n.
func (m *mesh) nearest(target krpc.ID, n int) []krpc.ID {
	var all []krpc.ID
	for i := 1; i < m.Len(); i++ {
		all = append(all, m.ID(uint32(i)))
	}
	slices.SortFunc(all, func(a, b krpc.ID) int { return a.Xor(target).Cmp(b.Xor(target)) })
	return all[:min(n, len(all))]
}

func meshConfig(k, alpha int) Config {
	c := quiet()
	c.K, c.Alpha, c.Buckets, c.ReplyContacts, c.Depth = k, alpha, []int{k}, min(k, 25), 24
	return c
}

// TestLookupTwin looks up ids in static networks without loss. If every bucket for a subtree that
// has nodes knows one of them at least, and replies carry k contacts, then a lookup finds exactly
// the k closest. The proof needs that no reply is spent on naming the asker, so nobody knows node
// 0, which asks. (Say x is missing from what was found. Of those found, take the z that shares most
// bits with x. Its bucket for x's subtree holds somebody from there; and whatever is outside that
// subtree is farther than, or nearer than, all of it.)
func TestLookupTwin(t *testing.T) {
	cases := []struct {
		k, alpha, size int
		rounds         bool
	}{
		{1, 1, 50, false}, {1, 3, 200, false}, {2, 1, 200, false}, {4, 3, 300, false},
		{8, 3, 300, false}, {8, 3, 300, true}, {8, 32, 300, false}, {20, 3, 300, false},
		{20, 3, 10, false},
	}
	detached := 0
	for _, c := range cases {
		cfg := meshConfig(c.k, c.alpha)
		cfg.Rounds = c.rounds
		m := newMesh(t, cfg, c.size, uint64(c.k*c.size))
		draw := protocol.NewRand(4, 0, uint64(c.alpha))
		hops, most, left := 0, 0, 0
		for n := range 200 {
			target := krpc.RandomID(&draw)
			if n%4 == 0 {
				target = m.ID(uint32(1 + draw.Intn(c.size-1)))
			}
			m.ended, m.mixed = 0, nil
			if n%2 == 0 {
				m.mixed = &draw
			}
			m.lookup(0, Request{Method: krpc.FindNode, Target: target})
			require.Equal(t, 1, m.ended)
			var got []krpc.ID
			for _, f := range m.last.Closest {
				got = append(got, f.ID)
			}
			require.Equal(t, m.nearest(target, c.k), got, "%+v", c)
			require.Zero(t, m.last.Timeouts)
			require.GreaterOrEqual(t, m.last.Messages, m.last.Answers)
			left += m.last.Messages - m.last.Answers
			hops, most = hops+m.last.Hops.Contact, max(most, m.last.Hops.Total)
			m.forget()
		}
		require.Zero(t, m.searches.inUse())
		detached += left
		if c.size >= 200 {
			require.Greater(t, hops, 200, "it is more than one hop on average")
			require.Less(t, most, 12)
		}
		t.Logf("k=%d alpha=%d of %d nodes: %d.%02d hops on average",
			c.k, c.alpha, c.size, hops/200, hops%200/2)
	}
	require.Greater(t, detached, 100, "lookups that ended with queries in flight")
}

// forget drops what node 0 learned, so that each lookup starts from the same table, and lets the
// answers that a lookup did not wait for be given up.
func (m *mesh) forget() {
	m.now = m.now.Add(time.Minute)
	m.turn(0, func(t *protocol.Turn) { m.Wake(0, t) })
}

// inUse returns how many lookups are going on.
func (p *lookupPool) inUse() int { return len(p.items) - len(p.free) }

// TestAnnounceTwin announces from one node and finds the peer from others, at the true k closest.
func TestAnnounceTwin(t *testing.T) {
	m := newMesh(t, meshConfig(8, 3), 200, 5)
	draw := protocol.NewRand(6, 0, 0)
	for range 50 {
		hash := krpc.RandomID(&draw)
		m.lookup(0, Request{Method: krpc.AnnouncePeer, Target: hash, Port: 80})
		require.Equal(t, 8, m.last.Stored)
		stored := 0
		for _, id := range m.nearest(hash, 8) {
			i := uint32(slices.Index(m.all(), id))
			peers := m.store.sample(nil, i, hash, 50, false, &protocol.Turn{Now: m.now})
			require.Equal(t, []protocol.Addr{m.addr(0).WithPort(80)}, peers)
			stored++
		}
		require.Equal(t, 8, stored)
		m.lookup(uint32(draw.Intn(200)), Request{Method: krpc.GetPeers, Target: hash})
		require.Equal(t, []protocol.Addr{m.addr(0).WithPort(80)}, m.last.Peers)
		require.Positive(t, m.last.Hops.FirstValue)
	}
	require.Equal(t, 50*8, m.store.peers.inUse())
}

func (m *mesh) all() []krpc.ID {
	ids := make([]krpc.ID, m.Len())
	for i := range ids {
		ids[i] = m.ID(uint32(i))
	}
	return ids
}
