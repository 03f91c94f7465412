package dht

import (
	"bytes"
	"time"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// items holds what was put (BEP 44) at all nodes of a group. A node's items are a list. One that
// has expired is as if it were not there, and is removed when its room is needed. A node that is
// full gives up the item farthest from its own id for a nearer one, so that whoever floods it with
// items from elsewhere cannot displace those that it is responsible for.
type items struct {
	index   map[itemKey]uint32
	entries pool[item]

	expiry   time.Duration
	maxItems int
}

type itemKey struct {
	node   uint32
	target krpc.ID
}

// item is one value. Its bytes outlive it in the pool, for the value that is next.
type item struct {
	target  krpc.ID
	at      protocol.Time // when it was put last
	seq     int64
	value   []byte
	key     [krpc.KeySize]byte
	sig     [krpc.SigSize]byte
	next    uint32 // in the node's list
	mutable bool   // it has key, sig and seq
}

func (s *items) init(c Config) {
	s.index = make(map[itemKey]uint32)
	s.expiry, s.maxItems = c.ItemExpiry, c.Items
}

// find returns the item stored for a target, or nil. It is valid until the next put.
func (s *items) find(i uint32, target krpc.ID, now protocol.Time) *item {
	x, ok := s.index[itemKey{i, target}]
	if !ok {
		return nil
	}
	if it := s.entries.at(x); it.at.Add(s.expiry) > now {
		return it
	}
	return nil
}

// as writes the item into it, whose slices then point into the store.
func (e *item) as(it *krpc.Item) {
	*it = krpc.Item{V: e.value}
	if e.mutable {
		it.Key, it.Sig, it.Seq, it.HasSeq = e.key[:], e.sig[:], e.seq, true
	}
}

// older reports whether the item may give way to it, or be renewed by it, as far as time goes.
func (e *item) older(it *krpc.Item) bool {
	return it.Seq > e.seq || it.Seq == e.seq && bytes.Equal(it.V, e.value)
}

// put stores an item, in the place of the one for that target if there is one, and reports whether
// there was room. What may be put is for the caller to decide.
func (s *items) put(
	i uint32, n *node, target krpc.ID, it *krpc.Item, now protocol.Time,
) bool {
	x, ok := s.index[itemKey{i, target}]
	if !ok {
		if s.purge(i, n, now) >= s.maxItems && !s.evict(i, n, target) {
			return false
		}
		x = s.entries.take()
		s.entries.at(x).next = n.items
		n.items = x
		s.index[itemKey{i, target}] = x
	}
	e := s.entries.at(x)
	*e = item{
		target: target, at: now, next: e.next, value: append(e.value[:0], it.V...),
		mutable: it.Key != nil,
	}
	if e.mutable {
		e.seq = it.Seq
		copy(e.key[:], it.Key)
		copy(e.sig[:], it.Sig)
	}
	return true
}

// purge removes a node's expired items and returns how many are left.
func (s *items) purge(i uint32, n *node, now protocol.Time) int {
	left := 0
	link := &n.items
	for *link != nilIndex {
		x := *link
		e := s.entries.at(x)
		if e.at.Add(s.expiry) > now {
			link = &e.next
			left++
			continue
		}
		*link = e.next
		s.forget(i, x)
	}
	return left
}

// evict removes the node's item that is farthest from its id, unless the target is farther.
func (s *items) evict(i uint32, n *node, target krpc.ID) bool {
	farthest := n.id.Xor(target)
	var out *uint32
	for link := &n.items; *link != nilIndex; link = &s.entries.at(*link).next {
		if d := n.id.Xor(s.entries.at(*link).target); farthest.Less(d) {
			farthest, out = d, link
		}
	}
	if out == nil {
		return false
	}
	x := *out
	*out = s.entries.at(x).next
	s.forget(i, x)
	return true
}

// forget releases an item; the caller has taken it out of the node's list.
func (s *items) forget(i uint32, x uint32) {
	delete(s.index, itemKey{i, s.entries.at(x).target})
	s.entries.release(x)
}

// drop removes everything that a node stores.
func (s *items) drop(i uint32, n *node) {
	for x := n.items; x != nilIndex; {
		next := s.entries.at(x).next
		s.forget(i, x)
		x = next
	}
	n.items = nilIndex
}
