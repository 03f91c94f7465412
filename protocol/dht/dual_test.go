package dht

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// household is a network without loss or delay of nodes of three kinds: in IPv4 only, in IPv6 only,
// and in both. Every node is a group of its own, with its own books.
type household struct {
	homes []*home
	at    map[protocol.Addr]*home
	mail  []letter
	now   protocol.Time
}

// home is one node.
type home struct {
	id        krpc.ID
	core      protocol.Datagrams
	four, six *Group // of the families it is in
	addr      [2]protocol.Addr
	rand      protocol.Rand
	wake      protocol.Time
	done      []Result
}

func (h *home) Done(_ uint32, _ *protocol.Turn, r *Result) {
	kept := *r
	kept.Closest, kept.Peers = slices.Clone(r.Closest), slices.Clone(r.Peers)
	h.done = append(h.done, kept)
}

// add puts a node into the network; seeds are those of each family.
func (n *household) add(t *testing.T, cfg Config, four, six bool, seeds4, seeds6 []protocol.Addr) {
	number := len(n.homes)
	h := &home{rand: protocol.NewRand(3, 3, uint64(number)), wake: protocol.Never}
	h.id = krpc.RandomID(&h.rand)
	h.addr = [2]protocol.Addr{somebody(number).Addr, somebody6(number).Addr}
	make := func(seeds []protocol.Addr) *Group {
		g, err := New(cfg, Env{Directory: NewBook(), Observer: h,
			Seeds: func(_ uint32, dst []protocol.Addr) []protocol.Addr {
				return append(dst, seeds...)
			}}, 1)
		require.NoError(t, err)
		g.Assign(0, h.id)
		return g
	}
	if four {
		h.four = make(seeds4)
		h.core = h.four
		n.at[h.addr[0]] = h
	}
	if six {
		h.six = make(seeds6)
		h.core = h.six
		n.at[h.addr[1]] = h
	}
	if four && six {
		h.core = NewDual(h.four, h.six)
	}
	n.homes = append(n.homes, h)
}

// turn calls a node and takes its mail.
func (n *household) turn(h *home, call func(t *protocol.Turn)) {
	var out protocol.Outbox
	call(&protocol.Turn{Now: n.now, Rand: &h.rand, Out: &out})
	for s := range out.Sends() {
		to, p := out.Send(s)
		from := h.addr[0]
		if !to.Is4() {
			from = h.addr[1]
		}
		n.mail = append(n.mail, letter{from, to, string(p)})
	}
	if at, ok := out.Deadline(); ok {
		h.wake = at
	}
}

// settle delivers all mail. What is sent to a family that a host does not have is lost.
func (n *household) settle() {
	for len(n.mail) > 0 {
		l := n.mail[0]
		n.mail = n.mail[1:]
		if h := n.at[l.to]; h != nil {
			n.turn(h, func(t *protocol.Turn) { h.core.Datagram(0, t, l.from, []byte(l.bytes)) })
		}
	}
}

// pass lets time pass.
func (n *household) pass(d time.Duration) {
	end := n.now.Add(d)
	for {
		n.settle()
		next := slices.MinFunc(n.homes, func(a, b *home) int {
			return int(max(-1, min(1, a.wake-b.wake)))
		})
		if next.wake > end {
			n.now = end
			return
		}
		n.now = max(n.now, next.wake)
		next.wake = protocol.Never
		n.turn(next, func(t *protocol.Turn) { next.core.Wake(0, t) })
	}
}

// lookup has a node look something up in one family and returns what it found.
func (n *household) lookup(t *testing.T, h *home, g *Group, r Request) Result {
	h.done = nil
	n.turn(h, func(t *protocol.Turn) { g.Lookup(0, t, r) })
	n.settle()
	for range 100 {
		if len(h.done) > 0 {
			break
		}
		n.pass(time.Second)
	}
	require.Len(t, h.done, 1)
	return h.done[0]
}

func (h *home) group(six bool) *Group {
	if six {
		return h.six
	}
	return h.four
}

// nearest is the dumb answer: of all nodes of a family but one, the n closest to the target.
func (n *household) nearest(six bool, target krpc.ID, but *home, most int) []krpc.ID {
	var all []krpc.ID
	for _, h := range n.homes {
		if h.group(six) != nil && h != but {
			all = append(all, h.id)
		}
	}
	slices.SortFunc(all, func(a, b krpc.ID) int { return a.Xor(target).Cmp(b.Xor(target)) })
	return all[:min(most, len(all))]
}

