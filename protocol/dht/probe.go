package dht

import (
	"time"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// The upkeep of libtorrent (node::tick, routing_table::next_refresh).
const (
	probeEvery      = 5 * time.Second
	selfLookupEvery = 10 * time.Minute // only while the table is shallow
	shallow         = 4                // depth
)

// probe queries the contact that was not queried or heard from for longest; deeper ones first, and
// before all others those in reserve that never were, where a bucket could take them. The answer
// brings contacts that fill the reserve, and so, in turn, the bucket.
func (g *Group) probe(i uint32, t *protocol.Turn) {
	n, v := &g.nodes[i], &g.vigils[i]
	n.maintain = t.Now.Add(probeEvery)
	if seconds(t.Now)-v.since >= uint32(selfLookupEvery/time.Second) && g.depthInUse(i) < shallow {
		v.since = seconds(t.Now)
		g.refresh(i, t, int(n.depth)-1)
		return
	}
	b, s := g.longestUnasked(i, t.Now)
	if s == nil {
		g.rejoin(i, t)
		return
	}
	s.meta = seconds(t.Now)<<seenShift | s.meta&(1<<seenShift-1)
	if full(g.bucket(i, b)) && (g.cfg.Replacements == 0 || full(g.reserve(i, b))) {
		g.ping(i, t, s.ref, purposePing)
		return
	}
	g.inquire(i, t, s.ref, krpc.GetPeers, g.randomIn(i, t, b))
}

// longestUnasked returns the contact to be queried next and its bucket, or nil.
func (g *Group) longestUnasked(i uint32, now protocol.Time) (bucket int, oldest *slot) {
	last, longest := int(g.nodes[i].depth)-1, uint32(0)
	for b := last; b >= 0; b-- {
		live := g.bucket(i, b)
		for p, s := range live {
			if !s.used() {
				break
			}
			if s.seen() == 0 {
				return b, &live[p]
			}
			if silent := s.silentFor(now); oldest == nil || silent > longest {
				bucket, oldest, longest = b, &live[p], silent
			}
		}
		if g.cfg.Replacements == 0 || b < last && full(live) {
			continue
		}
		reserve := g.reserve(i, b)
		for p := range reserve {
			if s := &reserve[p]; s.used() && !s.proven() && !s.isAsked() {
				s.meta |= flagAsked
				return b, s
			}
		}
	}
	return bucket, oldest
}

// depthInUse returns the depth to which the buckets of node i are at least half full, as far as
// half of k contacts make a bucket half full.
func (g *Group) depthInUse(i uint32) int {
	b := 0
	for b+1 < int(g.nodes[i].depth) && used(g.bucket(i, b+1)) >= (g.cfg.K+1)/2 {
		b++
	}
	return b
}
