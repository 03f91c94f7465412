package audit

import (
	"crypto/ed25519"
	"encoding/binary"
	"math/bits"
	"time"

	"swarmlab/protocol"
)

// Key is the public key by which a user is known.
type Key [ed25519.PublicKeySize]byte

// KeyOf returns the public key of a private one.
func KeyOf(private ed25519.PrivateKey) (k Key) {
	copy(k[:], private[ed25519.PrivateKeySize-ed25519.PublicKeySize:])
	return k
}

// signature is its size in bytes.
const signature = ed25519.SignatureSize

// pen is scratch for what is signed: a word that says what for, and the statement.
type pen struct{ text []byte }

func (p *pen) write(purpose string, statement []byte) []byte {
	p.text = append(append(p.text[:0], purpose...), statement...)
	return p.text
}

// signs reports whether a signature is by a key.
func (p *pen) signs(k Key, purpose string, statement, signature []byte) bool {
	return ed25519.Verify(k[:], p.write(purpose, statement), signature)
}

// Pace bounds how fast counters can rise: more is a [Jump].
type Pace struct {
	BytesPerSec uint64
	Burst       uint64 // bytes beyond that
}

// allows reports whether a counter can rise by n in a time.
func (p Pace) allows(n uint64, over time.Duration) bool {
	n = excess(n, p.Burst)
	hi, lo := bits.Mul64(n, uint64(time.Second))
	toHi, toLo := bits.Mul64(p.BytesPerSec, uint64(max(over, 0)))
	return hi < toHi || hi == toHi && lo <= toLo
}

// mark is how far somebody's statements about another one have come. Statements are numbered
// within epochs, and count from 0 in each: a client that has lost its memory begins a new epoch.
type mark struct {
	epoch, number uint32
	begun         bool
	settled       [2]uint64 // of the epochs before
	now           [2]uint64 // of this epoch
	at            protocol.Time
}

// advance takes a newer statement. Nothing changes if it is not OK.
func (m *mark) advance(
	at protocol.Time, epoch, number uint32, now [2]uint64, pace Pace,
) Fault {
	same := m.begun && epoch == m.epoch
	if m.begun && epoch < m.epoch || same && number <= m.number {
		return Stale
	}
	before := [2]uint64{}
	if same {
		before = m.now
	}
	for k := range now {
		if now[k] < before[k] {
			return Backward
		}
		rise := now[k] - before[k]
		if !pace.allows(rise, at.Sub(m.at)) || sum(m.total(k), rise) == 1<<64-1 {
			return Jump
		}
	}
	if !same {
		m.settled = [2]uint64{m.total(0), m.total(1)}
	}
	m.epoch, m.number, m.begun, m.now, m.at = epoch, number, true, now, at
	return OK
}

func (m *mark) total(k int) uint64 { return m.settled[k] + m.now[k] }

// reader takes a statement apart. Its length was checked.
type reader struct{ rest []byte }

func (r *reader) bytes(dst []byte) { r.rest = r.rest[copy(dst, r.rest):] }

func (r *reader) uint32() (n uint32) {
	n, r.rest = binary.BigEndian.Uint32(r.rest), r.rest[4:]
	return n
}

func (r *reader) uint64() (n uint64) {
	n, r.rest = binary.BigEndian.Uint64(r.rest), r.rest[8:]
	return n
}

// sized returns whether a statement has its version and length.
func sized(p []byte, version byte, size int) Fault {
	switch {
	case len(p) < size:
		return Short
	case p[0] != version:
		return BadVersion
	case len(p) > size:
		return Long
	}
	return OK
}
