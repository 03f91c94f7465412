package ledgers

import (
	"slices"

	"swarmlab/protocol/audit"
	"swarmlab/scenarios/accuracy"
	"swarmlab/scenarios/findings"
)

// look is what the methods knew of the users after a number of swarms.
type look struct {
	swarms   int
	cells    int // of the sheet
	credited []audit.Volume
	worst    []audit.Severity
	weights  []audit.Weight
}

// look notes what is known if enough swarms have been for the next look.
func (w *World) look() {
	r := &w.scenario.Ledger.Rounds
	swarms := w.round * r.Swarms(len(w.users))
	for n := len(w.looks); n < len(r.Looks) && r.Looks[n] <= swarms; n++ {
		k := look{swarms: r.Looks[n], cells: len(w.sheet.Cells()),
			credited: slices.Clone(w.credited), worst: slices.Clone(w.worst)}
		for u := range w.users {
			k.weights = append(k.weights, w.pairing.Weight(audit.User(u)))
		}
		w.looks = append(w.looks, k)
	}
}

// verdicts judges the users at each look, when the run is over.
func (w *World) verdicts() (rows []findings.Verdict, err error) {
	if len(w.looks) == 0 {
		return nil, nil
	}
	observations := accuracy.Observations(w.sheet)
	for n := range w.looks {
		k := &w.looks[n]
		for _, solve := range []struct {
			method   string
			weighted bool
		}{{findings.LeastSquares, false}, {findings.WeightedSquares, true}} {
			obs := observations[:min(k.swarms, len(observations))]
			a, err := accuracy.Attribute(len(w.users), obs, solve.weighted)
			if err != nil {
				return nil, err
			}
			for u, fake := range a.Fake {
				rows = w.verdict(rows, k, solve.method, u, finite(fake), fake > w.threshold())
			}
		}
		for u := range w.users {
			v, s := &k.credited[u], &k.weights[u]
			ratio := float64(v.Up) / max(float64(v.Down), 1)
			rows = w.verdict(rows, k, findings.SelfReport, u, ratio, false)
			rows = w.verdict(rows, k, findings.ControlledLists, u,
				float64(s.Suspected)/max(float64(s.Rounds), 1), s.Suspect(2, suspectShare))
			rows = w.verdict(rows, k, findings.Plausibility, u, float64(k.worst[u]),
				k.worst[u] >= audit.Medium)
		}
	}
	return rows, nil
}

// suspectShare is in which share of its rounds, in parts per million, M4 suspects those whom it
// accuses.
const suspectShare = 500_000

// threshold is the fraction of its reports that M3 believes a user invents whom it accuses: half of
// what cheats do invent.
func (w *World) threshold() float64 {
	factor := float64(w.scenario.Ledger.Rounds.Factor) / 1000
	return (1 - 1/factor) / 2
}

func (w *World) verdict(rows []findings.Verdict, k *look, method string, user int, score float64,
	accused bool) []findings.Verdict {
	return append(rows, findings.Verdict{Seed: w.seed, Method: method, Swarms: int32(k.swarms),
		User: uint32(user), Cheat: w.cheats[user], Score: score, Accused: accused})
}

// finite is a score, or 0 for somebody of whom nothing is known.
func finite(score float64) float64 {
	if score != score {
		return 0
	}
	return score
}
