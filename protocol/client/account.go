package client

import (
	"crypto/ed25519"
	"fmt"
	"time"

	"swarmlab/protocol"
	"swarmlab/protocol/audit"
)

// AuditConfig is how clients that are enrolled vouch for what they transfer (package audit).
type AuditConfig struct {
	// Window is how many bytes a receipt is signed for (M8); 0: there are no receipts.
	Window uint64
	// Strict says that who leaves more unsigned than a window, and what is under way, gets nothing
	// until it signs; so does who takes no part in receipts.
	Strict bool
	// Settle is the time between two deliveries of reports (M7) and receipts to the auditor; 0:
	// there are none.
	Settle time.Duration
	// Epoch is the wall clock, in seconds, at the driver's time 0: the statements of a client that
	// starts again must be of later epochs. In a simulation it may be 0.
	Epoch uint32
}

const (
	windowLeast = 1 << 10
	windowMost  = 1 << 40
)

// Validate returns the first setting that is out of its range.
func (c *AuditConfig) Validate() error {
	switch {
	case c.Window != 0 && (c.Window < windowLeast || c.Window > windowMost):
		return fmt.Errorf("the window of receipts is %d bytes; it must be 0, for none, or from %d "+
			"to %d", c.Window, windowLeast, uint64(windowMost))
	case c.Strict && c.Window == 0:
		return fmt.Errorf("receipts cannot be demanded strictly without a window")
	case c.Settle != 0 && (c.Settle < time.Second || c.Settle > 24*time.Hour):
		return fmt.Errorf("settle is %v; it must be 0s, for never, or from 1s to 24h", c.Settle)
	}
	return nil
}

// Accomplice is another one of a ring of cheats.
type Accomplice struct {
	Key    audit.Key
	Client uint32 // its number in the same group: what they agree on crosses no network
}

// account is how a client is known to the auditor, and what it has to state.
type account struct {
	private     ed25519.PrivateKey
	key         audit.Key
	auditor     protocol.Addr
	accomplices []Accomplice
	victim      audit.Key

	unsigned uint64 // payload on connections that have ended for which nobody signed, in all runs

	epoch     uint32        // of what is stated in this run, but receipts
	delivered protocol.Time // when that was last
	links     []link        // by connection
	pairs     []pair
	index     map[pairKey]int
}

// pairsMost bounds the keys with which a client transfers: who would show ever new ones has to
// transfer something under each.
const pairsMost = 1 << 14

type pairKey struct {
	torrent uint32
	key     audit.Key
}

// pair is what a client states about another one in a torrent.
type pair struct {
	pairKey
	ended    [2]uint64 // sent and received on connections that are no more
	now      [2]uint64 // on the others, while statements are made
	invented [2]uint64
	agreed   uint64    // of what is invented as sent, what the other end says to have got
	stated   [2]uint64 // in the last report
	number   uint32    // of that
	minted   uint32    // receipts signed at will
	epoch    uint32    // of the last connection
	repeated bool      // the last report was sent twice
	owed     bool      // so was not the last proof
	proof    []byte    // of the last connection that has ended and had one
	paid     uint64    // bytes for which it has signed
	debt     uint64    // bytes for which it did not sign on connections that have ended
}

// link is a connection on which a key was shown. The zero value is one without.
type link struct {
	met       bool
	deals     bool // receipts are given and taken
	cut       bool // it was not served for want of receipts
	again     bool // the last proof was delivered twice
	pair      pairKey
	epoch     uint32
	sent      uint64
	issuer    *audit.Issuer    // nil before the first block
	collector *audit.Collector // nil before the first block
	taken     bool             // a receipt came that was not delivered
	refused   uint8            // receipts that were no good
}

// begin forgets what was stated in an earlier run, of which no memory is left.
func (a *account) begin(cfg *AuditConfig, t *protocol.Turn) (due protocol.Time) {
	a.forget()
	a.epoch, a.delivered, a.index = cfg.clock(t.Now), t.Now, make(map[pairKey]int)
	if cfg.Settle == 0 {
		return protocol.Never
	}
	return t.Now.Add(1 + time.Duration(t.Rand.Uint64n(uint64(cfg.Settle))))
}

// forget leaves only who it is.
func (a *account) forget() {
	*a = account{private: a.private, key: a.key, auditor: a.auditor, victim: a.victim,
		accomplices: a.accomplices, unsigned: a.unsigned}
}

// clock returns the number of an epoch that begins now.
func (c *AuditConfig) clock(now protocol.Time) uint32 {
	return c.Epoch + uint32(now/protocol.Time(time.Second))
}

// pair returns what is stated about a key; nil if there is no room.
func (a *account) pair(k pairKey) *pair {
	at, ok := a.index[k]
	if !ok {
		if len(a.pairs) >= pairsMost {
			return nil
		}
		at = len(a.pairs)
		a.index[k] = at
		a.pairs = append(a.pairs, pair{pairKey: k})
	}
	return &a.pairs[at]
}

// shown returns what was shown on a connection; nil if nothing was.
func (a *account) shown(c protocol.Conn) *link {
	if int(c) >= len(a.links) || !a.links[c].met {
		return nil
	}
	return &a.links[c]
}

// Enrol gives client i the key by which the auditor knows it, and the auditor's address. It must be
// called before the client is started. Who is not enrolled neither reports nor signs.
func (g *Group) Enrol(i uint32, private ed25519.PrivateKey, auditor protocol.Addr) {
	g.clients[i].account = &account{private: private, key: audit.KeyOf(private), auditor: auditor}
}

// Unsigned returns the payload that client i has written, since it was enrolled, on connections
// that have ended, and for which it got no receipt: its unsigned tail. Some of it may never have
// arrived.
func (g *Group) Unsigned(i uint32) uint64 {
	if a := g.clients[i].account; a != nil {
		return a.unsigned
	}
	return 0
}

// Conspire tells client i, which is enrolled, the others of its ring, in the order in which they
// follow it, for Collusion and Sybil. All of them must be told.
func (g *Group) Conspire(i uint32, accomplices []Accomplice) {
	g.clients[i].account.accomplices = accomplices
}

// Frame tells client i, which is enrolled, whom it accuses, for Framer.
func (g *Group) Frame(i uint32, victim audit.Key) { g.clients[i].account.victim = victim }

func (c *client) accomplices() []Accomplice {
	if c.account == nil {
		return nil
	}
	return c.account.accomplices
}
