package tracker

import (
	"time"

	"swarmlab/protocol"
)

// Tracker knows the peers of torrents, by whatever way they announce themselves.
type Tracker struct {
	cfg     Config
	index   map[[20]byte]uint32
	members map[member]uint32
	allowed map[[20]byte]bool
	swarms  slab[swarm]
	peers   slab[peer]
	active  chain         // the swarms by their last announce
	sweeps  protocol.Time // not before that
	hosts   Hosts
	swaps   []swap // scratch
	tally   Tally
}

// Tally is what a tracker has counted.
type Tally struct {
	Announces uint64 `json:"announces"` // accepted
	Scrapes   uint64 `json:"scrapes"`   // accepted, of one torrent or of several
	Completed uint64 `json:"completed"` // downloads
	Stopped   uint64 `json:"stopped"`   // peers that took their leave
	Expired   uint64 `json:"expired"`   // peers that were not heard of any more
	Displaced uint64 `json:"displaced"` // peers that had to make room
	Early     uint64 `json:"early"`     // announces without event before the least interval
	Refused   uint64 `json:"refused"`   // announces: not tracked, or no room
	Flooded   uint64 `json:"flooded"`   // requests of hosts that sent too many
}

// Observer hears of announces, from which ledgers are kept.
type Observer interface {
	// Announced tells of an announce, before it takes effect. Last is what the same peer reported
	// before; it is nil if the tracker does not know the peer, or not any more. Both are valid
	// during the call only.
	Announced(now protocol.Time, q *Request, last *Totals)
}

// The reasons that a tracker gives for a refusal.
const (
	notTracked = "unregistered torrent"
	noRoom     = "the tracker has no room for more"
)

// New returns a tracker that knows nobody.
func New(cfg Config) (*Tracker, error) {
	cfg, err := cfg.validated()
	if err != nil {
		return nil, err
	}
	k := &Tracker{cfg: cfg}
	k.Reset()
	return k, nil
}

// Reset forgets all peers and torrents, as after a crash, but not what is allowed or was counted.
func (k *Tracker) Reset() {
	k.index, k.members = make(map[[20]byte]uint32), make(map[member]uint32)
	k.swarms, k.peers = slab[swarm]{}, slab[peer]{}
	k.active = chain{none, none}
	k.hosts, k.sweeps = Hosts{}, 0
}

// Allow lets a private tracker track a torrent.
func (k *Tracker) Allow(infoHash [20]byte) {
	if k.allowed == nil {
		k.allowed = make(map[[20]byte]bool)
	}
	k.allowed[infoHash] = true
}

// Tally returns what was counted so far.
func (k *Tracker) Tally() Tally { return k.tally }

// Swarms returns how many torrents are known.
func (k *Tracker) Swarms() int { return k.swarms.len() }

// Peers returns how many peers are known, and how many of them are seeds. Those that have not been
// heard of for too long are forgotten first.
func (k *Tracker) Peers(now protocol.Time) (all, seeds int) {
	k.sweep(now)
	for x := k.active.oldest; x != none; x = k.swarms.at(x).newer {
		seeds += int(k.swarms.at(x).seeds)
	}
	return k.peers.len(), seeds
}

// Announce takes an announce and fills in the reply. It names peers of both families.
func (k *Tracker) Announce(now protocol.Time, rand *protocol.Rand, q *Request, r *Reply) {
	k.announce(now, rand, q, r, whole)
}

// room is what an answer has room for.
type room struct {
	four, six bool
	ids       bool
	peers     int
}

// whole is the room of an answer by HTTP.
var whole = room{four: true, six: true, ids: true, peers: packetPeers4}

