package dht

import (
	"time"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// maxSamples are told at most; with them, at least eight IPv6 contacts fit into any reply.
const maxSamples = 20

// sampling is the random subset of its infohashes that a node tells until it is time for another
// one (BEP 51).
type sampling struct {
	drawn protocol.Time
	n     int
	ids   [maxSamples]krpc.ID
}

// replySample answers sample_infohashes.
func (g *Group) replySample(i uint32, t *protocol.Turn, to protocol.Addr, m *krpc.Message) {
	held := g.store.purge(i, &g.nodes[i], t.Now)
	kept := g.sampling(i, t)
	b := g.scratch.sample.IDs[:0]
	for _, id := range kept.ids[:kept.n] {
		b = id.Append(b)
	}
	g.scratch.sample = krpc.Sample{
		Interval: int64((g.cfg.SampleInterval + time.Second - 1) / time.Second),
		Num:      int64(held), IDs: b,
	}
	g.replyContacts(i, t, to, m, krpc.Reply{Sample: &g.scratch.sample})
}

// sampling returns the sample that the node keeps, or draws one if its time is over. An empty one
// is not kept: a node that has just started would seem to be empty for hours.
func (g *Group) sampling(i uint32, t *protocol.Turn) *sampling {
	n := &g.nodes[i]
	if n.sampling == nilIndex {
		n.sampling = g.samples.take()
		g.samples.at(n.sampling).n = 0
	}
	kept := g.samples.at(n.sampling)
	if kept.n == 0 || kept.drawn.Add(g.cfg.SampleInterval) <= t.Now {
		kept.drawn = t.Now
		kept.n = g.store.draw(&kept.ids, n, t.Rand)
	}
	return kept
}

// draw fills ids with random infohashes of a node, each subset as likely as any other, and returns
// how many. It is Waterman's reservoir sampling (Knuth, TAOCP 2, 3.4.2, algorithm R).
func (s *store) draw(ids *[maxSamples]krpc.ID, n *node, r *protocol.Rand) int {
	seen := 0
	for x := n.torrents; x != nilIndex; x = s.torrents.at(x).next {
		place := seen
		if seen >= maxSamples {
			place = r.Intn(seen + 1)
		}
		if place < maxSamples {
			ids[place] = s.torrents.at(x).infoHash
		}
		seen++
	}
	return min(seen, maxSamples)
}
