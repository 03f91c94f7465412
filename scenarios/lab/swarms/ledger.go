package swarms

import (
	"fmt"

	"swarmlab/netmodel"
	"swarmlab/protocol"
	"swarmlab/protocol/audit"
	"swarmlab/protocol/client"
	"swarmlab/protocol/swarm"
	"swarmlab/scenarios/lab/audits"
	"swarmlab/sim"
)

// checkLedger holds the network's two books against each other, of pairs and of nodes. Nothing of
// them comes from what clients count.
func (w *World) checkLedger() error {
	type sums struct{ sent, received uint64 }
	nodes := make([]sums, len(w.peers))
	for _, t := range w.sim.Transfers() {
		if t.Sent != t.Delivered+t.Lost+t.InFlight {
			return fmt.Errorf("ledger: node %d sent node %d %d bytes, of which %d were delivered, "+
				"%d lost and %d are in flight", t.From, t.To, t.Sent, t.Delivered, t.Lost,
				t.InFlight)
		}
		if t.Content != sim.Overhead {
			nodes[t.From].sent += t.Sent
			nodes[t.To].received += t.Delivered
		}
	}
	for node, n := range nodes {
		of := w.sim.Traffic(uint32(node))
		if n != (sums{of.PayloadSent, of.PayloadReceived}) {
			return fmt.Errorf("ledger: node %d sent %d and received %d bytes of payload, and by "+
				"its pairs %d and %d", node, of.PayloadSent, of.PayloadReceived, n.sent,
				n.received)
		}
	}
	return nil
}

// facts is what the findings of auditors are held against.
func (a *auditors) facts() audits.Facts {
	w := a.world
	f := audits.Facts{Honest: true, Closed: a.until != protocol.Never && w.sim.Now() > a.until,
		Unsigned: make([]uint64, len(a.users)), Verified: a.verified}
	f.Probed, f.Given = a.given()
	var reports, proofs uint64
	for _, p := range w.populations {
		f.Honest = f.Honest && p.cheat == client.Honest && p.strategy != swarm.Polluting
		f.Closed = f.Closed && p.spec.Graceful == netmodel.Certain
		c := p.Counters()
		reports += c.Reports
		proofs += c.Proofs
		f.Closed = f.Closed && c.Unbooked == 0
	}
	if w.office != nil {
		t := w.office.Tally()
		f.Closed = f.Closed && t.Reports == reports && t.Receipts == proofs
	}
	for u := range a.users {
		for _, m := range a.users[u].mine {
			f.Unsigned[u] += a.users[u].p.Unsigned(m.node - a.users[u].p.first)
		}
	}
	return f
}

// verified returns what a peer got verified of a torrent in some time. Who pretends to have pieces,
// or to have none, does not show it.
func (a *auditors) verified(peerID [20]byte, number int, after, until protocol.Time,
) (n uint64, ok bool) {
	u, known := a.owner[peerID]
	if !known {
		return 0, false
	}
	p := a.users[u].p
	if p.cheat == client.FakeHave || p.strategy == swarm.SuperSeeding || p.spec.Swarm.SuperSeed {
		return 0, false
	}
	for _, m := range a.users[u].mine {
		for k := range a.world.peers[m.node].parts {
			s := &a.world.peers[m.node].parts[k]
			if s.torrent.number == uint32(number) && peerID == a.idOf(u, m, k) {
				return s.gotBy(until) - s.gotBy(min(after, until)), true
			}
		}
	}
	return 0, false
}

// idOf is the id of a user's peer in one of its parts.
func (a *auditors) idOf(u audit.User, m holding, k int) [20]byte {
	if !a.users[u].p.anew() {
		k = 0
	}
	return peerID(a.world.seed, m.node, k)
}

// gotBy returns the bytes of pieces that were verified until a time.
func (s *part) gotBy(until protocol.Time) (n uint64) {
	for _, v := range s.verified {
		if v.at > until {
			break
		}
		n = v.bytes
	}
	return n
}
