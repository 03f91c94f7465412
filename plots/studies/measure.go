package studies

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"swarmlab/plots/number"
	"swarmlab/plots/page"
	"swarmlab/plots/stored"
)

// A measure is a metric, or a quantile of it, in a unit for people.
type measure struct {
	name     string // as in the study
	metric   string
	quantile string // p50, p90, p99, or nothing for the mean
	noun     string
	unit     string // empty: none
	scale    float64
	most     float64 // end of the scale; 0: none
	more     bool    // more of it is better
}

// nouns are what people call metrics.
func nouns() map[string]string {
	return map[string]string{
		stored.LatencyMetric:           "Lookup time",
		stored.FoundMetric:             "Time to find",
		stored.HopMetric:               "Hops",
		stored.SuccessMetric:           "Success",
		"lookup.messages":              "Queries per lookup",
		"lookup.timeouts":              "Timeouts per lookup",
		"traffic.bytes_per_node_s":     "Traffic per node",
		"traffic.datagrams_per_node_s": "Datagrams per node",
		"workload.unfinished_share":    "Cut short",
		"table.stale_share":            "Stale contacts",
		"get_peers.latency_ms":         "get_peers time",
		"get_peers.success":            "get_peers success",
		"network.bytes_per_node_s":     "Traffic per node",
		"network.messages_per_node_s":  "Datagrams per node",
		"lookup.recall":                "Closest nodes found",
		"traffic.maintenance":          "Share of maintenance",
		"nodes.online":                 "Nodes online",
	}
}

// measureOf reads what a study names. Its unit is that of the cells.
func measureOf(name string, cells []stored.Cell) measure {
	m := measure{name: name, metric: name, scale: 1}
	if dot := strings.LastIndexByte(name, '.'); dot >= 0 {
		if end := name[dot+1:]; slices.Contains([]string{"p50", "p90", "p99"}, end) {
			m.metric, m.quantile = name[:dot], end
		}
	}
	for _, good := range []string{".success", ".recall", ".peers", ".stored", ".good_share"} {
		m.more = m.more || strings.HasSuffix(m.metric, good)
	}
	if m.noun = nouns()[m.metric]; m.noun == "" {
		m.noun = m.metric
	}
	if m.quantile != "" {
		m.noun += " " + m.quantile
	}
	most := 0.0
	for i := range cells {
		if v, ok := m.of(&cells[i]); ok {
			m.unit, most = cells[i].Metrics[m.metric].Unit, max(most, v.Value)
		}
	}
	switch {
	case m.unit == "share":
		m.unit, m.scale, m.most = "%", 100, 100
	case m.unit == "ms" && most >= 1000:
		m.unit, m.scale = "s", 1e-3
	case !strings.Contains(m.unit, "/s") && m.unit != "ms": // of counts the noun tells
		m.unit = ""
	}
	return m
}

// heading names the measure and its unit.
func (m *measure) heading() string {
	if m.unit == "" {
		return m.noun
	}
	return m.noun + ", " + m.unit
}

// of returns the measure of a cell, and whether it has one.
func (m *measure) of(c *stored.Cell) (number.Measured, bool) {
	if c == nil {
		return number.Measured{}, false
	}
	found, ok := c.Metrics[m.metric]
	if !ok || found.N == 0 {
		return number.Measured{}, false
	}
	v, ci := found.Mean, found.CI95
	switch m.quantile {
	case "p50":
		v, ci = found.P50, found.P50CI95
	case "p90":
		v, ci = found.P90, found.P90CI95
	case "p99":
		v, ci = found.P99, found.P99CI95
	}
	out := number.Measured{Value: v * m.scale, N: found.N}
	if ci != nil {
		out.CI, out.Sure = number.Interval{Low: max(ci[0]*m.scale, 0), High: ci[1] * m.scale}, true
		if m.most > 0 {
			out.CI.High = min(out.CI.High, m.most)
		}
	}
	return out, true
}

// show prints a value without its unit: of shares near all, what is missing counts.
func (m *measure) show(v float64) string {
	if m.unit == "%" && v > 90 {
		return strings.TrimSuffix(number.Percent(v/100), "\u00A0%")
	}
	return number.Significant(v)
}

// full prints a value with its unit.
func (m *measure) full(v float64) string {
	if m.unit == "" {
		return m.show(v)
	}
	return m.show(v) + "\u00A0" + m.unit
}

// better says whether a is better than b.
func (m *measure) better(a, b float64) bool {
	if m.more {
		return a > b
	}
	return a < b
}

// measuresOf returns what the study shows, as far as the run has it, and notes of the rest.
func measuresOf(r *stored.Results) (all []measure, notes []string) {
	for _, name := range r.Study.Metrics {
		m := measureOf(name, r.Cells)
		if slices.ContainsFunc(r.Cells, func(c stored.Cell) bool { _, ok := m.of(&c); return ok }) {
			all = append(all, m)
		} else {
			notes = append(notes, "Without "+name+": the run has none.")
		}
	}
	return all, notes
}

// studyAbout is what the captions of all figures of a sweep have in common.
func studyAbout(axes []axis, cells []stored.Cell, notes []string) page.About {
	a := page.About{
		Definition: "Metrics are defined in `metrics.json`. p50, p90 and p99 are quantiles of " +
			"all lookups of a cell; other values are means.",
		Counted: lookupsIn(cells), Notes: notes, Intervals: "none: one seed",
	}
	if slices.ContainsFunc(cells, func(c stored.Cell) bool { return len(c.Seeds) > 1 }) {
		a.Intervals = "95 % confidence over the seeds, as the run stored them: Student's t for " +
			"means, Woodruff's for quantiles of lookups"
	}
	if u := usual(axes); len(axes) > 0 {
		a.Notes = append(a.Notes, fmt.Sprintf("The default is the first value of each varied "+
			"setting: %s.", u.named(axes)))
	}
	return a
}

// lookupsIn counts the cells and the lookups in each.
func lookupsIn(cells []stored.Cell) string {
	low, high := math.MaxInt, 0
	for _, c := range cells {
		n := c.Metrics[stored.LatencyMetric].N
		low, high = min(low, n), max(high, n)
	}
	each := number.Plural(high, "lookup")
	if low < high {
		each = number.Count(low) + " to " + each
	}
	return number.Plural(len(cells), "cell") + " of " + each + " each"
}

// enter adds a cell's measure to the data of a figure of a sweep.
func (m *measure) enter(t *page.Table, axes []axis, c *stored.Cell, mark ...any) {
	v, ok := m.of(c)
	if !ok {
		return
	}
	low, high := any(nil), any(nil)
	if v.Sure {
		low, high = v.CI.Low, v.CI.High
	}
	row := []any{c.Cell}
	for _, a := range axes {
		row = append(row, fmt.Sprint(c.Set[a.path]))
	}
	row = append(row, m.name, m.unit, v.Value, low, high, v.N)
	t.Add(append(row, mark...)...)
}

// studyTable is the header of the data of a figure of a sweep.
func studyTable(axes []axis, marks ...string) page.Table {
	header := []string{"cell"}
	for _, a := range axes {
		header = append(header, a.path)
	}
	return page.Table{Header: append(append(header, "metric", "unit", "value", "ci95_low",
		"ci95_high", "n"), marks...)}
}
