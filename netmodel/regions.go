package netmodel

import (
	"errors"
	"fmt"
	"math/bits"
	"time"
)

const regionCount = 10

// publishedRTT holds the mean round-trip times between AWS regions in ms, as published in 2017;
// above the diagonal, in the order of RegionNames. Routes have changed since: Ireland and
// Frankfurt are nearer to Singapore and Sydney today. Read-only.
var publishedRTT = [regionCount][regionCount]uint16{
	{0, 73, 87, 81, 89, 145, 178, 217, 230, 120},
	{0, 0, 19, 153, 167, 103, 132, 174, 158, 193},
	{0, 0, 0, 137, 160, 89, 118, 161, 162, 183},
	{0, 0, 0, 0, 20, 212, 242, 239, 310, 191},
	{0, 0, 0, 0, 0, 237, 266, 326, 324, 195},
	{0, 0, 0, 0, 0, 0, 31, 74, 104, 257},
	{0, 0, 0, 0, 0, 0, 0, 72, 134, 286},
	{0, 0, 0, 0, 0, 0, 0, 0, 175, 328},
	{0, 0, 0, 0, 0, 0, 0, 0, 0, 323},
}

// RegionNames returns the names of the regions, in the order of [Regions.Weights].
func RegionNames() []string {
	return []string{"us-east", "us-west", "oregon", "ireland", "frankfurt", "tokyo", "seoul",
		"singapore", "sydney", "sao-paulo"}
}

// Regions places each node in one of ten regions of the world. A path takes half the published
// round-trip time between the two regions, and the access delay of both ends.
type Regions struct {
	// Weights are the shares of the regions, in the order of RegionNames, in any unit. Empty
	// means equal shares.
	Weights []uint32
	// Intra is the round-trip time between two nodes of one region, without access delay. The
	// published table leaves it out; the default of 10 ms is a modelling choice.
	Intra  time.Duration
	Access Access
}

// regions keeps no node: a node's place is a hash.
type regions struct {
	access
	places stream
	shares alias
	half   [regionCount][16]int64 // one way in ns; 16 makes the row a shift
	floor  int64
}

func (c Regions) build(seed uint64) (model, error) {
	if err := checkDelay("latency.intra", c.Intra); err != nil {
		return nil, err
	}
	shares, err := newAlias(c.Weights)
	if err != nil {
		return nil, err
	}
	line, err := c.Access.build(seed)
	if err != nil {
		return nil, err
	}
	m := &regions{access: line, places: newStream(seed, purposePlace), shares: shares}
	m.floor = int64(c.Intra / 2)
	for a := range regionCount {
		m.half[a][a] = int64(c.Intra / 2)
		for b := a + 1; b < regionCount; b++ {
			oneWay := int64(publishedRTT[a][b]) * int64(time.Millisecond/2)
			m.half[a][b], m.half[b][a] = oneWay, oneWay
			m.floor = min(m.floor, oneWay)
		}
	}
	m.floor += line.least()
	return m, nil
}

func (m *regions) oneWay(src, dst uint32) int64 {
	return m.half[m.region(src)][m.region(dst)] + m.both(src, dst)
}

func (m *regions) least() int64 { return m.floor }

func (m *regions) region(node uint32) uint8 { return m.shares.pick(m.places.node(node)) }

// alias picks a region with given shares in constant time, by Walker's method (ACM TOMS 3, 1977).
// Each of ten equally likely columns holds a region and its substitute.
type alias struct {
	keep  [regionCount]uint64 // the column's own region, in units of 2^-64
	other [regionCount]uint8
}

func newAlias(weights []uint32) (alias, error) {
	if len(weights) != 0 && len(weights) != regionCount {
		return alias{}, fmt.Errorf("latency.weights: %d weights for %d regions: "+
			"give one for each, or none", len(weights), regionCount)
	}
	var left [regionCount]uint64 // ten times the weight: a full column holds the total
	total := uint64(0)
	for i := range left {
		weight := uint64(1)
		if len(weights) != 0 {
			weight = uint64(weights[i])
		}
		left[i] = weight * regionCount
		total += weight
	}
	if total == 0 {
		return alias{}, errors.New("latency.weights: all are 0: give at least one region a weight")
	}
	return fillAlias(left, total), nil
}

// fillAlias fills the emptiest column from the fullest, which holds at least the total, ten times.
func fillAlias(left [regionCount]uint64, total uint64) (a alias) {
	var done [regionCount]bool
	for range regionCount {
		small, large := -1, -1
		for i := range left {
			if done[i] {
				continue
			}
			if small < 0 || left[i] < left[small] {
				small = i
			}
			if large < 0 || left[i] > left[large] {
				large = i
			}
		}
		done[small] = true
		if left[small] == total { // so are all others
			a.keep[small], a.other[small] = ^uint64(0), uint8(small)
			continue
		}
		a.keep[small], _ = bits.Div64(left[small], 0, total)
		a.other[small] = uint8(large)
		left[large] -= total - left[small]
	}
	return a
}

func (a *alias) pick(u uint64) uint8 {
	column, frac := bits.Mul64(u, regionCount)
	if frac < a.keep[column] {
		return uint8(column)
	}
	return a.other[column]
}
