package client

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/audit"
	"swarmlab/protocol/peerwire"
	"swarmlab/protocol/swarm"
)

// FuzzClient does to one client whatever the bytes say: each step is a number for what is done,
// and one for how many of the bytes that follow it gets. Whatever comes, the deadline is that of
// the earliest part, only connections that exist are used, and what it reports to the auditor is
// signed and never goes back.
func FuzzClient(f *testing.F) {
	shake := peerwire.AppendHandshake(nil, &peerwire.Handshake{InfoHash: [20]byte{1}})
	seed := func(steps ...[]byte) {
		var all []byte
		for _, s := range steps {
			all = append(append(all, s[0], byte(len(s)-1)), s[1:]...)
		}
		f.Add(all)
	}
	seed([]byte{0}, []byte{1}, append([]byte{2}, shake...), []byte{5}, []byte{3}, []byte{4, 0})
	seed([]byte{0}, []byte("\x06d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe"))
	seed([]byte{0}, []byte{6, 0, 0, 0, 1}, []byte{7, 9}, []byte{8}, []byte{9}, []byte{10})
	seed([]byte{0}, []byte{11, 'd', '5'}, []byte{5, 255}, []byte{5, 255}, []byte{9}, []byte{0})
	seed([]byte{0, 1}, []byte{1, 1}, append([]byte{2}, shown(9)...), []byte{5, 20},
		append([]byte{2}, peerwire.AppendBlock(nil, peerwire.Request, 0, 0, swarm.BlockSize)...),
		append([]byte{2}, signed(9, 1, swarm.BlockSize)...), []byte{5, 40},
		append([]byte{2}, signed(8, 2, swarm.BlockSize)...), []byte{4, 0}, []byte{10})
	f.Fuzz(func(t *testing.T, p []byte) {
		z := &fuzzing{t: t, open: map[protocol.Conn]bool{}, keys: map[audit.Key]audit.User{}}
		z.office = audit.NewOffice(audit.OfficeConfig{Book: audit.BookConfig{Users: z.userOf,
			Pace: audit.Pace{Burst: 1 << 60}, PairsMax: 1 << 20}})
		env := Env{Fetch: func(_, _, number uint32, _ string) { z.number = number }}
		cfg := Default()
		cfg.Audit = AuditConfig{Window: windowLeast, Settle: settle}
		z.g, z.turn = aloneAs(t, cfg, env, []string{"udp://127.0.0.1:9"},
			[]string{"http://a.example/announce"})
		for len(p) >= 2 {
			n := min(len(p)-2, int(p[1]))
			z.step(p[0], p[2:2+n])
			p = p[2+n:]
		}
	})
}

// shown is what a peer says first that shows key n, and wants something.
func shown(n uint32) []byte {
	h := peerwire.Handshake{InfoHash: [20]byte{1}}
	h.Offer(peerwire.FeatureExtensions)
	key := audit.KeyOf(keyOf(n))
	hello := peerwire.ExtHandshake{Key: key[:]}
	hello.Support(peerwire.ExtReceipt)
	return peerwire.AppendPlain(hello.Append(peerwire.AppendHandshake(nil, &h)),
		peerwire.Interested)
}

// signed is the message with a receipt that key n has signed for what the client sent to key 9.
func signed(n, number uint32, bytes uint64) []byte {
	r := audit.Receipt{Epoch: 1, Number: number, Bytes: bytes, Terms: audit.Terms{
		InfoHash: [20]byte{1}, By: audit.KeyOf(keyOf(9)), For: audit.KeyOf(keyOf(0))}}
	whole := r.Append(nil, keyOf(n))
	return peerwire.AppendExtended(nil, peerwire.ExtReceipt,
		append([]byte{1}, whole[len(whole)-audit.ReceiptBody+1:]...))
}

type fuzzing struct {
	t      *testing.T
	g      *Group
	turn   *protocol.Turn
	open   map[protocol.Conn]bool // connections, and whether they are established
	last   protocol.Conn
	number uint32 // of the URL that is fetched
	office *audit.Office
	keys   map[audit.Key]audit.User // that were stated about
}

// userOf knows everybody.
func (z *fuzzing) userOf(k audit.Key) (audit.User, bool) {
	u, known := z.keys[k]
	if !known {
		u = audit.User(len(z.keys))
		z.keys[k] = u
	}
	return u, true
}

func (z *fuzzing) step(what byte, p []byte) {
	g, t := z.g, z.turn
	t.Out.Reset()
	first := byte(0)
	if len(p) > 0 {
		first = p[0]
	}
	at := protocol.Addr4(0x7f000001, 9)
	up, known := z.open[z.last]
	switch what % 13 {
	case 0:
		g.Add(0, t, swarm.Entry{All: first%2 == 1})
	case 1:
		if c, ok := g.Accept(0, t, protocol.Addr4(0x7f000100|uint32(first), 7)); ok {
			z.open[c], z.last = true, c
		}
	case 2:
		if known && up {
			g.Data(0, t, z.last, protocol.Chunk{Bytes: p})
		}
	case 3:
		if known && up {
			g.Sent(0, t, z.last, int(first))
		}
	case 4:
		if known {
			delete(z.open, z.last)
			g.Closed(0, t, z.last, protocol.Reason(first%4))
		}
	case 5:
		t.Now = t.Now.Add(time.Duration(first) * time.Duration(first) * time.Second / 16)
		g.Wake(0, t)
	case 6:
		g.Datagram(0, t, at, p)
	case 7:
		g.Found(0, t, 0, []protocol.Addr{protocol.Addr4(0x7f000200|uint32(first), 8)},
			swarm.Source(1<<(first%5)))
	case 8:
		if known && !up {
			z.open[z.last] = true
			g.Opened(0, t, z.last)
		}
	case 9:
		g.Leave(0, t, 0)
	case 10:
		g.Stop(0, t)
		g.Drop(0)
		clear(z.open)
		z.tell()
		t.Out.Reset()
		t.Now = t.Now.Add(time.Second)
		g.Start(0, t)
	case 11:
		g.Fetched(0, t, 0, z.number, p, "")
	case 12:
		z.choose(first)
		return
	}
	z.check()
}

// choose makes another connection the one that the next steps are about.
func (z *fuzzing) choose(n byte) {
	z.last = protocol.Conn(n % 16)
}

// tell brings the auditor what the client has stated.
func (z *fuzzing) tell() {
	for n := range z.turn.Out.Sends() {
		if to, p := z.turn.Out.Send(n); to == stageOffice {
			z.office.Datagram(0, z.turn, stageAddr, p)
		}
	}
	counts := z.office.CrossBook().Counts
	counts[audit.OK], counts[audit.Stale] = 0, 0 // once more what is known
	require.Zero(z.t, counts)
	require.Zero(z.t, z.office.Bank().Counts[audit.BadSignature])
	require.Zero(z.t, z.office.Tally().Unknown+z.office.Tally().Empty)
}

// check looks at what the client did in a turn.
func (z *fuzzing) check() {
	z.tell()
	c := &z.g.clients[0]
	if at, set := z.turn.Out.Deadline(); set {
		require.Equal(z.t, c.due.first(), at)
		require.False(z.t, c.stale)
	}
	for n := range z.turn.Out.Calls() {
		call := z.turn.Out.Call(n)
		_, known := z.open[call.Conn]
		switch call.Verb {
		case protocol.CallDial:
			require.False(z.t, known)
			z.open[call.Conn], z.last = false, call.Conn
		case protocol.CallClose:
			require.True(z.t, known)
			delete(z.open, call.Conn)
		default:
			require.True(z.t, known)
		}
	}
}
