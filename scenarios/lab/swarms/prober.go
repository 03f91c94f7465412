package swarms

import (
	"swarmlab/protocol"
	"swarmlab/protocol/swarm"
	"swarmlab/sim"
)

// prober challenges the peers that a group of observers sees, and knows which bytes are right.
type prober struct {
	*watcher
	torrents []*torrent
}

var _ swarm.Prober = prober{}

// Challenge implements swarm.Prober.
func (p prober) Challenge(i uint32, t *protocol.Turn, torrent uint32, c protocol.Conn,
	field []byte) (piece, begin, length uint32, ok bool) {
	is, ok := p.list[i].Challenge(t.Rand, torrent, c, field)
	return is.Piece, is.Begin, is.Size, ok
}

// Answered implements swarm.Prober.
func (p prober) Answered(i uint32, t *protocol.Turn, torrent uint32, c protocol.Conn,
	piece, begin uint32, ch protocol.Chunk) {
	of := &p.torrents[torrent].is
	at := uint64(piece)*uint64(of.Geometry.PieceLength) + uint64(begin)
	p.list[i].Answered(t.Now, torrent, c, ch.Len(), isContent(of.Content, at, ch))
}

// Unanswered implements swarm.Prober.
func (p prober) Unanswered(i uint32, t *protocol.Turn, torrent uint32, c protocol.Conn,
	why swarm.Silence) {
	p.list[i].Unanswered(t.Now, torrent, c, why)
}

// given adds up what observers got who challenged users: of all, and of each.
func (a *auditors) given() (all uint64, by []uint64) {
	w := a.world
	by = make([]uint64, len(a.users))
	node := map[[2]uint32]uint64{} // by node and torrent
	for _, t := range w.sim.Transfers() {
		if t.Content != sim.Overhead && w.of(t.To).observes() {
			all += t.Delivered
			node[[2]uint32{t.From, t.Content &^ protocol.Junk}] += t.Delivered
		}
	}
	for u := range a.users {
		for _, m := range a.users[u].mine {
			for k := range w.peers[m.node].parts {
				if m.part == allParts || m.part == k {
					n := w.peers[m.node].parts[k].torrent.number
					by[u] += node[[2]uint32{m.node, n}]
				}
			}
		}
	}
	return all, by
}
