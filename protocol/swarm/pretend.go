package swarm

import (
	"time"

	"swarmlab/protocol"
	"swarmlab/protocol/peerwire"
)

// pretendLeast is the least time between two pieces that a peer pretends to have.
const pretendLeast = time.Millisecond

// pretendBegin begins to pretend: all pieces in their time, but one of those that are missing, for
// who has everything is left by all seeds.
func (x *turn) pretendBegin(m *member) {
	if x.g.cfg.Pretend == 0 || m.seed || m.showing {
		return
	}
	m.claimed = newBits(m.geo.Pieces())
	m.claimAt = x.Now.Add(x.pretendEach(m))
	x.arm(m.claimAt)
}

// pretendEach is the time in which a piece would come at the rate that is pretended.
func (x *turn) pretendEach(m *member) time.Duration {
	rate := min(x.g.cfg.Pretend, 1<<30)
	each := uint64(m.geo.PieceLength) * uint64(time.Second) / rate
	return max(pretendLeast, time.Duration(min(each, uint64(time.Hour))))
}

// pretend tells everybody of another piece, one at random of those that are missing.
func (x *turn) pretend(m *member) {
	m.claimAt = x.Now.Add(x.pretendEach(m))
	chosen, free := uint32(0), uint64(0)
	for p := range m.geo.Pieces() {
		if m.has(p) || m.claimed.has(p) {
			continue
		}
		if free++; x.Rand.Uint64n(free) == 0 {
			chosen = p
		}
	}
	if free < 2 {
		m.claimAt = protocol.Never
		return
	}
	m.claimed.set(chosen)
	out := peerwire.AppendIndex(x.g.scratch.out[:0], peerwire.Have, chosen)
	for _, c := range m.conns {
		x.write(c, out)
	}
}

// pretended returns all pieces that others are told of. It is valid until the next call.
func (x *turn) pretended(m *member) bits {
	s := &x.g.scratch
	s.set = append(s.set[:0], m.picker.have...)
	for n, w := range m.claimed {
		s.set[n] |= w
	}
	return s.set
}

// claims says whether others were told before that a piece is there.
func (m *member) claims(piece uint32) bool { return m.claimed != nil && m.claimed.has(piece) }
