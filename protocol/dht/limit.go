package dht

import (
	"time"

	"swarmlab/protocol"
)

const (
	// trackedSources are the hosts whose datagrams are counted, at a time (libtorrent's
	// dos_blocker). A new one takes the place of the one that sent least.
	trackedSources = 20
	// sourceWindow is the time within which SourceLimit datagrams are too many (the same).
	sourceWindow = 10 * time.Second
)

// sources counts the datagrams of the hosts heard from.
type sources [trackedSources]source

// source is one host. The zero source is nobody.
type source struct {
	host  uint64        // see hostKey
	until protocol.Time // the end of its window, or of its ban
	count uint32        // datagrams since the window began
}

// hostKey stands for all addresses that one owner has for sure: an IPv4 address, or an IPv6 /64.
func hostKey(a protocol.Addr) uint64 {
	hi, lo := a.IP16()
	if a.Is4() {
		return lo
	}
	return hi
}

// banned counts a datagram from a source and reports whether it must not be heard. A source that
// sends SourceLimit of them within the window is banned for SourceBan; then it starts anew. It is
// decided before anything is decoded, so answers of a banned source are lost, too.
func (g *Group) banned(i uint32, from protocol.Addr, now protocol.Time) bool {
	own := g.guarded(i)
	if own.sources == nilIndex {
		own.sources = g.sources.take()
		*g.sources.at(own.sources) = sources{}
	}
	limit := uint32(g.cfg.SourceLimit)
	s := g.sources.at(own.sources).find(hostKey(from), now)
	if now >= s.until {
		s.count, s.until = 0, now.Add(sourceWindow)
	}
	s.count = min(s.count, limit) + 1
	if s.count == limit {
		s.until = now.Add(g.cfg.SourceBan)
	}
	return s.count >= limit
}

// find returns the entry of a host; a new one takes the place of the one that sent least, of these
// the one whose time is over first.
func (s *sources) find(host uint64, now protocol.Time) *source {
	least := &s[0]
	for n := range s {
		e := &s[n]
		if e.host == host {
			return e
		}
		if e.count < least.count || e.count == least.count && e.until < least.until {
			least = e
		}
	}
	*least = source{host: host, until: now.Add(sourceWindow)}
	return least
}

// flooded takes a query's token from the bucket and reports whether there was none. As in jech/dht
// the bucket is filled again only once it is empty, with QueryRate tokens for each second that has
// begun since, and at most QueryBurst.
func (g *Group) flooded(i uint32, now protocol.Time) bool {
	own := g.guarded(i)
	if own.tokens == 0 {
		passed := uint64(seconds(now) - own.second)
		own.tokens = uint32(min(passed*uint64(g.cfg.QueryRate), uint64(g.cfg.QueryBurst)))
		own.second = seconds(now)
	}
	if own.tokens == 0 {
		return true
	}
	own.tokens--
	return false
}
