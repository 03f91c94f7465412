package lab

import (
	"slices"

	"swarmlab/netmodel"
	"swarmlab/protocol"
	"swarmlab/scenarios/findings"
)

const triplesSeen = 10_000

// pathsOf samples the ways of a network of at least that many nodes.
func pathsOf(network *netmodel.Network, nodes int, seed uint64) findings.Paths {
	if nodes < 3 {
		return findings.Paths{}
	}
	r := protocol.NewRand(seed, purposePaths, 0)
	p := findings.Paths{Triples: triplesSeen}
	trips := make([]float64, 0, 3*triplesSeen)
	for range triplesSeen {
		var sides [3]int64
		sum := int64(0)
		a, b, c := triple(&r, nodes)
		for n, pair := range [3][2]uint32{{a, b}, {b, c}, {c, a}} {
			there, _ := network.Path(pair[0], pair[1], 0, 0)
			back, _ := network.Path(pair[1], pair[0], 0, 0)
			sides[n] = int64(there + back)
			sum += sides[n]
			trips = append(trips, float64(sides[n])/1e6)
		}
		if 2*max(sides[0], sides[1], sides[2]) > sum {
			p.Detours++
		}
	}
	slices.Sort(trips)
	p.Median = trips[len(trips)/2]
	for _, trip := range trips {
		p.Mean += trip
	}
	p.Mean /= float64(len(trips))
	return p
}

// triple draws three different nodes.
func triple(r *protocol.Rand, nodes int) (a, b, c uint32) {
	for a == b || b == c || c == a {
		a, b, c = uint32(r.Intn(nodes)), uint32(r.Intn(nodes)), uint32(r.Intn(nodes))
	}
	return a, b, c
}
