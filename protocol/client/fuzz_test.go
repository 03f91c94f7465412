package client

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/peerwire"
	"swarmlab/protocol/swarm"
)

// FuzzClient does to one client whatever the bytes say: each step is a number for what is done,
// and one for how many of the bytes that follow it gets. Whatever comes, the deadline is that of
// the earliest part, and only connections that exist are used.
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
	f.Fuzz(func(t *testing.T, p []byte) {
		z := &fuzzing{t: t, open: map[protocol.Conn]bool{}}
		env := Env{Fetch: func(_, _, number uint32, _ string) { z.number = number }}
		z.g, z.turn = alone(t, env, []string{"udp://127.0.0.1:9"},
			[]string{"http://a.example/announce"})
		for len(p) >= 2 {
			n := min(len(p)-2, int(p[1]))
			z.step(p[0], p[2:2+n])
			p = p[2+n:]
		}
	})
}

type fuzzing struct {
	t      *testing.T
	g      *Group
	turn   *protocol.Turn
	open   map[protocol.Conn]bool // connections, and whether they are established
	last   protocol.Conn
	number uint32 // of the URL that is fetched
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
		g.Add(0, t, swarm.Entry{})
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
		t.Out.Reset()
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

// check looks at what the client did in a turn.
func (z *fuzzing) check() {
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
