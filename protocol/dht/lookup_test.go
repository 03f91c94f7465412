package dht

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// TestFoundPeers answers a lookup with lists of peers: port 0 is nobody, twice is once, and there
// is a bound.
func TestFoundPeers(t *testing.T) {
	known := crowd(8, somebody)
	d := newDriven(t, quiet(), known...)
	d.out.Reset()
	d.Lookup(0, &d.turn, Request{Method: krpc.GetPeers, Target: krpc.ID{Hi: 1}, Tag: 42})
	waiting, given := d.sends(t), 0
	for len(waiting) > 0 {
		q := waiting[0]
		waiting = waiting[1:]
		r := krpc.Reply{T: q.m.T, ID: idOfAddr(known, q.to)}
		r.Values = append(r.Values, host(1, 0), host(1, 1), host(1, 1))
		for range 400 {
			r.Values = append(r.Values, host(2+given, 7))
			given++
		}
		d.gets(q.to, krpc.Writer{}.Reply(nil, &r))
		waiting = append(waiting, d.sends(t)...)
	}
	require.Len(t, d.done, 1)
	require.Equal(t, uint64(42), d.done[0].Tag)
	require.Equal(t, 8, d.done[0].Answers)
	require.Greater(t, given, maxFoundPeers)
	require.Len(t, d.done[0].Peers, maxFoundPeers)
	seen := map[protocol.Addr]bool{}
	for _, a := range d.done[0].Peers {
		require.NotZero(t, a.Port())
		require.False(t, seen[a])
		seen[a] = true
	}
}

// TestAnnouncedTokens gives tokens of all lengths: they come back as they are, or not at all.
func TestAnnouncedTokens(t *testing.T) {
	known := crowd(8, somebody)
	d := newDriven(t, quiet(), known...)
	d.out.Reset()
	d.Lookup(0, &d.turn, Request{Method: krpc.AnnouncePeer, Target: krpc.ID{Hi: 1}, Port: 9})
	lengths := []int{0, 1, 4, 20, 40, maxToken, maxToken + 1, 300}
	given, back := map[protocol.Addr][]byte{}, map[protocol.Addr][]byte{}
	for waiting := d.sends(t); len(waiting) > 0; {
		q := waiting[0]
		waiting = waiting[1:]
		r := krpc.Reply{T: q.m.T, ID: idOfAddr(known, q.to)}
		if q.m.Method == krpc.AnnouncePeer {
			back[q.to] = q.m.Token
		} else {
			r.Token = make([]byte, lengths[len(given)])
			for i := range r.Token {
				r.Token[i] = byte(len(given) + i)
			}
			given[q.to] = r.Token
		}
		p := krpc.Writer{}.Reply(nil, &r)
		d.gets(q.to, p)
		waiting = append(waiting, d.sends(t)...)
	}
	require.Len(t, given, len(lengths))
	for a, token := range given {
		if len(token) == 0 || len(token) > maxToken {
			require.NotContains(t, back, a)
			continue
		}
		require.Equal(t, token, back[a])
	}
	require.Len(t, d.done, 1)
	require.Equal(t, len(lengths)-3, d.done[0].Stored)
}

// TestShortlist tells a lookup of many more contacts than it may remember: it keeps the closest.
func TestShortlist(t *testing.T) {
	cfg := quiet()
	cfg.K = 1
	known := crowd(1, somebody)
	d := newDriven(t, cfg, known...)
	d.out.Reset()
	target := krpc.ID{Hi: 77}
	d.Lookup(0, &d.turn, Request{Method: krpc.FindNode, Target: target})
	all := crowd(300, somebody)
	r := krpc.Reply{T: d.sends(t)[0].m.T, ID: known[0].ID}
	for _, c := range all {
		r.Nodes = krpc.AppendNode(r.Nodes, c.ID, c.Addr)
	}
	l := d.searches.at(0)
	d.gets(known[0].Addr, krpc.Writer{}.Reply(nil, &r))
	slices.SortFunc(all, func(a, b Contact) int {
		return a.ID.Xor(target).Cmp(b.ID.Xor(target))
	})
	require.Len(t, l.list, cfg.candidateBound())
	for n := range l.list {
		id, a := d.book.Contact(l.list[n].ref)
		require.Equal(t, all[n], Contact{id, a})
	}
}

func idOfAddr(known []Contact, a protocol.Addr) krpc.ID {
	for _, c := range known {
		if c.Addr == a {
			return c.ID
		}
	}
	panic("nobody is there")
}
