package dht

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// script reads the fuzzer's bytes as decisions; when they are used up, all decisions are 0.
type script []byte

func (s *script) byte() int {
	if len(*s) == 0 {
		return 0
	}
	b := (*s)[0]
	*s = (*s)[1:]
	return int(b)
}

// ordeal drives a whole node through packets and time, and checks it after every step.
type ordeal struct {
	*driven
	core  protocol.Datagrams // the group, or a dual stack with it
	t     require.TestingT
	todo  script
	asked []sent // queries of the node, to be answered one day
	wakes int    // without time passing
	seen  [numSeen]int
	steps [numSteps]int
}

const (
	stepTime = iota
	stepQuery
	stepAnswer
	stepForeign // a response or an error to nothing
	stepRaw
	stepLookup
	stepRestart
	numSteps
)

// FuzzNode feeds sequences of datagrams, clock steps and lookups to one node. It must not panic;
// what it sends must be well-formed and bounded, and an answer only to a query; its table and its
// directory must stay in bounds; and when all is over, nothing is left in the pools.
func FuzzNode(f *testing.F) {
	for _, seed := range [][]byte{
		{}, {1, 0, 0, 2, 0, 0}, {1, 1, 1, 1, 2, 2, 0, 9, 3, 3, 5, 1, 1, 2, 0, 0, 0, 200},
	} {
		f.Add(seed)
	}
	for n := range 3 {
		f.Add(randomScript(uint64(n)))
	}
	f.Fuzz(func(t *testing.T, b []byte) { endure(t, b) })
}

// TestNodeEndures is FuzzNode with scripts that are long and random, and seen to go everywhere.
func TestNodeEndures(t *testing.T) {
	var steps [numSteps]int
	var counters Counters
	results, longest, seen := 0, 0, [numSeen]int{}
	for n := range 150 {
		o := endure(t, randomScript(uint64(n)))
		for s := range steps {
			steps[s] += o.steps[s]
		}
		for r, c := range o.Counters() {
			counters[r] += c
		}
		results += len(o.done)
		o.tally(&seen)
		longest = max(longest, len(o.pending.items))
	}
	for s, n := range steps {
		require.Greater(t, n, 50, "step %d", s)
	}
	counters.Each(func(r Reason, n uint64) { require.Positive(t, n, "%v", r) })
	require.Greater(t, results, 500)
	for what, n := range seen {
		require.Positive(t, n, "%d", what)
	}
	require.Greater(t, longest, 10)
	t.Logf("%v steps, %d lookups, at most %d queries in flight; %v", steps, results, longest,
		seen)
}

func randomScript(seed uint64) []byte {
	r := protocol.NewRand(seed, 8, 8)
	b := make([]byte, 4000)
	for i := range b {
		b[i] = byte(r.Uint64())
	}
	return b
}

// plain is a test without its Helper method, which looks at the stack each time it is called: with
// millions of checks that is most of the time.
type plain struct{ require.TestingT }

func endure(t require.TestingT, b []byte) *ordeal {
	o := &ordeal{t: plain{t}, todo: b}
	cfg := o.client()
	cfg.Alpha = 1 + o.todo.byte()%4
	cfg.Rounds = o.todo.byte()%4 == 0
	cfg.Depth = 1 + o.todo.byte()%20
	cfg.ReadOnly = o.todo.byte()%16 == 0
	o.temper(&cfg)
	o.protect(&cfg)
	o.driven = newDriven(t, cfg, crowd(o.todo.byte()%20, somebody)...)
	o.core = o.Group
	o.env.Seeds = func(_ uint32, dst []protocol.Addr) []protocol.Addr {
		return append(dst, somebody(1).Addr, somebody6(2).Addr)
	}
	for len(o.todo) > 0 {
		if len(o.todo)%3 == 0 {
			o.book.limit = 0 // have it swept at the start of the turn
		}
		o.step(o.todo.byte())
		o.check()
	}
	o.finish()
	return o
}

// step does one thing; the choice is uneven so that most queries of the node get answers.
func (o *ordeal) step(choice int) {
	step := [...]int{stepTime, stepQuery, stepAnswer, stepForeign, stepQuery, stepRaw, stepAnswer,
		stepLookup, stepQuery, stepAnswer, stepAnswer, stepTime, stepAnswer}[choice%13]
	if choice == 255 {
		step = stepRestart
	}
	o.steps[step]++
	switch step {
	case stepTime:
		o.passTime()
	case stepQuery:
		from, p := o.query()
		o.deliver(from, p)
	case stepAnswer:
		for range 1 + o.todo.byte()%4 {
			o.answerOne()
		}
	case stepForeign:
		w := krpc.Writer{}
		p := w.Reply(nil, &krpc.Reply{T: []byte{byte(o.todo.byte()), 1}, ID: o.someID()})
		if o.todo.byte()%2 == 0 {
			p = w.Error(nil, []byte("aa"), 201, "no", protocol.Addr{})
		}
		o.deliver(o.sender(), p)
	case stepRaw:
		n := min(o.todo.byte(), len(o.todo))
		p := []byte(o.todo[:n])
		o.todo = o.todo[n:]
		o.deliver(o.sender(), p)
	case stepLookup:
		o.lookup()
	case stepRestart:
		o.core.Drop(0)
		o.empty()
		o.turnOf(func(t *protocol.Turn) { o.core.Start(0, t) })
	}
}

