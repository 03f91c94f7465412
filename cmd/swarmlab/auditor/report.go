package auditor

import (
	"encoding/hex"
	"slices"
	"time"

	"swarmlab/cmd/swarmlab/display"
	"swarmlab/protocol"
	"swarmlab/protocol/audit"
	"swarmlab/scenarios/results/manifest"
	"swarmlab/scenarios/results/observation"
	"swarmlab/scenarios/stats"
)

// milliseconds writes a time as reports have it.
func milliseconds(t protocol.Time) stats.Number {
	return stats.Number(display.Milliseconds(time.Duration(t)))
}

// observation is what the book says now.
func (b *book) observation() *observation.Observation {
	of := &b.torrent
	o := &observation.Observation{Version: manifest.Version, Name: of.Name, Infohash: of.Infohash,
		Size: of.Size, Pieces: of.Pieces, PieceLength: of.PieceLength, Parallel: of.Parallel,
		Fastest: of.Fastest, Time: milliseconds(b.now), Seen: len(b.users), Seeds: b.seeds,
		Completed: b.completed, Missed: b.missed, Ignored: b.ignored, Orphans: b.watch.Orphans(),
		Refused: map[string]uint64{}, Peers: make([]observation.Peer, len(b.users))}
	b.watch.Counts.Each(func(name string, n uint64) { o.Refused[name] = n })
	estimates := b.watch.Estimates(make([]audit.Estimate, 0, len(b.users)))
	for n := range estimates {
		p := b.peer(&estimates[n])
		if o.Peers[n] = p; p.Now {
			o.Now++
		}
		o.Held += p.Held
		o.Gained += p.Gained
		o.Low += p.Low
		o.High += p.High
		o.Doubted += p.Doubted
		o.Rest += p.Rest
	}
	return o
}

func (b *book) peer(e *audit.Estimate) observation.Peer {
	u := &b.users[e.User]
	gave, _ := b.watch.Sources(e.User)
	p := observation.Peer{
		Peer: u.addr.String(), Listens: u.listens, ID: hex.EncodeToString(u.id[:]),
		Client: clientOf(u.id), Now: u.there, First: milliseconds(e.First),
		Last: milliseconds(e.Last), Connected: milliseconds(u.connected), Sessions: u.sessions,
		Gaps: e.Gaps, Lost: e.Lost, Seed: u.seed, Complete: -1, SessionHigh: e.SessionHigh,
		Gave: gave.Split, GaveLow: gave.Sole, GaveHigh: gave.Any,
		Sums: observation.Sums{Held: e.Held, Gained: e.Gained, Low: e.Low,
			High: e.High, Doubted: e.Doubted, Rest: e.Rest},
	}
	if u.there {
		p.Connected = milliseconds(u.connected + b.now - u.since)
	}
	if u.complete != protocol.Never {
		p.Complete = milliseconds(u.complete)
	}
	return p
}

// addScrapes adds what the trackers said, and how large a part of the swarm they count the observer
// sees: of the tracker that counts most.
func addScrapes(o *observation.Observation, all []observation.Scrape) {
	o.Scrapes = slices.Clone(all)
	if o.Scrapes == nil {
		o.Scrapes = []observation.Scrape{}
	}
	var most uint64
	for _, s := range lastScrapes(all) {
		if s.Problem == "" {
			most = max(most, uint64(s.Seeders)+uint64(others(s)))
		}
	}
	if most > 0 {
		share := stats.Number(float64(o.Now) / float64(most))
		o.Share = &share
	}
}

// lastScrapes are the latest answers, one a tracker, in the order of their first.
func lastScrapes(all []observation.Scrape) (last []observation.Scrape) {
	for _, s := range all {
		at := slices.IndexFunc(last, func(l observation.Scrape) bool {
			return l.Tracker == s.Tracker
		})
		switch {
		case at < 0:
			last = append(last, s)
		case s.Problem == "" || last[at].Problem != "":
			last[at] = s
		}
	}
	return last
}

// firstScrape is the first answer of a tracker.
func firstScrape(all []observation.Scrape, url string) (s observation.Scrape, ok bool) {
	for _, s := range all {
		if s.Tracker == url && s.Problem == "" {
			return s, true
		}
	}
	return s, false
}

// byGain returns peers, those that gained most first.
func byGain(peers []observation.Peer) []*observation.Peer {
	sorted := make([]*observation.Peer, len(peers))
	for n := range peers {
		sorted[n] = &peers[n]
	}
	slices.SortStableFunc(sorted, func(a, b *observation.Peer) int {
		switch x, y := a.Gained+a.Doubted, b.Gained+b.Doubted; {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	return sorted
}
