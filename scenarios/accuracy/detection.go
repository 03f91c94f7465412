package accuracy

import (
	"cmp"
	"math"
	"slices"
)

// Detection counts users by whether they cheat and whether they are accused.
type Detection struct {
	Caught, Missed  int // cheats
	Accused, Spared int // the honest
}

// Detect compares accusations with who really cheats, by user.
func Detect(cheats, accused []bool) (d Detection) {
	for u, cheat := range cheats {
		switch {
		case cheat && accused[u]:
			d.Caught++
		case cheat:
			d.Missed++
		case accused[u]:
			d.Accused++
		default:
			d.Spared++
		}
	}
	return d
}

// Precision returns the share of the accused who cheat; NaN if nobody was accused.
func (d Detection) Precision() float64 { return ratio(d.Caught, d.Caught+d.Accused) }

// Recall returns the share of cheats who were accused; NaN if there are none.
func (d Detection) Recall() float64 { return ratio(d.Caught, d.Caught+d.Missed) }

// F1 returns the harmonic mean of precision and recall, which is 0 if nobody was caught; NaN if
// there were neither cheats nor accused.
func (d Detection) F1() float64 { return ratio(2*d.Caught, 2*d.Caught+d.Missed+d.Accused) }

// FalsePerThousand returns how many of 1,000 honest users were accused; NaN if there are none.
func (d Detection) FalsePerThousand() float64 { return 1000 * ratio(d.Accused, d.Accused+d.Spared) }

func ratio(part, whole int) float64 {
	if whole == 0 {
		return math.NaN()
	}
	return float64(part) / float64(whole)
}

// Point is a threshold's place in a receiver operating characteristic: who has it or more as
// their score is accused.
type Point struct {
	Threshold       float64
	FalseRate       float64 // of the honest
	Recall          float64 // of the cheats
	Precision       float64
	Caught, Wronged int
}

// ROC returns a point for each different score, from the greatest, after one at which nobody is
// accused. It is nil unless there are cheats and honest users.
func ROC(cheats []bool, scores []float64) []Point {
	order := make([]int, len(scores))
	all := 0
	for u := range order {
		order[u] = u
		if cheats[u] {
			all++
		}
	}
	honest := len(scores) - all
	if all == 0 || honest == 0 {
		return nil
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(scores[b], scores[a]) })
	points := []Point{{Threshold: math.Inf(1), Precision: math.NaN()}}
	p := Point{}
	for k, u := range order {
		if cheats[u] {
			p.Caught++
		} else {
			p.Wronged++
		}
		if k+1 < len(order) && scores[order[k+1]] == scores[u] {
			continue
		}
		p.Threshold, p.Precision = scores[u], ratio(p.Caught, p.Caught+p.Wronged)
		p.Recall, p.FalseRate = ratio(p.Caught, all), ratio(p.Wronged, honest)
		points = append(points, p)
	}
	return points
}

// AUC returns the area under the ROC: the probability that a cheat has a greater score than an
// honest user, ties counted by half. NaN unless there are both.
func AUC(cheats []bool, scores []float64) float64 {
	points := ROC(cheats, scores)
	if points == nil {
		return math.NaN()
	}
	area := 0.0
	for k := 1; k < len(points); k++ {
		a, b := points[k-1], points[k]
		area += (b.FalseRate - a.FalseRate) * (a.Recall + b.Recall) / 2
	}
	return area
}

// Delays is how long it took until cheats were caught.
type Delays struct {
	Caught, Missed    int
	Mean, Median, P90 float64 // of those caught; NaN if there are none
}

// TimeToDetect takes for each user when it began to cheat, negative if it did not, and when it was
// first accused, negative if it was not; in announce intervals, or whatever the caller counts in.
// Accusations before the begin were false, and are not taken for a detection.
func TimeToDetect(began, accused []float64) (d Delays) {
	var delays []float64
	for u, from := range began {
		switch {
		case from < 0:
		case accused[u] < from:
			d.Missed++
		default:
			delays = append(delays, accused[u]-from)
		}
	}
	d.Caught, d.Mean = len(delays), math.NaN()
	if len(delays) > 0 {
		d.Mean, _ = Mean(delays)
	}
	d.Median, d.P90 = quantile(delays, 0.5), quantile(delays, 0.9)
	return d
}

// Overhead is what a method costs.
type Overhead struct {
	PerGB   float64 // bytes per 10^9 bytes of payload; NaN without payload
	PerUser float64 // bytes; NaN without users
}

// Cost returns the overhead of so many bytes.
func Cost(bytes, payload float64, users int) Overhead {
	o := Overhead{math.NaN(), math.NaN()}
	if payload > 0 {
		o.PerGB = bytes / payload * 1e9
	}
	if users > 0 {
		o.PerUser = bytes / float64(users)
	}
	return o
}
