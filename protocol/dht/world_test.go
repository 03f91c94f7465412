package dht

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// world is everybody whom one driven node can ask. All of them know everybody and name the closest.
type world struct {
	*driven
	all    []Contact
	names  int                            // contacts in an answer
	asked  map[protocol.Addr]int          // queries that each got, without announces
	stored map[protocol.Addr]krpc.Method  // who got an announce or a put
	add    func(c Contact, r *krpc.Reply) // to an answer
	lost   func(c Contact) bool           // a query to somebody, or the answer
}

// search has the node look something up and answers everything at once, until it has ended.
func (w *world) search(t *testing.T, r Request) Result {
	w.asked, w.stored = map[protocol.Addr]int{}, map[protocol.Addr]krpc.Method{}
	before := len(w.done)
	w.out.Reset()
	w.Lookup(0, &w.turn, r)
	for waiting := w.sends(t); len(waiting) > 0 || len(w.done) == before; {
		if len(waiting) == 0 {
			waiting = w.wait(t)
			continue
		}
		q := waiting[0]
		waiting = waiting[1:]
		c := Contact{idOfAddr(w.all, q.to), q.to}
		if w.lost == nil || !w.lost(c) {
			w.gets(q.to, w.answerTo(t, c, &q.m))
			waiting = append(waiting, w.sends(t)...)
		}
	}
	require.Len(t, w.done, before+1)
	return w.done[before]
}

// wait lets time pass until the node wants to be woken, and returns what it sends then.
func (w *world) wait(t *testing.T) []sent {
	at, ok := w.out.Deadline()
	require.True(t, ok)
	require.NotEqual(t, protocol.Never, at)
	w.turn.Now = max(w.turn.Now, at)
	w.out.Reset()
	w.Wake(0, &w.turn)
	return w.sends(t)
}

// answerTo is what somebody answers.
func (w *world) answerTo(t *testing.T, c Contact, m *krpc.Message) []byte {
	reply := krpc.Reply{T: m.T, ID: c.ID, HasNodes: true}
	if m.Method == krpc.AnnouncePeer || m.Method == krpc.Put {
		require.Equal(t, c.Addr.String(), string(m.Token))
		w.stored[c.Addr] = m.Method
		return krpc.Writer{}.Reply(nil, &reply)
	}
	w.asked[c.Addr]++
	reply.Token = []byte(c.Addr.String())
	for _, near := range nearestOf(w.all, m.Target, w.names) {
		if near.Addr.Is4() {
			reply.Nodes = krpc.AppendNode(reply.Nodes, near.ID, near.Addr)
		} else {
			reply.Nodes6 = krpc.AppendNode(reply.Nodes6, near.ID, near.Addr)
		}
	}
	if w.add != nil {
		w.add(c, &reply)
	}
	return krpc.Writer{}.Reply(nil, &reply)
}

// nearestOf is the dumb answer: all sorted by distance, the first n.
func nearestOf(all []Contact, target krpc.ID, n int) []Contact {
	sorted := slices.SortedFunc(slices.Values(all), func(a, b Contact) int {
		return a.ID.Xor(target).Cmp(b.ID.Xor(target))
	})
	return sorted[:min(n, len(sorted))]
}

// TestDiverseLookups lets somebody who controls one network crowd around a target. A lookup for
// diverse contacts asks one of them, and otherwise finds the closest honest ones; another lookup is
// caught. The own table is exempt.
func TestDiverseLookups(t *testing.T) {
	target := krpc.ID{Hi: 0x5555555555555555}
	for name, crowded := range map[string]func(n int) protocol.Addr{
		"IPv4": func(n int) protocol.Addr { return protocol.Addr4(0x0d010200+uint32(n), 6881) },
		"IPv6": func(n int) protocol.Addr {
			ip := [16]byte{0: 0x20, 1: 1, 7: 1, 13: byte(n), 15: 1}
			return protocol.Addr6(ip[:], 6881)
		},
	} {
		t.Run(name, func(t *testing.T) {
			honest, liars := crowd(100, scattered), []Contact(nil)
			for n := range 50 {
				near := krpc.ID{Hi: target.Hi, Mid: uint64(n + 1)}
				liars = append(liars, Contact{near, crowded(n)})
			}
			isLiar := func(c Contact) bool { return slices.Contains(liars, c) }
			for _, diverse := range []bool{false, true} {
				cfg := quiet()
				cfg.Diverse = diverse
				w := &world{driven: newDriven(t, cfg, honest[:4]...), names: 8,
					all: slices.Concat(honest, liars)}
				w.add = func(_ Contact, r *krpc.Reply) {
					for _, c := range nearestOf(honest, target, 8) {
						r.Nodes = krpc.AppendNode(r.Nodes, c.ID, c.Addr)
					}
				}
				r := w.search(t, Request{Method: krpc.FindNode, Target: target})
				caught := 0
				for _, c := range liars {
					caught += w.asked[c.Addr]
				}
				if !diverse {
					require.GreaterOrEqual(t, caught, 8)
					require.True(t, isLiar(r.Closest[7]))
					continue
				}
				require.Equal(t, 1, caught)
				require.True(t, isLiar(r.Closest[0]))
				require.Equal(t, nearestOf(honest, target, 7), r.Closest[1:])
			}
		})
	}
	neighbours := make([]Contact, 6)
	for n := range neighbours {
		neighbours[n] = Contact{somebody(n).ID, protocol.Addr4(0x0d010200+uint32(n), 6881)}
	}
	cfg := quiet()
	cfg.Diverse = true
	w := &world{driven: newDriven(t, cfg, neighbours...), all: neighbours, names: 8}
	require.Equal(t, 6, w.search(t, Request{Method: krpc.FindNode, Target: target}).Answers)
}

