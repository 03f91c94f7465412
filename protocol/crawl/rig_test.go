package crawl

import (
	"encoding/hex"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// rig is the smallest driver: virtual time, one delay for all, and hosts that are functions from a
// query to the datagrams that come back.
type rig struct {
	*Crawler
	t     *testing.T
	now   protocol.Time
	wake  protocol.Time
	rand  protocol.Rand
	out   protocol.Outbox
	hosts map[protocol.Addr]responder
	mail  []letter
	sent  []letter        // every query
	trace strings.Builder // if names are set
	names map[protocol.Addr]string
}

type letter struct {
	at    protocol.Time
	peer  protocol.Addr
	bytes string
}

// responder answers a query that it was sent at a time.
type responder func(at protocol.Time, q *krpc.Message) []string

const rigDelay = 10 * time.Millisecond // one way

var (
	rigSelf = krpc.ID{Hi: 0x5e1f << 48}
	writer  = krpc.Writer{}
)

func addr(n uint32) protocol.Addr { return protocol.Addr4(60<<24+n, 6881) }

// topID returns an id by its first bits.
func topID(top uint16) krpc.ID { return krpc.ID{Hi: uint64(top) << 48, Lo: 7} }

func newRig(t *testing.T, cfg Config, seeds ...protocol.Addr) *rig {
	c, err := New(cfg, rigSelf, seeds)
	require.NoError(t, err)
	return &rig{Crawler: c, t: t, rand: 1, hosts: map[protocol.Addr]responder{},
		wake: protocol.Never}
}

func (r *rig) turn(call func(t *protocol.Turn)) {
	r.out.Reset()
	call(&protocol.Turn{Now: r.now, Rand: &r.rand, Out: &r.out})
	for n := range r.out.Sends() {
		to, p := r.out.Send(n)
		r.sent = append(r.sent, letter{r.now, to, string(p)})
		r.say("to   %s %s", to, p)
		var q krpc.Message
		require.Equal(r.t, krpc.OK, krpc.Decode(slices.Clone(p), &q))
		require.True(r.t, q.ReadOnly, "every query says ro=1")
		if answer := r.hosts[to]; answer != nil {
			for _, a := range answer(r.now.Add(rigDelay), &q) {
				r.post(to, a)
			}
		}
	}
	if at, ok := r.out.Deadline(); ok {
		r.wake = at
	}
}

// post puts a datagram to the crawler on its way.
func (r *rig) post(from protocol.Addr, p string) {
	r.mail = append(r.mail, letter{r.now.Add(2 * rigDelay), from, p})
}

func (r *rig) say(format string, to protocol.Addr, p []byte) {
	name, ok := r.names[to]
	if !ok {
		return
	}
	var m krpc.Message
	krpc.Decode(slices.Clone(p), &m)
	text := fmt.Sprintf("%v %v", m.Kind, m.Target)
	switch m.Kind {
	case krpc.Query:
		text = m.Method.String()
		if m.Method == krpc.FindNode {
			text += fmt.Sprintf(" %04b", m.Target.Hi>>60) // the rest of the target is random
		}
	case krpc.Response:
		text = fmt.Sprintf("id %04x", m.ID.Hi>>48)
		if len(m.Nodes) > 0 {
			text += " shows"
		}
		for it := krpc.Nodes4(m.Nodes); ; {
			id, a, ok := it.Next()
			if !ok {
				break
			}
			text += fmt.Sprintf(" %s=%04x", r.names[a], id.Hi>>48)
		}
		if m.Sample.IDs != nil {
			text += fmt.Sprintf(" samples %s of %d", hex.EncodeToString(m.Sample.IDs[:2]),
				m.Sample.Num)
		}
	}
	at := time.Duration(r.now) / time.Millisecond
	fmt.Fprintf(&r.trace, "%5d "+format+"\n", at, name, text)
}

// run lets the crawl go on to its end, or for so long.
func (r *rig) run(limit time.Duration) {
	if r.now == 0 && len(r.sent) == 0 {
		r.turn(func(t *protocol.Turn) { r.Start(0, t) })
	}
	for end := r.now.Add(limit); ; {
		next := r.wake
		if len(r.mail) > 0 {
			next = min(next, r.mail[0].at)
		}
		if next > end || next == protocol.Never {
			return
		}
		r.now = max(r.now, next)
		if len(r.mail) > 0 && r.mail[0].at <= r.now {
			l := r.mail[0]
			r.mail = r.mail[1:]
			r.say("from %s %s", l.peer, []byte(l.bytes))
			r.turn(func(t *protocol.Turn) { r.Datagram(0, t, l.peer, []byte(l.bytes)) })
			continue
		}
		r.wake = protocol.Never
		r.turn(func(t *protocol.Turn) { r.Wake(0, t) })
	}
}

// node returns what is known of an id at an address.
func (r *rig) node(id krpc.ID, a protocol.Addr) (found Node) {
	n := 0
	for i := range r.Progress().Known {
		if v := r.Node(i); v.ID == id && v.Addr == a {
			found = v
			n++
		}
	}
	require.Equal(r.t, 1, n, "%v at %v", id, a)
	return found
}

// told is a contact in an answer.
type told struct {
	id   krpc.ID
	addr protocol.Addr
}

// showing answers every find_node with the contacts closest to the target, eight at most.
func showing(id krpc.ID, table ...told) responder {
	return func(_ protocol.Time, q *krpc.Message) []string {
		near := slices.Clone(table)
		slices.SortFunc(near, func(a, b told) int {
			return a.id.Xor(q.Target).Cmp(b.id.Xor(q.Target))
		})
		return []string{reply(id, q, near[:min(8, len(near))]...)}
	}
}

func reply(id krpc.ID, q *krpc.Message, contacts ...told) string {
	var nodes []byte
	for _, c := range contacts {
		nodes = krpc.AppendNode(nodes, c.id, c.addr)
	}
	return string(writer.Reply(nil, &krpc.Reply{T: q.T, ID: id, Nodes: nodes, HasNodes: true}))
}

func parse(t *testing.T, ip string) protocol.Addr {
	a, err := netip.ParseAddr(ip)
	require.NoError(t, err)
	return protocol.AddrOf(netip.AddrPortFrom(a, 80))
}
