package oracle

// tally adds up the probabilities of equal outcomes, none of which is 0. It is empty between uses.
type tally struct {
	mass []float64  // by key
	seen []contacts // in the order of their first appearance
	keys []int      // those of seen
}

func newTally(keys int) *tally { return &tally{mass: make([]float64, keys)} }

func (t *tally) add(key int, v contacts, p float64) {
	if t.mass[key] == 0 {
		t.seen = append(t.seen, v)
		t.keys = append(t.keys, key)
	}
	t.mass[key] += p
}

// drain returns the outcomes and empties the tally.
func (t *tally) drain() []outcome {
	out := make([]outcome, len(t.seen))
	for i, key := range t.keys {
		out[i] = outcome{t.seen[i], t.mass[key]}
		t.mass[key] = 0
	}
	t.seen, t.keys = t.seen[:0], t.keys[:0]
	return out
}
