package metrics

import (
	"fmt"
	"math"
	"time"

	"swarmlab/scenarios/findings"
)

// recordAges are those at which records have metrics.
var recordAges = [...]time.Duration{time.Hour, 10 * time.Hour, 24 * time.Hour}

// recordMetrics are of announced records. Their values are in perRecord.
var recordMetrics = defineRecords()

func defineRecords() []Definition {
	const source = "ProbeLab RFM 17"
	all := []Definition{{Name: "record.holders", Unit: "nodes", Source: source,
		Definition: "mean number of nodes at which an announced record was stored, by the global " +
			"view; of at most some 200 records of each run, drawn from all that were announced " +
			"after the warm-up"}}
	for _, age := range recordAges {
		after := fmt.Sprintf("%dh", age/time.Hour)
		all = append(all,
			Definition{Name: "record.online_" + after, Unit: "nodes", Source: source,
				Definition: "mean number of these nodes that are up, under the same id, " + after +
					" later, nobody having announced the record again; of records that came to " +
					"that age before the run ended"},
			Definition{Name: "record.holding_" + after, Unit: "nodes",
				Definition: "of these, the mean number that still have the record: it expires, " +
					"and a node that leaves forgets it"},
			Definition{Name: "record.closest_" + after, Unit: "nodes", Source: source,
				Definition: "of the nodes at which a record was stored, the mean number that are " +
					after + " later among the k running nodes closest to its key that let " +
					"strangers in"})
	}
	return all
}

func perRecord(run *findings.Run, client string, _ float64) []float64 {
	of := func(age time.Duration, value func(*findings.Record) int32) float64 {
		n, sum := 0.0, 0.0
		for i := range run.Records {
			r := &run.Records[i]
			at := time.Duration(r.Age) * time.Second
			if at == age && (client == AnyClient || r.Client == client) {
				n++
				sum += float64(value(r))
			}
		}
		if n == 0 {
			return math.NaN()
		}
		return sum / n
	}
	values := []float64{of(0, func(r *findings.Record) int32 { return r.Holders })}
	for _, age := range recordAges {
		values = append(values, of(age, func(r *findings.Record) int32 { return r.Online }),
			of(age, func(r *findings.Record) int32 { return r.Holding }),
			of(age, func(r *findings.Record) int32 { return r.Closest }))
	}
	return values
}
