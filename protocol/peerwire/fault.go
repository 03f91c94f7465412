package peerwire

// Fault says why bytes are not what a peer may send. The zero Fault is OK.
type Fault uint8

// The faults. Their names, given by String, are stable and fit for counters.
const (
	OK Fault = iota

	// Faults of the stream, from [Decoder.Next]: the place of the next message is not known or the
	// sender breaks the protocol. The connection is to be closed.

	BadHandshake  // does not begin with the name of the protocol
	BadLength     // a known id with a length that its message cannot have
	TooLong       // a message, or the data of a piece, longer than is accepted
	BitfieldSize  // a bitfield of another number of bytes than the pieces need
	SpareBits     // a bitfield with a bit set behind the last piece
	NotNegotiated // a message of the Fast extension that was not agreed on
	StrayBody     // a body by reference that is not exactly the data of a piece

	// Faults of the body of an extended message, from the functions that parse one. Its frame was
	// sound, so that it can be ignored and the connection stay.

	BadBencode // not one dictionary, or beyond the limits of depth and items
	BadField   // a known key whose value is of the wrong type, length or range
	NoField    // a key that must be there is not
	BadSize    // a body of the wrong number of bytes
	TooMany    // more contacts than are accepted

	faults
)

var faultNames = [faults]string{
	"ok", "bad_handshake", "bad_length", "too_long", "bitfield_size", "spare_bits",
	"not_negotiated", "stray_body", "bad_bencode", "bad_field", "no_field", "bad_size", "too_many",
}

// Faults is the number of faults with OK, for arrays of counters.
const Faults = int(faults)

// String returns the name of f, in lower case with underscores.
func (f Fault) String() string {
	if f >= faults {
		return "unknown_fault"
	}
	return faultNames[f]
}
