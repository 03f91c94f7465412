package netmodel

import (
	"fmt"
	"math/bits"
	"time"
)

// Coordinates places each node on a plane, and at a height above it (Dabek, Cox, Kaashoek, Morris,
// Vivaldi, SIGCOMM 2004): a path takes the distance on the plane, and down and up the two heights,
// which are the lines of the nodes. It is symmetric, and no detour is shorter than the direct way:
// of the triangle violations that a measured matrix has, there are none.
//
// Places are normally distributed about one centre: measured continents are not modelled.
type Coordinates struct {
	// Spread is the standard deviation of each of the two coordinates, as one-way delay.
	Spread time.Duration
	// Access is the height.
	Access Access
}

type coordinates struct {
	access
	east, north stream
	offsets     *Table // of one coordinate, in ns
}

func (c Coordinates) build(seed uint64) (model, error) {
	if err := checkDelay("latency.spread", c.Spread); err != nil {
		return nil, err
	}
	if c.Spread > spreadMax {
		return nil, fmt.Errorf("latency.spread: %v is above %v: check the unit",
			c.Spread, spreadMax)
	}
	line, err := c.Access.build(seed)
	if err != nil {
		return nil, err
	}
	m := &coordinates{access: line, east: newStream(seed, purposeEast),
		north: newStream(seed, purposeNorth)}
	m.offsets = NewTable(func(tail uint64) (low, high int64) {
		hi, lo := bits.Mul64(uint64(normalTail(tail)), uint64(c.Spread))
		z := int64(hi<<(64-fixedBits) | lo>>fixedBits)
		return -z, z
	})
	return m, nil
}

// spreadMax is far above what the Earth needs.
const spreadMax = time.Minute

func (m *coordinates) oneWay(a, b uint32) int64 {
	x := m.offsets.Sample(m.east.node(a)) - m.offsets.Sample(m.east.node(b))
	y := m.offsets.Sample(m.north.node(a)) - m.offsets.Sample(m.north.node(b))
	return hypot(x, y) + m.both(a, b)
}

func (m *coordinates) least() int64 { return m.access.least() }

// hypot returns the length of a vector, rounded up: no detour is shorter, not by a nanosecond.
func hypot(x, y int64) int64 {
	xHi, xLo := bits.Mul64(absolute(x), absolute(x))
	yHi, yLo := bits.Mul64(absolute(y), absolute(y))
	lo, carry := bits.Add64(xLo, yLo, 0)
	return int64(squareRoot(xHi+yHi+carry, lo))
}

func absolute(x int64) uint64 {
	if x < 0 {
		return uint64(-x)
	}
	return uint64(x)
}

// shortRoot is squareRoot for numbers below 2^62, which is where delays below 2 s are.
func shortRoot(n uint64) uint64 {
	if n == 0 {
		return 0
	}
	// With n = m*4^k and 1 <= m < 4 the root is at most (m+9/4)/3*2^k, and at least 12/13 of that.
	// Each step squares the error: three leave less than a unit, but for rounding.
	k := (bits.Len64(n) - 1) / 2
	root := (n>>k+9<<k>>2)/3 + 2
	for range 3 {
		root = (root+n/root)/2 + 1
	}
	for (root-1)*(root-1) >= n {
		root--
	}
	return root
}

// squareRoot returns the square root of a number of 128 bits below 2^124, rounded up, by Newton's
// method from above.
func squareRoot(hi, lo uint64) uint64 {
	if hi == 0 && lo < 1<<62 {
		return shortRoot(lo)
	}
	size := bits.Len64(lo)
	if hi != 0 {
		size = 64 + bits.Len64(hi)
	}
	root := uint64(1) << ((size + 1) / 2) // not below the root
	for {
		q, _ := bits.Div64(hi, lo, root)
		next := (root + q) / 2
		if next >= root {
			break
		}
		root = next
	}
	if h, l := bits.Mul64(root, root); h != hi || l != lo { // rounded down
		root++
	}
	return root
}
