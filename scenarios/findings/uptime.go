package findings

import "time"

// ChurnSeen is the coming and going in a run, of the groups that have any. It is told by the plan
// that the run carries out: no node knows it.
type ChurnSeen struct {
	Start    Uptimes // of the nodes online when the run begins
	End      Uptimes // and when it ends
	Arrivals []int64 // sessions that begin in each whole window of five minutes after the warm-up
	Sessions Lengths // of those that begin after the warm-up, also of what is left at the end
}

// Uptimes counts nodes that are online by how long they have been.
type Uptimes struct{ Online, Over5h, Over24h int64 }

// Lengths sums up lengths of time.
type Lengths struct {
	Count        int64
	Mean, Median time.Duration // 0 if there are none
}