func (o *ordeal) lookup() {
	r := o.request()
	if o.nodes[0].lookups == nilIndex || o.todo.byte()%4 == 0 {
		o.turnOf(func(t *protocol.Turn) { o.Lookup(0, t, r) })
	}
}

// turnOf gives the node a turn and notes the queries it sends.
func (o *ordeal) turnOf(call func(t *protocol.Turn)) {
	o.out.Reset()
	call(&o.turn)
	for _, s := range o.sends(o.t) {
		require.LessOrEqual(o.t, len(s.bytes), maxPacket)
		require.True(o.t, usable(s.to))
		if s.m.Kind == krpc.Query {
			s.m.T = append([]byte{}, s.m.T...)
			o.asked = append(o.asked, s)
		}
	}
}

// deliver brings a packet. If it is a query, as a damaged answer may be, there may be one answer,
// to its sender.
func (o *ordeal) deliver(from protocol.Addr, p []byte) {
	var m krpc.Message
	fault := krpc.Decode(p, &m)
	query := fault.Answerable() || fault == krpc.OK && m.Kind == krpc.Query
	if f, ok := any(o.Group).(protocol.Foreseer); ok {
		f.Foresee([]protocol.Prospect{{Head: p}, {}})
	}
	o.turnOf(func(t *protocol.Turn) { o.core.Datagram(0, t, from, p) })
	answers := 0
	for _, s := range o.sends(o.t) {
		if s.m.Kind != krpc.Query {
			require.Equal(o.t, from, s.to)
			answers++
		}
	}
	if !query {
		require.Zero(o.t, answers, "%q", p)
	}
	require.LessOrEqual(o.t, answers, 1)
	require.False(o.t, o.cfg.ReadOnly && answers > 0)
}

// sender picks an address: mostly ordinary ones, a few that nobody can have.
func (o *ordeal) sender() protocol.Addr {
	n := o.todo.byte()
	switch {
	case n < 180:
		return somebody(n % 40).Addr
	case n < 230:
		return somebody6(n).Addr
	case n < 245:
		return somebody(n % 40).Addr.WithPort(uint16(n - 230))
	}
	return protocol.Addr4(uint32(n-245)<<29, 7)
}

// someID picks an id: of a contact, near the own one, the own one, or any.
func (o *ordeal) someID() krpc.ID {
	n := o.todo.byte()
	r := protocol.NewRand(uint64(o.todo.byte()), 0, 0)
	switch {
	case n < 100:
		return somebody(n % 40).ID
	case n < 190:
		return ownID.RandomInBucket(n%30, &r)
	case n < 200:
		return krpc.ID{Hi: uint64(n)}
	case n < 204:
		return ownID
	}
	return krpc.RandomID(&r)
}

// query writes a query, good or a little damaged, and says from where. Most announces have a
// token that is good for their sender.
func (o *ordeal) query() (protocol.Addr, []byte) {
	w := krpc.Writer{ReadOnly: o.todo.byte()%16 == 0, Flags: krpc.Flags(o.todo.byte() % 8)}
	tid := make([]byte, [...]int{2, 2, 2, 0, 1, 4, 128, 129}[o.todo.byte()%8])
	id, about := o.someID(), o.someID()
	var p []byte
	switch o.todo.byte() % 9 {
	case 0:
		p = w.Ping(nil, tid, id)
	case 1:
		p = w.FindNode(nil, tid, id, about)
	case 2:
		p = w.GetPeers(nil, tid, id, about)
	case 3:
		p = w.SampleInfohashes(nil, tid, id, about)
	case 4:
		it := o.item()
		if o.todo.byte()%2 == 0 {
			about = it.Target()
		}
		p = w.Get(nil, tid, id, about, int64(o.todo.byte()%4)-1)
	default:
		from := o.sender()
		token := o.Group.token(0, from, o.tokenPeriod(o.turn.Now))
		if o.todo.byte()%4 == 0 {
			token[0]++
		}
		if o.todo.byte()%2 == 0 {
			return from, o.damage(w.Put(nil, tid, id, token[:], o.item()))
		}
		p = w.Announce(nil, tid, id, about, uint16(o.todo.byte()), o.todo.byte()%2 == 0, token[:])
		return from, o.damage(p)
	}
	return o.sender(), o.damage(p)
}

