package results

import (
	"maps"
	"slices"
	"strings"

	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/stats"
)

// What a judgement shows.
const (
	ShowsError     = "error"     // median relative error of the bytes of those who cheat, or of all
	ShowsVictims   = "victims"   // signed median error of the honest, where others cost them
	ShowsInvented  = "invented"  // bytes credited to who sent none, by the payload of all
	ShowsCoverage  = "coverage"  // share of the cheats of whom the method says something
	ShowsDetection = "detection" // precision and recall of accusations
	ShowsFalse     = "false"     // false accusations among 1,000 honest users
	ShowsFlagged   = "flagged"   // share of the windows that are out of balance
	ShowsBalance   = "balance"   // claimed uploads less downloads, by payload
)

const honest = findings.Honest

// Judgement is one method against one way to cheat, what is measured beside what was expected: a
// field of the table of accounting in summary.json. The truth is payload.
type Judgement struct {
	Method string           `json:"method"`
	Cheat  string           `json:"cheat"` // honest: nobody cheats
	Cell   int              `json:"cell"`  // the first with such cheats
	Shows  string           `json:"shows"`
	Side   string           `json:"side,omitempty"` // of errors: up or down
	Metric string           `json:"metric"`
	Value  stats.Number     `json:"value"` // of detection the recall
	CI95   *[2]stats.Number `json:"ci95"`  // over seeds; null with one
	// Precision is of detection; null where nobody was accused.
	Precision stats.Number `json:"precision"`
	// Expected is what was published of that field, in a few words, if anything was.
	Expected string `json:"expected,omitempty"`
}

// judge makes the table of all cells, by method, then way to cheat.
func judge(cells []CellSummary) (all []Judgement) {
	cellOf := map[string]*CellSummary{}
	for n := range cells {
		kind := honest
		for _, k := range kindsOf(&cells[n]) {
			if kind = k; cellOf[k] == nil {
				cellOf[k] = &cells[n]
			}
		}
		if kind == honest && cellOf[honest] == nil && audited(&cells[n]) {
			cellOf[honest] = &cells[n]
		}
	}
	for _, method := range findings.Methods() {
		for _, kind := range append([]string{honest}, findings.Cheats()...) {
			if c := cellOf[kind]; c != nil {
				if j, ok := judgeOne(c, method, kind); ok {
					all = append(all, j)
				}
			}
		}
	}
	return all
}

func audited(c *CellSummary) bool {
	for name := range c.Metrics {
		if strings.HasPrefix(name, "audit.") {
			return true
		}
	}
	return false
}

// kindsOf returns the ways to cheat that a cell has, in the order of the catalogue.
func kindsOf(c *CellSummary) []string {
	known := map[string]bool{}
	for name := range c.Metrics {
		if strings.HasPrefix(name, "audit.") {
			known[name[strings.LastIndexByte(name, '.')+1:]] = true
		}
	}
	return slices.DeleteFunc(findings.Cheats(), func(k string) bool { return !known[k] })
}

// A candidate is a metric by which a method may be judged.
type candidate struct{ shows, side, metric string }

// judgeOne takes the first of the candidates that the cell has.
func judgeOne(c *CellSummary, method, kind string) (Judgement, bool) {
	for _, of := range candidates(method, kind) {
		m := c.Metrics["audit."+method+"."+of.metric]
		if m.N == 0 {
			continue
		}
		j := Judgement{Method: method, Cheat: kind, Cell: c.Cell, Shows: of.shows, Side: of.side,
			Metric: "audit." + method + "." + of.metric, Value: m.Mean, CI95: m.CI95,
			Precision: stats.Empty().Mean, Expected: Expected(method, kind)}
		if of.shows == ShowsDetection {
			if p := c.Metrics["audit."+method+".precision."+kind]; p.N > 0 {
				j.Precision = p.Mean
			}
		}
		return j, true
	}
	return Judgement{}, false
}

