package swarms

import (
	"math"
	"slices"

	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/oracle"
	"swarmlab/scenarios/stats"
)

const (
	bharambe = "Bharambe, Herley, Padmanabhan, INFOCOM 2006"
	legout   = "Legout, Liogkas, Kohler, Zhang, SIGMETRICS 2007"
)

// OfSwarms are of whole swarms.
var OfSwarms = []Metric{
	{Name: "swarm.last_s", Unit: "s",
		Definition: "simulated time from the coming of the first peer that downloads until the " +
			"last completion",
		Whole: func(run *findings.Run, _ string, _ float64) float64 { return lastDone(run.Swarm) }},
	{Name: "swarm.bound_s", Unit: "s",
		Definition: "the least time that the lines of the run's peers allow for that: " +
			"max(F/u_s, F/d_min, N F/(u_s + sum of u_i)); of runs in which all peers had come " +
			"before the first completed, with nothing",
		Source: "Kumar, Ross, HOTWEB 2006",
		Whole:  func(run *findings.Run, _ string, _ float64) float64 { return boundOf(run.Swarm) }},
	{Name: "swarm.bound_ratio", Unit: "ratio",
		Definition: "swarm.last_s by swarm.bound_s: never below 1",
		Whole: func(run *findings.Run, _ string, _ float64) float64 {
			return lastDone(run.Swarm) / boundOf(run.Swarm)
		}},
	{Name: "swarm.utilisation", Unit: "share", Grouped: true,
		Definition: "payload that peers sent while they were downloading, by what their uplinks " +
			"could have sent in that time",
		Source: bharambe, Whole: utilisation},
	{Name: "swarm.total_utilisation", Unit: "share",
		Definition: "payload that all peers sent until the last completion, seeds included, by " +
			"what the uplinks of those present could have sent",
		Source: bharambe,
		Whole: func(run *findings.Run, _ string, _ float64) float64 {
			return sampledShare(run.Swarm, 0, lastDoneAt(run.Swarm),
				func(s *findings.SwarmSample) (a, b uint64) {
					return s.UpBytes, s.UpCapacity
				})
		}},
	{Name: "swarm.fairness", Unit: "ratio", Grouped: true,
		Definition: "payload sent before completing by the peer that sent most of it, by the " +
			"mean of all that completed",
		Source: bharambe, Whole: fairness},
	{Name: "swarm.interest_p80", Unit: "share",
		Definition: "80th percentile of swarm.interest over the peers of a run",
		Whole: func(run *findings.Run, _ string, _ float64) float64 {
			return interestAt(run.Swarm, 0.8)
		}},
	{Name: "swarm.interest_p20", Unit: "share",
		Definition: "20th percentile of it: four of five peers are interested for longer",
		Whole: func(run *findings.Run, _ string, _ float64) float64 {
			return interestAt(run.Swarm, 0.2)
		}},
	{Name: "swarm.within_class", Unit: "share", Grouped: true,
		Definition: "of the time for which peers that download had others of these unchoked for " +
			"what they gave, the share spent on peers of the own group",
		Source: legout, Whole: withinClass},
	{Name: "swarm.clustering", Unit: "ratio", Grouped: true,
		Definition: "swarm.within_class by what it would be if peers were unchoked at random",
		Source:     legout, Whole: clustering},
	{Name: "swarm.wasted_share", Unit: "share",
		Definition: "payload that came and was of no use, as what had come already or failed the " +
			"hash check, by all that came",
		Whole: func(run *findings.Run, _ string, _ float64) float64 {
			return shareOf(run.Swarm, func(p *findings.Peer) (a, b uint64) {
				return p.Wasted, p.PayloadDown
			})
		}},
	{Name: "swarm.overhead_share", Unit: "share",
		Definition: "of the bytes that peers' connections carried, the share that was not payload",
		Whole: func(run *findings.Run, _ string, _ float64) float64 {
			return shareOf(run.Swarm, func(p *findings.Peer) (a, b uint64) {
				return p.OverheadUp, p.OverheadUp + p.PayloadUp
			})
		}},
	{Name: "swarm.payload_bytes", Unit: "B",
		Definition: "payload that was delivered, in the network's books",
		Whole: func(run *findings.Run, _ string, _ float64) float64 {
			sum := 0.0
			for n := range run.Swarm.Peers {
				sum += float64(run.Swarm.Peers[n].PayloadDown)
			}
			return sum
		}},
	{Name: "swarm.messages", Unit: "messages",
		Definition: "messages of the peer protocol (BEP 3) that came to peers",
		Whole: func(run *findings.Run, _ string, _ float64) float64 {
			return float64(run.Swarm.Messages)
		}},
	{Name: "swarm.seed_copies", Unit: "files",
		Definition: "payload that seeds had sent when every piece was at another peer than the " +
			"first seeds, by the size of the torrent; to the sample in which that was seen",
		Source: "BEP 16",
		Whole: func(run *findings.Run, _ string, _ float64) float64 {
			return seedCopies(run.Swarm)
		}},
	{Name: "swarm.completion_cv", Unit: "ratio",
		Definition: "standard deviation of swarm.completion_s over the peers of a run, by its mean",
		Whole: func(run *findings.Run, _ string, _ float64) float64 {
			return variation(completions(run.Swarm, true))
		}},
	{Name: "swarm.bunching", Unit: "ratio",
		Definition: "standard deviation of the times between a completion and the next, by their " +
			"mean: 1 if they come as by chance, more if in bunches",
		Source: "Murai et al., arXiv 1102.3610",
		Whole: func(run *findings.Run, _ string, _ float64) float64 {
			at := completions(run.Swarm, false)
			slices.Sort(at)
			var gaps []float64
			for n := 1; n < len(at); n++ {
				gaps = append(gaps, at[n]-at[n-1])
			}
			return variation(gaps)
		}},
	{Name: "swarm.found_share.tracker", Unit: "share", Definition: foundShare("the tracker"),
		Whole: found(func(p *findings.Peer) int32 { return p.FoundTracker })},
	{Name: "swarm.found_share.dht", Unit: "share", Definition: foundShare("the DHT"),
		Whole: found(func(p *findings.Peer) int32 { return p.FoundDHT })},
	{Name: "swarm.found_share.pex", Unit: "share", Definition: foundShare("peer exchange"),
		Whole: found(func(p *findings.Peer) int32 { return p.FoundPEX })},
}

