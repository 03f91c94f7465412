package metrics

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"swarmlab/scenarios/accuracy"
	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/stats"
)

const (
	// rebaseRule is the rule of a ledger whose undercount is meant where none is named.
	rebaseRule = "rebase"
	ngan       = "Ngan, Wallach, Druschel, IPTPS 2003"
	ocelot     = "Ocelot's ledger; renewal theory"
)

// claimMetrics are of scenarios with a ledger. Words in capitals stand for a group, a ledger's
// rule, a method, or a number.
var claimMetrics = []Definition{
	{Name: "ledger.undercount", Unit: "share", Source: ocelot,
		Definition: "of what honest users uploaded, the share that a ledger by rule rebase did " +
			"not credit; without what users had not yet told when the run ended",
		claim: func(c *findings.Claims, _ []string) float64 {
			return undercount(c, "", rebaseRule)
		}},
	{Name: "ledger.undercount.GROUP", Unit: "share", Source: ocelot,
		Definition: "the same of one group",
		claim: func(c *findings.Claims, with []string) float64 {
			return undercount(c, with[0], rebaseRule)
		}},
	{Name: "ledger.undercount.GROUP.RULE", Unit: "share", Source: ocelot,
		Definition: "the same by another rule: clamp, zero_base or final_only",
		claim: func(c *findings.Claims, with []string) float64 {
			return undercount(c, with[0], with[1])
		}},
	{Name: "ledger.abrupt.GROUP", Unit: "share",
		Definition: "of the sessions of honest users that ended, the share that did without a word",
		claim: func(c *findings.Claims, with []string) float64 {
			of := creditOf(c, with[0], rebaseRule, false)
			return float64(of.Abrupt) / float64(of.Ended)
		}},
	{Name: "ledger.sessions.GROUP", Unit: "sessions",
		Definition: "sessions of honest users",
		claim: func(c *findings.Claims, with []string) float64 {
			return float64(creditOf(c, with[0], rebaseRule, false).Sessions)
		}},
	{Name: "ledger.cheats_excess", Unit: "share",
		Definition: "what a ledger by rule rebase credited to cheats over what they uploaded, " +
			"less 1",
		claim: func(c *findings.Claims, _ []string) float64 {
			return -missedShare(c, "", rebaseRule, true)
		}},
	{Name: "detection.METHOD.NUMBER.precision", Unit: "share",
		Definition: "of the users whom the method accuses after so many swarms, the share that " +
			"cheats",
		claim: detects(func(d *accuracy.Detection) float64 { return d.Precision() })},
	{Name: "detection.METHOD.NUMBER.recall", Unit: "share",
		Definition: "of the cheats, the share that the method accuses after so many swarms",
		claim:      detects(func(d *accuracy.Detection) float64 { return d.Recall() })},
	{Name: "detection.METHOD.NUMBER.f1", Unit: "share",
		Definition: "harmonic mean of precision and recall",
		claim:      detects(func(d *accuracy.Detection) float64 { return d.F1() })},
	{Name: "detection.METHOD.NUMBER.false_per_1000", Unit: "users",
		Definition: "of 1,000 honest users, how many the method accuses",
		claim:      detects(func(d *accuracy.Detection) float64 { return d.FalsePerThousand() })},
	{Name: "detection.METHOD.NUMBER.auc", Unit: "probability",
		Definition: "probability that a cheat is more suspicious to the method than an honest " +
			"user: the area under its ROC",
		claim: func(c *findings.Claims, with []string) float64 {
			cheats, _, scores := judgedBy(c, with[0], with[1])
			return accuracy.AUC(cheats, scores)
		}},
	{Name: "audits.caught.NUMBER", Unit: "share", Source: ngan,
		Definition: "of the cheats, the share that random audits found within so many periods",
		claim: func(c *findings.Claims, with []string) float64 {
			return caughtWithin(c, with[0])
		}},
	{Name: "audits.escape", Unit: "probability", Source: ngan,
		Definition: "of the cheats not found in the periods before, the share not found in a " +
			"period; over all periods",
		claim: func(c *findings.Claims, _ []string) float64 { return escapeOf(c) }},
	{Name: "audits.false_per_1000", Unit: "users",
		Definition: "of 1,000 honest users, how many audits found guilty in all periods",
		claim: func(c *findings.Claims, _ []string) float64 {
			return ofPeriods(c, func(p *findings.AuditPeriod) (a, b float64) {
				honest := float64(p.Users-p.Cheats) / float64(len(c.Audits))
				return 1000 * float64(p.Accused), honest
			})
		}},
	{Name: "audits.bits_per_node", Unit: "bit/s", Source: ngan,
		Definition: "bytes of the reports that users made and audits fetched, as bits per user " +
			"and second; without headers",
		claim: func(c *findings.Claims, _ []string) float64 {
			return ofPeriods(c, func(p *findings.AuditPeriod) (a, b float64) {
				return 8 * float64(p.Fetched+p.Reported),
					float64(p.Users) * float64(p.Length) / 1e9
			})
		}},
}

// claimDefinition returns the metric of that name with its blanks filled in, or nil.
func claimDefinition(name string) *Definition {
	parts := strings.Split(name, ".")
	for _, d := range claimMetrics {
		with, ok := filled(strings.Split(d.Name, "."), parts)
		if ok && (len(with) < 2 || with[1] != rebaseRule) {
			d.Name, d.with = name, with
			return &d
		}
	}
	return nil
}

