package metrics

import (
	"math"
	"time"

	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/stats"
)

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
	{Name: "arrivals.mean", Unit: "sessions",
		Definition: "mean number of sessions that begin in five minutes, after the warm-up"},
	{Name: "sessions.mean_s", Unit: "s",
		Definition: "mean length of the sessions that begin after the warm-up, of each to its " +
			"end, be that after the run's"},
	{Name: "sessions.median_s", Unit: "s",
		Definition: "their median length"},
}

func perChurn(run *findings.Run, _ string, _ float64) []float64 {
	c := run.Churn
	if c == nil {
		return none(len(churnMetrics))
	}
	share := func(n int64, u findings.Uptimes) float64 { return float64(n) / float64(u.Online) }
	return []float64{
		share(c.Start.Over5h, c.Start), share(c.Start.Over24h, c.Start),
		share(c.End.Over5h, c.End), share(c.End.Over24h, c.End),
		dispersion(c.Arrivals), stats.Mean(c.Arrivals), seconds(c.Sessions.Mean, c.Sessions.Count),
		seconds(c.Sessions.Median, c.Sessions.Count),
	}
}

func seconds(length time.Duration, of int64) float64 {
	if of == 0 {
		return math.NaN()
	}
	return length.Seconds()
}

// dispersion returns variance over mean, the variance with n-1.
func dispersion(counts []int64) float64 {
	mean, squares := stats.Mean(counts), 0.0
	for _, v := range counts {
		d := float64(v) - mean
		squares += float64(d * d)
	}
	return squares / float64(len(counts)-1) / mean
}
