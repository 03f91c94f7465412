package tracker

import (
	"time"

	"swarmlab/protocol"
)

const (
	// tidied is how many swarms an announce looks at to see whether they are over. Each announce
	// makes at most one new swarm, so they cannot pile up.
	tidied = 2
	// sweepPause is the least time between two looks at all peers, for who makes us look.
	sweepPause = time.Second
)

// tidy forgets swarms in which nobody has announced himself for too long; all expired peers, if
// there is no room without.
func (k *Tracker) tidy(now protocol.Time) {
	full := k.swarms.len() >= k.cfg.Torrents || k.peers.len() >= k.cfg.Peers
	if full && now >= k.sweeps {
		k.sweeps = now.Add(sweepPause)
		k.sweep(now)
		return
	}
	for range tidied {
		if x := k.active.oldest; x == none || !k.endIfOver(x, now) {
			return
		}
	}
}

// sweep forgets all peers that have expired, and the swarms that are over.
func (k *Tracker) sweep(now protocol.Time) {
	for x := k.active.oldest; x != none; {
		next := k.swarms.at(x).newer
		if !k.endIfOver(x, now) {
			k.expire(k.swarms.at(x), now)
		}
		x = next
	}
}

// endIfOver forgets a swarm in which nobody has announced himself for too long.
func (k *Tracker) endIfOver(x uint32, now protocol.Time) bool {
	s := k.swarms.at(x)
	if s.at.Add(k.cfg.Expiry) > now {
		return false
	}
	k.expire(s, now)
	k.close(x)
	return true
}

// lookup returns the swarm of a torrent, without peers that have expired.
func (k *Tracker) lookup(infoHash [20]byte, now protocol.Time) (y uint32, known bool) {
	y, known = k.index[infoHash]
	if !known || k.endIfOver(y, now) {
		return none, false
	}
	k.expire(k.swarms.at(y), now)
	return y, true
}

// open returns the swarm of a torrent, which it makes if it is not known, or none if there is no
// room for it.
func (k *Tracker) open(y uint32, known bool, q *Request) uint32 {
	if known {
		return y
	}
	if k.swarms.len() >= k.cfg.Torrents || k.peers.len() >= k.cfg.Peers {
		return none
	}
	y = k.swarms.take()
	s := k.swarms.at(y)
	*s = swarm{infoHash: q.InfoHash, rows: s.rows, silent: chain{none, none}}
	k.index[q.InfoHash] = y
	k.attach(y)
	return y
}

// close forgets a swarm without peers.
func (k *Tracker) close(y uint32) {
	s := k.swarms.at(y)
	k.detach(y)
	delete(k.index, s.infoHash)
	kept := s.rows
	for r := range kept {
		kept[r] = kept[r][:0]
		if cap(kept[r]) > rowKept {
			kept[r] = nil
		}
	}
	k.swarms.release(y, swarm{rows: kept})
}

// rowKept is how many peers the memory may have room for that a row leaves to the next swarm.
const rowKept = 64

// makeRoom sees that one more peer can join a swarm.
func (k *Tracker) makeRoom(y uint32) bool {
	s := k.swarms.at(y)
	if s.size() >= k.cfg.SwarmPeers {
		k.remove(s, s.silent.oldest)
		k.tally.Displaced++
	}
	return k.peers.len() < k.cfg.Peers
}

// use makes a swarm the one that was announced last.
func (k *Tracker) use(y uint32, now protocol.Time) {
	k.swarms.at(y).at = now
	if k.active.newest != y {
		k.detach(y)
		k.attach(y)
	}
}

// attach appends a swarm to the active ones.
func (k *Tracker) attach(y uint32) {
	s := k.swarms.at(y)
	s.older, s.newer = k.active.newest, none
	if s.older == none {
		k.active.oldest = y
	} else {
		k.swarms.at(s.older).newer = y
	}
	k.active.newest = y
}

// detach takes a swarm out of the active ones.
func (k *Tracker) detach(y uint32) {
	s := k.swarms.at(y)
	if s.older == none {
		k.active.oldest = s.newer
	} else {
		k.swarms.at(s.older).newer = s.newer
	}
	if s.newer == none {
		k.active.newest = s.older
	} else {
		k.swarms.at(s.newer).older = s.older
	}
}

// wanted returns how many peers an answer is to name.
func (k *Tracker) wanted(q *Request, fits room) int {
	want := q.Want
	if want < 0 {
		want = k.cfg.Want
	}
	return min(want, k.cfg.WantMax, fits.peers)
}