// item makes one of a few items, sometimes with something wrong. Several have the same target.
func (o *ordeal) item() *krpc.Item {
	it := immutable(2 + o.todo.byte()%4)
	if o.todo.byte()%4 > 0 {
		it = signed(byte(o.todo.byte()%5), "", int64(o.todo.byte()%4), 2+o.todo.byte()%2)
	}
	if n := o.todo.byte(); n < 40 {
		it.HasCas, it.Cas = true, int64(n%4)
	}
	switch o.todo.byte() {
	case 0, 1:
		it.Salt = make([]byte, 65)
	case 2, 3:
		it.V = immutable(1001).V
	case 4, 5:
		it.V = []byte("i-0e")
	case 6, 7:
		it.Sig = make([]byte, o.todo.byte()%80)
	}
	return it
}

// damage changes, cuts or leaves a packet.
func (o *ordeal) damage(p []byte) []byte {
	switch n := o.todo.byte(); {
	case n < 40:
		p[(o.todo.byte()+256*o.todo.byte())%len(p)] = byte(o.todo.byte())
	case n < 50:
		p = p[:(o.todo.byte()+256*o.todo.byte())%len(p)]
	case n < 60:
		at := (o.todo.byte() + 256*o.todo.byte()) % len(p)
		p = append(p[:at:at], p[at+(o.todo.byte()%(len(p)-at)):]...)
	}
	return p
}

// answerOne answers one of the node's queries, truthfully as to address and t, mostly.
func (o *ordeal) answerOne() {
	if len(o.asked) == 0 {
		return
	}
	n := (o.todo.byte() + len(o.asked) - 5) % len(o.asked)
	n = max(n, -n)
	if o.todo.byte()%2 == 0 {
		n = len(o.asked) - 1 // one that is waited for, more likely
	}
	q := o.asked[n]
	o.asked = append(o.asked[:n], o.asked[n+1:]...)
	r := krpc.Reply{T: q.m.T, ID: o.idAt(q.to), HasNodes: true}
	if q.m.Method == krpc.GetPeers || q.m.Method == krpc.Get {
		r.Token = make([]byte, [...]int{8, 8, 1, 0, 64, 65}[o.todo.byte()%6])
		for range o.todo.byte() % 4 {
			r.Values = append(r.Values, o.sender())
		}
	}
	o.enrich(&r, &q.m)
	for range o.todo.byte() % 9 {
		id, a := o.someID(), o.sender()
		switch {
		case a.Is4() && o.todo.byte()%16 == 0: // an IPv4 address in the form of IPv6
			hi, lo := a.IP16()
			b := binary.BigEndian.AppendUint64(id.Append(r.Nodes6), hi)
			b = binary.BigEndian.AppendUint64(b, lo)
			r.Nodes6 = binary.BigEndian.AppendUint16(b, a.Port())
		case a.Is4():
			r.Nodes = krpc.AppendNode(r.Nodes, id, a)
		default:
			r.Nodes6 = krpc.AppendNode(r.Nodes6, id, a)
		}
	}
	if o.todo.byte()%32 == 0 {
		r.Nodes = append(r.Nodes, 1)
	}
	p := o.damage(krpc.Writer{}.Reply(nil, &r))
	storing := q.m.Method == krpc.AnnouncePeer || q.m.Method == krpc.Put
	switch n := o.todo.byte(); {
	case n > 0 && (n < 4 || storing && n < 100):
		p = krpc.Writer{}.Error(nil, q.m.T, krpc.GenericError, "no", protocol.Addr{})
	case n > 3 && n < 8:
		p = []byte("d1:rde1:t2:" + string(q.m.T) + "1:y1:re")
	}
	o.deliver(q.to, p) // damage may have made a query of it
}

// idAt returns the id of the contact at an address, or sometimes another one.
func (o *ordeal) idAt(a protocol.Addr) krpc.ID {
	for n := range o.slots {
		if s := o.slots[n]; s.used() {
			if id, at := o.book.Contact(s.ref); at == a && o.todo.byte()%16 > 0 {
				return id
			}
		}
	}
	for _, l := range o.searches.items {
		for _, c := range l.list {
			if id, at := o.book.Contact(c.ref); at == a && o.todo.byte()%16 > 0 {
				return id
			}
		}
	}
	return o.someID()
}

