package swarms

import (
	"time"

	"swarmlab/netmodel"
	"swarmlab/protocol"
	"swarmlab/scenarios"
)

func duration(d scenarios.Duration) time.Duration { return time.Duration(d) }

// stay draws for how long peers stay.
type stay struct {
	law   *netmodel.Lengths // nil: always as long as fixed
	fixed time.Duration
	ends  bool
}

func newStay(s scenarios.Stay) stay {
	law, fixed, ends := s.Span()
	t := stay{fixed: duration(fixed), ends: ends}
	if !law.IsZero() {
		t.law = law.Tabulate()
	}
	return t
}

// draw returns how long a peer stays; it is positive. ends is false if it stays for good.
func (s *stay) draw(seed, purpose, stream uint64) (d time.Duration, ends bool) {
	if s.law == nil {
		return max(s.fixed, 1), s.ends
	}
	r := protocol.NewRand(seed, purpose, stream)
	return max(s.law.Draw(&r), 1), true
}

// plan draws when the peers of a group come.
func (w *World) plan(g *scenarios.Group, first uint32) {
	size := uint32(g.Size)
	if g.Arrive.Rate == (scenarios.Pace{}) {
		for node := first; node < first+size; node++ {
			r := protocol.NewRand(w.seed, purposeArrival, uint64(node))
			if over := uint64(g.Arrive.Over); over > 0 {
				w.peers[node].arrives = protocol.Time(r.Uint64n(over))
			}
			w.expect(node)
		}
		return
	}
	at := protocol.Time(0)
	for n, gap := range gaps(w.seed, first, size, g.Arrive.Rate.Mean()) {
		at = at.Add(gap)
		w.peers[first+uint32(n)].arrives = at
		w.expect(first + uint32(n))
	}
}

// gaps draws the times between the peers of a Poisson process. Each is drawn for its node, so that
// two rates have the same process, faster or slower.
func gaps(seed uint64, first, size uint32, mean time.Duration) []time.Duration {
	span, err := netmodel.ParseSpan("exponential(" + mean.String() + ")")
	if err != nil {
		panic("swarms: a rate has no mean: " + err.Error())
	}
	law := span.Tabulate()
	list := make([]time.Duration, size)
	for n := range list {
		r := protocol.NewRand(seed, purposeArrival, uint64(first)+uint64(n))
		list[n] = law.Draw(&r)
	}
	return list
}

// expect counts a node whom the run has to wait for.
func (w *World) expect(node uint32) {
	p := w.of(node)
	if w.peers[node].arrives >= w.end || p.spec.Complete == netmodel.Certain || p.observes() {
		return
	}
	for k := range w.peers[node].parts {
		w.peers[node].parts[k].torrent.counts.expected++
	}
}

// pieces draws the pieces that a peer has when it comes, as a bitfield; nil if that is none.
func (p *population) pieces(node uint32, t *torrent) []byte {
	n := t.is.Geometry.Pieces()
	want := share(n, p.spec.Complete)
	if want == 0 {
		return nil
	}
	r := protocol.NewRand(p.world.seed, purposePieces, uint64(node))
	have := make([]byte, (n+7)/8)
	for piece := range n { // of those that are left, as many as are left to be chosen
		if r.Uint64n(uint64(n-piece)) < uint64(want) {
			have[piece/8] |= 0x80 >> (piece % 8)
			want--
		}
	}
	return have
}

// share returns a part of some pieces, rounded to the nearest.
func share(n uint32, part netmodel.Probability) uint32 {
	const parts = 1 << 20
	p := uint64(part) / (uint64(netmodel.Certain) / parts)
	return uint32(min((uint64(n)*p+parts/2)/parts, uint64(n)))
}