func (k *Tracker) announce(
	now protocol.Time, rand *protocol.Rand, q *Request, r *Reply, fits room,
) {
	r.reset()
	k.tidy(now)
	if k.cfg.Private && !k.allowed[q.InfoHash] {
		k.tally.Refused++
		r.Failure, r.RetryIn = notTracked, Forever
		return
	}
	r.Interval, r.MinInterval = k.cfg.Interval, k.cfg.MinInterval
	r.External = q.Addr.WithPort(0)
	y, known := k.lookup(q.InfoHash, now)
	x, member := none, false
	if known {
		x, member = k.find(y, q)
	}
	if q.Event == Stopped {
		k.tell(now, q, x)
		if member {
			k.remove(k.swarms.at(y), x)
			k.tally.Stopped++
		}
		k.count(y, known, r)
		return
	}
	if !member {
		if y = k.open(y, known, q); y == none || !k.makeRoom(y) {
			k.tally.Refused++
			r.Failure = noRoom
			return
		}
	}
	k.tell(now, q, x)
	if member {
		k.update(y, x, q, now)
	} else {
		x = k.join(y, q, now)
	}
	k.use(y, now)
	k.count(y, true, r)
	k.choose(y, x, rand, k.wanted(q, fits), fits, r)
}

// find looks for the peer that announces. Another peer id at the same place is another peer: the
// former one is gone.
func (k *Tracker) find(y uint32, q *Request) (x uint32, found bool) {
	x, found = k.members[member{y, q.Addr}]
	if !found {
		return none, false
	}
	if k.peers.at(x).id != q.PeerID {
		k.remove(k.swarms.at(y), x)
		k.tally.Displaced++
		return none, false
	}
	return x, true
}

// tell counts an announce and tells the observer of it.
func (k *Tracker) tell(now protocol.Time, q *Request, x uint32) {
	k.tally.Announces++
	var last *Totals
	if x != none {
		p := k.peers.at(x)
		last = &p.last
		if q.Event == Update && p.at.Add(k.cfg.MinInterval) > now {
			k.tally.Early++
		}
	}
	if k.cfg.Observer != nil {
		k.cfg.Observer.Announced(now, q, last)
	}
}

// join makes a peer a member of a swarm that has room for it.
func (k *Tracker) join(y uint32, q *Request, now protocol.Time) uint32 {
	x := k.peers.take()
	p := k.peers.at(x)
	p.addr, p.id, p.swarm = q.Addr, q.PeerID, y
	k.members[member{y, q.Addr}] = x
	s := k.swarms.at(y)
	p.report(q)
	k.enrol(s, x)
	k.speak(s, x, now)
	return x
}

// update takes what a member reports.
func (k *Tracker) update(y, x uint32, q *Request, now protocol.Time) {
	s, p := k.swarms.at(y), k.peers.at(x)
	if q.Event == Completed && q.Left == 0 && p.loads {
		s.completed++
		k.tally.Completed++
		p.loads = false // once
	}
	k.strike(s, p)
	p.report(q)
	k.enrol(s, x)
	k.silence(s, p)
	k.speak(s, x, now)
}

// report keeps what a peer says of itself.
func (p *peer) report(q *Request) {
	p.last, p.key = q.Totals, q.Key
	p.seed = q.Left == 0
	p.paused = q.Event == Paused && !p.seed
	p.loads = p.loads || !p.seed
}

// count fills in what is known of a swarm.
func (k *Tracker) count(y uint32, known bool, r *Reply) {
	if known {
		c := k.swarms.at(y).counts()
		r.Seeders, r.Leechers, r.Completed = c.Seeders, c.Leechers, c.Completed
	}
}

// Scrape returns what is known of a torrent: nothing, if it is not tracked.
func (k *Tracker) Scrape(now protocol.Time, infoHash [20]byte) Counts {
	y, known := k.lookup(infoHash, now)
	if !known {
		return Counts{InfoHash: infoHash}
	}
	return k.swarms.at(y).counts()
}

// ScrapeAll appends what is known of each torrent, and counts one scrape.
func (k *Tracker) ScrapeAll(now protocol.Time, hashes [][20]byte, dst []Counts) []Counts {
	k.tally.Scrapes++
	for _, h := range hashes {
		dst = append(dst, k.Scrape(now, h))
	}
	return dst
}

// MinInterval returns the least time between two announces, which is also told for scrapes.
func (k *Tracker) MinInterval() time.Duration { return k.cfg.MinInterval }
