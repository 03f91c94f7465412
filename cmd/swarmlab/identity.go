package main

import (
	"crypto/rand"
	"strings"

	"swarmlab/protocol/krpc"
)

// randomID returns an id that nobody has.
func randomID() krpc.ID {
	b := systemRandom()
	return krpc.IDFromBytes(b[:])
}

// systemRandom returns random bytes that nobody can guess.
func systemRandom() (b [krpc.IDSize]byte) {
	rand.Read(b[:]) // never fails: it ends the program instead
	return b
}

// parseHexID reads a node id or an infohash, called name where it is wrong.
func parseHexID(name, digits string) (krpc.ID, error) {
	id, err := krpc.ParseID(strings.TrimSpace(digits))
	if err != nil {
		return krpc.ID{}, refuse("%s %.60q is not 40 hexadecimal digits (it has %d characters)",
			name, digits, len(digits))
	}
	return id, nil
}
