package results

import (
	"fmt"
	"math"
	"time"

	"swarmlab/netmodel"
	"swarmlab/protocol/tracker"
	"swarmlab/scenarios"
	"swarmlab/scenarios/oracle"
	"swarmlab/scenarios/stats"
)

// predictClaims returns what theory says of a scenario with a ledger: what the ledger misses where
// users live by a churn with a closed form, and how many audits find.
func predictClaims(s *scenarios.Scenario) map[string]Prediction {
	all := map[string]Prediction{}
	if r := &s.Ledger.Rounds; !r.None() {
		escape := oracle.Escape(s.Nodes(), float64(r.Audits*(s.Nodes()-1)))
		for t := range s.RoundsNumber() {
			if r.Audits > 0 {
				all[fmt.Sprintf("audits.caught.%d", t+1)] = Prediction{Name: "random audits",
					Mean: stats.Number(1 - math.Pow(escape, float64(t+1)))}
			}
		}
		return all
	}
	interval := time.Duration(s.Ledger.Interval).Minutes()
	for i := range s.Groups {
		g := &s.Groups[i]
		law, ok := weibullOf(g.Churn.Session)
		if !ok {
			continue
		}
		abrupt := 1 - float64(g.Churn.Graceful)/float64(netmodel.Certain)
		name := "ledger.undercount." + g.Name
		all[name] = Prediction{Name: "renewal theory",
			Mean: stats.Number(law.Undercount(abrupt, interval))}
		all[name+"."+tracker.FinalOnly.String()] = Prediction{Name: "abrupt sessions",
			Mean: stats.Number(abrupt)}
	}
	return all
}

// weibullOf reads the law of sessions, in minutes, if it is one of Weibull's or exponential.
func weibullOf(law netmodel.Span) (w oracle.Weibull, ok bool) {
	text := law.String()
	minutes := law.Mean().Minutes()
	if n, err := fmt.Sscanf(text, "weibull(%g,", &w.Shape); n == 1 && err == nil {
		w.Scale = minutes / math.Gamma(1+1/w.Shape)
		return w, true
	}
	var rest string
	if n, _ := fmt.Sscanf(text, "exponential(%s", &rest); n == 1 {
		return oracle.Weibull{Shape: 1, Scale: minutes}, true
	}
	return w, false
}
