package tables

import (
	"encoding/csv"
	"io"
	"strconv"

	"swarmlab/scenarios/results/staging"
)

// ConnectivityFile has a row for each kind of node that came to vantage nodes and for each set of
// probes that it answered; there is none if nobody probed.
const ConnectivityFile = "connectivity.csv"

// addConnectivity adds the file, if somebody probed.
func (o runsOf) addConnectivity(g *staging.Set, obsolete *[]string) error {
	for _, run := range o {
		if run.Connectivity != nil {
			return g.Add(ConnectivityFile, o.writeConnectivity)
		}
	}
	*obsolete = append(*obsolete, ConnectivityFile)
	return nil
}

func (o runsOf) writeConnectivity(w io.Writer) error {
	c := csv.NewWriter(w)
	c.Write([]string{"cell", "seed", "class", "reciprocal", "transitive", "persistent", "left",
		"nodes"})
	for _, run := range o {
		if run.Connectivity == nil {
			continue
		}
		for _, p := range run.Connectivity.Probed {
			c.Write([]string{strconv.Itoa(run.Cell), strconv.FormatUint(run.Seed, 10), p.Class,
				strconv.FormatBool(p.Reciprocal), strconv.FormatBool(p.Transitive),
				strconv.FormatBool(p.Persistent), strconv.FormatBool(p.Left),
				strconv.Itoa(p.Nodes)})
		}
	}
	c.Flush()
	return c.Error()
}