// lastDone is the time from the first leecher's coming to the last completion, s.
func lastDone(s *findings.Swarm) float64 { return since(firstCame(s), lastDoneAt(s)) }

func firstCame(s *findings.Swarm) int64 {
	first := int64(math.MaxInt64)
	for n := range s.Peers {
		if p := &s.Peers[n]; Leeches(p) {
			first = min(first, p.Joined)
		}
	}
	return first
}

func lastDoneAt(s *findings.Swarm) (last int64) {
	for n := range s.Peers {
		last = max(last, s.Peers[n].Completed)
	}
	return last
}

// endOf is when the run ended, as far as its rows tell: with the last sample.
func endOf(s *findings.Swarm) int64 {
	end := lastDoneAt(s)
	for n := range s.Samples {
		end = max(end, s.Samples[n].At)
	}
	return end
}

// boundOf is the least time of a flash crowd with one torrent, s.
func boundOf(s *findings.Swarm) float64 {
	firstDone, lastCame := int64(math.MaxInt64), int64(0)
	var c oracle.Crowd
	seeds, unlimited := 0.0, false
	for n := range s.Peers {
		p := &s.Peers[n]
		up := float64(p.UpRate)
		if p.Torrent != s.Peers[0].Torrent || Leeches(p) && p.Complete > 0 {
			return math.NaN()
		}
		c.Bytes = float64(p.Size)
		switch {
		case !Leeches(p):
			seeds, unlimited = seeds+up, unlimited || up == 0
			continue
		case p.Completed > 0:
			firstDone = min(firstDone, p.Completed)
			c.Leechers = append(c.Leechers, oracle.Leecher{Up: up, Down: float64(p.DownRate)})
		case up == 0:
			return math.NaN()
		default:
			c.Others += up
		}
		lastCame = max(lastCame, p.Joined)
	}
	if len(c.Leechers) == 0 || lastCame > firstDone {
		return math.NaN()
	}
	if !unlimited {
		c.Seeds = seeds
	}
	return c.Fastest()
}

