package audits

import (
	"cmp"
	"slices"

	"swarmlab/protocol"
	"swarmlab/protocol/audit"
	"swarmlab/protocol/swarm"
)

// What observers believe of a peer.
const (
	parallel      = 8          // pieces that it may have begun at a time
	fastest       = 12_500_000 // bytes a second
	watchedAtMost = 1 << 16
)

// Observers is M6: what the peers that observe see, each for itself.
type Observers struct {
	books *Books
	list  []*Observer
}

// Observer is what one of them sees in all torrents. Peers are told apart by the ids that they
// show.
type Observer struct {
	books   *Books
	watches []*audit.Watch // by torrent, nil: it has seen nobody there
	met     map[meeting]audit.User
	peers   [][20]byte
	known   map[[20]byte]audit.User
}

type meeting struct {
	torrent uint32
	c       protocol.Conn
}

func (o *Observers) any() bool { return len(o.list) > 0 }

// Observer returns a new one.
func (b *Books) Observer() *Observer {
	o := &Observer{books: b, watches: make([]*audit.Watch, len(b.cfg.Torrents)),
		met: map[meeting]audit.User{}, known: map[[20]byte]audit.User{}}
	b.Observers.list = append(b.Observers.list, o)
	return o
}

// watch returns what it watches a torrent with.
func (o *Observer) watch(torrent uint32) *audit.Watch {
	if o.watches[torrent] == nil {
		g := o.books.cfg.Torrents[torrent].Geometry
		w, err := audit.NewWatch(audit.WatchConfig{Pieces: g.Pieces(), PieceLength: g.PieceLength,
			Last: g.PieceSize(g.Pieces() - 1), Parallel: parallel, FastestBytesPerSec: fastest,
			PeersMax: watchedAtMost})
		if err != nil {
			panic("audits: " + err.Error())
		}
		o.watches[torrent] = w
	}
	return o.watches[torrent]
}

// Met notes who is at the other end of a connection.
func (o *Observer) Met(torrent uint32, c protocol.Conn, who swarm.Remote) {
	u, known := o.known[who.ID]
	if !known {
		u = audit.User(len(o.peers))
		o.known[who.ID] = u
		o.peers = append(o.peers, who.ID)
	}
	o.met[meeting{torrent, c}] = u
}

// Field takes what a peer has.
func (o *Observer) Field(now protocol.Time, torrent uint32, c protocol.Conn, field []byte) {
	o.watch(torrent).Bitfield(now, o.met[meeting{torrent, c}], field)
}

// Have takes that it has one more piece.
func (o *Observer) Have(now protocol.Time, torrent uint32, c protocol.Conn, piece uint32) {
	o.watch(torrent).Have(now, o.met[meeting{torrent, c}], piece)
}

// Lacks takes that it has a piece no longer.
func (o *Observer) Lacks(now protocol.Time, torrent uint32, c protocol.Conn, piece uint32) {
	o.watch(torrent).DontHave(now, o.met[meeting{torrent, c}], piece)
}

// Gone notes that a connection has ended.
func (o *Observer) Gone(now protocol.Time, torrent uint32, c protocol.Conn) {
	o.watch(torrent).Lost(now, o.met[meeting{torrent, c}])
	delete(o.met, meeting{torrent, c})
}

// Look notes that all who are connected still are.
func (o *Observer) Look(now protocol.Time) {
	for n, w := range o.watches {
		if w == nil {
			continue
		}
		for u := range o.peers {
			o.watches[n].Look(now, audit.User(u))
		}
	}
}

// Sight is what is known of a peer of a torrent.
type Sight struct {
	PeerID [20]byte
	audit.Estimate
	audit.Sources
}

// sights returns what is known of all peers of a torrent: of each by the observer that saw it gain
// most, in the order of their ids.
func (o *Observers) sights(torrent int) []Sight {
	var all []Sight
	for _, one := range o.list {
		if w := one.watches[torrent]; w != nil {
			for _, e := range w.Estimates(nil) {
				s, _ := w.Sources(e.User)
				all = append(all, Sight{one.peers[e.User], e, s})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Sight) int {
		return cmp.Or(slices.Compare(a.PeerID[:], b.PeerID[:]), cmp.Compare(b.Gained, a.Gained))
	})
	return slices.CompactFunc(all, func(a, b Sight) bool { return a.PeerID == b.PeerID })
}

// byUser adds up what is known of the peers of each user in a torrent.
func (o *Observers) byUser(torrent int) []audit.Estimate {
	var users []audit.Estimate
	index := map[audit.User]int{}
	for _, s := range o.sights(torrent) {
		u, ok := o.books.cfg.Owner(s.PeerID)
		if !ok {
			continue
		}
		x, known := index[u]
		if !known {
			index[u] = len(users)
			s.Estimate.User = u
			users = append(users, s.Estimate)
			continue
		}
		users[x].Gained += s.Gained
		users[x].Low += s.Low
		users[x].High += s.High
		users[x].SessionHigh += s.SessionHigh
	}
	return users
}
