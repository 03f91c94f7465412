package bencode

import "bytes"

// Scanner reads one value from left to right; see the package comment for the order of calls.
// Make it with NewScanner, keep it on the stack.
type Scanner struct {
	p        []byte // empty after a fault, which ends all loops
	at       int
	items    int // how many more may come
	depth    int // how many more containers may be opened
	lookBack int // how many more items may be read twice in search of duplicate keys
	mode     Mode
	fault    Fault
	variant  bool // something not canonical was accepted
}

// lookBackMin is how many items the search for duplicates among unsorted keys may read again in any
// input; it is enough for all inputs of 500 items. Bigger inputs get their size on top of it, so
// that the search takes linear time.
const lookBackMin = 1 << 17

// NewScanner returns a scanner at the first byte of p. It panics if the limits make no sense.
func NewScanner(p []byte, lim Limits, mode Mode) Scanner {
	if lim.Depth < 0 || lim.Depth > DepthMax || lim.Items < 0 {
		panic("bencode: limits out of range")
	}
	return Scanner{
		p: p, items: lim.Items, depth: lim.Depth, mode: mode,
		lookBack: lookBackMin + min(lim.Items, len(p)),
	}
}

// At returns the number of bytes consumed, and 0 after a fault.
func (s *Scanner) At() int { return s.at }

// Fault returns the first fault so far.
func (s *Scanner) Fault() Fault { return s.fault }

// Canonical reports whether all that was read so far is the one canonical form.
func (s *Scanner) Canonical() bool { return s.fault == OK && !s.variant }

// End declares the value complete: bytes that are left are a fault. It returns the first fault.
func (s *Scanner) End() Fault {
	if s.fault == OK && s.at != len(s.p) {
		s.fail(Trailing)
	}
	return s.fault
}

// Kind returns the kind of the next value and consumes nothing.
func (s *Scanner) Kind() Kind {
	if s.at >= len(s.p) {
		return None
	}
	return kinds[s.p[s.at]]
}

// Int consumes an integer. If the next value is none, it consumes nothing and returns false.
func (s *Scanner) Int() (n int64, ok bool) {
	if s.at >= len(s.p) || s.p[s.at] != 'i' || !s.count() {
		return 0, false
	}
	return s.integer()
}

// Bytes consumes a string and returns its octets. If the next value is none, it consumes nothing
// and returns false. Lengths of one or two digits take the short way.
func (s *Scanner) Bytes() (octets []byte, ok bool) {
	p, i := s.p, s.at
	if i+2 >= len(p) || s.items == 0 {
		return s.slowBytes()
	}
	n := uint(p[i] - '0')
	if n > 9 {
		return nil, false
	}
	start := uint(i) + 2
	if c := p[i+1]; c != ':' {
		if n == 0 || c-'0' > 9 || p[start] != ':' {
			return s.slowBytes()
		}
		n = n*10 + uint(c-'0')
		start++
	}
	end := start + n
	if end > uint(len(p)) {
		return s.slowBytes()
	}
	s.items--
	s.at = int(end)
	return p[start:end:end], true
}

// List enters a list; then More tells before each value whether there is one. If the next value is
// no list, it consumes nothing and returns false.
func (s *Scanner) List() bool { return s.Kind() == List && s.open() }

// Dict enters a dictionary; then Next of the result walks it. If the next value is no dictionary,
// it consumes nothing and returns false.
func (s *Scanner) Dict() (k Keys, ok bool) {
	if s.Kind() != Dict || !s.open() {
		return Keys{}, false
	}
	return Keys{start: s.at}, true
}

// More reports whether the list that was entered has another value. If not, it leaves the list.
func (s *Scanner) More() bool {
	if s.at >= len(s.p) {
		s.fail(Truncated)
		return false
	}
	if s.p[s.at] != 'e' {
		return true
	}
	s.at++
	s.depth++
	return false
}

// open counts and consumes the first byte of a container.
func (s *Scanner) open() bool {
	if s.depth == 0 {
		s.fail(TooDeep)
		return false
	}
	if !s.count() {
		return false
	}
	s.depth--
	s.at++
	return true
}

// Keys walks a dictionary.
type Keys struct {
	start int    // of the first key
	top   []byte // the greatest key so far; nil at first
}

// Next consumes a key and returns it; its value comes next. At the end of the dictionary, and
// after a fault, it leaves the dictionary and returns false.
func (k *Keys) Next(s *Scanner) (key []byte, ok bool) {
	at := s.at
	key, ok = s.Bytes()
	if !ok {
		s.leave()
		return nil, false
	}
	if k.top != nil && !above(key, k.top) {
		return key, s.unsorted(k.start, at, key, k.top)
	}
	k.top = key
	return key, true
}

// above reports whether a comes after b; mostly the first bytes tell.
func above(a, b []byte) bool {
	if len(a) > 0 && len(b) > 0 && a[0] != b[0] {
		return a[0] > b[0]
	}
	return bytes.Compare(a, b) > 0
}

// leave consumes the end of a dictionary. Anything else where a key should be is a fault.
func (s *Scanner) leave() {
	switch {
	case s.at >= len(s.p):
		s.fail(Truncated)
	case s.p[s.at] == 'e':
		s.at++
		s.depth++
	case kinds[s.p[s.at]] == None:
		s.fail(BadToken)
	default:
		s.fail(KeyKind)
	}
}

// fail keeps the first fault and takes the input away, so that every later call returns at once.
func (s *Scanner) fail(f Fault) {
	if s.fault == OK {
		s.fault = f
	}
	s.p, s.at = nil, 0
}

// count takes one item off the limit.
func (s *Scanner) count() bool {
	if s.items == 0 {
		s.fail(TooMany)
		return false
	}
	s.items--
	return true
}
