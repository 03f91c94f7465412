package swarm

import "swarmlab/protocol"

// Discovery is how a core came to know the peers of a torrent: how many of those that it remembers
// it first heard of from each source.
type Discovery struct {
	First                       protocol.Time // when somebody was found; Never until then
	Tracker, DHT, PEX, Incoming int
}

// Discovery returns how core i came to know the peers of a torrent. ok is false if it takes no
// part in it.
func (g *Group) Discovery(i, torrent uint32) (d Discovery, ok bool) {
	m := g.cores[i].find(torrent)
	if m == nil {
		return d, false
	}
	d.First = m.found
	for n := range m.peers.list {
		switch m.peers.list[n].first {
		case FromTracker:
			d.Tracker++
		case FromDHT:
			d.DHT++
		case FromPEX:
			d.PEX++
		case FromIncoming:
			d.Incoming++
		}
	}
	return d, true
}
