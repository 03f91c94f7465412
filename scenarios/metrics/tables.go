package metrics

import (
	"math"

	"swarmlab/scenarios/findings"
)

// fits reports whether there are, on average, at least as many nodes for a bucket as it has room.
func fits(b *findings.Bucket) bool {
	return math.Ldexp(float64(b.Supply), -int(b.Depth)-1)*float64(b.Tables) >= float64(b.Room)
}

// healthMetrics are of sampled routing tables. Their values are in perTable.
var healthMetrics = []Definition{
	{Name: "table.full_share", Unit: "share",
		Definition: "of the buckets of sampled tables for which there are at least as many nodes " +
			"as fit, by the mean of uniform ids, the share that are full: that have as many " +
			"contacts which share so many first bits with the owner's id as the bucket holds",
		Source: "ProbeLab RFM 19"},
	{Name: "table.dead_share_full", Unit: "share",
		Definition: "of the contacts in full buckets, the share whose node is down, has another " +
			"id, or lets no stranger in, as a crawler would find it; sampled each minute after " +
			"the warm-up, and over all depths",
		Source: "ProbeLab RFM 19"},
	{Name: "table.dead_share_open", Unit: "share",
		Definition: "the same of the contacts in buckets that have room",
		Source:     "ProbeLab RFM 19"},
	{Name: "table.knows_all", Unit: "share",
		Definition: "share of the sampled tables that hold all of the k running nodes closest " +
			"to their owner, by the global view, of those that let strangers in",
		Source: "ProbeLab RFM 19"},
	{Name: "table.lacks_three", Unit: "share",
		Definition: "share of these tables that lack three or more of them: with k = 20, that " +
			"know fewer than 18",
		Source: "ProbeLab RFM 19"},
	{Name: "table.knows_few", Unit: "share",
		Definition: "share of these tables that hold fewer than five of them",
		Source:     "ProbeLab RFM 19"},
}

func perTable(run *findings.Run, client string, _ float64) []float64 {
	var full, fit, inFull, deadFull, open, deadOpen float64
	for n := range run.Buckets {
		b := &run.Buckets[n]
		if client != AnyClient && b.Client != client {
			continue
		}
		if fits(b) {
			full += float64(b.Full)
			fit += float64(b.Tables)
		}
		inFull += float64(b.InFull)
		deadFull += float64(b.DeadFull)
		open += float64(b.Contacts - b.InFull)
		deadOpen += float64(b.Dead - b.DeadFull)
	}
	var tables, all, lack, few float64
	for n := range run.Series {
		if s := &run.Series[n]; client == AnyClient || s.Client == client {
			tables += float64(s.Tables)
			all += float64(s.KnowsAll)
			lack += float64(s.LacksThree)
			few += float64(s.KnowsFew)
		}
	}
	return []float64{full / fit, deadFull / inFull, deadOpen / open, all / tables, lack / tables,
		few / tables}
}
