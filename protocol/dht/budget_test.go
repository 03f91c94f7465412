package dht

import (
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// TestSizes pins what a node costs. Ten million nodes with 8-byte slots are the budget.
func TestSizes(t *testing.T) {
	require.Equal(t, uintptr(8), unsafe.Sizeof(slot{}), "a bucket of eight is one cache line")
	require.Equal(t, uintptr(64), unsafe.Sizeof(node{}), "a header is one cache line")
	require.LessOrEqual(t, unsafe.Sizeof(query{}), uintptr(64), "a query in flight, one line")
	require.LessOrEqual(t, unsafe.Sizeof(candidate{}), uintptr(32), "two candidates a line")
	require.LessOrEqual(t, unsafe.Sizeof(peer{}), uintptr(40))
	require.LessOrEqual(t, unsafe.Sizeof(item{}), uintptr(176), "and its value")
	require.Equal(t, uintptr(24), unsafe.Sizeof(protocol.Addr{}))
	require.Equal(t, uintptr(16), unsafe.Sizeof(guard{}))
	require.Equal(t, uintptr(480), unsafe.Sizeof(sources{}))
	require.Equal(t, uintptr(800), unsafe.Sizeof(ballot{}))
}

// TestAnswersDoNotAllocate asks everything there is to ask, as a known and as an unknown sender.
func TestAnswersDoNotAllocate(t *testing.T) {
	cfg := Default()
	cfg.Refresh = 0
	d := newDriven(t, cfg, crowd(100, somebody)...)
	all := d.table(0)
	known := all[0]
	id, from := d.book.Contact(known.ref)
	stranger := somebody(500)
	hash := krpc.ID{Hi: 77 << 50}
	tok := d.token(0, from, 0)
	w, tid := krpc.Writer{Version: krpc.Version}, []byte("aa")
	for n := range 100 { // peers to hand out
		a := host(n, 80)
		require.True(t, d.store.put(0, &d.nodes[0], hash, peer{addr: a, seed: n%3 == 0}))
	}
	still, owned := immutable(8), signed(1, "salt", 5, 8)
	d.stores(t, from, still)
	d.stores(t, from, owned)
	cases := []struct {
		name string
		from protocol.Addr
		p    []byte
		want Reason
	}{
		{"ping", from, w.Ping(nil, tid, id), Answered},
		{"find_node", from, w.FindNode(nil, tid, id, hash), Answered},
		{"get_peers", from, w.GetPeers(nil, tid, id, hash), Answered},
		{"announce_peer", from, w.Announce(nil, tid, id, hash, 1, true, tok[:]), Answered},
		{"scrape", from, krpc.Writer{Flags: krpc.Scrape}.GetPeers(nil, tid, id, hash), Answered},
		{"noseed", from, krpc.Writer{Flags: krpc.NoSeed}.GetPeers(nil, tid, id, hash), Answered},
		{"sample_infohashes", from, w.SampleInfohashes(nil, tid, id, hash), Answered},
		{"get immutable", from, w.Get(nil, tid, id, still.Target(), -1), Answered},
		{"get mutable", from, w.Get(nil, tid, id, owned.Target(), 4), Answered},
		{"get known", from, w.Get(nil, tid, id, owned.Target(), 5), Answered},
		{"put immutable", from, w.Put(nil, tid, id, tok[:], still), Answered},
		{"put mutable", from, w.Put(nil, tid, id, tok[:], owned), Answered},
		{"put stale", from, w.Put(nil, tid, id, tok[:], signed(1, "salt", 4, 8)), StaleSeq},
		{"bad token", from, w.Announce(nil, tid, id, hash, 1, true, []byte("x")), BadToken},
		{"stranger", stranger.Addr, w.FindNode(nil, tid, stranger.ID, hash), Answered},
		{"refused", from, []byte("d1:q4:ping1:t2:aa1:y1:qe"), Refused},
		{"junk", from, []byte("d1:q4:ping1:t2:aa1:y1:q"), Junk},
		{"unmatched", from, w.Reply(nil, &krpc.Reply{T: tid, ID: id}), Unmatched},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			before := d.Counters()[c.want]
			got := testing.AllocsPerRun(200, func() {
				d.gets(c.from, c.p)
				d.turn.Now = d.turn.Now.Add(time.Millisecond)
			})
			require.Zero(t, got)
			require.Equal(t, before+201, d.Counters()[c.want])
		})
	}
}

