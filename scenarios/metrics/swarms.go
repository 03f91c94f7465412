package metrics

import (
	"math"
	"slices"
	"strings"

	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/metrics/swarms"
	"swarmlab/scenarios/stats"
)

// groupWord stands for the name of a group in the dictionary: there are as many such metrics as
// groups.
const groupWord = "GROUP"

// swarmMetrics are of scenarios with torrents: those of peers, with an observation for each peer
// that came to download, and those of whole swarms, with one for each run.
func swarmMetrics() []Definition {
	var all []Definition
	for _, d := range definitionsFrom(slices.Concat(swarms.OfPeers, swarms.OfSwarms)) {
		all = append(all, d)
		if d.grouped {
			all = append(all, d.within(groupWord))
		}
	}
	return all
}

// definitionsFrom are the entries of metrics of swarms.
func definitionsFrom(swarm []swarms.Metric) []Definition {
	all := make([]Definition, len(swarm))
	for n, m := range swarm {
		all[n] = Definition{Name: m.Name, Unit: m.Unit, Definition: m.Definition, Source: m.Source,
			grouped: m.Grouped, peer: m.Peer, whole: m.Whole}
	}
	return all
}

// within is the same metric of one group alone: swarm.completion_s becomes
// swarm.completion.GROUP_s.
func (d Definition) within(group string) Definition {
	before, after := d.splitName()
	d.Name, d.group, d.grouped = before+"."+group+after, group, false
	d.Definition += "; of " + group + " alone"
	return d
}

// splitName cuts off the unit at the end of a name.
func (d *Definition) splitName() (before, after string) {
	if before, ok := strings.CutSuffix(d.Name, "_s"); ok {
		return before, "_s"
	}
	return d.Name, ""
}

// swarmDefinition returns the metric of a group that has the name, or nil.
func swarmDefinition(name string) *Definition {
	for _, d := range definitionsFrom(slices.Concat(swarms.OfPeers, swarms.OfSwarms)) {
		before, after := d.splitName()
		group, ok := strings.CutPrefix(name, before+".")
		if group, cut := strings.CutSuffix(group, after); d.grouped && ok && cut && group != "" {
			of := d.within(group)
			return &of
		}
	}
	return nil
}

// DefinitionsOf returns the dictionary with the names that runs have: of groups, methods and
// ways to cheat.
func DefinitionsOf(runs []*findings.Run) []Definition {
	var all []Definition
	groups := swarms.Groups(runs)
	for _, d := range Definitions() {
		if d.audited || d.claim != nil {
			continue
		}
		if d.group == "" {
			all = append(all, d)
			continue
		}
		for _, group := range groups {
			all = append(all, *swarmDefinition(strings.Replace(d.Name, groupWord, group, 1)))
		}
	}
	return append(append(all, auditDefinitions(runs)...), claimDefinitions(runs)...)
}

// addSwarm adds the metrics of swarms.
func addSwarm(metrics map[string]stats.Summary, runs []*findings.Run, seconds float64) {
	for _, d := range DefinitionsOf(runs) {
		var s stats.Summary
		switch {
		case d.peer != nil:
			values := make([][]int64, len(runs))
			for n, run := range runs {
				values[n] = d.ofPeers(run)
			}
			s = stats.Of(values, peerScale, false)
		case d.whole != nil:
			var values []float64
			for _, run := range runs {
				if v := d.ofSwarm(run, seconds); stats.Finite(v) {
					values = append(values, v)
				}
			}
			s = stats.OfRuns(values)
		}
		if s.N > 0 {
			s.Unit = d.Unit
			metrics[d.Name] = s
		}
	}
}

// peerScale has what is observed of peers in millionths.
const peerScale = 1e6

// ofPeers returns the metric's observations in a run.
func (d *Definition) ofPeers(run *findings.Run) (values []int64) {
	if run.Swarm == nil {
		return nil
	}
	for n := range run.Swarm.Peers {
		p := &run.Swarm.Peers[n]
		if !swarms.Leeches(p) || d.group != "" && p.Group != d.group {
			continue
		}
		if v := d.peer(p); stats.Finite(v) {
			values = append(values, int64(math.Round(v*peerScale)))
		}
	}
	return values
}

func (d *Definition) ofSwarm(run *findings.Run, seconds float64) float64 {
	if run.Swarm == nil {
		return math.NaN()
	}
	return d.whole(run, d.group, seconds)
}
