package swarms

import (
	"encoding/binary"

	"swarmlab/protocol"
)

// store knows which pieces that peers receive have something wrong in them: bodies that are junk,
// or, where bodies travel as bytes, other bytes than those of the content.
type store struct {
	wrong map[uint64]bool
	size  []uint64 // of a piece, by content
}

func newStore(w *World) *store {
	s := &store{wrong: map[uint64]bool{}}
	for _, t := range w.torrents {
		s.size = append(s.size, uint64(t.is.Geometry.PieceLength))
	}
	return s
}

func keyOf(i, piece uint32) uint64 { return uint64(i)<<32 | uint64(piece) }

// Write implements swarm.Store.
func (s *store) Write(i uint32, content, piece, begin uint32, ch protocol.Chunk) {
	if !isContent(content, uint64(piece)*s.size[content]+uint64(begin), ch) {
		s.wrong[keyOf(i, piece)] = true
	}
}

// isContent tells whether a body, or bytes, are those of a content from some place on.
func isContent(content uint32, at uint64, ch protocol.Chunk) bool {
	if ch.Body.Length > 0 {
		return ch.Body.Content == content
	}
	for n, b := range ch.Bytes {
		if b != contentByte(content, at+uint64(n)) {
			return false
		}
	}
	return true
}

// Verify implements swarm.Store.
func (s *store) Verify(i uint32, _, piece uint32) bool {
	if len(s.wrong) == 0 || !s.wrong[keyOf(i, piece)] {
		return true
	}
	delete(s.wrong, keyOf(i, piece))
	return false
}

// contents are the bytes of all torrents, for runs in which these travel.
type contents struct{}

// ReadBody implements protocol.Contents.
func (contents) ReadBody(b protocol.Body, p []byte) error {
	for n := range p {
		p[n] = contentByte(b.Content, b.Offset+uint64(n))
	}
	return nil
}

// contentByte is a byte of a content; of junk it is another one than of what it stands for.
func contentByte(content uint32, at uint64) byte {
	var word [8]byte
	binary.LittleEndian.PutUint64(word[:],
		protocol.Mix(uint64(content&^protocol.Junk)<<40^at/8))
	if content&protocol.Junk != 0 {
		return ^word[at%8]
	}
	return word[at%8]
}

// Contents returns the bytes of the torrents.
func (w *World) Contents() protocol.Contents { return contents{} }
