package krpc

// Fault says why a packet is not a usable message. The zero Fault is OK. Whoever receives packets
// counts them by fault; see Answerable and Matchable for what else there is to do.
type Fault uint8

// The faults, by what the receiver does with them.
const (
	OK Fault = iota

	// Junk, to be dropped without an answer.

	Short         // fewer than 20 bytes
	NoDict        // the first byte is not d or the last not e
	BadBencode    // not a bencoded dictionary and nothing else, or beyond the limits
	NoKind        // no y of one byte
	UnknownKind   // a y that is not q, r or e
	NoTransaction // no t, or not a string

	// Queries that deserve error 203. Kind and T are valid.

	NoMethod    // no q, or not a string
	NoArguments // no a, or not a dictionary
	NoSender    // no id of 20 bytes in a
	BadArgument // a known key whose value is of the wrong type

	// Responses and errors that count as failure of the query they answer. Kind and T are valid.

	NoResults   // no r, or not a dictionary
	NoResponder // no id of 20 bytes in r
	BadResult   // a known key whose value is of the wrong type
	BadError    // no e, or not a list of an integer and a string

	faults
)

var faultNames = [faults]string{
	"ok", "short", "no_dict", "bad_bencode", "no_kind", "unknown_kind", "no_transaction",
	"no_method", "no_arguments", "no_sender", "bad_argument",
	"no_results", "no_responder", "bad_result", "bad_error",
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

// Answerable reports whether the packet is a query, wrong in a way that its sender should be told
// with error 203 and the T of the message.
func (f Fault) Answerable() bool { return f >= NoMethod && f <= BadArgument }

// Matchable reports whether the packet is a useless response or error: if source address and T
// belong to a query of ours, that query has failed.
func (f Fault) Matchable() bool { return f >= NoResults && f <= BadError }