func utilisation(run *findings.Run, group string, _ float64) float64 {
	sent, could, end := 0.0, 0.0, endOf(run.Swarm)
	for n := range run.Swarm.Peers {
		p := &run.Swarm.Peers[n]
		if !Leeches(p) || p.UpRate == 0 || group != "" && p.Group != group {
			continue
		}
		sent += float64(p.LeechedUp)
		could += float64(p.UpRate) * since(p.Joined, untilDone(p, end))
	}
	return sent / could
}

// sampledShare is the ratio of two sums over the samples after one time and up to another, ns.
func sampledShare(
	s *findings.Swarm, from, to int64, of func(*findings.SwarmSample) (a, b uint64),
) float64 {
	var above, below uint64
	for n := range s.Samples {
		if at := s.Samples[n].At; at > from && at <= to {
			a, b := of(&s.Samples[n])
			above, below = above+a, below+b
		}
	}
	return quotient(above, below)
}

// shareOf is the ratio of two sums over all peers.
func shareOf(s *findings.Swarm, of func(*findings.Peer) (a, b uint64)) float64 {
	var above, below uint64
	for n := range s.Peers {
		a, b := of(&s.Peers[n])
		above, below = above+a, below+b
	}
	return quotient(above, below)
}

func fairness(run *findings.Run, group string, _ float64) float64 {
	most, sum, count := 0.0, 0.0, 0
	for n := range run.Swarm.Peers {
		p := &run.Swarm.Peers[n]
		if !Leeches(p) || p.Completed == 0 {
			continue
		}
		sum, count = sum+float64(p.LeechedUp), count+1
		if group == "" || p.Group == group {
			most = max(most, float64(p.LeechedUp))
		}
	}
	return most / (sum / float64(count))
}

// interestAt is a quantile of the shares of time in which peers are interested.
func interestAt(s *findings.Swarm, share float64) float64 {
	var all []float64
	for n := range s.Peers {
		p := &s.Peers[n]
		if v := quotient(p.Interested, p.Connected); Leeches(p) && stats.Finite(v) {
			all = append(all, v)
		}
	}
	if len(all) == 0 {
		return math.NaN()
	}
	slices.Sort(all)
	return all[max(int(math.Ceil(share*float64(len(all))))-1, 0)]
}

// completions returns when peers completed, s: after their coming, or in the run's time.
func completions(s *findings.Swarm, alone bool) (all []float64) {
	for n := range s.Peers {
		p := &s.Peers[n]
		if !Leeches(p) || p.Completed == 0 {
			continue
		}
		from := int64(0)
		if alone {
			from = p.Joined
		}
		all = append(all, since(from, p.Completed))
	}
	return all
}

// variation is the standard deviation by the mean.
func variation(values []float64) float64 {
	if len(values) < 2 {
		return math.NaN()
	}
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	mean, squares := sum/float64(len(values)), 0.0
	for _, v := range values {
		squares += float64((v - mean) * (v - mean))
	}
	return math.Sqrt(squares/float64(len(values)-1)) / mean
}

// seedCopies is what seeds had sent when there was another copy, by the torrent's size;
// of swarms with one torrent.
func seedCopies(s *findings.Swarm) float64 {
	sent, first := uint64(0), int32(0)
	for n := range s.Peers {
		if !Leeches(&s.Peers[n]) {
			first++
		}
	}
	for n := range s.Samples {
		row := &s.Samples[n]
		if row.Torrent != s.Samples[0].Torrent || row.Completed > 0 && row.CopiesMin <= first {
			break
		}
		sent += row.UpBytes - row.LeecherUpBytes
		if row.CopiesMin > first {
			return quotient(sent, s.Peers[0].Size)
		}
	}
	return math.NaN()
}
