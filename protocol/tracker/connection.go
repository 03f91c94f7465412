package tracker

import (
	"crypto/sha256"
	"encoding/binary"
	"time"

	"swarmlab/protocol"
)

const (
	// slot is the time for which a host is given the same connection id.
	slot = time.Minute
	// slots is how many of them an id is good for: BEP 15 asks for two minutes after it was sent.
	slots = 3
)

// connection returns the id that a host is given at a time. Nothing is stored: it is a keyed hash
// of the host and the time, which nobody can guess who does not receive what is sent to the host.
// The port is not in it, since a NAT may change it.
func (k *Tracker) connection(from protocol.Addr, now protocol.Time, ago uint64) uint64 {
	hi, lo := from.IP16()
	return keyed(&k.cfg.Secret, hi, lo, 1+uint64(now)/uint64(slot)-ago)
}

// connected reports whether a host was given a connection id, and not too long ago.
func (k *Tracker) connected(from protocol.Addr, now protocol.Time, id uint64) bool {
	for ago := range min(uint64(slots), uint64(now)/uint64(slot)+1) {
		if k.connection(from, now, ago) == id {
			return true
		}
	}
	return false
}

// keyed is the beginning of SHA-256 of a secret and three numbers.
func keyed(secret *[16]byte, a, b, c uint64) uint64 {
	var text [40]byte
	copy(text[:], secret[:])
	binary.BigEndian.PutUint64(text[16:], a)
	binary.BigEndian.PutUint64(text[24:], b)
	binary.BigEndian.PutUint64(text[32:], c)
	sum := sha256.Sum256(text[:])
	return binary.BigEndian.Uint64(sum[:])
}