// candidates are the metrics by which a method is judged against a way to cheat, those that tell
// most first.
func candidates(method, kind string) []candidate {
	side := "up"
	if method == "M6" || kind == "under-report" {
		side = "down"
	}
	found := candidate{ShowsDetection, "", "recall." + kind}
	switch {
	case method == "M2" && kind == honest:
		return []candidate{{ShowsBalance, "", "balance"}, {ShowsFlagged, "", "flagged"}}
	case method == "M2":
		return []candidate{{ShowsFlagged, "", "flagged"}}
	case kind == honest && slices.Contains([]string{"M4", "M5", "M5x2", "M1xM6", "M10"}, method):
		return []candidate{{ShowsFalse, "", "false_per_1000"}}
	case kind == honest:
		return []candidate{{ShowsError, side, side + ".median"},
			{ShowsFalse, "", "false_per_1000"}}
	case slices.Contains([]string{"M3", "M4", "M5", "M5x2", "M1xM6", "M10"}, method):
		return []candidate{found}
	case kind == "ghost" && method != "M6":
		return []candidate{{ShowsCoverage, side, side + ".coverage.ghost"},
			{ShowsCoverage, "down", "down.coverage.ghost"}}
	case kind == "withholder" || kind == "framer":
		return []candidate{{ShowsVictims, side, side + ".signed." + honest}, found}
	}
	return []candidate{{ShowsError, side, side + ".median." + kind},
		{ShowsInvented, side, side + ".invented." + kind}, found}
}

// Expected is what the published table of outcomes says of a method against a way to cheat, in
// eight letters or less; empty where it says nothing. A pair is of precision and recall. It has one
// row for both readings of the rules.
func Expected(method, kind string) string {
	if method == "M5x2" {
		method = "M5"
	}
	return expectations()[method][kind]
}

func expectations() map[string]map[string]string {
	mended := map[string]string{"multiplier": "mended", "constant": "mended",
		"fake-seed": "mended", "adaptive": "mended"}
	with := func(more map[string]string) map[string]string {
		all := maps.Clone(mended)
		maps.Copy(all, more)
		return all
	}
	return map[string]map[string]string{
		"M1": {honest: "1–5 %", "multiplier": "50 %", "constant": "no bound",
			"fake-seed": "no bound", "ghost": "unseen", "collusion": "no bound",
			"sybil": "no bound", "adaptive": "10 %"},
		"M2": {honest: "−1..5 %", "multiplier": "flagged", "constant": "flagged",
			"fake-seed": "flagged", "ghost": "negative", "collusion": "hidden",
			"sybil": "hidden", "adaptive": "in noise"},
		"M3": {honest: "≤ noise", "multiplier": "→1/→1", "constant": "poor", "fake-seed": "good",
			"ghost": "astray", "collusion": "blind", "sybil": "blind", "framer": "victim?",
			"adaptive": "≈.6/"},
		"M4": {honest: "→ 0", "multiplier": "log n", "constant": "log n", "fake-seed": "log n",
			"ghost": "partly", "collusion": "if split", "sybil": "if split", "framer": "shared",
			"adaptive": "slow"},
		"M5": {honest: "≈ 0", "multiplier": "missed", "constant": "missed",
			"fake-seed": "≈1/≈1", "collusion": "missed", "sybil": "missed",
			"adaptive": "missed"},
		"M6": {honest: "≤ piece", "multiplier": "≈ exact", "ghost": "if met",
			"collusion": "defeated", "sybil": "defeated", "fake-have": "defeated"},
		"M1xM6": {honest: "small", "multiplier": "flags", "constant": "flags",
			"fake-seed": "≈1/≈1", "ghost": "found", "collusion": "partly", "sybil": "partly",
			"fake-have": "partly", "adaptive": "weak"},
		"M7": with(map[string]string{honest: "≤ lost", "ghost": "half", "collusion": "accepted",
			"sybil": "accepted", "withholder": "less", "framer": "unclear"}),
		"M8": with(map[string]string{honest: "≤ tail", "ghost": "nothing",
			"collusion": "accepted", "sybil": "accepted", "withholder": "≤ window",
			"framer": "cannot"}),
		"M9": with(map[string]string{honest: "as M8", "collusion": "bounded", "sybil": "bounded",
			"withholder": "as M8", "framer": "cannot"}),
		"M10": {honest: "0", "multiplier": "1−e^−t", "constant": "1−e^−t",
			"fake-seed": "1−e^−t", "collusion": "anchor", "sybil": "anchor",
			"framer": "evidence", "adaptive": "1−e^−t"},
	}
}
