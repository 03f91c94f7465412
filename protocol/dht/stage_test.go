package dht

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// stage is the network of a script: named hosts, the letters that are on their way between them,
// and one clock. Nothing moves on it by itself. What happens is written down as the trace.
type stage struct {
	now     protocol.Time
	players []*player // by name
	mail    []letter  // on its way, oldest first
	held    []letter
	trace   strings.Builder
	tids    names // aliases of transaction ids, by the host that chose them
	tokens  names // aliases of tokens, by the host that gave them out
}

// player is a host. One without a group says what the script makes it say and answers nothing.
type player struct {
	name  string
	id    krpc.ID
	addr  protocol.Addr
	group *Group
	core  protocol.Datagrams // the group, or a dual stack with it
	main  *player            // where the clock and the random stream of this node are
	rand  protocol.Rand
	wake  protocol.Time
	deaf  bool // loses everything that is sent to it
	stage *stage
}

type letter struct {
	from, to protocol.Addr
	bytes    string
}

// hostOf returns the address of a name: A is 10.0.0.1:6881, A:7000 another port of that host, and
// A6 its address [2001:db8::1]:6881.
func hostOf(name string) protocol.Addr {
	host, port, other := strings.Cut(name, ":")
	number := uint16(6881)
	if other {
		_, err := fmt.Sscan(port, &number)
		must(err)
	}
	if len(host) == 2 && host[1] == '6' {
		last := byte(hostOf(host[:1]).IP4())
		return protocol.Addr6([]byte{0x20, 1, 0x0d, 0xb8, 15: last}, number)
	}
	if len(host) != 1 || host[0] < 'A' || host[0] > 'Z' {
		panic(fmt.Sprintf("%q is no host: they are called A to Z", name))
	}
	return protocol.Addr4(10<<24|uint32(host[0]-'A'+1), number)
}

// nameOf is the inverse of hostOf.
func nameOf(a protocol.Addr) string {
	last, suffix := a.IP4()&0xff, ""
	if !a.Is4() {
		suffix = "6"
	}
	name := string(rune('A'+last-1)) + suffix
	if last < 1 || last > 26 || hostOf(name).WithPort(a.Port()) != a {
		return a.String()
	}
	if a.Port() != 6881 {
		name += fmt.Sprintf(":%d", a.Port())
	}
	return name
}

// names gives short names to the long strings that nodes choose, in the order of their first use.
// What the script chose is its own name.
type names struct {
	long  map[string]string // by owner and long string
	short map[string]string
	count map[string]int // by owner
}

func (n *names) name(owner, long string, chosen bool) string {
	if n.long == nil {
		n.long, n.short = map[string]string{}, map[string]string{}
		n.count = map[string]int{}
	}
	key := owner + "\x00" + long
	short, ok := n.long[key]
	if ok || !chosen {
		return cmp.Or(short, long)
	}
	n.count[owner]++
	short = fmt.Sprintf("%s%d", strings.ToLower(owner), n.count[owner])
	n.long[key], n.short[short] = short, long
	return short
}

// resolve returns what a short name stands for, or the name itself if it is none.
func (n *names) resolve(short string) string {
	if long, ok := n.short[short]; ok {
		return long
	}
	return short
}

// add puts a host on the stage; without a configuration it has no group.
func (s *stage) add(name string, id krpc.ID, cfg *Config, seeds []protocol.Addr) {
	p := &player{name: name, id: id, addr: hostOf(name), wake: protocol.Never, stage: s,
		rand: protocol.NewRand(1, 0, uint64(name[0]))}
	if cfg != nil {
		env := Env{Directory: NewBook(), Observer: p,
			Seeds: func(_ uint32, dst []protocol.Addr) []protocol.Addr {
				return append(dst, seeds...)
			}}
		group, err := New(*cfg, env, 1)
		must(err)
		p.group, p.core, p.main = group, group, p
		p.group.Assign(0, id)
	}
	s.players = append(s.players, p)
	slices.SortFunc(s.players, func(a, b *player) int { return strings.Compare(a.name, b.name) })
}

