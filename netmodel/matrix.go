package netmodel

import (
	"errors"
	"slices"
)

// Matrix holds measured round-trip times between hosts. It is immutable and may be shared. It need
// not be symmetric: the way from i to j takes half of what row i, column j says.
type Matrix struct {
	rows   uint64
	half   []uint32 // half the round-trip time in ns, row after row
	digest [32]byte
}

// Rows returns the number of hosts.
func (m *Matrix) Rows() int { return int(m.rows) }

// Digest returns the SHA-256 sum of the file that the matrix was read from: it ties a run to its
// input, and common tools can check it.
func (m *Matrix) Digest() [32]byte { return m.digest }

// Measured places each node on a row of a matrix, at random; several nodes may share a row, and
// are then as far apart as the diagonal says: Floor, where it is 0. A path takes half the measured
// round-trip time, and the access delay of both ends.
type Measured struct {
	Matrix *Matrix
	Access Access // none by default: the measured hosts had lines of their own
}

type measured struct {
	access
	places stream
	rows   uint64
	half   []uint32
	floor  int64
}

func (c Measured) build(seed uint64) (model, error) {
	if c.Matrix == nil {
		return nil, errors.New("latency.file: no matrix is given: name a file of round-trip times")
	}
	line, err := c.Access.build(seed)
	if err != nil {
		return nil, err
	}
	floor := int64(slices.Min(c.Matrix.half)) + line.least()
	places := newStream(seed, purposePlace)
	return &measured{line, places, c.Matrix.rows, c.Matrix.half, floor}, nil
}

func (m *measured) oneWay(src, dst uint32) int64 {
	return int64(m.half[m.row(src)*m.rows+m.row(dst)]) + m.both(src, dst)
}

func (m *measured) least() int64 { return m.floor }

func (m *measured) row(node uint32) uint64 { return below(m.places.node(node), m.rows) }
