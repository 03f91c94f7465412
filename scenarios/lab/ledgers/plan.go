package ledgers

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"time"

	"swarmlab/netmodel"
	"swarmlab/protocol"
	"swarmlab/protocol/tracker"
	"swarmlab/scenarios"
)

// rate is what every user transfers in each direction where it lives by its churn, bytes a second.
const rate = 100_000

// session is one time for which a user is there.
type session struct {
	user     uint32
	torrent  uint32 // by which its infohash is made
	from, to protocol.Time
	graceful bool
	up, down uint64 // bytes that it transfers in all of it
	upMore   uint64 // that a pair of cheats invents in all of it: one of them uploads,
	downMore uint64 // and the other one downloads
	peerID   [20]byte
}

// totals returns what was transferred by some time.
func (s *session) totals(at protocol.Time) (up, down uint64) {
	past, whole := uint64(max(min(at, s.to)-s.from, 0)), uint64(s.to-s.from)
	return part(s.up, past, whole), part(s.down, past, whole)
}

// part returns n*past/whole, rounded down; past is at most whole, which is not 0.
func part(n, past, whole uint64) uint64 {
	hi, lo := bits.Mul64(n, past)
	q, _ := bits.Div64(hi, lo, whole)
	return q
}

// reported is what the client of a session tells at some time, which of cheats is not the truth.
func (w *World) reported(s *session, at protocol.Time) tracker.Totals {
	up, down := s.totals(at)
	switch {
	case s.upMore+s.downMore > 0:
		past, whole := uint64(max(min(at, s.to)-s.from, 0)), uint64(s.to-s.from)
		up, down = up+part(s.upMore, past, whole), down+part(s.downMore, past, whole)
	case w.cheats[s.user]:
		up = part(up, uint64(w.scenario.Ledger.Rounds.Factor), 1000)
	}
	return tracker.Totals{Uploaded: up, Downloaded: down, Left: 1} // all leech
}

// add plans a session, the last one of its user so far.
func (w *World) add(s session) {
	r := protocol.NewRand(w.seed, purposePeerID, uint64(len(w.sessions)))
	copy(s.peerID[:], fmt.Sprintf("-SL0100-%012x", r.Uint64()>>16))
	w.users[s.user].sessions = append(w.users[s.user].sessions, uint32(len(w.sessions)))
	w.owners[s.peerID] = s.user
	w.sessions = append(w.sessions, s)
}

// live plans the sessions of all users by their churn.
func (w *World) live() error {
	node := uint32(0)
	for i := range w.scenario.Groups {
		g := &w.scenario.Groups[i]
		churn, err := new(scenarios.ChurnFiles).Churn(w.scenario, g)
		if err != nil {
			return err
		}
		lives := netmodel.NewLives(churn)
		for range g.Size {
			w.liveOf(node, lives.Of(w.seed, uint64(node)))
			node++
		}
	}
	return nil
}

// liveOf plans those of one user.
func (w *World) liveOf(user uint32, life netmodel.Life) {
	free := protocol.Time(0) // from when on it can come
	for {
		from, _ := life.Next()
		if from = max(from, free); from >= w.end {
			return
		}
		to, event := life.Next()
		if to <= from {
			continue
		}
		past := min(to, w.end) // of what lies after the end nobody asks
		s := session{user: user, from: from, to: past, graceful: event == netmodel.Stops}
		s.up = part(rate, uint64(past-from), uint64(time.Second))
		s.down = s.up
		w.add(s)
		free = to
		if s.graceful {
			free = to.Add(scenarios.Settle)
		}
	}
}

// infoHash is that of a torrent.
func infoHash(seed uint64, torrent uint32) (h [20]byte) {
	r := protocol.NewRand(seed, purposeTorrent, uint64(torrent))
	binary.BigEndian.PutUint64(h[:], r.Uint64())
	binary.BigEndian.PutUint64(h[8:], r.Uint64())
	binary.BigEndian.PutUint32(h[16:], torrent)
	return h
}
