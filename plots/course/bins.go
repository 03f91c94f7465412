package course

import "math"

// binsMost is how many bins of time a run has at most.
const binsMost = 60

// Bins cut the measured part of a run into N of the same width; the last may be shorter.
type Bins struct {
	From, To float64 // s
	Width    float64 // s
	N        int
}

// NewBins takes as narrow bins as there may be, of whole minutes, from one second to another.
func NewBins(from, to float64) Bins {
	b := Bins{From: from, To: to}
	for _, minutes := range []float64{1, 2, 5, 10, 15, 20, 30, 60, 120, 240, 480, 1440} {
		b.Width = minutes * 60
		if (to-from)/b.Width <= binsMost {
			break
		}
	}
	for (to-from)/b.Width > binsMost {
		b.Width *= 2
	}
	b.N = max(1, int(math.Ceil((to-from)/b.Width-1e-9)))
	return b
}

// Ends returns the ends of a bin, in s.
func (b Bins) Ends(i int) (from, to float64) {
	from = b.From + float64(i)*b.Width
	return from, min(from+b.Width, b.To)
}
