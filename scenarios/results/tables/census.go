package tables

import (
	"encoding/csv"
	"io"
	"strconv"

	"swarmlab/scenarios/results/staging"
)

// CensusFile has a row for each crawl of each run; there is none if nobody crawled.
const CensusFile = "census.csv"

// addCensus adds the file, if somebody crawled.
func (o runsOf) addCensus(g *staging.Set, obsolete *[]string) error {
	for _, run := range o {
		if run.Census != nil {
			return g.Add(CensusFile, o.writeCensus)
		}
	}
	*obsolete = append(*obsolete, CensusFile)
	return nil
}

func (o runsOf) writeCensus(w io.Writer) error {
	c := csv.NewWriter(w)
	c.Write([]string{"cell", "seed", "crawl", "zone", "began_ns", "ended_ns", "queries", "online",
		"reachable", "heard", "heard_online", "answered", "planted", "planted_heard",
		"planted_answered", "network_online", "network_reachable"})
	for _, run := range o {
		if run.Census == nil {
			continue
		}
		for n, w := range run.Census.Crawls {
			row := []string{strconv.Itoa(run.Cell), strconv.FormatUint(run.Seed, 10)}
			for _, v := range []int64{int64(n), int64(run.Census.Zone), w.Began, w.Ended,
				int64(w.Queries), int64(w.Online), int64(w.Reachable), int64(w.Heard),
				int64(w.HeardOnline), int64(w.Answered), int64(w.Planted),
				int64(w.PlantedHeard), int64(w.PlantedAnswered), int64(w.NetworkOnline),
				int64(w.NetworkReachable)} {
				row = append(row, strconv.FormatInt(v, 10))
			}
			c.Write(row)
		}
	}
	c.Flush()
	return c.Error()
}
