package crawls

import (
	"math"
	"slices"

	"swarmlab/protocol/krpc"
	"swarmlab/scenarios/stats"
)

// BucketFill is how many contacts the nodes showed of one bucket, of those nodes whose bucket was
// asked for.
type BucketFill struct {
	Depth int          `json:"depth"` // shared bits; bucket 0 is the other half of the space
	Nodes int          `json:"nodes"`
	Mean  stats.Number `json:"mean"`
	CI95  *Range95     `json:"ci95"` // of the mean
	P10   stats.Number `json:"p10"`
	P50   stats.Number `json:"p50"`
	P90   stats.Number `json:"p90"`
}

// Range95 is a 95 % confidence interval.
type Range95 = [2]stats.Number

// Size estimates the network's size from the density of ids around points whose surroundings
// the crawl has seen whole, and so also from a crawl that was cut short.
type Size struct {
	Points    int          `json:"points"`
	Near      int          `json:"near"` // ids around each point that it goes by
	Known     stats.Number `json:"known"`
	KnownCI   *Range95     `json:"known_ci95"`
	Reachable stats.Number `json:"reachable"`
	ReachCI   *Range95     `json:"reachable_ci95"`
	Method    string       `json:"method"`
}

const (
	sizeNear   = 8 // ids around a point: as many as any node knows of its nearest
	sizePoints = 256
	sizeMethod = "around each point, (near-1) / d ids are to be expected in all the space, where " +
		"d is the share of it that is nearer than the near-th id; mean over the points, " +
		"Student's t over them; of these, the share of the asked that answered is reachable"
)

// bucketFills sums up the buckets. A node counts at a depth if its bucket was asked for there, or
// if it had nothing more to show.
func (r *Crawl) bucketFills(depth int) []BucketFill {
	fills := []BucketFill{}
	for b := range depth {
		var seen []int64
		for n := range r.Nodes {
			v := &r.Nodes[n]
			if v.Reachable && (v.Complete || b < int(v.Depth)) {
				seen = append(seen, int64(v.Buckets[b]))
			}
		}
		if len(seen) == 0 {
			break
		}
		each := make([][]int64, len(seen)) // nodes are independent observations here
		for n, v := range seen {
			each[n] = []int64{v}
		}
		s := stats.Of(each, 1, false)
		slices.Sort(seen)
		fills = append(fills, BucketFill{b, len(seen), s.Mean, s.CI95,
			stats.Number(seen[len(seen)/10]), s.P50, s.P90})
	}
	return fills
}

// estimateSize goes around points: nodes whose whole table was seen, evenly spread over those, so
// far apart that their surroundings hardly overlap. Those that a table names next to its owner are
// known even if the crawl had no time to ask them. Of a crawl that was cut short early the estimate
// is low: tables in sparse regions are shallow, and so are read first.
func (r *Crawl) estimateSize() Size {
	s := Size{Method: sizeMethod, Near: min(sizeNear, len(r.ids)-1),
		Known: stats.Number(math.NaN()), Reachable: stats.Number(math.NaN())}
	var points []int
	for n := range r.Nodes {
		if v := &r.Nodes[n]; v.Reachable && v.Complete {
			points = append(points, n)
		}
	}
	slices.SortFunc(points, func(a, b int) int { return r.ids[a].Cmp(r.ids[b]) })
	want := min(sizePoints, max(4, len(r.ids)/sizeNear), len(points))
	if s.Near < 3 {
		return s
	}
	var known []float64
	for k := range want {
		near := r.around(points[k*len(points)/want], s.Near)
		known = append(known, 1+float64(len(near)-1)/near[len(near)-1])
	}
	if len(known) == 0 {
		return s
	}
	s.Points = len(known)
	answered := ratio(r.Totals.Reachable, r.Totals.Reachable+r.Totals.Silent)
	s.Known, s.KnownCI = stats.Number(mean(known)), stats.Interval(known)
	s.Reachable = s.Known * answered
	if s.KnownCI != nil {
		s.ReachCI = &Range95{s.KnownCI[0] * answered, s.KnownCI[1] * answered}
	}
	return s
}

// around returns the distances of the nearest ids to node n, the nearest first.
func (r *Crawl) around(n, near int) []float64 {
	var found []float64
	for m, id := range r.ids {
		if m == n || id == r.ids[n] || !r.Nodes[m].Asked {
			continue
		}
		d := share(id.Xor(r.ids[n]))
		at, _ := slices.BinarySearch(found, d)
		if at == near {
			continue
		}
		found = slices.Insert(found[:min(len(found), near-1)], at, d)
	}
	return found
}

// share returns a distance as a share of the space.
func share(d krpc.ID) float64 {
	return math.Ldexp(float64(d.Hi), -64) + math.Ldexp(float64(d.Mid), -128)
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}
