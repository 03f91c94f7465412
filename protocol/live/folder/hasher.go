package folder

import (
	"bytes"
	"crypto/sha1"
	"hash"
)

// stride is how much is read at a time to be hashed: it stays in the processor's cache.
const stride = 128 << 10

// nothing is what the holes of a file are read as.
var nothing [stride]byte

// hasher hashes a piece. It puts off hashing zeros with which the piece begins, for most that has
// nothing else is a hole in a file that is not complete, and ten times as fast to see as to hash.
type hasher struct {
	sha    hash.Hash
	zeros  int // of these strides all that came so far consists
	rest   int // and of so many zeros beyond them
	begun  bool
	buffer [stride]byte
	sum    [sha1.Size]byte

	emptySize int // bytes of a piece of zeros
	empty     [sha1.Size]byte
}

func newHasher() any { return &hasher{sha: sha1.New()} }

func (h *hasher) reset() {
	h.sha.Reset()
	h.zeros, h.rest, h.begun = 0, 0, false
}

// add takes the next bytes: a stride, or less at the end.
func (h *hasher) add(p []byte) {
	if !h.begun && bytes.Equal(p, nothing[:len(p)]) {
		if len(p) == stride {
			h.zeros++
		} else {
			h.rest = len(p)
		}
		return
	}
	h.begin()
	h.sha.Write(p)
}

// begin hashes what was put off.
func (h *hasher) begin() {
	if h.begun {
		return
	}
	h.begun = true
	for range h.zeros {
		h.sha.Write(nothing[:])
	}
	h.sha.Write(nothing[:h.rest])
}

// is reports whether the hash of all that came is want. That of zeros is remembered.
func (h *hasher) is(want []byte) bool {
	size := h.zeros*stride + h.rest
	if h.begun {
		return string(h.sha.Sum(h.sum[:0])) == string(want)
	}
	if size != h.emptySize {
		h.begin()
		h.sha.Sum(h.empty[:0])
		h.emptySize = size
	}
	return string(h.empty[:]) == string(want)
}
