package oracle

import (
	"fmt"
	"slices"
)

// Model is the Markov chain of Roos, Salah and Strufe for the number of hops of an iterative
// lookup. It is a value; its methods validate it first.
type Model struct {
	// Nodes is n, the number of nodes, all of them alive unless Stale says otherwise; at least 3.
	Nodes int
	// Buckets are the bucket sizes by depth: Buckets[i] for contacts that share exactly i leading
	// bits with the owner of the table. The last one repeats.
	Buckets []int
	// Alpha is the number of queries in a round, Beta the number of contacts in an answer.
	Alpha, Beta int
	// Kad selects the routing tree of eMule Kad, whose buckets resolve three or four bits at
	// once. False is plain Kademlia and Mainline: one bit.
	Kad bool
	// Stale is f, the share of queried contacts that do not answer, from 0 to 0.9. The target is
	// alive. The chain forgets its shortlist, so it is not to be trusted where that is all a lookup
	// has: with buckets of one contact and f = 0.5, two queries a round come out slower than one,
	// by 0.1 hops at 1,500 nodes and 1.0 at 5,000.
	Stale float64
	// Epsilon bounds the probability that more nodes than fit into a bucket are as close to the
	// target as the model can tell; 0 means 0.01. It fixes the number of bits that are modelled.
	Epsilon float64
}

const defaultEpsilon = 0.01

// CDF returns P(H <= 1), P(H <= 2), ... for the number of hops H (H_contact: 1 when the target
// was in the initiator's own table), up to the first value of at least 1-1e-6. Up to an Alpha of
// three it is computed exactly. Beyond, it is sampled with a fixed seed and [SampledLookups]
// lookups: a value p then has a standard error of sqrt(p(1-p)/SampledLookups), less than 0.001,
// and the mean one of less than 0.002.
//
// The error names the field that is out of range.
func (m Model) CDF() ([]float64, error) {
	g, err := m.geometry()
	if err != nil {
		return nil, err
	}
	if m.Alpha > exactAlpha {
		return g.sample(sampledSeed, SampledLookups), nil
	}
	return newChain(g).cdf(), nil
}

// Sample evaluates the same chain by following single lookups, for any Alpha. A value p has a
// standard error of sqrt(p(1-p)/lookups).
func (m Model) Sample(seed uint64, lookups int) ([]float64, error) {
	if lookups < 1 {
		return nil, fmt.Errorf("oracle: %d lookups cannot be sampled, ask for at least 1", lookups)
	}
	g, err := m.geometry()
	if err != nil {
		return nil, err
	}
	return g.sample(seed, lookups), nil
}

// Mean returns the mean of a number of hops whose CDF starts at P(H <= 1). What is missing from
// the last value to 1 is counted as one hop more.
func Mean(cdf []float64) float64 {
	mean := 1.0
	for _, p := range cdf {
		mean += 1 - p
	}
	return mean
}

func (m Model) validate() error {
	switch {
	case m.Nodes < 3:
		return fmt.Errorf("oracle: Nodes is %d, a lookup needs at least 3", m.Nodes)
	case len(m.Buckets) == 0:
		return fmt.Errorf("oracle: Buckets is empty, give at least one size, such as 8")
	case slices.Min(m.Buckets) < 1:
		return fmt.Errorf("oracle: Buckets has the size %d, they start at 1", slices.Min(m.Buckets))
	case m.Alpha < 1 || m.Beta < 1:
		return fmt.Errorf("oracle: Alpha is %d and Beta %d, both start at 1", m.Alpha, m.Beta)
	case !(m.Stale >= 0 && m.Stale <= 0.9):
		return fmt.Errorf("oracle: Stale is %v, it is a share from 0 to 0.9", m.Stale)
	case !(m.Epsilon >= 0 && m.Epsilon < 0.5):
		return fmt.Errorf("oracle: Epsilon is %v, it is a probability below 0.5", m.Epsilon)
	}
	return nil
}