// scattered is somebody in a network without others.
func scattered(n int) Contact {
	c := somebody(n)
	c.Addr = protocol.Addr4(0x0e000000+uint32(n)<<8, 6881)
	return c
}

// TestEnforcedIDs mixes contacts whose ids BEP 42 allows with others that are nearer to the target.
// Those are asked, too, unless the search ends before, but a node that enforces the rule finds the
// closest that are allowed, and announces to those only; one that does not, finds the closest.
func TestEnforcedIDs(t *testing.T) {
	draw := protocol.NewRand(42, 0, 0)
	var valid, invalid []Contact
	for n := range 200 {
		c := scattered(n)
		if n%2 == 0 {
			c.ID = krpc.SecureID(c.Addr, byte(n), &draw)
			valid = append(valid, c)
		} else if !krpc.ValidID(c.ID, c.Addr) {
			invalid = append(invalid, c)
		}
	}
	require.Greater(t, len(invalid), 90)
	all := slices.Concat(valid, invalid)
	nearer, asked := 0, 0
	for range 20 {
		target := krpc.RandomID(&draw)
		near := nearestOf(all, target, 30)
		for _, enforced := range []bool{false, true} {
			cfg := quiet()
			want := near[:8]
			if enforced {
				cfg.SecureIDs = SecureIDsEnforced
				want = nearestOf(valid, target, 8)
			}
			w := &world{driven: newDriven(t, cfg, all[:20]...), all: all, names: 30}
			r := w.search(t, Request{Method: krpc.AnnouncePeer, Target: target, Port: 1})
			require.Equal(t, want, r.Closest)
			require.Equal(t, 8, r.Stored)
			require.Len(t, w.stored, 8)
			for _, c := range want {
				require.Equal(t, krpc.AnnouncePeer, w.stored[c.Addr])
			}
			for _, c := range near {
				if c.ID.Xor(target).Less(want[7].ID.Xor(target)) && !slices.Contains(want, c) {
					nearer++
					asked += w.asked[c.Addr]
				}
			}
		}
	}
	require.Greater(t, nearer, 100)
	require.Greater(t, asked, nearer*9/10)
	cfg := quiet()
	cfg.SecureIDs = SecureIDsEnforced
	w := &world{driven: newDriven(t, cfg, invalid[:4]...), all: invalid, names: 20}
	r := w.search(t, Request{Method: krpc.AnnouncePeer, Target: krpc.ID{Hi: 1}, Port: 1})
	require.Empty(t, r.Closest)
	require.Zero(t, r.Stored)
	require.Greater(t, r.Answers, 10, "where nobody counts, everybody is asked")
}

// TestFoundSamples lets everybody tell as many samples as there is room for: there is a bound, each
// is kept once, nobody is asked twice, and who claims to hold very many cannot overflow the sum.
func TestFoundSamples(t *testing.T) {
	w := &world{driven: newDriven(t, quiet(), crowd(8, scattered)...), all: crowd(300, scattered),
		names: 8}
	given, next := map[krpc.ID]bool{}, uint64(0)
	w.add = func(c Contact, r *krpc.Reply) {
		r.Sample = &krpc.Sample{Num: 1<<63 - 1}
		for range 1500 {
			next++
			id := krpc.ID{Mid: next % 12000}
			given[id] = true
			r.Sample.IDs = id.Append(r.Sample.IDs)
		}
		r.Sample.IDs = append(r.Sample.IDs, 1)
	}
	diff := w.counted(func() { w.search(t, Request{Method: krpc.SampleInfohashes}) })
	r := w.done[0]
	require.Greater(t, r.Answers, 8)
	require.Equal(t, uint64(r.Answers), diff[BadSamples])
	require.Equal(t, r.Answers, r.Sampled)
	require.Equal(t, int64(r.Answers)<<32, r.Held)
	require.Len(t, r.Samples, maxFoundSamples)
	require.Greater(t, len(given), maxFoundSamples)
	seen := map[krpc.ID]bool{}
	for _, id := range r.Samples {
		require.True(t, given[id])
		require.False(t, seen[id])
		seen[id] = true
	}
	for a, n := range w.asked {
		require.Equal(t, 1, n, "%v", a)
	}
}

// TestNobodyIsSampledTwice gives a host another name, close to the target, when the first one has
// fallen off the end of a short list. It is asked again, but not for samples (BEP 51).
func TestNobodyIsSampledTwice(t *testing.T) {
	cfg := quiet()
	cfg.K, cfg.Candidates = 4, 4
	far := Contact{krpc.ID{Hi: 1 << 63}, protocol.Addr4(0x0d010203, 6881)}
	alias := Contact{krpc.ID{Hi: 1}, far.Addr}
	var near []Contact
	for n := range 4 {
		near = append(near, Contact{krpc.ID{Hi: 2 + uint64(n)}, scattered(n).Addr})
	}
	for method, want := range map[krpc.Method]int{krpc.FindNode: 2, krpc.SampleInfohashes: 1} {
		w := &world{driven: newDriven(t, cfg, far), all: append(near, far)}
		w.add = func(c Contact, r *krpc.Reply) {
			for _, n := range append(near[:4:4], alias) {
				r.Nodes = krpc.AppendNode(r.Nodes, n.ID, n.Addr)
			}
		}
		w.search(t, Request{Method: method})
		require.Equal(t, want, w.asked[far.Addr], "%v", method)
		require.Len(t, w.asked, 6-want, "the alias takes the place of another")
	}
}
