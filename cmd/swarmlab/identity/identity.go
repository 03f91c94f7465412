package identity

import (
	"crypto/rand"
	"strings"

	"swarmlab/cmd/swarmlab/command"
	"swarmlab/protocol/krpc"
)

// New returns an id that nobody has.
func New() krpc.ID {
	b := Random()
	return krpc.IDFromBytes(b[:])
}

// Random returns random bytes that nobody can guess.
func Random() (b [krpc.IDSize]byte) {
	rand.Read(b[:]) // never fails: it ends the program instead
	return b
}

// Parse reads a node id or an infohash, called name where it is wrong.
func Parse(name, digits string) (krpc.ID, error) {
	id, err := krpc.ParseID(strings.TrimSpace(digits))
	if err != nil {
		return krpc.ID{}, command.Refuse("%s %.60q is not 40 hexadecimal digits (it has %d "+
			"characters)", name, digits, len(digits))
	}
	return id, nil
}
