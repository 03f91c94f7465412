package ledgers

import (
	"time"

	"swarmlab/protocol"
	"swarmlab/protocol/audit"
	"swarmlab/scenarios"
)

// median is what half of the users upload in a round at least, bytes.
const median = 1_000_000_000

// deal begins a round: it deals the users into swarms and plans their sessions.
func (w *World) deal() {
	r := &w.scenario.Ledger.Rounds
	from := protocol.Time(w.round) * protocol.Time(r.Length)
	if r.DealsOnce() && w.round > 0 {
		w.pairing.Keep()
	} else {
		shuffle := protocol.NewRand(w.seed, purposeDeal, uint64(w.round))
		w.pairing.Deal(&shuffle)
	}
	w.swarms = w.swarms[:0]
	dealt := make([]bool, len(w.users))
	for u := range dealt {
		if dealt[u] {
			continue
		}
		var swarm []uint32
		for v := u; v < len(dealt); v++ {
			if v == u || w.pairing.Permits(audit.User(u), audit.User(v)) {
				swarm, dealt[v] = append(swarm, uint32(v)), true
			}
		}
		w.meet(swarm, from, from.Add(time.Duration(r.Length)-scenarios.Settle))
	}
	w.round++
}

// meet plans the sessions of the users of one swarm.
func (w *World) meet(swarm []uint32, from, to protocol.Time) {
	first := uint32(len(w.sessions))
	all := uint64(0)
	torrent := w.torrents
	w.torrents++
	for _, user := range swarm {
		s := w.plan(user, from, to)
		s.torrent = torrent
		w.collude(&s)
		all += s.up
		w.add(s)
		w.schedule(uint32(len(w.sessions) - 1))
	}
	others := uint64(len(swarm) - 1)
	for n := range swarm {
		s := &w.sessions[first+uint32(n)]
		s.down = (all - s.up) / others
	}
	w.swarms = append(w.swarms, group{torrent: torrent, first: first, size: uint32(len(swarm))})
}

// plan draws the session of a user in the present round.
func (w *World) plan(user uint32, from, to protocol.Time) session {
	r := protocol.NewRand(w.seed, purposeMeet, uint64(w.round)<<32|uint64(user))
	late := r.Uint64n(uint64(w.scenario.Ledger.Interval))
	graceful := r.Uint64n(uint64(certain)) < uint64(w.scenario.Ledger.Rounds.Graceful)
	return session{user: user, from: from.Add(time.Duration(late)), to: to, graceful: graceful,
		up: uint64(w.volumes.Draw(&r))}
}

// collude enters what a cheat of a pair invents in a session: the first one uploads, and the second
// one the downloads of these.
func (w *World) collude(s *session) {
	r := &w.scenario.Ledger.Rounds
	if !r.Collude || !w.cheats[s.user] {
		return
	}
	more := uint64(r.Factor) - 1000
	if s.user%2 == 0 {
		s.upMore = part(s.up, more, 1000)
		return
	}
	first := w.plan(s.user-1, s.from, s.to)
	s.downMore = part(first.up, more, 1000)
}

// group is a swarm of the present round: its sessions follow each other.
type group struct{ torrent, first, size uint32 }
