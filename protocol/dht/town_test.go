package dht

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// town is a network of groups of different clients with a clock. Letters arrive at once, or, to
// those who have left, never. House n is alone in its /24, and its reference is n.
type town struct {
	t      testing.TB
	houses []house
	groups map[string]*Group
	now    protocol.Time
	out    protocol.Outbox
	turn   protocol.Turn
	mail   []parcel
	bytes  []byte
	alarms alarms
	sent   int
	last   Result
	ended  int
	draw   protocol.Rand
}

type house struct {
	client string
	group  *Group
	i      uint32
	id     krpc.ID
	rand   protocol.Rand
	wake   protocol.Time
	gone   bool
}

type alarm struct {
	at protocol.Time
	n  int
}

type alarms []alarm

func (a alarm) before(b alarm) bool { return a.at < b.at || a.at == b.at && a.n < b.n }

// push and pop are those of a binary heap, without the boxes of the standard library's.
func (a *alarms) push(x alarm) {
	*a = append(*a, x)
	h := *a
	for n := len(h) - 1; n > 0 && h[n].before(h[(n-1)/2]); n = (n - 1) / 2 {
		h[n], h[(n-1)/2] = h[(n-1)/2], h[n]
	}
}

func (a *alarms) pop() alarm {
	h := *a
	first, last := h[0], len(h)-1
	h[0] = h[last]
	*a = h[:last]
	for n := 0; 2*n+1 < last; {
		least := 2*n + 1
		if least+1 < last && h[least+1].before(h[least]) {
			least++
		}
		if !h[least].before(h[n]) {
			break
		}
		h[n], h[least] = h[least], h[n]
		n = least
	}
	return first
}

// newTown returns a town of n houses in which the clients take turns. Nobody is at home yet.
func newTown(t testing.TB, n int, seed uint64, configs map[string]Config, clients ...string) *town {
	w := &town{t: t, groups: map[string]*Group{}, draw: protocol.NewRand(seed, 3, 3)}
	count := map[string]int{}
	for h := range n {
		client := clients[h%len(clients)]
		w.houses = append(w.houses, house{client: client, i: uint32(count[client]),
			id: krpc.RandomID(&w.draw), rand: protocol.NewRand(seed, 4, uint64(h)), gone: true})
		count[client]++
	}
	for _, client := range clients {
		var of []int
		for h := range w.houses {
			if w.houses[h].client == client {
				of = append(of, h)
			}
		}
		g, err := New(configs[client], Env{Directory: w, Observer: w,
			Seeds: func(i uint32, dst []protocol.Addr) []protocol.Addr {
				return w.seeds(of[i], dst)
			}}, len(of))
		require.NoError(t, err)
		w.groups[client] = g
		for _, h := range of {
			w.houses[h].group = g
			g.Assign(w.houses[h].i, w.houses[h].id)
		}
	}
	return w
}

func presets(t testing.TB) map[string]Config {
	configs := map[string]Config{}
	for _, name := range Profiles() {
		c, ok := Profile(name)
		require.True(t, ok)
		configs[name] = c
	}
	return configs
}

func (w *town) addr(h int) protocol.Addr { return protocol.Addr4(10<<24+uint32(h)<<8+1, 6881) }

func (w *town) Ref(_ krpc.ID, a protocol.Addr) Ref { return Ref((a.IP4() - 10<<24) >> 8) }

func (w *town) Contact(r Ref) (krpc.ID, protocol.Addr) {
	return w.houses[r].id, w.addr(int(r))
}

func (w *town) Lead(r Ref) uint64 { return w.houses[r].id.Hi }

// seeds are the three houses before.
func (w *town) seeds(h int, dst []protocol.Addr) []protocol.Addr {
	for n := max(0, h-3); n < h; n++ {
		dst = append(dst, w.addr(n))
	}
	return dst
}

func (w *town) Done(_ uint32, _ *protocol.Turn, r *Result) {
	closest := append(w.last.Closest[:0], r.Closest...)
	w.last, w.ended = *r, w.ended+1
	w.last.Closest = closest
}

// at gives one house a turn, and lets the letters that follow from it arrive.
func (w *town) at(h int, call func(g *Group, i uint32, t *protocol.Turn)) {
	home := w.enter(h)
	call(home.group, home.i, &w.turn)
	w.exit(h)
	for n := 0; n < len(w.mail); n++ {
		p := w.mail[n]
		to := int(w.Ref(krpc.ID{}, p.to))
		if to < len(w.houses) && !w.houses[to].gone {
			home := w.enter(to)
			home.group.Datagram(home.i, &w.turn, p.from, w.bytes[p.start:p.end])
			w.exit(to)
		}
	}
	w.mail, w.bytes = w.mail[:0], w.bytes[:0]
}

func (w *town) enter(h int) *house {
	w.out.Reset()
	home := &w.houses[h]
	w.turn = protocol.Turn{Self: uint32(h), Now: w.now, Rand: &home.rand, Out: &w.out}
	return home
}

func (w *town) exit(h int) {
	home := &w.houses[h]
	for n := range w.out.Sends() {
		to, p := w.out.Send(n)
		start := len(w.bytes)
		w.bytes = append(w.bytes, p...)
		w.mail = append(w.mail, parcel{w.addr(h), to, start, len(w.bytes)})
		w.sent++
	}
	if at, ok := w.out.Deadline(); ok && at != home.wake {
		home.wake = at
		if at < protocol.Never {
			w.alarms.push(alarm{at, h})
		}
	}
}

func (w *town) run(d time.Duration) {
	end := w.now.Add(d)
	for len(w.alarms) > 0 && w.alarms[0].at <= end {
		a := w.alarms.pop()
		home := &w.houses[a.n]
		if home.gone || home.wake != a.at {
			continue
		}
		w.now, home.wake = max(w.now, a.at), 0
		w.at(a.n, func(g *Group, i uint32, t *protocol.Turn) { g.Wake(i, t) })
	}
	w.now = end
}

// arrive lets all houses join, one a second.
func (w *town) arrive() {
	for h := range w.houses {
		w.houses[h].gone = false
		w.at(h, func(g *Group, i uint32, t *protocol.Turn) { g.Start(i, t) })
		w.run(time.Second)
	}
}

func (w *town) leave(h int) {
	w.houses[h].gone = true
	w.houses[h].group.Drop(w.houses[h].i)
}

func (w *town) lookup(h int, r Request) {
	w.ended = 0
	w.at(h, func(g *Group, i uint32, t *protocol.Turn) { g.Lookup(i, t, r) })
	for n := 0; w.ended == 0; n++ {
		require.Less(w.t, n, 1000, "a lookup that does not end")
		w.run(100 * time.Millisecond)
	}
}

// stale returns, per thousand, how many of the contacts in the tables of those at home are gone,
// and how many of those that they name in replies.
func (w *town) stale() (table, named int) {
	var all, dead, told, toldDead int
	for h := range w.houses {
		home := &w.houses[h]
		if home.gone {
			continue
		}
		for b := range home.group.Depth(home.i) {
			for _, s := range home.group.bucket(home.i, b) {
				if s.used() {
					all++
					if w.houses[s.ref].gone {
						dead++
					}
				}
			}
		}
		target := krpc.RandomID(&w.draw)
		for _, r := range home.group.recommended(home.i, w.now, target) {
			told++
			if w.houses[r.ref].gone {
				toldDead++
			}
		}
	}
	return 1000 * dead / max(all, 1), 1000 * toldDead / max(told, 1)
}
