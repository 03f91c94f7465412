package audit

import (
	"crypto/ed25519"
	"encoding/binary"
	"time"

	"swarmlab/protocol"
)

// people are users with keys of their own; the last one is known to nobody.
type people struct {
	private []ed25519.PrivateKey
	users   map[Key]User
}

func newPeople(n int) *people {
	p := &people{users: map[Key]User{}}
	for u := range n + 1 {
		var seed [ed25519.SeedSize]byte
		binary.BigEndian.PutUint32(seed[:], uint32(u)+1)
		p.private = append(p.private, ed25519.NewKeyFromSeed(seed[:]))
		if u < n {
			p.users[KeyOf(p.private[u])] = User(u)
		}
	}
	return p
}

func (p *people) key(u User) Key { return KeyOf(p.private[u]) }

func (p *people) book() BookConfig {
	return BookConfig{PairsMax: 20, Pace: Pace{BytesPerSec: 1000, Burst: 1_000_000},
		Users: func(k Key) (User, bool) { u, ok := p.users[k]; return u, ok }}
}

// receipt returns a receipt that to signs for from.
func (p *people) receipt(from, to User, epoch, number uint32, bytes uint64) []byte {
	r := Receipt{Terms: p.terms(from, to), Epoch: epoch, Number: number, Bytes: bytes}
	return r.Append(nil, p.private[to])
}

func (p *people) terms(from, to User) Terms {
	return Terms{InfoHash: [20]byte{7}, By: p.key(to), For: p.key(from)}
}

// report returns what by says of about.
func (p *people) report(by, about User, epoch, number uint32, sent, received uint64) []byte {
	r := Report{InfoHash: [20]byte{7}, By: p.key(by), About: p.key(about), Epoch: epoch,
		Number: number, Sent: sent, Received: received}
	return r.Append(nil, p.private[by])
}

const second = protocol.Time(time.Second)
