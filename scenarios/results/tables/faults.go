package tables

import (
	"encoding/csv"
	"io"
	"strconv"

	"swarmlab/scenarios/results/staging"
)

// FaultsFile has a row for each fault of each run; there is none if no fault is written.
const FaultsFile = "faults.csv"

// addFaults adds a row for each fault of each run, if there are any.
func (o runsOf) addFaults(g *staging.Set, obsolete *[]string) error {
	for _, run := range o {
		if len(run.Terrain.Faults) > 0 {
			return g.Add(FaultsFile, o.writeFaults)
		}
	}
	*obsolete = append(*obsolete, FaultsFile)
	return nil
}

func (o runsOf) writeFaults(w io.Writer) error {
	c := csv.NewWriter(w)
	c.Write([]string{"cell", "seed", "number", "fault", "datagrams", "nodes"})
	for _, run := range o {
		for n, f := range run.Terrain.Faults {
			c.Write([]string{strconv.Itoa(run.Cell), strconv.FormatUint(run.Seed, 10),
				strconv.Itoa(n), f.Fault, strconv.FormatUint(f.Datagrams, 10),
				strconv.FormatUint(f.Nodes, 10)})
		}
	}
	c.Flush()
	return c.Error()
}
