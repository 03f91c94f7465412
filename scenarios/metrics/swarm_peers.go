package metrics

import (
	"math"
	"slices"
	"strings"

	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/stats"
)

// groupWord stands for the name of a group in the dictionary: there are as many such metrics as
// groups.
const groupWord = "GROUP"

// swarmMetrics are of scenarios with torrents: those of peers, with an observation for each peer
// that came to download, and those of whole swarms, with one for each run.
func swarmMetrics() []Definition {
	var all []Definition
	for _, d := range slices.Concat(peerMetrics, wholeMetrics) {
		all = append(all, d)
		if d.grouped {
			all = append(all, d.within(groupWord))
		}
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
	for _, d := range slices.Concat(peerMetrics, wholeMetrics) {
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
	groups := groupsOf(runs)
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

// groupsOf returns the names of the groups with peers that came to download, sorted.
func groupsOf(runs []*findings.Run) []string {
	var all []string
	for _, run := range runs {
		if run.Swarm == nil {
			continue
		}
		for n := range run.Swarm.Peers {
			name := run.Swarm.Peers[n].Group
			if !leeches(&run.Swarm.Peers[n]) {
				continue
			}
			if at, found := slices.BinarySearch(all, name); !found {
				all = slices.Insert(all, at, name)
			}
		}
	}
	return all
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
		if !leeches(p) || d.group != "" && p.Group != d.group {
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

// leeches tells whether the peer came to download.
func leeches(p *findings.Peer) bool { return p.Complete < p.Size }

// untilDone returns when the peer had what it came for, or left, or the run ended, at end.
func untilDone(p *findings.Peer, end int64) int64 {
	switch {
	case p.Completed > 0:
		return p.Completed
	case p.Left > 0:
		return p.Left
	}
	return end
}

// quotient is not a number where there is nothing to divide by.
func quotient[N int64 | uint64](a, b N) float64 {
	if b == 0 {
		return math.NaN()
	}
	return float64(a) / float64(b)
}

// since returns seconds, or what is not a number where there was no such event.
func since(from, event int64) float64 {
	if event == 0 {
		return math.NaN()
	}
	return float64(event-from) / 1e9
}

var peerMetrics = []Definition{
	{Name: "swarm.completion_s", Unit: "s", grouped: true,
		Definition: "simulated time from a peer's coming until it had verified all pieces; of " +
			"peers that came to download, and did",
		peer: func(p *findings.Peer) float64 { return since(p.Joined, p.Completed) }},
	{Name: "swarm.first_piece_s", Unit: "s",
		Definition: "simulated time from a peer's coming until it had verified a first piece",
		peer:       func(p *findings.Peer) float64 { return since(p.Joined, p.FirstPiece) }},
	{Name: "swarm.completed", Unit: "share", grouped: true,
		Definition: "share of the peers that came to download that had all before the run ended",
		peer: func(p *findings.Peer) float64 {
			if p.Completed > 0 {
				return 1
			}
			return 0
		}},
	{Name: "swarm.share_ratio", Unit: "ratio", grouped: true,
		Definition: "payload that a peer which came to download gave to others, by what it was " +
			"given, in the network's books; also after it had completed",
		peer: func(p *findings.Peer) float64 { return quotient(p.PayloadUp, p.PayloadDown) }},
	{Name: "swarm.served", Unit: "files", grouped: true,
		Definition: "payload that a peer had sent when it completed, by the size of the torrent",
		Source:     "Bharambe, Herley, Padmanabhan, INFOCOM 2006: blocks served",
		peer:       func(p *findings.Peer) float64 { return quotient(p.LeechedUp, p.Size) }},
	{Name: "swarm.interest", Unit: "share", grouped: true,
		Definition: "of the time that a peer which was downloading had connections, all added " +
			"up, the share in which it was interested in what the other end has",
		Source: "Legout, Urvoy-Keller, Michiardi, IMC 2006",
		peer:   func(p *findings.Peer) float64 { return quotient(p.Interested, p.Connected) }},
	{Name: "swarm.connections", Unit: "peers", grouped: true,
		Definition: "distinct peers that a peer was connected with in all",
		peer:       func(p *findings.Peer) float64 { return float64(p.Remotes) }},
	{Name: "swarm.found_first_s", Unit: "s", grouped: true,
		Definition: "simulated time from a peer's coming until it had learnt of another, by " +
			"tracker, DHT or peer exchange",
		peer: func(p *findings.Peer) float64 { return since(p.Joined, p.FirstFound) }},
}
