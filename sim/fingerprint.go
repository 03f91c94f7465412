package sim

import (
	"encoding/binary"
	"fmt"
	"math/bits"

	"swarmlab/protocol"
)

// Fingerprint proves what a run did. Each layer is a hash of every node's history, folded in the
// order of the nodes; two runs that agree in a layer did the same there. It is made to find
// mistakes, not to resist an adversary.
type Fingerprint struct {
	Events  uint64 // time, kind, source and sequence number of what happened to each node
	Wire    uint64 // time, source and bytes of what each node received
	Outcome uint64 // what was recorded with World.Outcome
}

// String returns the three layers in hexadecimal, with hyphens between them.
func (f Fingerprint) String() string {
	return fmt.Sprintf("%016x-%016x-%016x", f.Events, f.Wire, f.Outcome)
}

// ParseFingerprint reads what String wrote.
func ParseFingerprint(text string) (Fingerprint, error) {
	var f Fingerprint
	if _, err := fmt.Sscanf(text, "%16x-%16x-%16x", &f.Events, &f.Wire, &f.Outcome); err != nil ||
		f.String() != text {
		return Fingerprint{}, fmt.Errorf("%q is not a fingerprint", text)
	}
	return f, nil
}

// Fingerprint returns the fingerprint of everything up to Now. It walks all nodes.
func (w *World) Fingerprint() Fingerprint {
	var f Fingerprint
	for i := range w.nodes {
		f.fold(&w.nodes[i])
	}
	return f
}

// fold adds a node to the fingerprint, and returns a hash of all three layers.
func (f *Fingerprint) fold(n *node) uint64 {
	event, wire := protocol.Mix(n.eventHash), protocol.Mix(n.wireHash)
	outcome := protocol.Mix(n.outcomeHash)
	f.Events = chain(f.Events, event)
	f.Wire = chain(f.Wire, wire)
	f.Outcome = chain(f.Outcome, outcome)
	return event ^ bits.RotateLeft64(wire, 21) ^ bits.RotateLeft64(outcome, 42)
}

// Outcome adds a result of a node to the fingerprint: the time, and the words. Call it in a turn of
// that node, or between turns.
func (w *World) Outcome(node uint32, words ...uint64) {
	n := &w.nodes[node]
	h := chain(n.outcomeHash, uint64(w.now))
	h = chain(h, uint64(len(words)))
	for _, word := range words {
		h = chain(h, word)
	}
	n.outcomeHash = h
}

const (
	multiplier = 0x9fb21c651e98df25 // odd, with no pattern in its bits
	offset     = 0x9e3779b97f4a7c15 // keeps zeros from staying zero

	lane1 = 0x2545f4914f6cdd1d // lanes start apart, so that words cannot change places
	lane2 = 0xd6e8feb86659fd93
	lane3 = 0xa0761d6478bd642f
)

// chain adds a word to a hash: a multiplication whose two halves are folded. Cheaper mixing, by a
// rotation, lets a flipped bit cancel another in the next word.
func chain(h, word uint64) uint64 {
	hi, lo := bits.Mul64(h^word, multiplier)
	return hi ^ lo ^ offset
}

func hashEvent(h uint64, e *event) uint64 {
	h = chain(h, uint64(e.when))
	return chain(h, uint64(e.kind())<<61^uint64(e.source)<<32^uint64(e.seq))
}

func hashWire(h uint64, e *event, payload []byte) uint64 {
	h = chain(h, uint64(e.when))
	h = chain(h, uint64(e.source)<<32|uint64(len(payload)))
	return hashBytes(h, payload)
}

// hashBytes adds bytes to a hash, in four lanes that the processor works on side by side.
func hashBytes(h uint64, p []byte) uint64 {
	if len(p) >= 32 {
		a, b, c, d := h, h^lane1, h^lane2, h^lane3
		for len(p) >= 32 {
			a = chain(a, binary.LittleEndian.Uint64(p))
			b = chain(b, binary.LittleEndian.Uint64(p[8:]))
			c = chain(c, binary.LittleEndian.Uint64(p[16:]))
			d = chain(d, binary.LittleEndian.Uint64(p[24:]))
			p = p[32:]
		}
		h = chain(chain(chain(a, b), c), d)
	}
	for len(p) >= 8 {
		h = chain(h, binary.LittleEndian.Uint64(p))
		p = p[8:]
	}
	if len(p) > 0 {
		var rest [8]byte
		copy(rest[:], p)
		h = chain(h, binary.LittleEndian.Uint64(rest[:]))
	}
	return h
}
