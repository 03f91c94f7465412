package results

import "math"

// ChurnSeen is the coming and going in a run, of the groups that have any. It is told by the plan
// that the run carries out: no node knows it.
type ChurnSeen struct {
	Start    Uptimes // of the nodes online when the run begins
	End      Uptimes // and when it ends
	Arrivals []int32 // sessions that begin in each whole window of five minutes after the warm-up
}

// Uptimes counts nodes that are online by how long they have been.
type Uptimes struct{ Online, Over5h, Over24h int64 }

// churnMetrics have one observation a run. Their values are in perChurn.
var churnMetrics = []Definition{
	{Name: "uptime.start.over_5h", Unit: "share",
		Definition: "of the nodes online when the run begins, those that have been for more than " +
			"5 h. Of groups with churn only",
		Source: "Stutzbach and Rejaie, IMC 2006, figure 6"},
	{Name: "uptime.start.over_24h", Unit: "share",
		Definition: "the same for 24 h"},
	{Name: "uptime.end.over_5h", Unit: "share",
		Definition: "of the nodes online when the run ends, those that have been for more " +
			"than 5 h, crashes of the list of faults apart"},
	{Name: "uptime.end.over_24h", Unit: "share",
		Definition: "the same for 24 h"},
	{Name: "arrivals.dispersion", Unit: "ratio",
		Definition: "variance over mean of the number of sessions that begin in five minutes, " +
			"after the warm-up; 1 for a Poisson process",
		Source: "Steiner, En-Najjary, Biersack, IMC 2007"},
}

func perChurn(run *Run, _ string, _ float64) []float64 {
	c := run.Churn
	if c == nil {
		nan := math.NaN()
		return []float64{nan, nan, nan, nan, nan}
	}
	share := func(n int64, u Uptimes) float64 { return float64(n) / float64(u.Online) }
	return []float64{
		share(c.Start.Over5h, c.Start), share(c.Start.Over24h, c.Start),
		share(c.End.Over5h, c.End), share(c.End.Over24h, c.End),
		dispersion(c.Arrivals),
	}
}

// dispersion returns variance over mean, the variance with n-1.
func dispersion(counts []int32) float64 {
	n, sum := float64(len(counts)), 0.0
	for _, v := range counts {
		sum += float64(v)
	}
	mean, squares := sum/n, 0.0
	for _, v := range counts {
		d := float64(v) - mean
		squares += float64(d * d)
	}
	return squares / (n - 1) / mean
}
