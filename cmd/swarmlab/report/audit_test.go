package report

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/results"
	"swarmlab/scenarios/stats"
)

// audited is a summary with a judgement for each method and way to cheat.
func audited() *results.Summary {
	s := &results.Summary{}
	m := map[string]stats.Summary{}
	for i, method := range findings.Methods() {
		for k, kind := range append([]string{findings.Honest}, findings.Cheats()...) {
			j := results.Judgement{Method: method, Cheat: kind, Cell: k, Shows: results.ShowsError,
				Value: stats.Number(i*k) / 100, Expected: results.Expected(method, kind)}
			switch {
			case method == "M3" && k > 0:
				j.Shows, j.Precision = results.ShowsDetection, 0.876
			case kind == "withholder":
				j.Shows, j.Value = results.ShowsVictims, -0.123
			case kind == "fake-seed":
				j.Shows, j.Value = results.ShowsInvented, 12.3
			}
			if kind != "framer" || method != "M1" {
				s.Accounting = append(s.Accounting, j)
			}
		}
		for _, name := range []string{"up.median", "up.median.wire", "up.median.verified",
			"up.bias", "up.coverage", "bytes_per_gb", "bytes_per_user"} {
			m["audit."+method+"."+name] = stats.Summary{N: 1, Mean: 0.0123}
		}
	}
	s.Cells = []results.CellSummary{{Metrics: m}}
	return s
}

// TestAccountingFitsTheScreen: every field is in the table once, and no line is too long.
func TestAccountingFitsTheScreen(t *testing.T) {
	text := accounting(audited())
	for line := range strings.Lines(text) {
		require.LessOrEqual(t, utf8.RuneCountInString(line), narrow+1, line)
	}
	unfolded := strings.Join(strings.Fields(text), " ")
	for number := range 14 {
		require.Equal(t, 1, strings.Count(unfolded, columnName(number)), "A%d", number)
	}
	require.Contains(t, text, "\nM1 ")
	require.Contains(t, text, ".88/.02")
	require.Contains(t, text, "h −12 %")
	require.Contains(t, text, "inv ×12")
	require.Contains(t, text, "bytes of verified pieces")
	require.Empty(t, accounting(&results.Summary{}))
}

// columnName is what the list of columns has of one.
func columnName(number int) string {
	names := append([]string{findings.Honest}, findings.Cheats()...)
	return fmt.Sprintf(" A%d %s", number, names[number])
}

func TestAccountingTable(t *testing.T) {
	s := &results.Summary{Accounting: []results.Judgement{
		{Method: "M1", Cheat: findings.Honest, Shows: results.ShowsError, Value: 0.0234},
		{Method: "M1", Cheat: "multiplier", Cell: 1, Shows: results.ShowsError, Value: 0.5},
		{Method: "M2", Cheat: findings.Honest, Shows: results.ShowsBalance, Value: -0.02},
		{Method: "M2", Cheat: "multiplier", Cell: 1, Shows: results.ShowsFlagged, Value: 1},
		{Method: "M5", Cheat: findings.Honest, Shows: results.ShowsFalse, Value: 0},
		{Method: "M5", Cheat: "multiplier", Cell: 1, Shows: results.ShowsDetection, Value: 0.999,
			Precision: 1},
	}}
	one := func(v stats.Number) stats.Summary { return stats.Summary{N: 1, Mean: v} }
	s.Cells = []results.CellSummary{{Metrics: map[string]stats.Summary{
		"audit.M1.up.median": one(0.0234), "audit.M1.up.median.wire": one(0.05),
		"audit.M1.up.bias": one(-0.021), "audit.M1.up.coverage": one(1),
		"audit.M1.down.median": one(0.01), "audit.M1.bytes_per_gb": one(123456),
		"audit.M1.bytes_per_user": one(250), "audit.M5.false_per_1000": one(0)}}}
	text := accounting(s)
	require.Contains(t, text, `
          A0        A1
M1     2.3 %      50 %
       1–5 %      50 %
M2  bal −2 %  fl 100 %
     −1..5 %   flagged
M5       0 ‰     1/.99
         ≈ 0    missed
`)
	require.Contains(t, text, `
A0        payload  + overhead  verified    bias  users seen  B/GB  B/user
M1  up      2.3 %         5 %         -  −2.1 %       100 %  123k     250
M1  down      1 %           -         -       -           -
`)
}
