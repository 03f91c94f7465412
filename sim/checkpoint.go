package sim

// Checkpoint is the state of the fingerprint at the end of a simulated second, with a syndrome by
// which two runs can tell which node differs without keeping a hash of every node.
type Checkpoint struct {
	Second int // the second that ended: it covers all events before Second+1
	Fingerprint
	// Syndrome: node numbers are written in radix 128. Cell 128*p+d holds the sum, modulo 2^32, of
	// the hashes of the nodes that have the digit d at position p. If one node differs, so does
	// one cell of each position, and together they spell its number.
	Syndrome []uint32
}

const (
	radixBits = 7
	radix     = 1 << radixBits
)

// positions returns how many digits the numbers of so many nodes have.
func positions(nodes int) int {
	n := 1
	for nodes > radix {
		nodes = (nodes + radix - 1) / radix
		n++
	}
	return n
}

func (w *World) check() Checkpoint {
	c := Checkpoint{Second: w.second, Syndrome: make([]uint32, positions(len(w.nodes))*radix)}
	low, high := c.Syndrome[:radix], c.Syndrome[radix:]
	for first := 0; first < len(w.nodes); first += radix {
		sum := uint32(0)
		block := w.nodes[first:min(first+radix, len(w.nodes))]
		for digit := range block {
			n := &block[digit]
			h := uint32(c.fold(n))
			low[digit] += h
			sum += h
		}
		// The 128 nodes of a block differ in their last digit only.
		rest := first / radix
		for cell := 0; cell < len(high); cell += radix {
			high[cell+rest%radix] += sum
			rest /= radix
		}
	}
	return c
}

// candidatesMax bounds the answer of FirstDifference.
const candidatesMax = 1024

// FirstDifference compares the checkpoints of two runs with the same number of nodes. It returns
// the first second in which they differ, and the nodes that may have done so, in ascending order
// and at most 1,024. If one node differs, that is the node. If several do, all of them are
// candidates, along with others that share their digits. There are no candidates if one run is
// merely longer.
func FirstDifference(
	a, b []Checkpoint, nodes int,
) (second int, candidates []uint32, differs bool) {
	for i := range min(len(a), len(b)) {
		x, y := &a[i], &b[i]
		if x.Second != y.Second {
			return min(x.Second, y.Second), nil, true
		}
		digits, same := differences(x, y)
		if same && x.Fingerprint == y.Fingerprint {
			continue
		}
		return x.Second, spell(digits, nodes), true
	}
	switch {
	case len(a) > len(b):
		return a[len(b)].Second, nil, true
	case len(b) > len(a):
		return b[len(a)].Second, nil, true
	}
	return 0, nil, false
}

// differences returns, for each position from the first digit to the last, the digits whose cells
// differ.
func differences(x, y *Checkpoint) (digits [][]uint32, same bool) {
	if len(x.Syndrome) != len(y.Syndrome) {
		return nil, false
	}
	same = true
	for cell := len(x.Syndrome) - radix; cell >= 0; cell -= radix {
		var at []uint32
		for d := range radix {
			if x.Syndrome[cell+d] != y.Syndrome[cell+d] {
				at = append(at, uint32(d))
				same = false
			}
		}
		digits = append(digits, at)
	}
	return digits, same
}

// spell returns the numbers below nodes that can be written with the digits, in ascending order.
func spell(digits [][]uint32, nodes int) []uint32 {
	if len(digits) == 0 {
		return nil
	}
	numbers := []uint32{0}
	for _, at := range digits {
		var longer []uint32
		for _, number := range numbers {
			for _, d := range at {
				if len(longer) < candidatesMax {
					longer = append(longer, number*radix+d)
				}
			}
		}
		numbers = longer
	}
	for i, number := range numbers {
		if int(number) >= nodes {
			return numbers[:i]
		}
	}
	return numbers
}
