package tracker

// Fault says why a packet, a query or a body is not acceptable. The zero Fault is OK.
type Fault uint8

// The faults. Their names, given by String, are stable and fit for counters.
const (
	OK             Fault = iota
	Short                // shorter than the shortest packet of its kind
	BadAction            // no action that is expected here
	BadMagic             // a connect request without the number that begins it
	BadConnection        // a connection id that was not given to this host, or long ago
	BadTransaction       // an answer to nothing that was asked
	BadSource            // an answer from another address than was asked
	BadTail              // peers or hashes that are not whole
	BadOption            // an option longer than the packet
	BadEscape            // a percent sign without two hexadecimal digits
	BadHash              // no infohash of 20 bytes, or more than one
	BadPeerID            // no peer id of 20 bytes
	BadPort              // no port from 1 to 65535
	BadNumber            // a parameter that is no decimal number, or too large
	BadEvent             // an event that is not known
	TooLong              // a body longer than BodyMax
	NotBencode           // a body that is not a bencoded dictionary, or nested or filled too much
	BadPeers             // peers in no form that is known, or none of them usable
	Flood                // more from one host than is allowed
	Ended                // for a tracker that answers no more
	faults
)

var faultNames = [faults]string{
	"ok", "short", "bad_action", "bad_magic", "bad_connection", "bad_transaction", "bad_source",
	"bad_tail", "bad_option", "bad_escape", "bad_hash", "bad_peer_id", "bad_port", "bad_number",
	"bad_event", "too_long", "not_bencode", "bad_peers", "flood", "ended",
}

// String returns the name of f, in lower case with underscores.
func (f Fault) String() string {
	if f >= faults {
		return "unknown_fault"
	}
	return faultNames[f]
}

// Drops counts by fault what was not accepted.
type Drops [faults]uint64

// Each calls f with the name and the count of each fault that occurred, in a fixed order.
func (d *Drops) Each(f func(name string, n uint64)) {
	for k, n := range d {
		if n > 0 {
			f(Fault(k).String(), n)
		}
	}
}

// Total returns how many were not accepted.
func (d *Drops) Total() (sum uint64) {
	for _, n := range d {
		sum += n
	}
	return sum
}
