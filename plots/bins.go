package plots

import (
	"math"
)

// binsMost is how many bins of time a run has at most.
const binsMost = 60

// bins cut the measured part of a run.
type bins struct {
	from, to float64 // s
	width    float64
	n        int
}

// newBins takes as narrow bins as there may be, of whole minutes.
func newBins(from, to float64) bins {
	b := bins{from: from, to: to}
	for _, minutes := range []float64{1, 2, 5, 10, 15, 20, 30, 60, 120, 240, 480, 1440} {
		b.width = minutes * 60
		if (to-from)/b.width <= binsMost {
			break
		}
	}
	for (to-from)/b.width > binsMost {
		b.width *= 2
	}
	b.n = max(1, int(math.Ceil((to-from)/b.width-1e-9)))
	return b
}

// ends returns the ends of a bin.
func (b bins) ends(i int) (from, to float64) {
	from = b.from + float64(i)*b.width
	return from, min(from+b.width, b.to)
}
