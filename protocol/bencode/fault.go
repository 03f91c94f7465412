package bencode

// Fault says why bytes are not acceptable bencode. The zero Fault is OK.
type Fault uint8

// The faults. Their names, given by String, are stable and fit for counters.
const (
	OK          Fault = iota
	Truncated         // the input ends inside a value
	BadToken          // a byte that starts nothing
	BadInt            // an integer without digits, or with a byte that is no digit
	IntRange          // an integer outside int64
	BadLength         // a string length that is not followed by a colon
	LongString        // a string longer than the bytes that are left
	LeadingZero       // a leading zero or minus zero; strict mode only
	KeyKind           // a dictionary key that is not a string
	KeyOrder          // keys out of order; strict mode only
	KeyTwice          // the same key twice in one dictionary
	NoValue           // the end of a container where a value should be, as after a key
	TooDeep           // more nested than Limits.Depth
	TooMany           // more items than Limits.Items, or too badly sorted to look for duplicates
	Trailing          // bytes after the value
	faults
)

var faultNames = [faults]string{
	"ok", "truncated", "bad_token", "bad_int", "int_range", "bad_length", "long_string",
	"leading_zero", "key_kind", "key_order", "key_twice", "no_value", "too_deep", "too_many",
	"trailing",
}

// String returns the name of f, in lower case with underscores.
func (f Fault) String() string {
	if f >= faults {
		return "unknown_fault"
	}
	return faultNames[f]
}

// Mode says how much of what peers really send is accepted.
type Mode uint8

// The modes; the package comment tells what they differ in.
const (
	Strict Mode = iota
	Tolerant
)

// DepthMax is the highest depth that Limits may ask for. It bounds the memory of Skip.
const DepthMax = 128

// Limits bounds the work that an input may cause.
type Limits struct {
	Depth int // containers inside each other, the outermost counted; 0..DepthMax
	Items int // values and keys in all
}

// Kind is what a value is.
type Kind uint8

// The kinds. None means that no value starts here: the input or the container ends, the bytes are
// bad, or there was a fault before.
const (
	None Kind = iota
	Int
	String
	List
	Dict
)

// kinds maps the first byte of a value to its kind.
var kinds = func() (t [256]Kind) {
	for c := '0'; c <= '9'; c++ {
		t[c] = String
	}
	t['i'], t['l'], t['d'] = Int, List, Dict
	return t
}()
