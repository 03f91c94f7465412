package tracker

import "swarmlab/protocol"

// tidied is how many swarms an announce looks at to see whether all of their peers have expired.
const tidied = 2

// tidy forgets swarms in which nobody has announced himself for too long. Each announce makes at
// most one new swarm, so they cannot pile up.
func (k *Tracker) tidy(now protocol.Time) {
	for range tidied {
		x := k.active.oldest
		if x == none || k.swarms.at(x).at.Add(k.cfg.Expiry) > now {
			return
		}
		k.expire(k.swarms.at(x), now)
		k.close(x)
	}
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

// choose names peers to the member x: a random choice of all that are of use to it, each as likely
// as any other, in random order, and never itself. Who only uploads is named those that download.
//
// The rows are shuffled as far as the choice goes, so that it takes no time for the others.
func (k *Tracker) choose(
	y, x uint32, rand *protocol.Rand, want int, fits room, r *Reply,
) {
	s, self := k.swarms.at(y), k.peers.at(x)
	var first, count [rows]uint32 // that are chosen, and that are left to choose from
	all := uint32(0)
	for n := range s.rows {
		six, ups := n >= down6, n%2 == 1
		if ups && (self.seed || self.paused) || six && !fits.six || !six && !fits.four {
			continue
		}
		count[n] = uint32(len(s.rows[n]))
		if uint8(n) == self.row {
			count[n]--
			k.swap(s.rows[n], self.place, count[n])
		}
		all += count[n]
	}
	for left := min(uint32(max(want, 0)), all); left > 0; left-- {
		at := uint32(rand.Uint64n(uint64(all)))
		n := 0
		for ; at >= count[n]; n++ {
			at -= count[n]
		}
		k.swap(s.rows[n], first[n], first[n]+at)
		p := k.peers.at(s.rows[n][first[n]])
		r.Peers = append(r.Peers, Peer{p.addr, p.id, true})
		first[n]++
		count[n]--
		all--
	}
}
