package findings

// Paths tells of the network's ways between nodes, whether or not a run uses them. It is sampled
// from triples of nodes that are drawn at random.
type Paths struct {
	Triples      int64
	Mean, Median float64 // ms, of the round trips between two of a triple
	Detours      int64   // triples in which the way over the third node is shorter
}
