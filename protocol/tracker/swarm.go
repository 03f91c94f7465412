package tracker

import "swarmlab/protocol"

// A swarm's peers are in four rows: of each family those that download, and those that only
// upload, seeds and partial seeds. Nobody who only uploads has a use for another one.
const (
	down4 = iota
	up4
	down6
	up6
	rows
)

// swarm is what is known of a torrent.
type swarm struct {
	infoHash  [20]byte
	rows      [rows][]seat
	silent    chain  // its peers by their last announce
	older     uint32 // among the swarms, by their last announce
	newer     uint32
	at        protocol.Time // of the last announce
	seeds     uint32
	paused    uint32 // partial seeds
	completed uint32 // downloads that were completed
}

// peer is one member of a swarm.
type peer struct {
	addr   protocol.Addr
	id     [20]byte
	key    uint32
	last   Totals // as reported
	at     protocol.Time
	swarm  uint32
	older  uint32 // among the swarm's peers, by their last announce
	newer  uint32
	place  uint32 // in its row
	row    uint8
	seed   bool
	paused bool
	loads  bool // it was seen without the whole torrent, so it may come to complete it
}

// seat is a peer's place in a row. The address is there a second time so that whoever names fifty
// peers of a large swarm need not look for fifty of them in memory.
type seat struct {
	addr protocol.Addr
	peer uint32
}

// chain is a list from the one longest silent to the one heard of last.
type chain struct{ oldest, newest uint32 }

// member names a peer: the same client at another port or address is another one.
type member struct {
	swarm uint32
	addr  protocol.Addr
}

// silence takes a peer out of the order of its swarm's.
func (k *Tracker) silence(s *swarm, p *peer) {
	if p.older == none {
		s.silent.oldest = p.newer
	} else {
		k.peers.at(p.older).newer = p.newer
	}
	if p.newer == none {
		s.silent.newest = p.older
	} else {
		k.peers.at(p.newer).older = p.older
	}
}

// speak makes a peer, which is out of the order, the one of its swarm that was heard of last.
func (k *Tracker) speak(s *swarm, x uint32, now protocol.Time) {
	p := k.peers.at(x)
	p.at, p.older, p.newer = now, s.silent.newest, none
	if p.older == none {
		s.silent.oldest = x
	} else {
		k.peers.at(p.older).newer = x
	}
	s.silent.newest = x
}

// enrol puts a peer into the row where it belongs, after what is known of it has changed.
func (k *Tracker) enrol(s *swarm, x uint32) {
	p := k.peers.at(x)
	p.row = down4
	if !p.addr.Is4() {
		p.row = down6
	}
	if p.seed {
		s.seeds++
	}
	if p.paused {
		s.paused++
	}
	if p.seed || p.paused {
		p.row++
	}
	p.place = uint32(len(s.rows[p.row]))
	s.rows[p.row] = append(s.rows[p.row], seat{p.addr, x})
}

// strike takes a peer out of its row; the last one of the row takes its place.
func (k *Tracker) strike(s *swarm, p *peer) {
	row := s.rows[p.row]
	end := len(row) - 1
	moved := row[end]
	row[p.place] = moved
	k.peers.at(moved.peer).place = p.place
	s.rows[p.row] = row[:end]
	if p.seed {
		s.seeds--
	}
	if p.paused {
		s.paused--
	}
}

// remove forgets a peer.
func (k *Tracker) remove(s *swarm, x uint32) {
	p := k.peers.at(x)
	k.strike(s, p)
	k.silence(s, p)
	delete(k.members, member{p.swarm, p.addr})
	k.peers.release(x, peer{})
}

// expire forgets the peers of a swarm that were not heard of for too long.
func (k *Tracker) expire(s *swarm, now protocol.Time) {
	for x := s.silent.oldest; x != none; x = s.silent.oldest {
		if k.peers.at(x).at.Add(k.cfg.Expiry) > now {
			return
		}
		k.remove(s, x)
		k.tally.Expired++
	}
}

// size returns how many peers a swarm has.
func (s *swarm) size() int {
	n := 0
	for r := range s.rows {
		n += len(s.rows[r])
	}
	return n
}

// counts returns what is told of a swarm.
func (s *swarm) counts() Counts {
	all := uint32(s.size())
	return Counts{InfoHash: s.infoHash, Seeders: s.seeds, Completed: s.completed,
		Leechers: all - s.seeds, Downloaders: all - s.seeds - s.paused}
}
