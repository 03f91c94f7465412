package audit

import "swarmlab/protocol"

// Estimate is what a watch makes of one peer. All numbers but times are bytes, if nothing else is
// said, and verified pieces: what a peer downloaded in vain is not in them.
type Estimate struct {
	User    User
	First   protocol.Time // when it was first seen
	Last    protocol.Time // when it was last seen
	Gained  uint64        // pieces that it got between First and Last: the estimate
	Doubted uint64        // pieces that it claims to have got too fast, or once more
	Held    uint64        // when first seen: of its own disk, or downloaded before that
	Rest    uint64        // missing when last seen
	// Low and High bound what it downloaded from First to Last: a piece that it had begun before
	// First is not all downloaded since then, and one that it had begun at Last is not seen.
	Low, High uint64
	// SessionHigh bounds what it downloaded since its session began until whenever it ended, with
	// head and tail that were not observed. SessionLow is Low.
	SessionHigh uint64
	Gaps        uint32 // how often it came back after it had been lost
	Lost        uint32 // pieces that it had and has no longer: its bitfields contradict each other
}

// Estimate returns what is known of a peer; ok is false if it was never seen.
func (w *Watch) Estimate(u User) (e Estimate, ok bool) {
	x, ok := w.index[u]
	if !ok {
		return Estimate{}, false
	}
	return w.estimate(&w.peers[x]), true
}

// Estimates appends what is known of all peers, in the order in which they were first seen.
func (w *Watch) Estimates(dst []Estimate) []Estimate {
	for k := range w.peers {
		dst = append(dst, w.estimate(&w.peers[k]))
	}
	return dst
}

func (w *Watch) estimate(p *watched) Estimate {
	rest, slack := w.whole()-p.holds, w.slack()
	return Estimate{User: p.user, First: p.began, Last: p.seen, Gained: p.gained, Held: p.held,
		Doubted: p.doubted, Rest: rest, Gaps: p.gaps, Lost: p.lost,
		Low:         excess(p.gained, slack),
		High:        p.gained + p.doubted + min(slack, rest),
		SessionHigh: p.held + p.gained + p.doubted + rest}
}

// Sources is what the pieces of others say of a peer's upload. Haves do not name the uploader, so
// a piece that one peer gained is split evenly among those who were seen to have it.
type Sources struct {
	Split uint64 // bytes: the estimate
	Sole  uint64 // pieces that only it was seen to have: a lower bound if all peers are watched
	Any   uint64 // pieces that it was seen to have: an upper bound
}

// Gap returns the bytes that cannot be told to be its own or another's.
func (s Sources) Gap() uint64 { return s.Any - s.Sole }

// Sources returns what is known of a peer's upload.
func (w *Watch) Sources(u User) (s Sources, ok bool) {
	x, ok := w.index[u]
	if !ok {
		return Sources{}, false
	}
	return w.peers[x].source, true
}

// attribute splits a piece that a peer gained among those who may have sent it.
func (w *Watch) attribute(to *watched, piece uint32, n uint64) {
	bit := uint64(1) << 63 >> (piece % 64)
	holders := uint64(0)
	for k := range w.peers {
		p := &w.peers[k]
		if p != to && p.there && p.has[piece/64]&bit != 0 {
			holders++
		}
	}
	if holders == 0 {
		w.orphans += n
		return
	}
	each, more := n/holders, n%holders
	for k := range w.peers {
		p := &w.peers[k]
		if p == to || !p.there || p.has[piece/64]&bit == 0 {
			continue
		}
		p.source.Split += each
		if more > 0 {
			p.source.Split++
			more--
		}
		p.source.Any += n
		if holders == 1 {
			p.source.Sole += n
		}
	}
}

// Orphans returns the bytes that were gained while no watched peer was seen to have them. With all
// splits they add up to what all peers gained.
func (w *Watch) Orphans() uint64 { return w.orphans }
