package oracle

import "math"

// Crowd is a file that seeds have and leechers want, all of whom are there from the beginning to
// the end. Rates are in bytes a second; 0 stands for no limit.
type Crowd struct {
	Bytes    float64
	Seeds    float64   // rate of all seeds together
	Leechers []Leecher // at least one
	Others   float64   // rate of those who pass on what comes, and need not have all
}

// Leecher is the line of one.
type Leecher struct{ Up, Down float64 }

// Fastest returns the least time in which all leechers can have the file, in seconds, by Kumar and
// Ross, "Peer-Assisted File Distribution: The Minimum Distribution Time" (2006):
//
//	max(F/u_s, F/d_min, N F/(u_s + sum of u_i + others))
//
// A fluid, which can be passed on as soon as it comes, reaches it; nothing is faster.
func (c Crowd) Fastest() float64 {
	slowest, all := math.Inf(1), unlimited(c.Seeds)+c.Others
	for _, l := range c.Leechers {
		slowest = min(slowest, unlimited(l.Down))
		all += unlimited(l.Up)
	}
	n := float64(len(c.Leechers))
	return max(c.Bytes/unlimited(c.Seeds), c.Bytes/slowest, n*c.Bytes/all)
}

func unlimited(rate float64) float64 {
	if rate == 0 {
		return math.Inf(1)
	}
	return rate
}

// InPieces returns the least time in which so many leechers can have a file in so many pieces, a
// peer being able to pass a piece on when it has all of it, in units of the time that one peer
// takes to send the whole file: Mundinger, Weber, Weiss, "Optimal Scheduling of Peer-to-Peer File
// Dissemination" (2008), for one seed and leechers of the same upload rate, and downlinks that do
// not limit: 1 + floor(log2 N)/M.
func InPieces(leechers, pieces int) float64 {
	return 1 + math.Floor(math.Log2(float64(leechers)))/float64(pieces)
}
