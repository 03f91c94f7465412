package dht

import (
	"bytes"

	"swarmlab/protocol/krpc"
)

// retrieve judges the item of an answer. It is kept if it is the one that was sought, and newer
// than those before. Another value of the same seq does not take its place: the owner of the key
// has signed two, and the one heard of first is as good as the other.
func (g *Group) retrieve(l *lookup, m *krpc.Message) {
	f, it := l.found, krpc.Item{V: m.Item.V, Key: m.Item.Key, Sig: m.Item.Sig}
	if it.Key != nil {
		it.Seq, it.HasSeq = m.Item.Seq, m.Item.HasSeq
	}
	if it.V == nil {
		if m.Item.HasSeq && l.has(m.Item.Seq) && f.seq == m.Item.Seq {
			f.copies++
		}
		return
	}
	if l.Item != nil && it.Key != nil {
		it.Salt = l.Item.Salt
	}
	if f.holds(&it) {
		f.copies++
		return
	}
	if !genuine(&it, l.target) {
		g.counters[BadItem]++
		return
	}
	switch {
	case f.seqSet && it.Seq < f.seq:
	case !f.seqSet || it.Seq > f.seq:
		f.keep(&it)
		f.copies = 1
	case f.item.V == nil: // the owner has that seq, but was sent it again
		f.keep(&it)
		f.copies++
	}
}

// has reports whether the owner has the value of that seq: it need not be sent.
func (l *lookup) has(seq int64) bool {
	return l.Item != nil && l.Item.HasSeq && l.Item.Seq == seq
}

// genuine reports whether an item belongs where it was found, and is its owner's.
func genuine(it *krpc.Item, target krpc.ID) bool {
	if it.Key == nil {
		return krpc.ImmutableTarget(it.V) == target
	}
	return len(it.Key) == krpc.KeySize && it.Target() == target && it.Verify()
}

// holds reports whether an item is the one that is kept already, and need not be verified again.
func (f *findings) holds(it *krpc.Item) bool {
	kept := &f.item
	return kept.V != nil && kept.Seq == it.Seq && bytes.Equal(kept.V, it.V) &&
		bytes.Equal(kept.Key, it.Key) && bytes.Equal(kept.Sig, it.Sig)
}

// keep copies an item.
func (f *findings) keep(it *krpc.Item) {
	b := append(f.bytes[:0], it.V...)
	b = append(b, it.Key...)
	b = append(b, it.Sig...)
	v, key := len(it.V), len(it.V)+len(it.Key)
	f.bytes, f.item = b, *it
	f.item.V = b[:v:v]
	if it.Key != nil {
		f.item.Key, f.item.Sig = b[v:key:key], b[key:]
	}
	f.seq, f.seqSet = it.Seq, true
}