// filled matches a name with a pattern and returns what stands for its words in capitals.
func filled(pattern, name []string) (with []string, ok bool) {
	if len(pattern) != len(name) {
		return nil, false
	}
	for n, word := range pattern {
		switch {
		case word != strings.ToUpper(word) || word == "":
			if word != name[n] {
				return nil, false
			}
		case name[n] == "" || word == numberWord && !isNumber(name[n]):
			return nil, false
		default:
			with = append(with, name[n])
		}
	}
	return with, true
}

const numberWord = "NUMBER"

func isNumber(text string) bool {
	n, err := strconv.Atoi(text)
	return err == nil && n > 0 && strconv.Itoa(n) == text
}

// claimDefinitions returns those of which runs have values.
func claimDefinitions(runs []*findings.Run) (all []Definition) {
	for _, name := range claimNames(runs) {
		all = append(all, *claimDefinition(name))
	}
	return all
}

// claimNames are the names of the metrics that runs can have, sorted.
func claimNames(runs []*findings.Run) []string {
	names := map[string]bool{}
	for _, run := range runs {
		if run.Claims == nil {
			continue
		}
		for _, fixed := range claimMetrics {
			names[fixed.Name] = !strings.ContainsAny(fixed.Name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
		}
		for _, c := range run.Claims.Credits {
			if c.Cheats {
				continue
			}
			under := "ledger.undercount." + c.Group
			if c.Rule != rebaseRule {
				names[under+"."+c.Rule] = true
				continue
			}
			for _, name := range []string{under, "ledger.abrupt." + c.Group,
				"ledger.sessions." + c.Group} {
				names[name] = true
			}
		}
		for _, v := range run.Claims.Verdicts {
			for _, of := range []string{"precision", "recall", "f1", "false_per_1000", "auc"} {
				names[fmt.Sprintf("detection.%s.%d.%s", v.Method, v.Swarms, of)] = true
			}
		}
		for _, p := range run.Claims.Audits {
			names[fmt.Sprintf("audits.caught.%d", p.Period)] = true
		}
	}
	var all []string
	for name, ok := range names {
		if ok {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return all
}

// addClaimMetrics adds the metrics of a ledger.
func addClaimMetrics(metrics map[string]stats.Summary, runs []*findings.Run) {
	for _, d := range claimDefinitions(runs) {
		var values []float64
		for _, run := range runs {
			if v := d.ofClaims(run); stats.Finite(v) {
				values = append(values, v)
			}
		}
		if s := stats.OfRuns(values); s.N > 0 {
			s.Unit = d.Unit
			metrics[d.Name] = s
		}
	}
}

func (d *Definition) ofClaims(run *findings.Run) float64 {
	blank := d.with == nil && d.Name != strings.ToLower(d.Name) // the dictionary's own entry
	if run.Claims == nil || blank {
		return math.NaN()
	}
	return d.claim(run.Claims, d.with)
}

// creditOf adds up what a ledger by a rule credited to a group, or to all if that is empty.
func creditOf(c *findings.Claims, group, rule string, cheats bool) (sum findings.Credit) {
	for n := range c.Credits {
		of := &c.Credits[n]
		if of.Rule != rule || of.Cheats != cheats || group != "" && of.Group != group {
			continue
		}
		sum.Sessions += of.Sessions
		sum.Ended += of.Ended
		sum.Abrupt += of.Abrupt
		sum.True += of.True
		sum.Pending += of.Pending
		sum.Credited += of.Credited
	}
	return sum
}

func undercount(c *findings.Claims, group, rule string) float64 {
	return missedShare(c, group, rule, false)
}

// missedShare is the share that was not credited.
func missedShare(c *findings.Claims, group, rule string, cheats bool) float64 {
	of := creditOf(c, group, rule, cheats)
	return 1 - float64(of.Credited)/(float64(of.True)-float64(of.Pending))
}

// detects makes a metric of what a method's accusations are worth.
func detects(of func(*accuracy.Detection) float64) func(*findings.Claims, []string) float64 {
	return func(c *findings.Claims, with []string) float64 {
		cheats, accused, _ := judgedBy(c, with[0], with[1])
		d := accuracy.Detect(cheats, accused)
		return of(&d)
	}
}

// judgedBy returns what a method thinks of all users after so many swarms.
func judgedBy(
	c *findings.Claims, method, swarms string,
) (cheats, accused []bool, scores []float64) {
	n, _ := strconv.Atoi(swarms)
	for i := range c.Verdicts {
		v := &c.Verdicts[i]
		if v.Method == method && int(v.Swarms) == n {
			cheats, accused = append(cheats, v.Cheat), append(accused, v.Accused)
			scores = append(scores, v.Score)
		}
	}
	return cheats, accused, scores
}

// caughtWithin is the share of cheats found within so many periods.
func caughtWithin(c *findings.Claims, periods string) float64 {
	last, _ := strconv.Atoi(periods)
	if last > len(c.Audits) {
		return math.NaN()
	}
	caught := 0
	for n := range c.Audits[:last] {
		caught += int(c.Audits[n].Caught)
	}
	return float64(caught) / float64(c.Audits[0].Cheats)
}

func escapeOf(c *findings.Claims) float64 {
	risks, escapes := 0, 0
	left := 0
	for n := range c.Audits {
		p := &c.Audits[n]
		if n == 0 {
			left = int(p.Cheats)
		}
		risks += left
		left -= int(p.Caught)
		escapes += left
	}
	return float64(escapes) / float64(risks)
}

// ofPeriods is the ratio of two sums over the periods.
func ofPeriods(c *findings.Claims, of func(*findings.AuditPeriod) (a, b float64)) float64 {
	above, below := 0.0, 0.0
	for n := range c.Audits {
		a, b := of(&c.Audits[n])
		above, below = above+a, below+b
	}
	return above / below
}
