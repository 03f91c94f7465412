package audit

import (
	"errors"
	"time"

	"swarmlab/protocol"
	"swarmlab/protocol/tracker"
)

// Claim is what one announce adds to an account, with what the tracker knows at that moment.
type Claim struct {
	At       protocol.Time
	Since    protocol.Time // of the peer's announce before; At if there was none
	First    bool          // there was none, so nobody knows in what time Credit was earned
	User     User
	Torrent  uint32         // in the order in which torrents were first announced
	Credit   tracker.Totals // by the rule; Left is what the peer says it still misses
	Leechers uint32         // others in the swarm that miss something
	PeerID   [20]byte
}

// Over returns the time to which a claim belongs.
func (c *Claim) Over() time.Duration { return c.At.Sub(c.Since) }

// DeskConfig says how a tracker's announces become claims.
type DeskConfig struct {
	Rule tracker.Rule
	// Owner says whose account a peer belongs to; ok is false for somebody who has none.
	Owner func(q *tracker.Request) (u User, ok bool)
	// Claim is called for each claim, also if it is of no bytes. It must not keep the pointer.
	Claim  func(c *Claim)
	Expiry time.Duration // after which a silent peer is no longer a leecher; positive
	// CreditMax is the most bytes that a single announce can add to any of its counters, at least
	// 1: more is a [Jump], and adds nothing at all.
	CreditMax uint64
	// PeersMax bounds the peers of one user, of all torrents together; at least 1. Claims of more
	// are refused, so that nobody can use up the room of others.
	PeersMax uint32
}

// Desk is where announces come in: a [tracker.Observer] that turns them into claims. It knows what
// a tracker knows, and no more.
type Desk struct {
	cfg      DeskConfig
	torrents map[[20]byte]uint32
	seats    map[seat]uint32
	peers    []attender
	swarms   []attendance
	taken    []uint32 // peers, by user
	claim    Claim    // scratch
	Counts   Counts
}

// seat is a user's own: who announces under the id of another one sits elsewhere.
type seat struct {
	torrent uint32
	user    User
	peerID  [20]byte
}

// attender is a peer of a torrent, as of its last announce.
type attender struct {
	last    protocol.Time
	older   int32 // among those present in the torrent, by their last announce; none
	newer   int32
	loads   bool // it misses something
	present bool
	known   bool // it was heard of before
}

// attendance is who is present in a torrent.
type attendance struct {
	leechers       uint32
	oldest, newest int32
}

// none is the end of a list.
const none = -1

// NewDesk returns a desk that has heard nothing. Errors name the field that is wrong.
func NewDesk(cfg DeskConfig) (*Desk, error) {
	switch {
	case cfg.Owner == nil || cfg.Claim == nil:
		return nil, errors.New("audit: a desk needs Owner and Claim")
	case cfg.Expiry <= 0:
		return nil, errors.New("audit: a desk's Expiry must be positive")
	case cfg.CreditMax == 0 || cfg.PeersMax == 0:
		return nil, errors.New("audit: a desk's CreditMax and PeersMax must be at least 1")
	}
	return &Desk{cfg: cfg, torrents: make(map[[20]byte]uint32), seats: make(map[seat]uint32)}, nil
}

// Torrents returns how many torrents were announced.
func (d *Desk) Torrents() int { return len(d.swarms) }

// Announced implements [tracker.Observer].
func (d *Desk) Announced(now protocol.Time, q *tracker.Request, last *tracker.Totals) {
	user, ok := d.cfg.Owner(q)
	if !ok {
		d.Counts.note(Stranger)
		return
	}
	torrent, x, ok := d.attend(user, q)
	if !ok {
		d.Counts.note(Full)
		return
	}
	s, p := &d.swarms[torrent], &d.peers[x]
	d.expire(s, now)
	c := &d.claim
	*c = Claim{At: now, Since: p.last, First: !p.known, User: user, Torrent: torrent,
		Leechers: s.leechers, PeerID: q.PeerID, Credit: d.cfg.Rule.Credit(q.Event, last, &q.Totals)}
	if c.First {
		c.Since = now
	}
	if p.present && p.loads {
		c.Leechers-- // itself
	}
	c.Credit.Left = q.Left
	d.seat(s, x, now, q)
	d.hand(c)
}

// hand hands a claim to the owner, unless nobody can transfer so much.
func (d *Desk) hand(c *Claim) {
	most := max(c.Credit.Uploaded, c.Credit.Downloaded, c.Credit.Corrupt, c.Credit.Redundant)
	if most > d.cfg.CreditMax {
		d.Counts.note(Jump)
		return
	}
	d.Counts.note(OK)
	d.cfg.Claim(c)
}

// attend finds who announces. If there is no room for somebody new, ok is false.
func (d *Desk) attend(u User, q *tracker.Request) (torrent, x uint32, ok bool) {
	torrent, known := d.torrents[q.InfoHash]
	if known {
		if x, ok = d.seats[seat{torrent, u, q.PeerID}]; ok {
			return torrent, x, true
		}
	}
	taken := at(&d.taken, u)
	if *taken >= d.cfg.PeersMax {
		return 0, 0, false
	}
	*taken++
	if !known {
		torrent = uint32(len(d.swarms))
		d.torrents[q.InfoHash] = torrent
		d.swarms = append(d.swarms, attendance{oldest: none, newest: none})
	}
	x = uint32(len(d.peers))
	d.seats[seat{torrent, u, q.PeerID}] = x
	d.peers = append(d.peers, attender{})
	return torrent, x, true
}

// seat takes what a peer says of what it misses.
func (d *Desk) seat(s *attendance, x uint32, now protocol.Time, q *tracker.Request) {
	p := &d.peers[x]
	if p.present {
		d.leave(s, p)
	}
	p.last, p.known = now, true
	if q.Event == tracker.Stopped {
		return
	}
	p.loads, p.present = q.Left > 0, true
	p.older, p.newer = s.newest, none
	if p.older == none {
		s.oldest = int32(x)
	} else {
		d.peers[p.older].newer = int32(x)
	}
	s.newest = int32(x)
	if p.loads {
		s.leechers++
	}
}

// leave takes out a peer that is present.
func (d *Desk) leave(s *attendance, p *attender) {
	if p.older == none {
		s.oldest = p.newer
	} else {
		d.peers[p.older].newer = p.newer
	}
	if p.newer == none {
		s.newest = p.older
	} else {
		d.peers[p.newer].older = p.older
	}
	if p.loads {
		s.leechers--
	}
	p.present = false
}

// expire takes out those who were not heard of for too long.
func (d *Desk) expire(s *attendance, now protocol.Time) {
	for s.oldest != none && d.peers[s.oldest].last.Add(d.cfg.Expiry) <= now {
		d.leave(s, &d.peers[s.oldest])
	}
}
