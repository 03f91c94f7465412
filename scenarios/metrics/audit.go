package metrics

import (
	"maps"
	"math"
	"slices"
	"strings"

	"swarmlab/scenarios/accuracy"
	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/stats"
)

// methodWord and cheatWord stand for names in the dictionary: there are as many such metrics as
// methods and ways to cheat.
const (
	methodWord = "METHOD"
	cheatWord  = "CHEAT"
)

const auditSource = "swarmlab, package scenarios/accuracy"

// denominator is what counts as the truth.
type denominator struct {
	suffix, text string
	up, down     func(*findings.Account) uint64
}

// denominators are the three that are always reported.
func denominators() []denominator {
	return []denominator{
		{"", "payload",
			func(a *findings.Account) uint64 { return a.Up }, func(a *findings.Account) uint64 {
				return a.Down
			}},
		{".wire", "payload and the protocol's overhead",
			func(a *findings.Account) uint64 { return a.WireUp },
			func(a *findings.Account) uint64 { return a.WireDown }},
		{".verified", "bytes of verified pieces",
			func(a *findings.Account) uint64 { return a.VerifiedUp },
			func(a *findings.Account) uint64 { return a.Verified }},
	}
}

// errorMetric is one measure of how far estimates are from the truth.
type errorMetric struct {
	name, unit, text string
	of               func(*accuracy.Errors) float64
}

func errorMetrics() []errorMetric {
	return []errorMetric{
		{"median", "share", "median over users of the absolute relative error",
			func(e *accuracy.Errors) float64 { return e.AbsMedian }},
		{"p90", "share", "90th percentile over users of the absolute relative error",
			func(e *accuracy.Errors) float64 { return e.AbsP90 }},
		{"weighted", "share", "absolute errors of all users together, by their bytes",
			func(e *accuracy.Errors) float64 { return e.Weighted }},
		{"signed", "share", "median over users of the signed relative error",
			func(e *accuracy.Errors) float64 { return e.SignedMedian }},
		{"bias", "share", "all estimates together less all users' bytes, by these: of the swarm",
			func(e *accuracy.Errors) float64 { return e.Bias }},
		{"coverage", "share", "share of the users with bytes of whom the method says something",
			func(e *accuracy.Errors) float64 { return e.Coverage }},
		{"gap", "share", "width of the estimates' bounds, by bytes: what the method leaves open",
			func(e *accuracy.Errors) float64 { return e.Gap }},
	}
}

// auditMetrics is the dictionary of accounting. All have one observation a run.
func auditMetrics() (all []Definition) {
	add := func(name, unit, text string, cheat bool) {
		d := Definition{Name: "audit." + methodWord + "." + name, Unit: unit, Definition: text,
			Source: auditSource, audited: true}
		all = append(all, d)
		if cheat {
			d.detail = true
			d.Name += "." + cheatWord
			d.Definition += "; of the users who cheat in that way, or are honest"
			all = append(all, d)
		}
	}
	for _, side := range []string{"up", "down"} {
		for _, m := range errorMetrics() {
			for _, d := range denominators() {
				add(side+"."+m.name+d.suffix, m.unit, m.text+"; of what users sent ("+side+
					" is up) or were sent, the truth being "+d.text, d.suffix == "")
			}
		}
		add(side+".invented", "share", "estimates of users whose truth is 0, by the payload of "+
			"all users", true)
	}
	add("precision", "share", "share of the accused who cheat", true)
	add("recall", "share", "share of the cheats who are accused", true)
	add("f1", "share", "harmonic mean of precision and recall", true)
	add("auc", "share", "probability that a cheat has a greater score than an honest user", true)
	add("false_per_1000", "users", "of 1,000 honest users, how many are accused", false)
	add("delay_intervals", "intervals", "median time from the first cheat to the accusation, of "+
		"cheats who are accused, in announce intervals", true)
	add("bytes_per_gb", "B/GB", "bytes that the method sends for each 10^9 bytes of payload", false)
	add("bytes_per_user", "B", "bytes that the method sends, by the number of users", false)
	add("flagged", "share", "share of the windows of time and torrents that are out of balance; "+
		"of M2", false)
	add("balance", "share", "claimed uploads less claimed downloads, by the payload that was "+
		"delivered; of M2", false)
	return all
}

