package audit

// shelf is where a book keeps what was stated: an entry for each key, in the order in which they
// were begun, and no more begun by one user than there is room for.
type shelf[Key comparable, Entry any] struct {
	index   map[Key]int
	entries []Entry
	begun   []uint32 // by user
}

func newShelf[Key comparable, Entry any]() shelf[Key, Entry] {
	return shelf[Key, Entry]{index: make(map[Key]int)}
}

// enter has an entry advance, or one that a user begins with it. What is not OK begins nothing.
func (s *shelf[Key, Entry]) enter(
	key Key, by User, most uint32, fresh Entry, advance func(*Entry) Fault,
) Fault {
	if x, ok := s.index[key]; ok {
		return advance(&s.entries[x])
	}
	if *at(&s.begun, by) >= most {
		return Full
	}
	n := len(s.entries)
	s.entries = append(s.entries, fresh)
	if f := advance(&s.entries[n]); f != OK {
		s.entries = s.entries[:n]
		return f
	}
	s.index[key] = n
	s.begun[by]++
	return OK
}
