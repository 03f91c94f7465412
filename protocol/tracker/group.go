package tracker

import "swarmlab/protocol"

// How many peers one UDP packet names at most: it is to fit into one frame.
const (
	packetPeers4 = 200 // 1220 bytes
	packetPeers6 = 66  // 1208 bytes
)

// Group is a population of trackers that listen on UDP. It implements protocol.Datagrams. A
// tracker of it may be asked in other ways, too, within its turns.
type Group struct {
	trackers []*Tracker
	packet   Packet
	reply    Reply
	out      []byte
	drops    Drops
}

// NewGroup returns n trackers that work alike.
func NewGroup(cfg Config, n int) (*Group, error) {
	g := &Group{trackers: make([]*Tracker, n)}
	for k := range g.trackers {
		var err error
		if g.trackers[k], err = New(cfg); err != nil {
			return nil, err
		}
	}
	return g, nil
}

// Tracker returns tracker i. It belongs to the group: it is to be used within turns only.
func (g *Group) Tracker(i uint32) *Tracker { return g.trackers[i] }

// Drops returns what came by UDP and was not answered, by reason.
func (g *Group) Drops() Drops { return g.drops }

// Len returns the number of trackers.
func (g *Group) Len() int { return len(g.trackers) }

// Start does nothing: a tracker only answers.
func (g *Group) Start(uint32, *protocol.Turn) {}

// Wake does nothing.
func (g *Group) Wake(uint32, *protocol.Turn) {}

// Stop does nothing.
func (g *Group) Stop(uint32, *protocol.Turn) {}

// Drop forgets all that a tracker knows.
func (g *Group) Drop(i uint32) { g.trackers[i].Reset() }

// Datagram answers a request. What is not one is counted and not answered, and so is one with a
// connection id that its host was not given: an answer never is for whoever did not ask for it,
// but that to a connect, which is as long as the question.
func (g *Group) Datagram(i uint32, t *protocol.Turn, from protocol.Addr, p []byte) {
	if f := g.datagram(g.trackers[i], t, from, p); f != OK {
		g.drops[f]++
	}
}

func (g *Group) datagram(k *Tracker, t *protocol.Turn, from protocol.Addr, p []byte) Fault {
	if !usable(from) {
		return BadSource
	}
	if k.Flooded(t.Now, from) {
		return Flood
	}
	q := &g.packet
	if f := ParsePacket(p, from, q); f != OK {
		return f
	}
	out := g.out[:0]
	switch {
	case q.Action == ActionConnect:
		out = AppendConnectReply(out, q.Transaction, k.connection(from, t.Now, 0))
	case !k.connected(from, t.Now, q.Connection):
		return BadConnection
	case q.Action == ActionAnnounce:
		out = g.announce(out, k, t, from)
	default:
		out = g.scrape(out, k, t)
	}
	g.out = out
	t.Out.SendTo(from, out)
	return OK
}

// announce answers an announce with peers of the family that it came in.
func (g *Group) announce(out []byte, k *Tracker, t *protocol.Turn, from protocol.Addr) []byte {
	fits := room{four: from.Is4(), six: !from.Is4(), peers: packetPeers4}
	if fits.six {
		fits.peers = packetPeers6
	}
	k.announce(t.Now, t.Rand, &g.packet.Announce, &g.reply, fits)
	if g.reply.Failure != "" {
		return AppendError(out, g.packet.Transaction, g.reply.Failure)
	}
	return AppendAnnounceReply(out, g.packet.Transaction, &g.reply)
}

// scrape answers for the first ScrapeMax torrents that are asked for.
func (g *Group) scrape(out []byte, k *Tracker, t *protocol.Turn) []byte {
	k.tally.Scrapes++
	out = AppendScrapeHeader(out, g.packet.Transaction)
	hashes := g.packet.Hashes
	for range min(len(hashes)/20, ScrapeMax) {
		out = AppendCounts(out, k.Scrape(t.Now, [20]byte(hashes)))
		hashes = hashes[20:]
	}
	return out
}
