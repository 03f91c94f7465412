package bencode

import "math"

// integer consumes an integer whose first byte was seen to be an i.
func (s *Scanner) integer() (int64, bool) {
	p, i := s.p, s.at+1
	negative := i < len(p) && p[i] == '-'
	if negative {
		i++
	}
	start, n := i, uint64(0)
	for ; i < len(p) && p[i]-'0' <= 9; i++ {
		c := uint64(p[i] - '0')
		if n > (math.MaxUint64-c)/10 {
			s.fail(IntRange)
			return 0, false
		}
		n = n*10 + c
	}
	if fault := numberEnd(p, start, i, 'e', BadInt); fault != OK {
		s.fail(fault)
		return 0, false
	}
	if p[start] == '0' && (negative || i > start+1) && !s.tolerate(LeadingZero) {
		return 0, false
	}
	s.at = i + 1
	return s.signed(n, negative)
}

// signed applies the sign to a magnitude, if the result fits.
func (s *Scanner) signed(n uint64, negative bool) (int64, bool) {
	switch {
	case negative && n <= 1<<63:
		return int64(-n), true
	case !negative && n <= math.MaxInt64:
		return int64(n), true
	}
	s.fail(IntRange)
	return 0, false
}

// slowBytes is Bytes for lengths of any number of digits, and for all that is wrong.
func (s *Scanner) slowBytes() ([]byte, bool) {
	p, i := s.p, s.at
	if i >= len(p) || p[i]-'0' > 9 || !s.count() {
		return nil, false
	}
	start, n := i, 0
	for ; i < len(p) && p[i]-'0' <= 9; i++ {
		n = n*10 + int(p[i]-'0')
		if n > len(p) {
			s.fail(LongString)
			return nil, false
		}
	}
	if fault := numberEnd(p, start, i, ':', BadLength); fault != OK {
		s.fail(fault)
		return nil, false
	}
	if p[start] == '0' && i > start+1 && !s.tolerate(LeadingZero) {
		return nil, false
	}
	i++
	if n > len(p)-i {
		s.fail(LongString)
		return nil, false
	}
	s.at = i + n
	return p[i : i+n : i+n], true
}

// numberEnd checks that digits from start are followed by their terminator at i.
func numberEnd(p []byte, start, i int, terminator byte, bad Fault) Fault {
	switch {
	case i >= len(p):
		return Truncated
	case p[i] != terminator || i == start:
		return bad
	}
	return OK
}

// tolerate notes a form that is not canonical. In strict mode it is a fault.
func (s *Scanner) tolerate(f Fault) bool {
	if s.mode == Strict {
		s.fail(f)
		return false
	}
	s.variant = true
	return true
}