// passTime moves the clock and, as a driver does, calls Wake at the deadlines on the way; sometimes
// it wakes the node without need, or late.
func (o *ordeal) passTime() {
	unit := []time.Duration{time.Millisecond, 100 * time.Millisecond, time.Second, time.Minute}
	d := time.Duration(o.todo.byte()) * unit[o.todo.byte()%4]
	if o.todo.byte()%4 == 0 {
		o.turn.Now = o.turn.Now.Add(d)
		o.turnOf(func(t *protocol.Turn) { o.core.Wake(0, t) })
		return
	}
	o.runTo(o.turn.Now.Add(d))
}

func (o *ordeal) runTo(end protocol.Time) {
	for {
		at, ok := o.out.Deadline()
		if !ok || at > end {
			break
		}
		o.wakes++
		if at > o.turn.Now {
			o.turn.Now, o.wakes = at, 0
		}
		require.Less(o.t, o.wakes, 4*MaxDepth, "the node wants to be woken without end")
		o.turnOf(func(t *protocol.Turn) { o.core.Wake(0, t) })
	}
	o.turn.Now = end
}

// check holds the node against its bounds.
func (o *ordeal) check() {
	checkTable(o.t, o.Group, 0)
	n := &o.nodes[0]
	queries := 0
	for x := n.queries.head; x != nilIndex; x = o.pending.at(x).next {
		queries++
		require.Less(o.t, queries, 10000, "a ring")
		q := o.pending.at(x)
		if q.ref != NoRef {
			_, a := o.book.Contact(q.ref)
			require.Equal(o.t, q.addr, a, "a sweep forgot who was asked")
		}
		if q.newcomer != NoRef {
			_, a := o.book.Contact(q.newcomer)
			require.True(o.t, usable(a), "a sweep forgot a newcomer")
		}
	}
	require.Equal(o.t, o.pending.inUse(), queries, "a query leaked")
	lookups := 0
	for l := n.lookups; l != nilIndex; l = o.searches.at(l).next {
		require.LessOrEqual(o.t, len(o.searches.at(l).list), o.searches.bound)
		require.LessOrEqual(o.t, len(o.searches.at(l).peers), maxFoundPeers)
		for _, c := range o.searches.at(l).list {
			id, _ := o.book.Contact(c.ref)
			require.Zero(o.t, c.cmp(id.Xor(o.searches.at(l).target)), "a sweep forgot a candidate")
		}
		lookups++
	}
	require.Equal(o.t, o.searches.inUse(), lookups, "a lookup leaked")
	o.checkLookups()
	require.LessOrEqual(o.t, queries,
		verifyingMax+o.stride*checkTries+(lookups+1)*(o.searches.bound+4))
	require.LessOrEqual(o.t, o.store.torrents.inUse(), o.cfg.Torrents)
	require.LessOrEqual(o.t, o.store.peers.inUse(), o.cfg.Torrents*o.cfg.Peers)
	require.LessOrEqual(o.t, o.items.entries.inUse(), o.cfg.Items)
	require.Len(o.t, o.items.index, o.items.entries.inUse())
	require.LessOrEqual(o.t, o.samples.inUse(), 1)
	require.LessOrEqual(o.t, max(o.guards.inUse(), o.sources.inUse(), o.ballots.inUse()), 1)
	require.LessOrEqual(o.t, o.book.Len(), 2*bookStart)
	if len(o.asked) > 200 {
		o.asked = o.asked[100:]
	}
}

// finish stops all maintenance and lets every query time out: only the stored peers are left, and
// after Drop, nothing.
func (o *ordeal) finish() {
	o.nodes[0].maintain, o.nodes[0].joined, o.refreshSecs = protocol.Never, true, 0
	o.turnOf(func(t *protocol.Turn) { o.core.Wake(0, t) })
	for range 1000 {
		if o.pending.inUse() == 0 && o.searches.inUse() == 0 {
			break
		}
		o.nodes[0].maintain = protocol.Never
		o.turn.Now = o.turn.Now.Add(o.cfg.QueryTimeout)
		o.turnOf(func(t *protocol.Turn) { o.core.Wake(0, t) })
	}
	require.Zero(o.t, o.pending.inUse(), "a query that never times out")
	require.Zero(o.t, o.searches.inUse(), "a lookup that never ends")
	o.Drop(0)
	o.empty()
}

func (o *ordeal) empty() {
	require.Zero(o.t, o.pending.inUse())
	require.Zero(o.t, o.searches.inUse())
	require.Zero(o.t, o.store.peers.inUse())
	require.Zero(o.t, o.store.torrents.inUse())
	require.Empty(o.t, o.store.index)
	require.Zero(o.t, o.items.entries.inUse())
	require.Empty(o.t, o.items.index)
	require.Zero(o.t, o.samples.inUse())
	require.Zero(o.t, o.guards.inUse()+o.sources.inUse()+o.ballots.inUse())
	require.Zero(o.t, o.Depth(0))
}
