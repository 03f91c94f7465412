package dht

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// stores puts an item on the wire, which must succeed.
func (d *driven) stores(t require.TestingT, from protocol.Addr, it *krpc.Item) {
	token := d.token(0, from, d.tokenPeriod(d.turn.Now))
	p := krpc.Writer{}.Put(nil, []byte("aa"), krpc.ID{Hi: 7}, token[:], it)
	d.gets(from, p)
	clear(p) // the bytes are the driver's again
	require.Equal(t, krpc.Response, d.answer(t).m.Kind)
}

// itemsRig is a store of items with one node, and a clock.
type itemsRig struct {
	items
	n   node
	now protocol.Time
}

func newItemsRig(most int, expiry time.Duration) *itemsRig {
	r := &itemsRig{}
	r.init(Config{Items: most, ItemExpiry: expiry})
	r.n.reset()
	return r
}

// add stores an item at a target so many from the node's id, which is 0.
func (r *itemsRig) add(distance uint64, v string) bool {
	return r.put(0, &r.n, krpc.ID{Hi: distance}, &krpc.Item{V: []byte(v)}, r.now)
}

func (r *itemsRig) value(distance uint64) string {
	if it := r.find(0, krpc.ID{Hi: distance}, r.now); it != nil {
		return string(it.value)
	}
	return ""
}

// TestItemsExpiry lets items grow old, one of them after it was put again.
func TestItemsExpiry(t *testing.T) {
	r := newItemsRig(10, time.Minute)
	require.True(t, r.add(1, "a"))
	require.True(t, r.add(2, "b"))
	r.now = r.now.Add(30 * time.Second)
	require.True(t, r.add(1, "a"))
	r.now = r.now.Add(30*time.Second - 1)
	require.Equal(t, "b", r.value(2))
	r.now++
	require.Empty(t, r.value(2))
	require.Equal(t, "a", r.value(1))
	r.now = r.now.Add(30*time.Second - 1)
	require.Equal(t, "a", r.value(1))
	r.now++
	require.Empty(t, r.value(1))
	require.True(t, r.add(1, "new"), "in the place of what has expired")
	require.Equal(t, "new", r.value(1))
	require.Equal(t, 2, r.entries.inUse())
	require.Equal(t, 1, r.purge(0, &r.n, r.now))
	require.Equal(t, 1, r.entries.inUse())
}

// TestItemsEviction fills a node: what has expired goes first, then the farthest, and what is
// farther than all does not come in.
func TestItemsEviction(t *testing.T) {
	r := newItemsRig(3, time.Minute)
	require.True(t, r.add(2, "two"))
	r.now = r.now.Add(30 * time.Second)
	require.True(t, r.add(9, "nine"))
	require.True(t, r.add(5, "five"))
	require.False(t, r.add(10, "ten"), "full, and farther than all")
	require.True(t, r.add(9, "nine again"), "which a renewal never is")
	require.True(t, r.add(6, "six"), "in the place of nine")
	require.Empty(t, r.value(9))
	r.now = r.now.Add(30 * time.Second)
	require.True(t, r.add(10, "ten"), "in the place of two, which has expired")
	require.Empty(t, r.value(2))
	require.Equal(t, "five six ten", r.value(5)+" "+r.value(6)+" "+r.value(10))
	r.drop(0, &r.n)
	require.Zero(t, r.entries.inUse())
	require.Empty(t, r.index)
}

// TestItemsTwin compares random operations of two nodes with a sorted slice of all items.
func TestItemsTwin(t *testing.T) {
	const expiry, most = 20 * time.Second, 6
	r := newItemsRig(most, expiry)
	other := node{id: krpc.ID{Hi: 0xa5}}
	other.reset()
	nodes := []*node{&r.n, &other}
	type entry struct {
		target krpc.ID
		value  string
		at     protocol.Time
	}
	var twin [2][]entry
	draw, evicted, refused, found := protocol.NewRand(4, 0, 0), 0, 0, 0
	for range 20000 {
		r.now = r.now.Add(time.Duration(draw.Uint64n(400)) * time.Millisecond)
		i := draw.Intn(2)
		target := krpc.ID{Hi: draw.Uint64n(256)}
		old := func(e entry) bool { return e.at.Add(expiry) <= r.now }
		twin[i] = slices.DeleteFunc(twin[i], old)
		at := slices.IndexFunc(twin[i], func(e entry) bool { return e.target == target })
		if draw.Intn(3) == 0 {
			it := r.find(uint32(i), target, r.now)
			require.Equal(t, at >= 0, it != nil)
			if it != nil {
				require.Equal(t, twin[i][at].value, string(it.value))
				found++
			}
			continue
		}
		value := string(make([]byte, draw.Intn(50)))
		got := r.put(uint32(i), nodes[i], target, &krpc.Item{V: []byte(value)}, r.now)
		if at >= 0 {
			twin[i] = slices.Delete(twin[i], at, at+1)
		}
		twin[i] = append(twin[i], entry{target, value, r.now})
		slices.SortFunc(twin[i], func(a, b entry) int {
			return a.target.Xor(nodes[i].id).Cmp(b.target.Xor(nodes[i].id))
		})
		fits := true
		if len(twin[i]) > most {
			fits = twin[i][most].target != target
			twin[i] = twin[i][:most]
			evicted++
		}
		if !fits {
			refused++
		}
		require.Equal(t, fits, got)
	}
	require.Greater(t, evicted-refused, 100)
	require.Greater(t, refused, 100)
	require.Greater(t, found, 100)
	r.drop(0, nodes[0])
	r.drop(1, nodes[1])
	require.Zero(t, r.entries.inUse()+len(r.index))
}
