package stats

import (
	"math"
	"slices"
)

// MSER returns how many of the batches in front are unlike the rest: those without which the
// standard error of the mean is least (White 1997; batches of five are MSER-5). At most half of
// them are given up; short tells that it is least further behind, so that the run is too short to
// tell. The last batches, of which too few would be left, are no candidates.
func MSER(values []float64) (cut int, short bool) {
	const batch, least = 5, 5
	var means []float64
	for b := range slices.Chunk(values[:len(values)/batch*batch], batch) {
		sum := 0.0
		for _, v := range b {
			sum += v
		}
		means = append(means, sum/batch)
	}
	best, bestEarly := math.Inf(1), math.Inf(1)
	sum, squares, offset := 0.0, 0.0, 0.0
	if len(means) > 0 {
		offset = means[len(means)-1] // against cancellation
	}
	at := 0
	for d := len(means) - 1; d >= 0; d-- {
		v, rest := means[d]-offset, float64(len(means)-d)
		sum += v
		squares += float64(v * v)
		if rest < least {
			continue
		}
		error := max(squares-float64(sum*sum)/rest, 0) / (rest * rest)
		if error <= best {
			best = error
			at = d
		}
		if d <= len(means)/2 && error <= bestEarly {
			bestEarly = error
			cut = d * batch
		}
	}
	return cut, at > len(means)/2
}