// newHousehold joins 30 nodes of each kind. Those in both networks have a seed in IPv4 only: they
// can find IPv6 in no other way than by asking for both.
func newHousehold(t *testing.T) *household {
	n := &household{at: map[protocol.Addr]*home{}}
	cfg := Default()
	first4, first6 := []protocol.Addr{somebody(0).Addr}, []protocol.Addr{somebody6(0).Addr}
	n.add(t, cfg, true, true, nil, nil)
	for range 29 {
		n.add(t, cfg, true, true, first4, nil)
	}
	for range 30 {
		n.add(t, cfg, true, false, first4, nil)
		n.add(t, cfg, false, true, nil, first6)
	}
	for _, h := range n.homes {
		n.turn(h, func(t *protocol.Turn) { h.core.Start(0, t) })
		n.pass(100 * time.Millisecond)
	}
	n.pass(20 * time.Minute)
	return n
}

// TestTwoNetworks joins nodes in both networks by way of one: each network is whole, its tables
// hold its own addresses only, and a lookup in it finds the nodes closest.
func TestTwoNetworks(t *testing.T) {
	n := newHousehold(t)
	draw, exact, all := protocol.NewRand(6, 6, 6), 0, 0
	for _, h := range n.homes {
		for _, six := range []bool{false, true} {
			g := h.group(six)
			if g == nil {
				continue
			}
			require.True(t, g.nodes[0].joined)
			g.EachContact(0, n.now, func(_ int, c Contact, _ bool) {
				require.Equal(t, six, !c.Addr.Is4())
				require.Equal(t, c.ID, n.at[c.Addr].id)
			})
			target := krpc.RandomID(&draw)
			r := n.lookup(t, h, g, Request{Method: krpc.FindNode, Target: target})
			var got []krpc.ID
			for _, c := range r.Closest {
				require.Equal(t, six, !c.Addr.Is4())
				got = append(got, c.ID)
			}
			want := n.nearest(six, target, h, 8)
			require.Equal(t, want[0], got[0])
			if slices.Equal(want, got) {
				exact++
			}
			all++
		}
	}
	t.Logf("%d of %d lookups found exactly the 8 closest", exact, all)
	require.Equal(t, 120, all)
	require.Greater(t, exact, 100)
}

// TestTwoSwarms announces in each network, and in both: peers are found where they announced, in
// that family, from every kind of node.
func TestTwoSwarms(t *testing.T) {
	n := newHousehold(t)
	draw, found := protocol.NewRand(7, 7, 7), 0
	for round := range 30 {
		hash, peer := krpc.RandomID(&draw), n.homes[draw.Intn(len(n.homes))]
		for _, six := range []bool{false, true} {
			if g := peer.group(six); g != nil {
				r := n.lookup(t, peer, g, Request{Method: krpc.AnnouncePeer, Target: hash, Port: 9})
				require.Equal(t, 8, r.Stored)
			}
		}
		for range 6 {
			asker := n.homes[draw.Intn(len(n.homes))]
			for f, six := range []bool{false, true} {
				g := asker.group(six)
				if g == nil || asker == peer {
					continue
				}
				r := n.lookup(t, asker, g, Request{Method: krpc.GetPeers, Target: hash})
				if peer.group(six) == nil {
					require.Empty(t, r.Peers, "round %d", round)
					continue
				}
				require.Equal(t, []protocol.Addr{peer.addr[f].WithPort(9)}, r.Peers)
				found++
			}
		}
	}
	require.Greater(t, found, 80)
}

// TestWantIsRare: once its tables are full, a node in both networks asks for both families about
// once in 37 times, and one in one network never.
func TestWantIsRare(t *testing.T) {
	n := newHousehold(t)
	draw := protocol.NewRand(8, 8, 8)
	asked, both := map[bool]int{}, map[bool]int{}
	for _, h := range n.homes {
		for _, six := range []bool{false, true} {
			for range 4 {
				if h.group(six) == nil {
					continue
				}
				target := krpc.RandomID(&draw)
				target.Hi = target.Hi>>1 | ^h.id.Hi&(1<<63) // bucket 0, which is full
				h.done = nil
				n.turn(h, func(t *protocol.Turn) {
					h.group(six).Lookup(0, t, Request{Method: krpc.GetPeers, Target: target})
				})
				dual := h.four != nil && h.six != nil
				for _, l := range n.mail {
					var m krpc.Message
					require.Equal(t, krpc.OK, krpc.Decode([]byte(l.bytes), &m))
					require.Equal(t, m.WantV4, m.WantV6)
					if m.Kind == krpc.Query {
						asked[dual]++
					}
					if m.WantV4 {
						both[dual]++
					}
				}
				n.settle()
			}
		}
	}
	t.Logf("asked %v, for both %v", asked, both)
	require.Greater(t, asked[true], 500)
	require.InDelta(t, asked[true]/wanting, both[true], 20)
	require.Greater(t, asked[false], 500)
	require.Zero(t, both[false])
}

