package dht

import (
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

// FuzzDual is FuzzNode with a node in both networks: datagrams come over either, and nothing that
// one half does may bring the other one, its table or its books out of order.
func FuzzDual(f *testing.F) {
	for n := range 3 {
		f.Add(randomScript(uint64(n)))
	}
	f.Fuzz(func(t *testing.T, b []byte) { endureDual(t, b) })
}

// TestDualEndures is FuzzDual with long random scripts.
func TestDualEndures(t *testing.T) {
	var four, six, matched uint64
	for n := range 40 {
		o := endureDual(t, randomScript(uint64(n)))
		a, b := o.dual.four.Counters(), o.dual.six.Counters()
		four, six, matched = four+a[Answered], six+b[Answered], matched+b[Matched]
	}
	t.Logf("answered %d and %d, heard %d answers", four, six, matched)
	require.Greater(t, four, uint64(200))
	require.Greater(t, six, uint64(50))
	require.Greater(t, matched, uint64(30))
}

// twins is an ordeal of a node in both networks; its steps are those of one of them at a time.
type twins struct {
	*ordeal
	dual  *Dual
	other []sent // queries of the half whose turn it is not
}

func endureDual(t require.TestingT, b []byte) *twins {
	o := &ordeal{t: plain{t}, todo: b}
	cfg := o.client()
	cfg.Depth = 8
	o.protect(&cfg)
	p := newDual(t, cfg, o.todo.byte()%20)
	o.driven, o.core = p.driven, p.dual
	both := &twins{ordeal: o, dual: p.dual}
	p.dual.four.env.Seeds = func(_ uint32, dst []protocol.Addr) []protocol.Addr {
		return append(dst, somebody(1).Addr)
	}
	for len(o.todo) > 0 {
		both.turnTo(o.todo.byte()%2 == 0)
		if len(o.todo)%3 == 0 {
			o.book.limit = 0
		}
		if choice := o.todo.byte(); choice < 255 {
			o.step(choice)
		}
		for _, four := range []bool{true, false} {
			both.turnTo(four)
			o.check()
			for _, s := range o.slots {
				if s.used() {
					_, a := o.book.Contact(s.ref)
					require.Equal(o.t, four, a.Is4())
				}
			}
			for l := o.nodes[0].lookups; l != nilIndex; l = o.searches.at(l).next {
				for _, c := range o.searches.at(l).list {
					_, a := o.book.Contact(c.ref)
					require.Equal(o.t, four, a.Is4())
				}
			}
		}
	}
	both.finish()
	return both
}

// turnTo makes the steps those of one half.
func (o *twins) turnTo(four bool) {
	o.Group = o.dual.six
	if four {
		o.Group = o.dual.four
	}
	o.book = o.Group.book
	all := append(o.other, o.asked...)
	o.asked, o.other = nil, nil
	for _, q := range all {
		if q.to.Is4() == four {
			o.asked = append(o.asked, q)
		} else {
			o.other = append(o.other, q)
		}
	}
	o.asked = o.asked[max(0, len(o.asked)-3):] // those before have waited for too long
}

// finish lets every query of both halves time out, and drops the node: nothing is left.
func (o *twins) finish() {
	for range 1000 {
		for _, g := range []*Group{o.dual.four, o.dual.six} {
			g.nodes[0].maintain, g.nodes[0].joined, g.refreshSecs = protocol.Never, true, 0
		}
		o.turnOf(func(t *protocol.Turn) { o.core.Wake(0, t) })
		o.turn.Now = o.turn.Now.Add(o.cfg.QueryTimeout)
		if o.dual.four.pending.inUse()+o.dual.six.pending.inUse() == 0 {
			break
		}
	}
	for _, g := range []*Group{o.dual.four, o.dual.six} {
		require.Zero(o.t, g.pending.inUse(), "a query that never times out")
		require.Zero(o.t, g.searches.inUse(), "a lookup that never ends")
	}
	o.dual.Drop(0)
	for _, four := range []bool{true, false} {
		o.turnTo(four)
		o.empty()
	}
}
