package dht

import (
	"time"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// store holds the announced peers of all nodes of a group. A node's torrents are a list; a
// torrent's peers are a list, at most one a host (BEP 33) or, as libtorrent and jech/dht have it,
// one a host and port; the latest announced comes first. What has expired is removed when it is
// met.
type store struct {
	index    map[torrentKey]uint32
	torrents pool[torrent]
	peers    pool[peer]
	held     map[uint32]int // torrents by node, expired ones included; nil if nobody asks

	expiry      time.Duration
	maxTorrents int
	maxPeers    int
	ports       bool // peers of one host differ by their ports
}

// forever is an expiry of 146 years; added to a time before that, it does not overflow.
const forever = time.Duration(1 << 62)

type torrentKey struct {
	node     uint32
	infoHash krpc.ID
}

type torrent struct {
	infoHash krpc.ID
	next     uint32 // in the node's list
	peers    uint32 // first of a list
	count    int32
	seeds    int32         // of count
	latest   protocol.Time // announce: when all peers have expired, so has the torrent
}

type peer struct {
	addr protocol.Addr
	at   protocol.Time
	next uint32
	seed bool // it has the whole torrent, so it says (BEP 33)
}

func (s *store) init(c Config) {
	s.index = make(map[torrentKey]uint32)
	s.expiry, s.maxTorrents, s.maxPeers = c.PeerExpiry, c.Torrents, c.Peers
	s.ports = c.PeerPorts
	if s.expiry == 0 {
		s.expiry = forever
	}
	if c.WithholdTokens {
		s.held = make(map[uint32]int)
	}
}

// same reports whether two addresses are one peer's.
func (s *store) same(a, b protocol.Addr) bool {
	return a.SameIP(b) && (!s.ports || a.Port() == b.Port())
}

// hasRoom reports whether a peer on the host of a could be stored. It is for stores that withhold
// tokens: libtorrent gives none for a full torrent, but to those who are in it.
func (s *store) hasRoom(
	i uint32, n *node, infoHash krpc.ID, now protocol.Time, a protocol.Addr,
) bool {
	tor := s.live(i, infoHash, now)
	if tor == nil {
		return s.held[i] < s.maxTorrents || s.purge(i, n, now) < s.maxTorrents
	}
	if int(tor.count) < s.maxPeers {
		return true
	}
	for x := tor.peers; x != nilIndex; x = s.peers.at(x).next {
		if s.peers.at(x).addr.SameIP(a) {
			return true
		}
	}
	return false
}

// put stores a peer announced at its time, or renews it, and reports whether there was room.
func (s *store) put(i uint32, n *node, infoHash krpc.ID, announced peer) bool {
	now := announced.at
	x, ok := s.index[torrentKey{i, infoHash}]
	if !ok {
		if s.purge(i, n, now) >= s.maxTorrents {
			return false
		}
		x = s.torrents.take()
		*s.torrents.at(x) = torrent{infoHash: infoHash, next: n.torrents, peers: nilIndex}
		n.torrents = x
		s.index[torrentKey{i, infoHash}] = x
		if s.held != nil {
			s.held[i]++
		}
	}
	tor := s.torrents.at(x)
	s.prune(tor, now, announced.addr)
	if int(tor.count) >= s.maxPeers {
		return false
	}
	p := s.peers.take()
	announced.next = tor.peers
	*s.peers.at(p) = announced
	tor.peers = p
	tor.count++
	if announced.seed {
		tor.seeds++
	}
	tor.latest = now
	return true
}

// prune removes from a torrent the peers that have expired, and the one at without.
func (s *store) prune(tor *torrent, now protocol.Time, without protocol.Addr) {
	link := &tor.peers
	for *link != nilIndex {
		x := *link
		p := s.peers.at(x)
		if p.at.Add(s.expiry) > now && !s.same(p.addr, without) {
			link = &p.next
			continue
		}
		*link = p.next
		s.peers.release(x)
		tor.count--
		if p.seed {
			tor.seeds--
		}
	}
}

// purge removes a node's expired torrents and returns how many are left.
func (s *store) purge(i uint32, n *node, now protocol.Time) int {
	left := 0
	link := &n.torrents
	for *link != nilIndex {
		x := *link
		tor := s.torrents.at(x)
		if tor.latest.Add(s.expiry) > now {
			link = &tor.next
			left++
			continue
		}
		*link = tor.next
		s.forget(i, x)
	}
	return left
}

// forget releases a torrent with its peers; the caller has taken it out of the node's list.
func (s *store) forget(i uint32, x uint32) {
	tor := s.torrents.at(x)
	for p := tor.peers; p != nilIndex; {
		next := s.peers.at(p).next
		s.peers.release(p)
		p = next
	}
	delete(s.index, torrentKey{i, tor.infoHash})
	if s.held != nil {
		s.held[i]--
	}
	s.torrents.release(x)
}

// drop removes everything that a node stores.
func (s *store) drop(i uint32, n *node) {
	for x := n.torrents; x != nilIndex; {
		next := s.torrents.at(x).next
		s.forget(i, x)
		x = next
	}
	n.torrents = nilIndex
	delete(s.held, i)
}

// sample appends at most limit peers of a torrent, with or without its seeds: all, or a run of them
// from a random start.
func (s *store) sample(
	dst []protocol.Addr, i uint32, infoHash krpc.ID, limit int, noSeed bool, t *protocol.Turn,
) []protocol.Addr {
	tor := s.live(i, infoHash, t.Now)
	if tor == nil {
		return dst
	}
	count := int(tor.count)
	if noSeed {
		count -= int(tor.seeds)
	}
	skip := 0
	if count > limit {
		skip = t.Rand.Intn(count)
	}
	x := tor.peers
	for ; skip > 0; x = s.peers.at(x).next {
		if !noSeed || !s.peers.at(x).seed {
			skip--
		}
	}
	for left := min(limit, count); left > 0; {
		if x == nilIndex {
			x = tor.peers
		}
		p := s.peers.at(x)
		if !noSeed || !p.seed {
			dst = append(dst, p.addr)
			left--
		}
		x = p.next
	}
	return dst
}

// live returns a torrent without its expired peers, or nil if it has no others.
func (s *store) live(i uint32, infoHash krpc.ID, now protocol.Time) *torrent {
	x, ok := s.index[torrentKey{i, infoHash}]
	if !ok {
		return nil
	}
	tor := s.torrents.at(x)
	s.prune(tor, now, protocol.Addr{})
	if tor.count == 0 {
		return nil
	}
	return tor
}

// holds reports whether a peer on the host of a is stored that has not expired. It changes nothing.
func (s *store) holds(i uint32, infoHash krpc.ID, now protocol.Time, a protocol.Addr) bool {
	x, ok := s.index[torrentKey{i, infoHash}]
	if !ok {
		return false
	}
	for x := s.torrents.at(x).peers; x != nilIndex; x = s.peers.at(x).next {
		if p := s.peers.at(x); p.addr.SameIP(a) && p.at.Add(s.expiry) > now {
			return true
		}
	}
	return false
}

// Holds reports whether node i stores a peer on the host of an address under an infohash, one that
// has not expired. It is for observers and changes nothing.
func (g *Group) Holds(i uint32, infoHash krpc.ID, host protocol.Addr, now protocol.Time) bool {
	return g.store.holds(i, infoHash, now, host)
}

// scrape makes the filters of a torrent's seeds and of its other peers, and reports whether it has
// any (BEP 33).
func (s *store) scrape(
	seeds, others *krpc.Filter, i uint32, infoHash krpc.ID, now protocol.Time,
) bool {
	tor := s.live(i, infoHash, now)
	if tor == nil {
		return false
	}
	*seeds, *others = krpc.Filter{}, krpc.Filter{}
	for x := tor.peers; x != nilIndex; x = s.peers.at(x).next {
		if p := s.peers.at(x); p.seed {
			seeds.Insert(p.addr)
		} else {
			others.Insert(p.addr)
		}
	}
	return true
}
