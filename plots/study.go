package plots

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
)

// A study says what the figures of a sweep show. A metric's name stands for its mean, and with the
// end .p50, .p90 or .p99 for that quantile.
type study struct {
	Axes    []string `json:"axes"` // paths of settings, in the order of the scenario
	Metrics []string `json:"metrics"`
	Cost    string   `json:"cost"`    // what is paid, and
	Worth   string   `json:"worth"`   // what for
	Success float64  `json:"success"` // the least share of lookups that must succeed
}

func (s *study) validate() error {
	switch {
	case len(s.Axes) == 0:
		return errors.New(`study: missing "axes"`)
	case len(s.Metrics) == 0:
		return errors.New(`study: missing "metrics"`)
	case s.Cost == "" || s.Worth == "":
		return errors.New(`study: missing "cost" or "worth"`)
	case !(s.Success >= 0 && s.Success <= 1):
		return errors.New(`study: "success" is no share of 1`)
	}
	return nil
}

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
		latencyMetric:                  "Lookup time",
		foundMetric:                    "Time to find",
		hopMetric:                      "Hops",
		successMetric:                  "Success",
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
func measureOf(name string, cells []cell) measure {
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
			m.unit, most = cells[i].Metrics[m.metric].Unit, max(most, v.value)
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
func (m *measure) of(c *cell) (measured, bool) {
	if c == nil {
		return measured{}, false
	}
	found, ok := c.Metrics[m.metric]
	if !ok || found.N == 0 {
		return measured{}, false
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
	out := measured{value: v * m.scale, n: found.N}
	if ci != nil {
		out.ci, out.sure = interval{max(ci[0]*m.scale, 0), ci[1] * m.scale}, true
		if m.most > 0 {
			out.ci.high = min(out.ci.high, m.most)
		}
	}
	return out, true
}

// show prints a value without its unit: of shares near all, what is missing counts.
func (m *measure) show(v float64) string {
	if m.unit == "%" && v > 90 {
		return strings.TrimSuffix(percent(v/100), "\u00A0%")
	}
	return significant(v)
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

// measures returns what the study shows, as far as the run has it, and notes of the rest.
func (r *results) measures() (all []measure, notes []string) {
	for _, name := range r.Study.Metrics {
		m := measureOf(name, r.Cells)
		if slices.ContainsFunc(r.Cells, func(c cell) bool { _, ok := m.of(&c); return ok }) {
			all = append(all, m)
		} else {
			notes = append(notes, "Without "+name+": the run has none.")
		}
	}
	return all, notes
}

// studyAbout is what the captions of all figures of a sweep have in common.
func studyAbout(axes []axis, cells []cell, notes []string) about {
	a := about{
		definition: "Metrics are defined in `metrics.json`. p50, p90 and p99 are quantiles of " +
			"all lookups of a cell; other values are means.",
		counted: lookupsIn(cells), notes: notes, intervals: "none: one seed",
	}
	if slices.ContainsFunc(cells, func(c cell) bool { return len(c.Seeds) > 1 }) {
		a.intervals = "95 % confidence over the seeds, as the run stored them: Student's t for " +
			"means, Woodruff's for quantiles of lookups"
	}
	if u := usual(axes); len(axes) > 0 {
		a.notes = append(a.notes, fmt.Sprintf("The default is the first value of each varied "+
			"setting: %s.", u.named(axes)))
	}
	return a
}

// lookupsIn counts the cells and the lookups in each.
func lookupsIn(cells []cell) string {
	low, high := math.MaxInt, 0
	for _, c := range cells {
		n := c.Metrics[latencyMetric].N
		low, high = min(low, n), max(high, n)
	}
	each := plural(high, "lookup")
	if low < high {
		each = count(low) + " to " + each
	}
	return plural(len(cells), "cell") + " of " + each + " each"
}

// enter adds a cell's measure to the data of a figure of a sweep.
func (m *measure) enter(t *table, axes []axis, c *cell, mark ...any) {
	v, ok := m.of(c)
	if !ok {
		return
	}
	low, high := any(nil), any(nil)
	if v.sure {
		low, high = v.ci.low, v.ci.high
	}
	row := []any{c.Cell}
	for _, a := range axes {
		row = append(row, fmt.Sprint(c.Set[a.path]))
	}
	row = append(row, m.name, m.unit, v.value, low, high, v.n)
	t.add(append(row, mark...)...)
}

// studyTable is the header of the data of a figure of a sweep.
func studyTable(axes []axis, marks ...string) table {
	header := []string{"cell"}
	for _, a := range axes {
		header = append(header, a.path)
	}
	return table{header: append(append(header, "metric", "unit", "value", "ci95_low", "ci95_high",
		"n"), marks...)}
}
