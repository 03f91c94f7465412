package oracle

import (
	"cmp"
	"slices"
)

// Search is how a lookup in an [Overlay] goes about it: in synchronous rounds, with a shortlist
// that forgets nothing.
type Search struct {
	// Alpha is the number of queries in a round, Beta the number of contacts in an answer. The
	// initiator starts from the Beta or Alpha best of its own table, whichever is more.
	Alpha, Beta int
	// Closest is k of the rule to stop: all of the k closest nodes seen, dead ones not counted,
	// have answered; a round asks only among these. 0 stops as soon as the target is seen.
	Closest int
}

// Trace is what a lookup did.
type Trace struct {
	// Depth is the number of hops after which the target was first seen: 1 if the initiator knew
	// it, one more for each round of queries; 0 if it was not seen.
	Depth int
	// Rounds is the number of rounds, Messages that of queries, Dead that of queries to dead
	// nodes.
	Rounds, Messages, Dead int
}

// sighting is a node on the shortlist.
type sighting struct {
	node  int
	xor   uint64
	asked bool
	dead  bool // asked in vain
}

// Run looks for key from a node. The target is the node closest to key, and it is alive.
func (s Search) Run(o *Overlay, from int, key uint64) Trace {
	target := o.Closest(key, from)
	var trace Trace
	var list []sighting
	news := o.answer(from, key, max(s.Alpha, s.Beta), nil)
	for {
		for _, node := range news {
			if node != from {
				list = see(list, sighting{node: node, xor: o.ids[node] ^ key})
			}
			if node == target && trace.Depth == 0 {
				trace.Depth = trace.Rounds + 1
			}
		}
		batch := s.batch(list)
		if len(batch) == 0 || s.Closest == 0 && trace.Depth > 0 {
			return trace
		}
		trace.Rounds++
		trace.Messages += len(batch)
		news = news[:0]
		for _, i := range batch {
			list[i].asked, list[i].dead = true, list[i].node != target && !o.Alive(list[i].node)
			if list[i].dead {
				trace.Dead++
				continue
			}
			news = o.answer(list[i].node, key, s.Beta, news)
		}
	}
}

// see puts a node into its place on the shortlist unless it is there.
func see(list []sighting, new sighting) []sighting {
	i, known := slices.BinarySearchFunc(list, new, func(a, b sighting) int {
		return cmp.Compare(a.xor, b.xor)
	})
	if known {
		return list
	}
	return slices.Insert(list, i, new)
}

// batch returns the places on the shortlist to be asked next.
func (s Search) batch(list []sighting) []int {
	var batch []int
	live := 0
	for i, c := range list {
		if len(batch) == s.Alpha || s.Closest > 0 && live == s.Closest {
			break
		}
		if !c.asked {
			batch = append(batch, i)
		}
		if !c.dead {
			live++
		}
	}
	return batch
}
