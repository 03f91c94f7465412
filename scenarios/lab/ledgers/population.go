package ledgers

import (
	"swarmlab/protocol"
	"swarmlab/protocol/tracker"
	"swarmlab/sim"
)

// user is one user, and the client of its session if it is there.
type user struct {
	sessions []uint32 // in the order of time
	begun    int      // of these
	client   *tracker.Client
	leaving  bool
}

// population is all users. It implements protocol.Datagrams.
type population struct{ *World }

// actLeave is the action of a user that ends its session in good order.
const actLeave = 1

// Len implements protocol.Group.
func (p population) Len() int { return len(p.users) }

// present returns a user that is there and its session.
func (p population) present(i uint32) (*user, *session) {
	u := &p.users[i]
	return u, &p.sessions[u.sessions[u.begun-1]]
}

// Start implements protocol.Group: the next session begins.
func (p population) Start(i uint32, t *protocol.Turn) {
	u := &p.users[i]
	for u.begun < len(u.sessions) && p.sessions[u.sessions[u.begun]].from <= t.Now {
		u.begun++
	}
	_, s := p.present(i)
	var err error
	u.client, err = tracker.NewClient(tracker.ClientConfig{
		InfoHash: infoHash(p.seed, s.torrent), PeerID: s.peerID, Port: sim.AddrOf(i).Port(),
		Key: uint32(t.Rand.Uint64()), Want: 0, Tiers: [][]string{{p.announceTo}}, IntervalMin: 1,
	}, t.Rand)
	if err != nil {
		panic("ledgers: " + err.Error()) // all of it is ours
	}
	u.client.Start(t, p.reported(s, t.Now))
	p.settle(i, t)
}

// Wake implements protocol.Group.
func (p population) Wake(i uint32, t *protocol.Turn) {
	u, s := p.present(i)
	u.client.Wake(t, p.reported(s, t.Now))
	p.settle(i, t)
}

// Datagram implements protocol.Datagrams.
func (p population) Datagram(i uint32, t *protocol.Turn, from protocol.Addr, b []byte) {
	u, s := p.present(i)
	u.client.Datagram(t, from, b, p.reported(s, t.Now))
	p.settle(i, t)
}

// settle asks for the next wake-up, or ends a session whose end was told.
func (p population) settle(i uint32, t *protocol.Turn) {
	u := &p.users[i]
	if u.leaving && u.client.Left() {
		p.sim.StopAt(i, t.Now+1)
		return
	}
	if due := u.client.Due(); due != protocol.Never {
		t.Out.WakeAt(max(due, t.Now+1))
	}
}

// Act implements sim.Actor: a session ends in good order.
func (p population) Act(i uint32, t *protocol.Turn, _ uint32) {
	u, s := p.present(i)
	u.leaving = true
	u.client.Leave(t, p.reported(s, t.Now))
	p.settle(i, t)
}

// Stop implements protocol.Group. All was said before.
func (p population) Stop(uint32, *protocol.Turn) {}

// Drop implements protocol.Group.
func (p population) Drop(i uint32) { p.users[i].client, p.users[i].leaving = nil, false }
