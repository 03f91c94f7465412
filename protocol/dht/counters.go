package dht

// Reason names what happened to a datagram or a query; Counters counts them.
type Reason uint8

// Why a datagram or a query came to nothing, or what was done about it.
const (
	Answered      Reason = iota // query answered
	Refused                     // query answered with an error
	Matched                     // response or error that belongs to a query of ours
	Junk                        // not a KRPC message: dropped without an answer
	BadSource                   // source address that cannot be answered
	OwnID                       // sender claims our own id
	Unmatched                   // response or error to no query of ours, or from elsewhere
	IDMismatch                  // response from another id than was asked
	NoID                        // response without an id
	TimedOut                    // query of ours that nobody answered
	BadToken                    // announce or put with a token not given to that address
	BadArgument                 // argument out of range, or one missing
	UnknownMethod               // query of a method we do not know
	BadContacts                 // compact contacts with a tail, or a contact without port
	StoreFull                   // announced peer not stored
	Ignored                     // query to a read-only node
	NonCanonical                // message not in bencode's canonical form, and accepted
	ValueTooBig                 // put of a value that no reply has room for
	SaltTooBig                  // put with a salt that is too long
	BadValue                    // put of a value not in bencode's canonical form
	BadSignature                // put that the owner of the key did not sign
	CasMismatch                 // put that was to replace another value than is stored
	StaleSeq                    // put of a value that is not newer than the one stored
	ItemsFull                   // put of an item farther from us than all that we store
	BadItem                     // item in an answer that does not belong there, or is forged
	BadSamples                  // samples in an answer that are not all whole
	Banned                      // datagram of a source that sends too many: not even read
	Limited                     // query beyond what we answer in a second
	numReasons
)

var reasonNames = [numReasons]string{
	"answered", "refused", "matched", "junk", "bad_source", "own_id", "unmatched", "id_mismatch",
	"no_id", "timed_out", "bad_token", "bad_argument", "unknown_method", "bad_contacts",
	"store_full", "ignored", "non_canonical", "value_too_big", "salt_too_big", "bad_value",
	"bad_signature", "cas_mismatch", "stale_seq", "items_full", "bad_item", "bad_samples",
	"banned", "limited",
}

// String returns the stable name of a reason.
func (r Reason) String() string { return reasonNames[r] }

// Counters is what a group's nodes believe happened: the protocol's own books, beside the
// network's ledger.
type Counters [numReasons]uint64

// Each calls f with every reason and its count, in order.
func (c *Counters) Each(f func(r Reason, n uint64)) {
	for r, n := range c {
		f(Reason(r), n)
	}
}
