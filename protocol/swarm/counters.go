package swarm

import "swarmlab/protocol/peerwire"

// Drop is why a core closed a connection.
type Drop uint8

// The reasons. From ByWire on they are somebody's fault, or look like it.
const (
	ByLeaving          Drop = iota // the core leaves the torrent
	BySeeds                        // neither end wants anything of the other
	ByDuplicate                    // there is another connection with the same peer
	ByFull                         // there are as many connections as there may be
	ByEviction                     // so it is, and another peer has a higher priority (BEP 40)
	ByTurnover                     // to try another one
	ByUnknownTorrent               // the infohash is not one of ours
	BySelf                         // the peer id is our own
	ByBan                          // the address is banned
	ByDialTimeout                  // nobody answered in time
	ByHandshakeTimeout             // the handshake did not come in time
	BySilence                      // nothing came for too long
	ByHandshake                    // it began with another protocol, or encrypted, which looks so
	ByWire                         // the bytes are none of the protocol; Faults says which way
	ByOtherTorrent                 // the answer to our handshake is for another torrent
	ByOrder                        // have all or none that is late, or nothing where it must be
	ByIndex                        // a piece that the torrent does not have
	ByRange                        // a block that does not lie in the torrent
	ByUnasked                      // with BEP 6, a block or a reject that was not asked for
	ByFlood                        // more messages than anybody needs
	ByPoison                       // it alone sent a piece whose hash is wrong
	drops
)

var dropNames = [drops]string{"leaving", "seeds", "duplicate", "full", "eviction", "turnover",
	"unknown_torrent", "self", "ban",
	"dial_timeout", "handshake_timeout", "silence", "handshake", "wire", "other_torrent",
	"order", "index", "range", "unasked", "flood", "poison"}

// String returns the name of the reason, stable and fit for counters.
func (d Drop) String() string { return dropNames[d] }

// Drops is how many reasons there are.
const Drops = int(drops)

// blames says whether the address had better not be tried again too often.
func (d Drop) blames() bool { return d >= BySelf }

// Counters is what the cores of a group counted together.
type Counters struct {
	Dialed, Accepted uint64 // connections begun
	Refused          uint64 // connections not accepted
	Shaken           uint64 // connections that got past the handshakes
	Drops            [Drops]uint64
	Faults           [peerwire.Faults]uint64 // by the codec, also of extended messages
	Messages         uint64                  // that came
	Unknown          uint64                  // messages that are not known
	Ignored          uint64                  // messages that meant nothing where they came
	RejectsSent      uint64                  // requests answered with a reject
	Timeouts         uint64                  // requests of ours given up
	Cancels          uint64                  // requests of ours taken back
	Failures         uint64                  // pieces whose hash was wrong
	Bans             uint64
	Overfull         uint64 // requests not queued, because the queue was full
	PexSent, PexSeen uint64 // messages of BEP 11
	Forgotten        uint64 // addresses that did not fit in the list of peers
	Relayed          uint64 // rendezvous passed on (BEP 55)
	Punched          uint64 // connects of a relay followed (BEP 55)
	MetadataBad      uint64 // info dictionaries whose hash was wrong
}

// Each calls f with the name and the number of what was counted at least once, in a fixed order,
// but for Drops: connections, messages, and the codec's faults.
func (c *Counters) Each(f func(name string, n uint64)) {
	for _, x := range [...]struct {
		name string
		n    uint64
	}{{"dialed", c.Dialed}, {"accepted", c.Accepted}, {"refused", c.Refused},
		{"shaken", c.Shaken}, {"messages", c.Messages}, {"unknown", c.Unknown},
		{"ignored", c.Ignored}, {"rejects_sent", c.RejectsSent}, {"timeouts", c.Timeouts},
		{"cancels", c.Cancels}, {"failures", c.Failures}, {"bans", c.Bans},
		{"overfull", c.Overfull}, {"pex_sent", c.PexSent}, {"pex_seen", c.PexSeen},
		{"forgotten", c.Forgotten}, {"relayed", c.Relayed}, {"punched", c.Punched},
		{"metadata_bad", c.MetadataBad}} {
		if x.n > 0 {
			f(x.name, x.n)
		}
	}
	for fault, n := range c.Faults {
		if n > 0 {
			f("fault_"+peerwire.Fault(fault).String(), n)
		}
	}
}
