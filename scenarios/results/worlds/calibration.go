package worlds

import (
	"encoding/csv"
	"io"
	"slices"
	"strconv"
	"time"

	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/results/staging"
	"swarmlab/scenarios/stats"
)

// The files that a calibration adds to the results folder of its simulated run.
const (
	File     = "calibration.json"
	RowsFile = "calibration.csv" // the lookups of both worlds
)

// Calibration compares the lookups of a simulated run with those of the same run on real sockets.
// Failed lookups have no hop count and no place in the distributions.
type Calibration struct {
	Fingerprint string `json:"fingerprint"` // of the simulated run
	Simulated   World  `json:"simulated"`
	Real        World  `json:"real"`
	// HopsKS and HopsChiSquare test whether both worlds draw their hop counts from one
	// distribution.
	HopsKS        stats.Test `json:"hops_ks"`
	HopsChiSquare stats.Test `json:"hops_chi_square"`
	// LatencyKS is a measure of how far the latencies are apart. Its P is no verdict: with enough
	// lookups it sees the fraction of a millisecond by which a real timer is late.
	LatencyKS stats.Test `json:"latency_ks"`
	Sockets   Sockets    `json:"sockets"`
}

// Sockets is what became of the datagrams of the real nodes, those that the network was to lose
// left out. A machine too busy for the calibration shows here: it sends late, or loses some.
type Sockets struct {
	Sent     uint64        `json:"sent"`
	Received uint64        `json:"received"` // fewer by the few that were under way at the end
	Refused  uint64        `json:"refused"`  // by the system, instead of sent
	Strays   uint64        `json:"strays"`   // to an address of no node
	Late     stats.Summary `json:"late_ms"`  // sent later than the network's delay asked for
}

// SetLate sums up by how much datagrams were late.
func (s *Sockets) SetLate(late []time.Duration) {
	values := make([]int64, len(late))
	for n, d := range late {
		values[n] = int64(d)
	}
	s.Late = sample(values, 1e6, "ms")
}

// Level is the p at or below which hop counts count as different.
const Level = 0.01

// Agrees reports whether the hop counts of both worlds may be from one distribution.
func (c *Calibration) Agrees() bool { return c.HopsKS.P > Level }

// World is what the lookups of one world were like.
type World struct {
	Lookups    int           `json:"lookups"`
	Successful int           `json:"successful"`
	HopCounts  []int         `json:"hop_counts"` // HopCounts[n] lookups took n+1 hops
	Hops       stats.Summary `json:"hops"`       // to the closest node
	Latency    stats.Summary `json:"latency_ms"` // of the successful ones
	Messages   stats.Summary `json:"messages"`
	Timeouts   stats.Summary `json:"timeouts"`
}

// Compare compares the lookups of both worlds.
func Compare(simulated, real []findings.Lookup) *Calibration {
	s, latencies := newWorld(simulated)
	r, realLatencies := newWorld(real)
	return &Calibration{
		Simulated: s, Real: r,
		HopsKS:        stats.KolmogorovSmirnov(expand(s.HopCounts), expand(r.HopCounts)),
		HopsChiSquare: stats.ChiSquare(s.HopCounts, r.HopCounts),
		LatencyKS:     stats.KolmogorovSmirnov(floats(latencies), floats(realLatencies)),
	}
}

// newWorld sums up lookups, and returns the latencies of those that succeeded, sorted, in ns.
func newWorld(lookups []findings.Lookup) (w World, latencies []int64) {
	w = World{Lookups: len(lookups), HopCounts: []int{}}
	var hops, messages, timeouts []int64
	for n := range lookups {
		l := &lookups[n]
		messages = append(messages, int64(l.Messages))
		timeouts = append(timeouts, int64(l.Timeouts))
		if !l.Success || l.Contact < 1 {
			continue
		}
		for len(w.HopCounts) < int(l.Contact) {
			w.HopCounts = append(w.HopCounts, 0)
		}
		w.HopCounts[l.Contact-1]++
		hops = append(hops, int64(l.Contact))
		latencies = append(latencies, l.Latency)
	}
	w.Successful = len(hops)
	slices.Sort(latencies)
	w.Hops = sample(hops, 1, "hops")
	w.Latency = sample(latencies, 1e6, "ms")
	w.Messages = sample(messages, 1, "messages")
	w.Timeouts = sample(timeouts, 1, "timeouts")
	return w, latencies
}

func sample(values []int64, scale float64, unit string) stats.Summary {
	s := stats.Of([][]int64{values}, scale, unit == "hops")
	s.Unit = unit
	return s
}

// expand turns counts back into the sorted sample.
func expand(hops []int) []float64 {
	var sample []float64
	for n, count := range hops {
		for range count {
			sample = append(sample, float64(n+1))
		}
	}
	return sample
}

func floats(sorted []int64) []float64 {
	sample := make([]float64, len(sorted))
	for n, v := range sorted {
		sample[n] = float64(v)
	}
	return sample
}

// Write adds a calibration and the lookups behind it to a results folder.
func Write(dir string, c *Calibration, simulated, real []findings.Lookup) error {
	err := staging.Replace(dir, RowsFile, func(w io.Writer) error {
		return writeWorlds(w, simulated, real)
	})
	if err != nil {
		return err
	}
	return staging.ReplaceJSON(dir, File, c)
}

func writeWorlds(w io.Writer, simulated, real []findings.Lookup) error {
	c := csv.NewWriter(w)
	c.Write([]string{"world", "node", "at_ns", "latency_ns", "hops_contact", "hops_discover_k",
		"hops_total", "rounds", "messages", "timeouts", "success"})
	for _, world := range []struct {
		name    string
		lookups []findings.Lookup
	}{{"simulated", simulated}, {"real", real}} {
		for n := range world.lookups {
			l := &world.lookups[n]
			row := []string{world.name}
			for _, v := range []int64{int64(l.Node), l.At, l.Latency, int64(l.Contact),
				int64(l.DiscoverK), int64(l.Total), int64(l.Rounds), int64(l.Messages),
				int64(l.Timeouts)} {
				row = append(row, strconv.FormatInt(v, 10))
			}
			c.Write(append(row, strconv.FormatBool(l.Success)))
		}
	}
	c.Flush()
	return c.Error()
}
