package dht

import (
	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// A node's table is BEP 5's list of buckets: bucket b holds contacts that share exactly b leading
// bits with the node's own id, but the last one in use also holds all that share more.

// table returns all slots of node i: those of its buckets, and behind them the reserves, if any.
func (g *Group) table(i uint32) []slot { return g.slots[int(i)*g.stride:][:g.stride] }

func (g *Group) bucket(i uint32, b int) []slot {
	base := int(i) * g.stride
	return g.slots[base+g.offset[b] : base+g.offset[b+1]]
}

func (g *Group) dues(i uint32) []uint32 {
	return g.due[int(i)*g.cfg.Depth:][:g.cfg.Depth]
}

// bucketOf returns the bucket in whose range id lies.
func (n *node) bucketOf(id krpc.ID) int {
	return min(n.id.SharedBits(id), int(n.depth)-1)
}

// find returns the position of a contact in a bucket, or -1.
func find(bucket []slot, r Ref) int {
	for p, s := range bucket {
		if !s.used() {
			break
		}
		if s.ref == r {
			return p
		}
	}
	return -1
}

// room returns the first empty position of a bucket, or -1 if it is full.
func room(bucket []slot) int {
	for p, s := range bucket {
		if !s.used() {
			return p
		}
	}
	return -1
}

// full reports whether a bucket has no empty position.
func full(bucket []slot) bool { return bucket[len(bucket)-1].used() }

// used returns how many contacts a bucket has.
func used(bucket []slot) int {
	if p := room(bucket); p >= 0 {
		return p
	}
	return len(bucket)
}

// remove takes a slot out of a bucket and keeps the used ones first.
func remove(bucket []slot, p int) {
	last := len(bucket) - 1
	for !bucket[last].used() {
		last--
	}
	bucket[p], bucket[last] = bucket[last], slot{}
}

// splittable reports whether b is the bucket that covers the node's own id and may be split.
func (g *Group) splittable(n *node, b int) bool {
	return b == int(n.depth)-1 && b+1 < g.cfg.Depth
}

// split opens one more bucket and moves into it what shares more bits than the last one is for.
// Where sizes shrink with depth, contacts can be left over; the longest silent ones go, into the
// reserve if there is one.
func (g *Group) split(i uint32) {
	n := &g.nodes[i]
	old := int(n.depth) - 1
	n.depth++
	g.dues(i)[old+1] = g.dues(i)[old]
	g.scratch.moved = g.scratch.moved[:0]
	bucket := g.bucket(i, old)
	for p := 0; p < len(bucket) && bucket[p].used(); {
		id, _ := g.env.Directory.Contact(bucket[p].ref)
		if n.id.SharedBits(id) > old {
			g.scratch.moved = append(g.scratch.moved, bucket[p])
			remove(bucket, p)
		} else {
			p++
		}
	}
	deeper := g.bucket(i, old+1)
	for _, s := range g.scratch.moved {
		if p := room(deeper); p >= 0 {
			deeper[p] = s
		} else {
			if p := mostStale(deeper); deeper[p].staler(s) {
				deeper[p], s = s, deeper[p]
			}
			g.stow(i, old+1, s)
		}
	}
	if g.cfg.Replacements > 0 {
		g.splitReserve(i, old)
	}
}

func mostStale(bucket []slot) int {
	stale := 0
	for p, s := range bucket {
		if s.staler(bucket[stale]) {
			stale = p
		}
	}
	return stale
}

// ranked is a contact with the leading bits of its distance to some target.
type ranked struct {
	dist uint64
	ref  Ref
}

// closest collects the n contacts of node i that are closest to target and not bad, nearest first,
// into scratch memory that the next call overwrites.
func (g *Group) closest(i uint32, target krpc.ID, n int) []ranked {
	if g.cfg.Upkeep == UpkeepProbe { // libtorrent's lookups begin with failed contacts, too
		return g.closestOf(i, target, n, whoever)
	}
	return g.closestOf(i, target, n, anytime)
}

// These stand for the time at which a contact must be good where it need not be.
const (
	anytime = protocol.Never - iota // it must not be bad
	whoever                         // it may be bad
)

// closestOf is closest, of the contacts that are good at the given time, or, if that is anytime or
// whoever, of more.
func (g *Group) closestOf(i uint32, target krpc.ID, n int, goodAt protocol.Time) []ranked {
	self := &g.nodes[i]
	near := g.scratch.near[:0]
	if self.depth == 0 {
		return near
	}
	// Distances to the target grow from bucket to bucket in this order: the target's own bucket,
	// all deeper ones together, then the shallower ones one by one.
	home := self.bucketOf(target)
	near = g.rankBucket(near, i, home, target, n, goodAt)
	if len(near) < n {
		for b := home + 1; b < int(self.depth); b++ {
			near = g.rankBucket(near, i, b, target, n, goodAt)
		}
	}
	for b := home - 1; b >= 0 && len(near) < n; b-- {
		near = g.rankBucket(near, i, b, target, n, goodAt)
	}
	g.scratch.near = near[:0]
	return near
}

// rankBucket inserts a bucket's contacts into near, which stays sorted and no longer than n.
func (g *Group) rankBucket(
	near []ranked, i uint32, b int, target krpc.ID, n int, goodAt protocol.Time,
) []ranked {
	for _, s := range g.bucket(i, b) {
		if !s.used() {
			break
		}
		if goodAt != whoever && (g.isBad(s) || goodAt != anytime && !g.isGood(s, goodAt)) {
			continue
		}
		r := ranked{g.env.Directory.Lead(s.ref) ^ target.Hi, s.ref}
		p := len(near)
		if p < n {
			near = append(near, r)
		} else if near[p-1].dist < r.dist {
			continue
		}
		for p > 0 && (r.dist < near[p-1].dist || r.dist == near[p-1].dist &&
			g.nearer(r, near[p-1], target)) {
			p--
		}
		if p == n {
			continue
		}
		copy(near[p+1:], near[p:])
		near[p] = r
	}
	return near
}

// nearer compares distances whose leading bits are equal.
func (g *Group) nearer(a, b ranked, target krpc.ID) bool {
	ia, _ := g.env.Directory.Contact(a.ref)
	ib, _ := g.env.Directory.Contact(b.ref)
	return ia.Xor(target).Less(ib.Xor(target))
}

// Fill puts a contact into node i's table before it starts, as if it had answered at the given
// time, which may be less than 0, and reports whether there was room. Contacts must come in any
// order but only once.
func (g *Group) Fill(i uint32, c Contact, heard protocol.Time) bool {
	n := &g.nodes[i]
	if n.depth == 0 {
		n.depth = 1
	}
	for {
		b := n.bucketOf(c.ID)
		bucket := g.bucket(i, b)
		if p := room(bucket); p >= 0 {
			bucket[p] = filledSlot(g.env.Directory.Ref(c.ID, c.Addr), heard)
			if g.insecure(c.ID, c.Addr) {
				bucket[p].meta |= flagInsecure
			}
			return true
		}
		if !g.splittable(n, b) {
			return false
		}
		g.split(i)
	}
}

// RefreshAt says when node i's bucket b is next to be refreshed if nothing happens in it. The
// owner of a group that it filled spreads these times, as those of a network that has run for long
// are spread.
func (g *Group) RefreshAt(i uint32, b int, t protocol.Time) { g.dues(i)[b] = seconds(t) }

// Depth returns the number of buckets in use by node i; 0 if it does not run.
func (g *Group) Depth(i uint32) int { return int(g.nodes[i].depth) }

// BucketSize returns how many contacts the bucket at a depth can hold.
func (g *Group) BucketSize(depth int) int { return g.cfg.bucketSize(depth) }

// EachContact calls f with every contact of node i, bucket by bucket.
func (g *Group) EachContact(i uint32, now protocol.Time, f func(bucket int, c Contact, good bool)) {
	for b := range int(g.nodes[i].depth) {
		for _, s := range g.bucket(i, b) {
			if !s.used() {
				break
			}
			id, addr := g.env.Directory.Contact(s.ref)
			f(b, Contact{id, addr}, g.isGood(s, now))
		}
	}
}
