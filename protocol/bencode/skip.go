package bencode

import "bytes"

// Check validates one value at the start of p. It returns the number of bytes that the value
// takes, and whether it is in canonical form. Bytes after it are not looked at. After a fault n is
// 0 and canonical false.
func Check(p []byte, lim Limits, mode Mode) (n int, canonical bool, fault Fault) {
	s := NewScanner(p, lim, mode)
	s.Skip()
	return s.At(), s.Canonical(), s.Fault()
}

// Skip consumes and validates one value of any kind and returns its exact bytes.
func (s *Scanner) Skip() []byte {
	start, p := s.at, s.p
	switch s.Kind() {
	case String:
		s.Bytes()
	case Int:
		s.Int()
	case None:
		s.nothing()
	default:
		s.container()
	}
	if s.fault != OK {
		return nil
	}
	return p[start:s.at:s.at]
}

// nothing faults a place where a value should start and does not.
func (s *Scanner) nothing() {
	switch {
	case s.at >= len(s.p):
		s.fail(Truncated)
	case s.p[s.at] == 'e':
		s.fail(NoValue)
	default:
		s.fail(BadToken)
	}
}

// level is one open container of Skip.
type level struct {
	keys Keys
	dict bool
}

// flat is the depth of the smaller stack, which is enough for datagrams and quicker to clear.
const flat = 10

// container consumes a list or dictionary with a stack of fixed size instead of recursion.
func (s *Scanner) container() {
	if s.depth <= flat {
		var stack [flat]level
		s.descend(stack[:])
		return
	}
	var stack [DepthMax]level
	s.descend(stack[:])
}

// descend is container with a stack for as many levels as may still be opened.
func (s *Scanner) descend(stack []level) {
	n := 0
	for {
		switch s.Kind() {
		case String:
			s.Bytes()
		case Int:
			s.Int()
		case List:
			if s.List() {
				stack[n] = level{}
				n++
			}
		case Dict:
			if keys, ok := s.Dict(); ok {
				stack[n] = level{keys, true}
				n++
			}
		default:
			s.nothing()
		}
		for n > 0 && !stack[n-1].more(s) {
			n--
		}
		if n == 0 || s.fault != OK {
			return
		}
	}
}

// more reports whether the container has another value, after consuming the key if it has keys.
func (l *level) more(s *Scanner) bool {
	if l.dict {
		_, ok := l.keys.Next(s)
		return ok
	}
	return s.More()
}

// unsorted handles a key at position at that is not above all earlier keys of its dictionary,
// which starts at start. It looks through them again, since a sorted neighbour proves nothing.
func (s *Scanner) unsorted(start, at int, key, top []byte) bool {
	if bytes.Equal(key, top) {
		s.fail(KeyTwice)
		return false
	}
	if !s.tolerate(KeyOrder) {
		return false
	}
	again := Scanner{p: s.p[:at], at: start, items: s.lookBack, mode: Tolerant}
	for again.at < at {
		earlier, ok := again.Bytes()
		if ok && bytes.Equal(earlier, key) {
			s.fail(KeyTwice)
			return false
		}
		if !ok || !again.pass() {
			s.fail(TooMany)
			return false
		}
	}
	s.lookBack = again.items
	return true
}

// pass consumes a value that was validated before, and reports whether the item limit allowed it.
func (s *Scanner) pass() bool {
	for open := 0; ; {
		c := s.p[s.at]
		if kinds[c] == String {
			s.Bytes()
		} else if s.count() {
			switch c {
			case 'i':
				s.at += bytes.IndexByte(s.p[s.at:], 'e')
			case 'e':
				open--
			default:
				open++
			}
			s.at++
		}
		if open == 0 || s.fault != OK {
			return s.fault == OK
		}
	}
}
