package oracle

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"
	"sort"

	"swarmlab/protocol"
)

const (
	purposeIDs    = 2
	purposeBucket = 3
	purposeAlive  = 4
)

// Overlay is a whole network of nodes with ideal routing tables, for lookups that are followed
// step by step. It shares nothing with [Model] but the assumptions: identities are uniform, and
// every bucket holds a uniform sample, without replacement, of the nodes that belong there. Its
// tables are not stored: a bucket is drawn anew, and always the same, whenever it is read.
//
// A node is the index of its identity in ascending order. Identities have 64 bits, enough to
// tell 10^7 nodes apart. An Overlay is not safe for concurrent use.
type Overlay struct {
	seed    uint64
	ids     []uint64
	buckets []int
	stale   float64
	picks   []int // scratch of bucket
}

// NewOverlay draws a network. The buckets are as in [Model]. Every node is dead with probability
// stale, from 0 to 0.9, and still listed in the tables of others. The same arguments give the
// same network.
func NewOverlay(seed uint64, nodes int, buckets []int, stale float64) (*Overlay, error) {
	m := Model{Nodes: nodes, Buckets: buckets, Alpha: 1, Beta: 1, Stale: stale}
	if err := m.validate(); err != nil {
		return nil, err
	}
	rand := protocol.NewRand(seed, purposeIDs, 0)
	o := &Overlay{seed: seed, buckets: slices.Clone(buckets), stale: stale}
	for range nodes {
		o.ids = append(o.ids, rand.Uint64())
	}
	slices.Sort(o.ids)
	if len(slices.Compact(slices.Clone(o.ids))) != nodes {
		return nil, fmt.Errorf("oracle: seed %d gives two nodes one identity, take another", seed)
	}
	return o, nil
}

// ID returns the identity of a node.
func (o *Overlay) ID(node int) uint64 { return o.ids[node] }

// Alive reports whether a node answers.
func (o *Overlay) Alive(node int) bool {
	r := protocol.NewRand(o.seed, purposeAlive, uint64(node))
	return float64(r.Uint64()>>11)*0x1p-53 >= o.stale
}

// Closest returns the node other than self that is closest to key, alive or not.
func (o *Overlay) Closest(key uint64, self int) int {
	best := -1
	for shared := 63; best < 0; shared-- {
		from, to := o.region(key, shared)
		for n := from; n < to; n++ {
			if n != self && (best < 0 || o.ids[n]^key < o.ids[best]^key) {
				best = n
			}
		}
	}
	return best
}

// region returns the range of nodes that share at least the given number of leading bits with
// key.
func (o *Overlay) region(key uint64, shared int) (from, to int) {
	rest := ^uint64(0) >> shared
	low, high := key&^rest, key|rest
	from = sort.Search(len(o.ids), func(i int) bool { return o.ids[i] >= low })
	to = from + sort.Search(len(o.ids)-from, func(i int) bool { return o.ids[from+i] > high })
	return from, to
}

// bucket appends the contacts of node that share exactly depth leading bits with it.
func (o *Overlay) bucket(node, depth int, to []int) []int {
	first, end := o.region(o.ids[node]^1<<(63-depth), depth+1)
	n, size := end-first, o.buckets[min(depth, len(o.buckets)-1)]
	if n <= size {
		for i := first; i < end; i++ {
			to = append(to, i)
		}
		return to
	}
	// Floyd's sampling without replacement.
	rand := protocol.NewRand(o.seed, purposeBucket, uint64(node)<<6|uint64(depth))
	o.picks = o.picks[:0]
	for i := n - size; i < n; i++ {
		pick := first + rand.Intn(i+1)
		if slices.Contains(o.picks, pick) {
			pick = first + i
		}
		o.picks = append(o.picks, pick)
	}
	return append(to, o.picks...)
}

// answer appends the want contacts in the whole table of node that are closest to key.
func (o *Overlay) answer(node int, key uint64, want int, to []int) []int {
	start := len(to)
	shared := min(bits.LeadingZeros64(o.ids[node]^key), 63)
	// The bucket of the key is closest. Then come all deeper ones, which share exactly so many bits
	// with the key, in any order; then the others one by one, upwards.
	to = o.bucket(node, shared, to)
	if len(to)-start < want {
		for depth := shared + 1; depth < 64 && !o.alone(node, depth); depth++ {
			to = o.bucket(node, depth, to)
		}
	}
	for depth := shared - 1; depth >= 0 && len(to)-start < want; depth-- {
		to = o.bucket(node, depth, to)
	}
	found := to[start:]
	slices.SortFunc(found, func(a, b int) int { return cmp.Compare(o.ids[a]^key, o.ids[b]^key) })
	return to[:start+min(want, len(found))]
}

// alone reports whether no other node shares so many leading bits with node.
func (o *Overlay) alone(node, shared int) bool {
	from, to := o.region(o.ids[node], shared)
	return to-from == 1
}
