package auditor

import (
	"time"

	"swarmlab/protocol"
	"swarmlab/protocol/audit"
)

// subject is what is observed, and how much is believed.
type subject struct {
	Infohash    string `json:"infohash"`
	Name        string `json:"name"`
	Size        uint64 `json:"size"`
	Pieces      uint32 `json:"pieces"`
	PieceLength uint32 `json:"piece_length"`
	Parallel    uint32 `json:"parallel"`
	Fastest     uint64 `json:"fastest"`
}

// sight is the kind of a sighting.
type sight byte

// The sights, by the letters that stand for them in a journal.
const (
	sawPeer  sight = 'p' // a connection, on which the peer says what it has
	sawHave  sight = 'h'
	sawLacks sight = 'l'
	sawGone  sight = 'g'
	sawTick  sight = 't' // time passed: who is connected still is, and has said nothing else
)

// glimpse is a sighting: something that an observer saw.
type glimpse struct {
	what  sight
	at    protocol.Time // since the audit began
	user  audit.User    // but for ticks
	piece uint32        // of have and lacks
	peer  contact       // of a connection
	field []byte        // and what the peer has, as on the wire
}

// contact is who is at the other end of a connection.
type contact struct {
	addr    protocol.Addr
	listens bool // there, as far as known
	id      [20]byte
}

// book is what was seen of a torrent. It is made of sightings alone: the same ones in the same
// order make the same book, as they happen or as they are read from a journal.
type book struct {
	torrent   subject
	watch     *audit.Watch
	users     []user
	now       protocol.Time // of the latest sighting
	seeds     int
	completed int
	hosts     map[host]int // how many of the users are of each
	missed    uint64       // connections of peers for which there was no room
	ignored   uint64       // sightings of peers that said too much
}

// host is an IPv4 address, or the /64 of an IPv6 address, whose owner has all of it.
type host [2]uint64

func hostOf(a protocol.Addr) host {
	hi, lo := a.IP16()
	if !a.Is4() {
		lo = 0
	}
	return host{hi, lo}
}

// user is a peer of the torrent.
type user struct {
	contact
	sessions  int
	there     bool
	since     protocol.Time // when the latest connection began
	connected protocol.Time // how long earlier ones lasted, together
	seed      bool          // it had everything when first seen
	complete  protocol.Time // when it had everything; Never: not yet
	spent     uint64        // of its allowance
}

// Settle is how long a peer may take to say what it has: clients announce some pieces right
// after their bitfield. What it gets in that time is counted as what it had.
const Settle = 250 * time.Millisecond

// How many peers one audit can hold: fewer of a torrent of so many pieces that what they have would
// not fit into memory, and of a single host only some, so that nobody who comes under ever new ids
// takes the room of others.
const (
	peersMax     = 20_000
	hostPeersMax = 256
	fieldsMax    = 512 << 20 // bytes of memory
)

// peersOf is how many peers there is room for.
func peersOf(pieces uint32) int {
	each := 2 * (int(pieces) + 7) / 8 // what it had at first, and has now
	return min(peersMax, max(fieldsMax/each, 1))
}

func newBook(of subject) (*book, error) {
	watch, err := audit.NewWatch(audit.WatchConfig{
		Pieces: of.Pieces, PieceLength: of.PieceLength,
		Last:     uint32(of.Size - uint64(of.Pieces-1)*uint64(of.PieceLength)),
		Parallel: of.Parallel, FastestBytesPerSec: of.Fastest, Settle: Settle,
		PeersMax: peersOf(of.Pieces),
	})
	if err != nil {
		return nil, err
	}
	return &book{torrent: of, watch: watch, hosts: make(map[host]int)}, nil
}

// add takes a sighting. It returns whether that changed anything; what did not need not be kept.
func (b *book) add(s *glimpse) (changed bool) {
	s.at = max(s.at, b.now)
	if s.what == sawTick {
		b.now = s.at
		for u := range b.users {
			b.watch.Look(s.at, audit.User(u))
		}
		return true
	}
	if s.what == sawPeer && int(s.user) == len(b.users) {
		return b.welcome(s)
	}
	u := &b.users[s.user]
	if s.what != sawGone && !b.afford(u, s) {
		b.ignored++
		return false
	}
	before, _ := b.watch.Estimate(s.user)
	switch s.what {
	case sawPeer:
		b.watch.Bitfield(s.at, s.user, s.field)
		u.arrive(s)
		changed = true
	case sawHave:
		b.watch.Have(s.at, s.user, s.piece)
	case sawLacks:
		b.watch.DontHave(s.at, s.user, s.piece)
	case sawGone:
		b.watch.Lost(s.at, s.user)
		u.depart(s.at)
		changed = true
	}
	after, _ := b.watch.Estimate(s.user)
	if after.Rest == 0 && u.complete == protocol.Never {
		b.completes(u, s)
	}
	if changed = changed || before.Rest != after.Rest; changed {
		b.now = s.at
	}
	return changed
}

// welcome takes the first connection of a peer.
func (b *book) welcome(s *glimpse) bool {
	host := hostOf(s.peer.addr)
	if b.hosts[host] >= hostPeersMax ||
		b.watch.Bitfield(s.at, s.user, s.field) != audit.OK {
		b.missed++
		return false
	}
	b.hosts[host]++
	b.now = s.at
	u := user{complete: protocol.Never}
	u.arrive(s)
	b.completes(&u, s)
	b.users = append(b.users, u)
	return true
}

// completes notes when a peer has everything.
func (b *book) completes(u *user, s *glimpse) {
	e, _ := b.watch.Estimate(s.user)
	switch {
	case e.Rest > 0:
		return
	case e.Gained+e.Doubted == 0:
		u.seed = true
		b.seeds++
	default:
		b.completed++
	}
	u.complete = s.at
}

func (u *user) arrive(s *glimpse) {
	if !u.listens || s.peer.listens {
		u.addr, u.listens = s.peer.addr, s.peer.listens
	}
	u.id = s.peer.id
	u.sessions++
	u.there, u.since = true, s.at
}

func (u *user) depart(at protocol.Time) {
	if u.there {
		u.there, u.connected = false, u.connected+at-u.since
	}
}

// What a peer may say costs memory and disk, of which each has an allowance: enough to say all four
// times, and more with time.
const (
	allowanceFirst     = 4096
	allowancePerSecond = 10
)

// afford takes the costs of a sighting off the allowance of its peer.
func (b *book) afford(u *user, s *glimpse) bool {
	e, _ := b.watch.Estimate(s.user)
	seconds := uint64(s.at.Sub(e.First).Seconds())
	costs := 1 + uint64(len(s.field))/16
	if u.spent+costs > allowanceFirst+4*uint64(b.torrent.Pieces)+allowancePerSecond*seconds {
		return false
	}
	u.spent += costs
	return true
}
