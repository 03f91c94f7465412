package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"swarmlab/cmd/swarmlab/display"
	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/results"
	"swarmlab/scenarios/stats"
)

// narrow is the width of the narrowest terminal that the table of accounting keeps to.
const narrow = 80

// accounting is the table of methods by ways to cheat, in as many blocks of columns as it takes,
// and the errors of honest users by what counts as the truth.
func accounting(s *results.Summary) string {
	all := s.Accounting
	if len(all) == 0 {
		return ""
	}
	var kinds, named, methods []string
	for number, kind := range append([]string{findings.Honest}, findings.Cheats()...) {
		if slices.ContainsFunc(all, func(j results.Judgement) bool { return j.Cheat == kind }) {
			kinds = append(kinds, kind)
			named = append(named, fmt.Sprintf("A%d %s", number, kind))
		}
	}
	for _, method := range findings.Methods() {
		if slices.ContainsFunc(all, func(j results.Judgement) bool { return j.Method == method }) {
			methods = append(methods, method)
		}
	}
	var b strings.Builder
	b.WriteString("Methods of accounting by ways to cheat, and below each value what was " +
		"expected\n" + display.Folded("rows: "+strings.Join(worded(methods), ", "), narrow) +
		display.Folded("columns: "+strings.Join(named, ", "), narrow))
	for len(kinds) > 0 {
		n := len(kinds)
		text := judged(all, methods, kinds)
		for n > 1 && display.Widest(text) > narrow {
			n--
			text = judged(all, methods, kinds[:n])
		}
		b.WriteString("\n" + text)
		kinds = kinds[n:]
	}
	return b.String() + "\n" + display.Folded(accountingKey, narrow) + denominators(s, methods)
}

// worded names methods in words, too.
func worded(methods []string) (names []string) {
	words := map[string]string{"M1": "self-report", "M2": "balance", "M3": "least squares",
		"M4": "controlled lists", "M5": "rules", "M5x2": "rules, twice", "M6": "observers",
		"M1xM6": "contrast", "M7": "cross-reports", "M8": "receipts", "M9": "flow bound",
		"M10": "audits"}
	for _, method := range methods {
		names = append(names, strings.TrimSpace(method+" "+words[method]))
	}
	return names
}

// accountingKey explains the fields.
const accountingKey = "plain %: median error of the bytes of who cheats so, by the payload " +
	"that the network delivered (in A0 of all users); h: median signed error of the honest, " +
	"where others cost them; inv: bytes credited to who sent none, by all payload; seen: " +
	"cheats of whom the method says anything; fl: windows out of balance; bal: claimed " +
	"uploads less downloads, by payload; a/b: precision and recall of accusations; ‰: honest " +
	"users accused of 1,000. Of M6 and of under-report it is downloads, of all else uploads."

// judged is a block of the table: for each method a line of values, and one of expectations.
func judged(all []results.Judgement, methods, kinds []string) string {
	t := display.Table{Left: 1}
	head := []string{""}
	for _, kind := range kinds {
		head = append(head, fmt.Sprintf("A%d", 1+slices.Index(findings.Cheats(), kind)))
	}
	t.Add(head...)
	for _, method := range methods {
		values, expected := []string{method}, []string{""}
		for _, kind := range kinds {
			value := "-"
			for i := range all {
				if all[i].Method == method && all[i].Cheat == kind {
					value = judgedText(&all[i])
				}
			}
			values = append(values, value)
			expected = append(expected, results.Expected(method, kind))
		}
		t.Add(values...)
		t.Add(expected...)
	}
	return t.String()
}

// judgedText writes a field in nine letters or less.
func judgedText(j *results.Judgement) string {
	v := float64(j.Value)
	switch j.Shows {
	case results.ShowsDetection:
		precision := "-"
		if !math.IsNaN(float64(j.Precision)) {
			precision = hundredths(float64(j.Precision))
		}
		return precision + "/" + hundredths(v)
	case results.ShowsFalse:
		return display.Significant(v, 2) + " ‰"
	case results.ShowsVictims:
		return "h " + percent(v)
	case results.ShowsInvented:
		return "inv " + percent(v)
	case results.ShowsCoverage:
		return "seen " + percent(v)
	case results.ShowsFlagged:
		return "fl " + percent(v)
	case results.ShowsBalance:
		return "bal " + percent(v)
	}
	return percent(v)
}

// percent writes a share with two digits, and many times the whole as so many times.
func percent(share float64) string {
	if share >= 10 {
		return "×" + display.Significant(share, 2)
	}
	return strings.Replace(display.Significant(100*share, 2), "-", "−", 1) + " %"
}

// hundredths writes a probability; only all is 1.
func hundredths(p float64) string {
	switch {
	case p == 1:
		return "1"
	case p == 0:
		return "0"
	}
	return strings.TrimPrefix(fmt.Sprintf("%.2f", min(p, 0.99)), "0")
}

// denominators is the table of the first cell in which nobody cheats: the median error of users by
// what counts as the truth, and what the method costs.
func denominators(s *results.Summary, methods []string) string {
	i := slices.IndexFunc(s.Accounting, func(j results.Judgement) bool {
		return j.Cheat == findings.Honest
	})
	if i < 0 {
		return ""
	}
	n := slices.IndexFunc(s.Cells, func(c results.CellSummary) bool {
		return c.Cell == s.Accounting[i].Cell
	})
	m := s.Cells[n].Metrics
	t := display.Table{Left: 2}
	t.Add("A0", "", "payload", "+ overhead", "verified", "bias", "users seen", "B/GB", "B/user")
	for _, method := range methods {
		of := "audit." + method + "."
		costs := []string{"-", "-"}
		if c := m[of+"bytes_per_gb"]; c.N > 0 {
			costs = []string{brisk(c.Mean), brisk(m[of+"bytes_per_user"].Mean)}
		}
		for _, side := range []string{"up", "down"} {
			if m[of+side+".median"].N == 0 {
				continue
			}
			row := []string{method, side}
			for _, name := range []string{".median", ".median.wire", ".median.verified", ".bias",
				".coverage"} {
				text := "-"
				if v := m[of+side+name]; v.N > 0 {
					text = percent(float64(v.Mean))
				}
				row = append(row, text)
			}
			t.Add(append(row, costs...)...)
			costs = []string{"", ""}
		}
	}
	if len(t.Rows) == 1 {
		return ""
	}
	return "\n" +
		display.Folded("Where nobody cheats: median error of a user's bytes, the truth being "+
			"payload, payload with the protocol's overhead, or bytes of verified pieces", narrow) +
		t.String()
}

// brisk writes a number of bytes in a few letters.
func brisk(n stats.Number) string {
	v := float64(n)
	for _, unit := range []struct {
		size float64
		name string
	}{{1e9, "G"}, {1e6, "M"}, {1e3, "k"}} {
		if v >= unit.size {
			return display.Significant(v/unit.size, 3) + unit.name
		}
	}
	return display.Significant(v, 3)
}