// auditDefinition returns the metric of a method, and perhaps of a way to cheat, or nil.
func auditDefinition(name string) *Definition {
	parts := strings.Split(name, ".")
	if len(parts) < 3 || parts[0] != "audit" || !slices.Contains(findings.Methods(), parts[1]) {
		return nil
	}
	method, cheat := parts[1], parts[len(parts)-1]
	parts[1] = methodWord
	if cheat == findings.Honest || slices.Contains(findings.Cheats(), cheat) {
		parts[len(parts)-1] = cheatWord
	} else {
		cheat = ""
	}
	for _, d := range auditMetrics() {
		if d.Name == strings.Join(parts, ".") {
			d.Name = name
			d.Definition = method + ": " + d.Definition
			return &d
		}
	}
	return nil
}

// Detail tells whether a metric of accounting is of some users only, or of another denominator
// than payload: there are too many of these to compare cells by each.
func Detail(name string) bool {
	d := auditDefinition(name)
	return d != nil && (d.detail || strings.HasSuffix(name, ".wire") ||
		strings.HasSuffix(name, ".verified"))
}

// auditDefinitions are those of which runs have a value, sorted by name.
func auditDefinitions(runs []*findings.Run) (all []Definition) {
	names := map[string]bool{}
	for _, run := range runs {
		for name := range auditValues(run.Audit) {
			names[name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		all = append(all, *auditDefinition(name))
	}
	return all
}

// addAudited adds the metrics of accounting.
func addAudited(metrics map[string]stats.Summary, runs []*findings.Run) {
	for _, d := range auditDefinitions(runs) {
		var values []float64
		for _, run := range runs {
			if v, ok := auditValues(run.Audit)[d.Name]; ok {
				values = append(values, v)
			}
		}
		s := stats.OfRuns(values)
		s.Unit = d.Unit
		metrics[d.Name] = s
	}
}

// auditValues returns what the rows say, by the names of the metrics. What is not a number is not
// there.
func auditValues(a *findings.Audit) map[string]float64 { return a.Once(measureAudit) }

func measureAudit(a *findings.Audit) map[string]float64 {
	w := &tallying{values: map[string]float64{}, interval: float64(a.Interval)}
	for _, method := range findings.Methods() {
		w.method = method
		w.addBooks(accountsOf(a, method))
	}
	for n := range a.Costs {
		w.addCost(&a.Costs[n])
	}
	w.addBalances(a.Balances)
	return w.values
}

// accountsOf returns the accounts of a method.
func accountsOf(a *findings.Audit, method string) (rows []*findings.Account) {
	for n := range a.Accounts {
		if a.Accounts[n].Method == method {
			rows = append(rows, &a.Accounts[n])
		}
	}
	return rows
}

// tallying is the metrics of a run in the making.
type tallying struct {
	values   map[string]float64
	method   string
	interval float64
}

func (w *tallying) set(name string, v float64) {
	if stats.Finite(v) {
		w.values["audit."+w.method+"."+name] = v
	}
}

// addBooks adds what the accounts of one method say: of all users, and of each kind of them.
func (w *tallying) addBooks(rows []*findings.Account) {
	kinds := append([]string{findings.Honest}, findings.Cheats()...)
	for _, side := range []string{"up", "down"} {
		if !slices.ContainsFunc(rows, func(a *findings.Account) bool { return sees(a, side) }) {
			continue // the method knows nothing of this side
		}
		for _, d := range denominators() {
			w.addErrors(rows, side, d, "")
		}
		whole := 0.0
		for _, a := range rows {
			whole += float64(truthOf(a, side, denominators()[0]))
		}
		w.set(side+".invented", invented(rows, side)/whole)
		for _, kind := range kinds {
			if own := ofKind(rows, kind); len(own) > 0 {
				w.addErrors(own, side, denominators()[0], "."+kind)
				w.set(side+".invented."+kind, invented(own, side)/whole)
			}
		}
	}
	w.addDetection(rows, "")
	for _, kind := range kinds[1:] {
		if own := ofKind(rows, kind); len(own) > 0 {
			w.addDetection(append(own, ofKind(rows, findings.Honest)...), "."+kind)
		}
	}
}

func ofKind(rows []*findings.Account, kind string) (own []*findings.Account) {
	for _, a := range rows {
		if a.Cheat == kind {
			own = append(own, a)
		}
	}
	return own
}

// sees tells whether the method says something of that side of the user's account.
func sees(a *findings.Account, side string) bool {
	if side == "up" {
		return a.UpSeen
	}
	return a.DownSeen
}

func truthOf(a *findings.Account, side string, d denominator) uint64 {
	if side == "up" {
		return d.up(a)
	}
	return d.down(a)
}

func estimateOf(a *findings.Account, side string) accuracy.Estimate {
	if side == "up" {
		return accuracy.Estimate{Seen: a.UpSeen, Bytes: a.UpEstimate, Low: a.UpLow, High: a.UpHigh}
	}
	return accuracy.Estimate{Seen: a.DownSeen, Bytes: a.DownEstimate, Low: a.DownLow,
		High: a.DownHigh}
}

// invented is what is estimated of users who sent, or got, nothing.
func invented(rows []*findings.Account, side string) (sum float64) {
	for _, a := range rows {
		if truthOf(a, side, denominators()[0]) == 0 && sees(a, side) {
			sum += estimateOf(a, side).Bytes
		}
	}
	return sum
}

func (w *tallying) addErrors(rows []*findings.Account, side string, d denominator, kind string) {
	var truth []float64
	var estimates []accuracy.Estimate
	all := 0.0
	for _, a := range rows {
		t := float64(truthOf(a, side, d))
		truth, estimates = append(truth, t), append(estimates, estimateOf(a, side))
		all += t
	}
	if all == 0 {
		return
	}
	e := accuracy.Measure(truth, estimates)
	for _, m := range errorMetrics() {
		w.set(side+"."+m.name+d.suffix+kind, m.of(&e))
	}
}

// accusers are the methods that name users.
func accusers() []string { return []string{"M3", "M4", "M5", "M5x2", "M1xM6", "M7", "M10"} }

// accuses tells whether the method is one that accuses users, or has done so.
func accuses(rows []*findings.Account) bool {
	return slices.ContainsFunc(rows, func(a *findings.Account) bool {
		return a.Accused || slices.Contains(accusers(), a.Method)
	})
}

// addDetection adds how well the accused are the cheats, and how much their scores differ from
// those of others: some methods only give these.
func (w *tallying) addDetection(rows []*findings.Account, kind string) {
	var cheats, accused, scored []bool
	var scores, began, at []float64
	for _, a := range rows {
		cheat := a.Cheat != findings.Honest
		cheats, accused = append(cheats, cheat), append(accused, a.Accused)
		if a.Scored {
			scored, scores = append(scored, cheat), append(scores, a.Score)
		}
		if cheat && w.interval > 0 {
			began = append(began, float64(a.Began)/w.interval)
			at = append(at, float64(a.AccusedAt)/w.interval)
		}
	}
	if len(scores) > 0 {
		w.set("auc"+kind, accuracy.AUC(scored, scores))
	}
	if !accuses(rows) {
		return
	}
	d := accuracy.Detect(cheats, accused)
	w.set("precision"+kind, d.Precision())
	w.set("recall"+kind, d.Recall())
	w.set("f1"+kind, d.F1())
	if kind == "" {
		w.set("false_per_1000", d.FalsePerThousand())
	}
	w.set("delay_intervals"+kind, accuracy.TimeToDetect(began, at).Median)
}

func (w *tallying) addCost(c *findings.AuditCost) {
	o := accuracy.Cost(float64(c.Bytes), float64(c.Payload), int(c.Users))
	w.method = c.Method
	w.set("bytes_per_gb", o.PerGB)
	w.set("bytes_per_user", o.PerUser)
}

func (w *tallying) addBalances(rows []findings.SwarmBalance) {
	flagged, up, down, moved := 0.0, 0.0, 0.0, 0.0
	for n := range rows {
		b := &rows[n]
		if b.Flagged {
			flagged++
		}
		up, down, moved = up+float64(b.Up), down+float64(b.Down), moved+float64(b.TrueDown)
	}
	w.method = "M2"
	w.set("flagged", flagged/float64(len(rows)))
	w.set("balance", (up-down)/math.Max(moved, 0))
}