// TestVerifyingDoesNotAllocate lets strangers come, be pinged and answer, and fail.
func TestVerifyingDoesNotAllocate(t *testing.T) {
	cfg := Default()
	cfg.Refresh = 0
	d := newDriven(t, cfg)
	people := crowd(200, somebody)
	var ping, pong []byte
	n, tid := 0, [2]byte{}
	meet := func() {
		c := people[n%len(people)]
		n++
		ping = krpc.Writer{}.Ping(ping[:0], []byte("aa"), c.ID)
		d.gets(c.Addr, ping)
		if d.out.Sends() == 2 && n%3 > 0 {
			_, p := d.out.Send(1)
			require.Equal(t, krpc.OK, krpc.Decode(p, &d.scratch.msg))
			copy(tid[:], d.scratch.msg.T)
			pong = krpc.Writer{}.Reply(pong[:0], &krpc.Reply{T: tid[:], ID: c.ID})
			d.gets(c.Addr, pong)
		}
		d.turn.Now = d.turn.Now.Add(100 * time.Millisecond)
	}
	for range 1000 {
		meet()
	}
	require.Zero(t, testing.AllocsPerRun(1000, meet))
	require.Greater(t, d.Counters()[Matched], uint64(50))
	require.Greater(t, d.Counters()[TimedOut], uint64(50))
}

// TestLookupsDoNotAllocate looks up everything there is to look up in a network that has done so
// before.
func TestLookupsDoNotAllocate(t *testing.T) {
	patient := meshConfig(8, 3)
	patient.SoftTimeout, patient.Tries, patient.Candidates = time.Second, 3, 40
	patient.Diverse, patient.SecureIDs = true, SecureIDsEnforced
	for _, cfg := range []Config{meshConfig(8, 3), patient} {
		m := newMesh(t, cfg, 200, 9)
		m.frugal = true
		draw := protocol.NewRand(10, 0, 0)
		for _, request := range []Request{
			{Method: krpc.FindNode}, {Method: krpc.GetPeers}, {Method: krpc.AnnouncePeer, Port: 1},
			{Method: krpc.AnnouncePeer, Port: 1, Seed: true}, {Method: krpc.GetPeers, Scrape: true},
			{Method: krpc.SampleInfohashes}, {Method: krpc.Put}, {Method: krpc.Get},
		} {
			m.wearsNoMore(t, request, &draw)
		}
	}
}

// wearsNoMore repeats a lookup with 16 targets until it has all the memory that it needs.
func (m *mesh) wearsNoMore(t *testing.T, r Request, draw *protocol.Rand) {
	var hashes [16]krpc.ID
	var items [16]*krpc.Item
	for n := range hashes {
		hashes[n] = krpc.RandomID(draw)
		if items[n] = immutable(9 + n); n%2 == 0 {
			items[n] = signed(byte(n), "salt", 5, 9)
		}
	}
	n := 0
	one := func() {
		r.Target = hashes[n%16]
		switch r.Method {
		case krpc.Get:
			r.Target, r.Item = items[n%16].Target(), items[n%16]
		case krpc.Put:
			r.Item = items[n%16]
		}
		m.lookup(uint32(n%m.Len()), r)
		n++
		m.now = m.now.Add(time.Second)
	}
	for range 2 * m.Len() {
		one()
	}
	m.ended = 0
	require.Zero(t, testing.AllocsPerRun(m.Len(), one), "%v", r.Method)
	require.Equal(t, m.Len()+1, m.ended)
	require.GreaterOrEqual(t, m.last.Answers, 8)
}

// TestBookSweep floods a node with forged senders: its book keeps what the node uses, and stays
// small. A sweep may allocate; per message that is nothing.
func TestBookSweep(t *testing.T) {
	cfg := Default()
	cfg.Refresh = 0
	known := crowd(100, somebody)
	d := newDriven(t, cfg, known...)
	var kept []slot
	for _, s := range d.table(0) {
		if s.used() {
			kept = append(kept, s)
		}
	}
	want := make([]Contact, len(kept))
	for n, s := range kept {
		want[n].ID, want[n].Addr = d.book.Contact(s.ref)
	}
	target := krpc.ID{Hi: 1}
	d.out.Reset()
	d.Lookup(0, &d.turn, Request{Method: krpc.FindNode, Target: target})
	list := d.searches.items[0].list
	require.NotEmpty(t, list)
	first, _ := d.book.Contact(list[0].ref)

	var p []byte
	n, most := 0, 0
	flood := func() {
		id := krpc.ID{Hi: protocol.Mix(uint64(n)), Lo: uint32(n)}
		p = krpc.Writer{}.Ping(p[:0], []byte("aa"), id)
		d.gets(host(n%60000, 1+n/60000), p)
		n++
		most = max(most, d.book.Len())
	}
	for range 3 * bookStart {
		flood()
	}
	allocated := testing.AllocsPerRun(1, func() {
		for range 10 * bookStart {
			flood()
		}
	})
	t.Logf("%v allocations in %d messages of strangers", allocated, 10*bookStart)
	require.Less(t, allocated, 100.0)
	require.LessOrEqual(t, most, bookStart+1)
	require.LessOrEqual(t, len(d.book.entries), bookStart+2)
	for n, s := range kept {
		id, addr := d.book.Contact(s.ref)
		require.Equal(t, want[n], Contact{id, addr}, "what is in use stays what it is")
		require.Equal(t, s.ref, d.book.Ref(id, addr))
	}
	id, _ := d.book.Contact(list[0].ref)
	require.Equal(t, first, id, "lookups use it, too")
}

