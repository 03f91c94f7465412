package netmodel

import "time"

const regionCount = 10

// publishedRTT holds the mean round-trip times between AWS regions in ms, as published in 2017;
// above the diagonal, in the order US-East, US-West, Oregon, Ireland, Frankfurt, Tokyo, Seoul,
// Singapore, Sydney, Sao Paulo. Routes have changed since: Ireland and Frankfurt are nearer to
// Singapore and Sydney today. Read-only.
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

// Regions places each node in one of ten regions of the world, with equal shares. A path takes
// half the published round-trip time between the two regions, and the access delay of both ends.
type Regions struct {
	// Intra is the round-trip time between two nodes of one region, without access delay. The
	// published table leaves it out; the default of 10 ms is a modelling choice.
	Intra  time.Duration
	Access Access
}

// regions keeps no node: a node's place is a hash.
type regions struct {
	access
	places stream
	half   [regionCount][16]int64 // one way in ns; 16 makes the row a shift
	floor  int64
}

func (c Regions) build(seed uint64) (model, error) {
	if err := checkDelay("latency.intra", c.Intra); err != nil {
		return nil, err
	}
	line, err := c.Access.build(seed)
	if err != nil {
		return nil, err
	}
	m := &regions{access: line, places: newStream(seed, purposePlace)}
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

func (m *regions) region(node uint32) uint8 {
	return uint8(below(m.places.node(node), regionCount))
}