// TestDualDeadline: whichever of its two halves has something to do next, the node is woken for it.
func TestDualDeadline(t *testing.T) {
	n := &household{at: map[protocol.Addr]*home{}}
	n.add(t, quiet(), true, true, nil, nil)
	h := n.homes[0]
	h.four.Fill(0, somebody(1), 0)
	h.six.Fill(0, somebody6(1), 0)
	n.turn(h, func(t *protocol.Turn) { h.core.Start(0, t) })
	require.Equal(t, protocol.Never, h.wake)
	look := func(g *Group) {
		n.turn(h, func(t *protocol.Turn) {
			g.Lookup(0, t, Request{Method: krpc.FindNode, Target: krpc.ID{}})
		})
	}
	look(h.six)
	timeout := protocol.Time(quiet().QueryTimeout)
	require.Equal(t, timeout, h.wake)
	n.now = protocol.Time(time.Second)
	look(h.four)
	require.Equal(t, timeout, h.wake, "the earlier one stays")
	n.mail = nil
	n.pass(5 * time.Second)
	require.Len(t, h.done, 2)
	for _, g := range []*Group{h.four, h.six} {
		require.Equal(t, uint64(1), g.Counters()[TimedOut])
	}
	n.turn(h, func(t *protocol.Turn) { h.core.Stop(0, t) })
	require.Equal(t, protocol.Never, h.wake)
	h.core.Drop(0)
	require.Zero(t, h.four.Depth(0)+h.six.Depth(0))
}

// TestDualAnswersDoNotAllocate asks for everything there is, in both networks.
func TestDualAnswersDoNotAllocate(t *testing.T) {
	d, n := newDual(t, quiet(), 200), 0
	w := krpc.Writer{Want4: true, Want6: true}
	var p []byte
	require.Zero(t, testing.AllocsPerRun(1000, func() {
		n++
		p = w.GetPeers(p[:0], []byte("aa"), krpc.ID{Hi: 7}, krpc.ID{Hi: protocol.Mix(uint64(n))})
		from := host(n%100, 1)
		if n%2 == 0 {
			from = somebody6(0).Addr
		}
		d.out.Reset()
		d.dual.Datagram(0, &d.turn, from, p)
	}))
	four, six := d.dual.four.Counters(), d.dual.six.Counters()
	require.Equal(t, uint64(1001), four[Answered]+six[Answered])
}

// TestDualState saves and remembers both families, each where it belongs.
func TestDualState(t *testing.T) {
	d := newDual(t, quiet(), 200)
	s := d.dual.State(0, 0)
	require.Equal(t, ownID, s.ID)
	s, err := ParseState(s.Append(nil))
	require.NoError(t, err)
	d.dual.Drop(0)
	d.dual.Remember(0, s.Contacts)
	four, six := d.dual.four.remembered[0], d.dual.six.remembered[0]
	require.Greater(t, len(four), 30)
	require.Greater(t, len(six), 30)
	require.Equal(t, s.Contacts, append(slices.Clone(four), six...))
	d.out.Reset()
	d.dual.Start(0, &d.turn)
	asked := map[bool]int{}
	for _, q := range d.sends(t) {
		require.True(t, q.m.WantV4 && q.m.WantV6)
		asked[q.to.Is4()]++
	}
	require.Equal(t, map[bool]int{true: 3, false: 3}, asked)
}

// TestDualMistakes: what cannot be one population is refused at once.
func TestDualMistakes(t *testing.T) {
	book := NewBook()
	group := func(dir Directory, n int) *Group {
		g, err := New(quiet(), Env{Directory: dir}, n)
		require.NoError(t, err)
		return g
	}
	g := group(book, 1)
	require.Panics(t, func() { NewDual(g, g) })
	require.Panics(t, func() { NewDual(g, group(book, 1)) })
	require.Panics(t, func() { NewDual(g, group(NewBook(), 2)) })
}

// pair is one running node in both networks that is called by hand.
type pair struct {
	*driven
	dual *Dual
}

// newDual returns a node with as many contacts offered to each of its tables.
func newDual(t require.TestingT, cfg Config, contacts int) *pair {
	d := &pair{driven: newDriven(t, cfg)}
	four, six := newDriven(t, cfg).Group, newDriven(t, cfg).Group
	d.dual = NewDual(four, six)
	d.dual.Drop(0)
	d.dual.Assign(0, ownID)
	for n := range contacts {
		four.Fill(0, somebody(n), 0)
		six.Fill(0, somebody6(n), 0)
	}
	d.dual.Start(0, &d.turn)
	require.Equal(t, 1, d.dual.Len())
	d.Group = four
	d.out.Reset()
	return d
}