// TestBook enters, sweeps and enters again.
func TestBook(t *testing.T) {
	b := NewBook()
	refs := map[Ref]Contact{}
	for n := range 1000 {
		c := somebody(n)
		r := b.Ref(c.ID, c.Addr)
		require.NotContains(t, refs, r)
		refs[r] = c
		require.Equal(t, r, b.Ref(c.ID, c.Addr))
		require.NotEqual(t, r, b.Ref(c.ID, c.Addr.WithPort(1)), "another port, another contact")
	}
	require.Equal(t, 2000, b.Len())
	b.Sweep(func(mark func(Ref)) {
		mark(NoRef)
		for r := range refs {
			mark(r)
		}
	})
	require.Equal(t, 1000, b.Len())
	for r, c := range refs {
		id, a := b.Contact(r)
		require.Equal(t, c, Contact{id, a})
		require.Equal(t, c.ID.Hi, b.Lead(r))
	}
	for n := range 1000 {
		c := somebody(5000 + n)
		require.NotContains(t, refs, b.Ref(c.ID, c.Addr))
	}
	require.Len(t, b.entries, 2000, "places are used again")
	b.Sweep(func(func(Ref)) {})
	require.Zero(t, b.Len())
	require.False(t, b.full())
}

// TestConfig checks every bound from both sides, and that the message names the setting.
func TestConfig(t *testing.T) {
	d := Default()
	require.NoError(t, d.Validate())
	cases := []struct {
		name string
		set  func(c *Config, v int)
		good []int
		bad  []int
	}{
		{"k", func(c *Config, v int) { c.K = v }, []int{1, MaxK}, []int{0, MaxK + 1}},
		{"depth", func(c *Config, v int) { c.Depth = v }, []int{1, 160}, []int{0, 161}},
		{"alpha", func(c *Config, v int) { c.Alpha = v }, []int{1, MaxAlpha}, []int{0, 33}},
		{"reply_contacts", func(c *Config, v int) { c.ReplyContacts = v }, []int{1, 25},
			[]int{0, 26}},
		{"staleness_limit", func(c *Config, v int) { c.StalenessLimit = v }, []int{1, 15},
			[]int{0, 16}},
		{"reply_peers", func(c *Config, v int) { c.ReplyPeers = v }, []int{1, 100}, []int{0, 101}},
		{"torrents", func(c *Config, v int) { c.Torrents = v }, []int{1, 1 << 20}, []int{0}},
		{"peers", func(c *Config, v int) { c.Peers = v }, []int{1, 1 << 16}, []int{0, 1<<16 + 1}},
		{"bucket", func(c *Config, v int) { c.Buckets = []int{8, v} }, []int{1, MaxK},
			[]int{0, -1, MaxK + 1}},
		{"buckets", func(c *Config, v int) { c.Buckets = d.Buckets[:v] }, []int{1}, []int{0}},
		{"query_timeout", func(c *Config, v int) { c.QueryTimeout = time.Duration(v) },
			[]int{1e6}, []int{0, 1e6 - 1, int(8 * 24 * time.Hour)}},
		{"refresh", func(c *Config, v int) { c.Refresh = time.Duration(v) }, []int{0, 1e9},
			[]int{1, -1}},
		{"good_for", func(c *Config, v int) { c.GoodFor = time.Duration(v) }, []int{1e9}, []int{0}},
		{"token_rotation", func(c *Config, v int) { c.TokenRotation = time.Duration(v) },
			[]int{1e9}, []int{0}},
		{"item_expiry", func(c *Config, v int) { c.ItemExpiry = time.Duration(v) }, []int{1e9},
			[]int{0, int(8 * 24 * time.Hour)}},
		{"sample_interval", func(c *Config, v int) { c.SampleInterval = time.Duration(v) },
			[]int{0, 1, int(6 * time.Hour)}, []int{-1, int(6*time.Hour) + 1}},
		{"items", func(c *Config, v int) { c.Items = v }, []int{1, 1 << 16}, []int{0, 1<<16 + 1}},
		{"peer_expiry", func(c *Config, v int) { c.PeerExpiry = time.Duration(v) },
			[]int{0, 1e9}, []int{1, -1}},
	}
	for _, c := range cases {
		for _, v := range c.good {
			cfg := Default()
			c.set(&cfg, v)
			require.NoError(t, cfg.Validate())
		}
		for _, v := range c.bad {
			cfg := Default()
			c.set(&cfg, v)
			require.ErrorContains(t, cfg.Validate(), c.name)
			_, err := New(cfg, Env{}, 1)
			require.Error(t, err)
		}
	}
}
