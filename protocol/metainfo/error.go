package metainfo

import (
	"fmt"
	"strconv"
)

// Error says what is wrong with a torrent or a link, where, and how to mend it.
type Error struct {
	// Key is the place, as in info.files[3].path; empty if it is the whole.
	Key string
	// At is the byte of the input at which the faulty value starts, or -1 if none does.
	At int
	// What is wrong, and how to mend it.
	What string
	// Unsupported is true if the input may well be good, but is of another version than 1.
	Unsupported bool
}

// Error implements error: the place, then what is wrong there.
func (e *Error) Error() string {
	var text string
	if e.At >= 0 {
		text = "byte " + strconv.Itoa(e.At) + ": "
	}
	if e.Key != "" {
		text += e.Key + ": "
	}
	return text + e.What
}

// wrong returns an error at a place.
func wrong(key string, at int, format string, args ...any) error {
	return &Error{Key: key, At: at, What: fmt.Sprintf(format, args...)}
}

// unsupported returns an error for what is of another version.
func unsupported(key string, at int, what string) error {
	const mend = "; only version 1 is known here: ask for a torrent of version 1"
	return &Error{Key: key, At: at, What: what + mend, Unsupported: true}
}
