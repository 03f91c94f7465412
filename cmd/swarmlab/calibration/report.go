package calibration

import (
	"bytes"
	"fmt"

	"swarmlab/cmd/swarmlab/display"
	"swarmlab/scenarios/results/worlds"
	"swarmlab/scenarios/stats"
)

// Document is what --json prints.
type Document struct {
	Scenario string   `json:"scenario"`
	Seed     uint64   `json:"seed"`
	Nodes    int      `json:"nodes"`
	Out      string   `json:"out"`
	Figures  []string `json:"figures"`
	Agrees   bool     `json:"agrees"`
	*worlds.Calibration
}

func (c *calibration) document() Document {
	return Document{
		Scenario: c.scenario.Name, Seed: c.scenario.Seed, Nodes: len(c.real.nodes),
		Out: c.dir.Path, Figures: c.summary.Figures, Agrees: c.found.Agrees(),
		Calibration: c.found,
	}
}

// report is the result for people.
func (c *calibration) report() []byte {
	var b bytes.Buffer
	f := c.found
	fmt.Fprintf(&b, "%s\n%s, seed %d\n\n", c.scenario.Title,
		display.Quantity(len(c.real.nodes), "node"), c.scenario.Seed)
	t := display.Table{Left: 1}
	t.Add("", "simulated", "real")
	for _, row := range []struct {
		label string
		of    func(w *worlds.World) string
	}{
		{"lookups", func(w *worlds.World) string { return display.Count(uint64(w.Lookups)) }},
		{"successful", func(w *worlds.World) string {
			return display.Count(uint64(w.Successful))
		}},
		{"hops to the closest node, mean", func(w *worlds.World) string {
			return fmt.Sprintf("%.3f", float64(w.Hops.Mean))
		}},
		{"messages of a lookup, mean", func(w *worlds.World) string {
			return three(w.Messages.Mean)
		}},
		{"timeouts of a lookup, mean", func(w *worlds.World) string {
			return three(w.Timeouts.Mean)
		}},
		{"latency, ms, p50", func(w *worlds.World) string { return three(w.Latency.P50) }},
		{"latency, ms, p90", func(w *worlds.World) string { return three(w.Latency.P90) }},
		{"latency, ms, p99", func(w *worlds.World) string { return three(w.Latency.P99) }},
	} {
		t.Add(row.label, row.of(&f.Simulated), row.of(&f.Real))
	}
	b.WriteString(t.String() + "\n" + hopsTable(f) + "\n")
	end := display.Table{Left: 2}
	end.Add("Kolmogorov-Smirnov", fmt.Sprintf("D = %s, p = %s (conservative: hops are discrete)",
		three(f.HopsKS.Statistic), three(f.HopsKS.P)))
	end.Add("chi-square", fmt.Sprintf("%s with %d degrees of freedom, p = %s",
		three(f.HopsChiSquare.Statistic), f.HopsChiSquare.Degrees, three(f.HopsChiSquare.P)))
	end.Add("real datagrams", fmt.Sprintf("%s sent, %s received; %s ms late on average, p99 %s ms",
		display.Count(f.Sockets.Sent), display.Count(f.Sockets.Received),
		three(f.Sockets.Late.Mean), three(f.Sockets.Late.P99)))
	end.Add("fingerprint", c.summary.Fingerprint)
	end.Add("results", c.dir.Path)
	for n, line := range c.figures {
		end.Add(map[bool]string{true: "figures"}[n == 0], line)
	}
	end.Add("time", display.Duration(c.took))
	b.WriteString(end.String())
	return b.Bytes()
}

// hopsTable shows both distributions of hop counts.
func hopsTable(f *worlds.Calibration) string {
	s, r := f.Simulated.HopCounts, f.Real.HopCounts
	t := display.Table{Left: 1}
	t.Add("hops", "simulated", "real")
	for n := range max(len(s), len(r)) {
		t.Add(fmt.Sprint(n+1), hopShare(s, n, f.Simulated.Successful),
			hopShare(r, n, f.Real.Successful))
	}
	return t.String()
}

func hopShare(counts []int, n, of int) string {
	if n >= len(counts) {
		return "0"
	}
	return fmt.Sprintf("%d (%.1f %%)", counts[n], 100*float64(counts[n])/float64(of))
}

func three(n stats.Number) string { return display.Significant(float64(n), 3) }
