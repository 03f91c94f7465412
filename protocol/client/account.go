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
type Accomplice struct{ Key audit.Key }

// account is how a client is known to the auditor.
type account struct {
	private     ed25519.PrivateKey
	key         audit.Key
	auditor     protocol.Addr
	accomplices []Accomplice
	victim      audit.Key
}

// Enrol gives client i the key by which the auditor knows it, and the auditor's address. It must be
// called before the client is started. Who is not enrolled neither reports nor signs.
func (g *Group) Enrol(i uint32, private ed25519.PrivateKey, auditor protocol.Addr) {
	g.clients[i].account = &account{private: private, key: audit.KeyOf(private), auditor: auditor}
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