// marry makes a dual stack of two hosts, one of each family.
func (s *stage) marry(four, six *player) {
	dual := NewDual(four.group, six.group)
	four.core, six.core, six.main = dual, dual, four
}

func (s *stage) player(name string) *player {
	for _, p := range s.players {
		if p.name == name {
			return p
		}
	}
	panic(fmt.Sprintf("nobody is called %q", name))
}

// speaks reports whether a node is at an address, which chooses its own words.
func (s *stage) speaks(a protocol.Addr) bool {
	return slices.ContainsFunc(s.players, func(p *player) bool {
		return p.addr == a && p.group != nil
	})
}

// turn calls a node and posts what it sends.
func (s *stage) turn(p *player, call func(t *protocol.Turn)) {
	var out protocol.Outbox
	p = p.main
	call(&protocol.Turn{Now: s.now, Rand: &p.rand, Out: &out})
	for n := range out.Sends() {
		to, bytes := out.Send(n)
		from := p.addr
		if from.Is4() != to.Is4() { // the other socket of that host
			from = hostOf(p.name + "6")
		}
		s.post(letter{from, to, string(bytes)})
	}
	if at, ok := out.Deadline(); ok {
		p.wake = at
	}
}

func (s *stage) post(l letter) {
	s.say("%s", s.read(l))
	s.mail = append(s.mail, l)
}

func (s *stage) say(format string, args ...any) { fmt.Fprintf(&s.trace, format+"\n", args...) }

// deliver brings the first letter to its host.
func (s *stage) deliver() {
	l := s.mail[0]
	s.mail = s.mail[1:]
	for _, p := range s.players {
		if p.addr == l.to && p.group != nil && !p.deaf {
			s.turn(p, func(t *protocol.Turn) {
				p.core.Datagram(0, t, l.from, []byte(l.bytes))
			})
		}
	}
}

// advance lets time pass and wakes the nodes at their deadlines, in order of time and name.
func (s *stage) advance(d time.Duration) {
	end := s.now.Add(d)
	for range 1000 {
		var first *player
		for _, p := range s.players {
			if p.wake <= end && (first == nil || p.wake < first.wake) {
				first = p
			}
		}
		if first == nil {
			s.now = end
			return
		}
		before := s.trace.Len()
		s.now = max(s.now, first.wake)
		first.wake = protocol.Never
		s.turn(first, func(t *protocol.Turn) { first.core.Wake(0, t) })
		if said := s.trace.String()[before:]; said != "" {
			kept := s.trace.String()[:before]
			s.trace.Reset()
			s.trace.WriteString(kept)
			s.say("at %v:", time.Duration(s.now))
			s.trace.WriteString(said)
		}
	}
	panic("a thousand wake-ups and no end")
}

// Done writes down what a lookup found.
func (p *player) Done(_ uint32, _ *protocol.Turn, r *Result) {
	var closest, peers []string
	for _, c := range r.Closest {
		closest = append(closest, contactName(c.ID, c.Addr))
	}
	for _, a := range r.Peers {
		peers = append(peers, nameOf(a))
	}
	p.stage.say("%s done %v %s: closest=%s peers=%s sent=%d answers=%d timeouts=%d stored=%d "+
		"rounds=%d hops=%d/%d/%d/%d%s", p.name, r.Method, idName(r.Target),
		list(closest), list(peers), r.Messages, r.Answers, r.Timeouts, r.Stored,
		r.Rounds, r.Hops.Contact, r.Hops.FirstValue, r.Hops.DiscoverK, r.Hops.Total, rareOf(r))
}

func list(items []string) string { return "[" + strings.Join(items, " ") + "]" }

// must is for scripts: what is wrong with one is a panic, which names it.
func must(err error) {
	if err != nil {
		panic(err)
	}
}
