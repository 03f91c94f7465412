package tracker

import "swarmlab/protocol"

// site is a tracker of a client's.
type site struct {
	url       string
	path      string // of UDP
	addr      protocol.Addr
	web       bool // HTTP or HTTPS
	started   bool // it was told of the start, and not of the end
	barred    bool // it never wants to be asked again
	patience  protocol.Time
	id        uint64 // connection id
	idAt      protocol.Time
	trackerID []byte
}

// sites are the trackers of a client, in tiers (BEP 12).
type sites [][]site

// sitesMax is how many trackers a torrent may make us ask.
const sitesMax = 100

// newSites takes the tiers and shuffles each, once. URLs that are no tracker's are left out, and
// so are those beyond the first hundred.
func newSites(tiers [][]string, rand *protocol.Rand) (all sites, refused int) {
	taken := 0
	for _, tier := range tiers {
		var row []site
		for _, text := range tier {
			u, err := ParseURL(text)
			if err != nil || taken == sitesMax {
				refused++
				continue
			}
			taken++
			s := site{url: text, path: u.Path, web: u.Scheme != "udp", idAt: -1}
			if a, ok := u.Addr(); ok {
				s.addr = a
			}
			row = append(row, s)
		}
		for n := len(row) - 1; n > 0; n-- {
			m := rand.Intn(n + 1)
			row[n], row[m] = row[m], row[n]
		}
		if len(row) > 0 {
			all = append(all, row)
		}
	}
	return all, refused
}

// turn is a place in the order of trackers.
type turn struct{ tier, n int }

// at returns the tracker at a place, or nil at the end.
func (all sites) at(p turn) *site {
	if p.tier >= len(all) {
		return nil
	}
	return &all[p.tier][p.n]
}

// after returns the next place.
func (all sites) after(p turn) turn {
	if p.n++; p.n >= len(all[p.tier]) {
		return turn{p.tier + 1, 0}
	}
	return p
}

// seek returns the first place from p on whose tracker is fit.
func (all sites) seek(p turn, fit func(*site) bool) turn {
	for ; p.tier < len(all); p = all.after(p) {
		if fit(all.at(p)) {
			return p
		}
	}
	return p
}

// promote moves the tracker at a place to the front of its tier, and returns its new place.
func (all sites) promote(p turn) turn {
	row := all[p.tier]
	s := row[p.n]
	copy(row[1:p.n+1], row[:p.n])
	row[0] = s
	return turn{p.tier, 0}
}
