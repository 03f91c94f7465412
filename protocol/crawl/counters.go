package crawl

// Reason names what happened to a datagram or a contact; Counters counts them.
type Reason uint8

// Why a datagram or a contact came to nothing, or what it was good for.
const (
	Answered    Reason = iota // response that belongs to a query of ours
	Refused                   // error that belongs to a query of ours
	BadAnswer                 // it belongs to a query of ours, and is useless
	TimedOut                  // query that nobody answered in time
	Junk                      // not a KRPC message
	Unmatched                 // response or error to no query in flight, or from elsewhere
	Ignored                   // query to us, who are read-only
	IDMismatch                // an address answered with another id than was told of it
	IDChanged                 // an address answered with two ids
	OwnID                     // contact with our own id
	NoPort                    // contact with port 0
	BadAddress                // contact at an address that cannot, or must not, be asked
	BadContacts               // answer whose contacts end in the middle of one
	Surplus                   // contact beyond those that are read in one answer
	Distrusted                // new contact beyond those that one source may teach
	Crowded                   // new contact beyond the ports of a host, or the ids of an address
	Overfull                  // new contact beyond the nodes that are remembered
	Outside                   // contact that is not in the zone, nor on the way there
	numReasons
)

var reasonNames = [numReasons]string{
	"answered", "refused", "bad_answer", "timed_out", "junk", "unmatched", "ignored",
	"id_mismatch", "id_changed", "own_id", "no_port", "bad_address", "bad_contacts", "surplus",
	"distrusted", "crowded", "overfull",
	"outside",
}

// String returns the stable name of a reason.
func (r Reason) String() string { return reasonNames[r] }

// Counters is what a crawl counted.
type Counters [numReasons]uint64

// Each calls f with every reason and its count, in order.
func (c *Counters) Each(f func(r Reason, n uint64)) {
	for r, n := range c {
		f(Reason(r), n)
	}
}
