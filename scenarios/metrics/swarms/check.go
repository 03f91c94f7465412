package swarms

import (
	"cmp"
	"fmt"
	"slices"

	"swarmlab/scenarios/findings"
)

// Check refuses runs that break what must hold in every one: what the network carried adds
// up, and no peer had a torrent before the lines could have brought it. Such a run is an error of
// this program.
func Check(runs []*findings.Run) error {
	for _, run := range runs {
		if run.Swarm == nil {
			continue
		}
		if err := checkSwarm(run.Swarm); err != nil {
			return fmt.Errorf("cell %d, seed %d: %w; this is an error of swarmlab, and none of "+
				"the run's results are to be trusted", run.Cell, run.Seed, err)
		}
	}
	return nil
}

func checkSwarm(s *findings.Swarm) error {
	if err := checkBooks(s); err != nil {
		return err
	}
	if err := checkDownlinks(s); err != nil {
		return err
	}
	if err := checkUplinks(s); err != nil {
		return err
	}
	return checkSeeds(s)
}

// place is a peer: a node in a torrent. A node that came several times is one.
type place struct {
	node    uint32
	torrent string
}

// checkBooks holds the transfers against themselves and against the peers' totals.
func checkBooks(s *findings.Swarm) error {
	type books struct{ up, down uint64 }
	of := map[place]books{}
	for n := range s.Transfers {
		t := &s.Transfers[n]
		if t.Sent != t.Delivered+t.Lost+t.InFlight {
			return fmt.Errorf("node %d sent node %d %d bytes of %s, but %d were delivered, %d "+
				"lost and %d are in flight", t.From, t.To, t.Sent, t.Torrent, t.Delivered, t.Lost,
				t.InFlight)
		}
		from, to := of[place{t.From, t.Torrent}], of[place{t.To, t.Torrent}]
		from.up += t.Delivered
		of[place{t.From, t.Torrent}] = from
		to = of[place{t.To, t.Torrent}]
		to.down += t.Delivered
		of[place{t.To, t.Torrent}] = to
	}
	sums := map[place]books{}
	for n := range s.Peers {
		p := &s.Peers[n]
		sum := sums[place{p.Node, p.Torrent}]
		sums[place{p.Node, p.Torrent}] = books{sum.up + p.PayloadUp, sum.down + p.PayloadDown}
	}
	for n := range s.Peers { // in the order of the nodes, so that the error is always the same
		at := place{s.Peers[n].Node, s.Peers[n].Torrent}
		if sums[at] != of[at] {
			return fmt.Errorf("node %d gave %d and was given %d bytes of %s, but by pairs %d and "+
				"%d", at.node, sums[at].up, sums[at].down, at.torrent, of[at].up, of[at].down)
		}
	}
	return nil
}

// checkDownlinks: what a peer completes with has come over its own line.
func checkDownlinks(s *findings.Swarm) error {
	for n := range s.Peers {
		p := &s.Peers[n]
		if p.Completed == 0 || !Leeches(p) {
			continue
		}
		need := p.Size - p.Complete
		if p.PayloadDown < need {
			return fmt.Errorf("node %d has completed %s, for which it needed %d bytes, with %d",
				p.Node, p.Torrent, need, p.PayloadDown)
		}
		if !brings(p.DownRate, p.Completed-p.Joined, need) {
			return fmt.Errorf("node %d completed %s after %v s, but its line takes %v s",
				p.Node, p.Torrent, since(p.Joined, p.Completed),
				float64(need)/float64(p.DownRate))
		}
	}
	return nil
}

// brings tells whether a line of that rate, 0 for no limit, carries so many bytes in a time.
func brings(rate uint64, ns int64, bytes uint64) bool {
	return rate == 0 || float64(rate)*float64(ns)/1e9*(1+slack) >= float64(bytes)
}

// slack is for what rates and times lose by being whole numbers.
const slack = 1e-6

// checkUplinks: at each completion, all uplinks together can have carried what those who have
// completed needed, from the coming of each. It is the last of the terms of the Kumar-Ross bound.
func checkUplinks(s *findings.Swarm) error {
	var came []*findings.Peer
	seen := map[uint32]bool{}
	var done []*findings.Peer
	byJoined := make([]*findings.Peer, len(s.Peers))
	for n := range s.Peers {
		byJoined[n] = &s.Peers[n]
	}
	slices.SortStableFunc(byJoined, func(a, b *findings.Peer) int {
		return cmp.Compare(a.Joined, b.Joined)
	})
	for _, p := range byJoined {
		if !seen[p.Node] { // a node with several torrents has one line
			seen[p.Node] = true
			came = append(came, p)
		}
		if Leeches(p) && p.Completed > 0 {
			done = append(done, p)
		}
	}
	slices.SortStableFunc(done, func(a, b *findings.Peer) int {
		return cmp.Compare(a.Completed, b.Completed)
	})
	rate, carried, needed, last := 0.0, 0.0, 0.0, int64(0)
	next := 0
	for _, p := range done {
		for ; next < len(came) && came[next].Joined <= p.Completed; next++ {
			if came[next].UpRate == 0 {
				return nil // no limit from here on
			}
			carried += rate * float64(came[next].Joined-last) / 1e9
			rate, last = rate+float64(came[next].UpRate), came[next].Joined
		}
		carried += rate * float64(p.Completed-last) / 1e9
		last = p.Completed
		needed += float64(p.Size - p.Complete)
		if carried*(1+slack) < needed {
			return fmt.Errorf("at %v s peers had completed that needed %.0f bytes, but all "+
				"uplinks could have carried %.0f", float64(p.Completed)/1e9, needed, carried)
		}
	}
	return nil
}

// checkSeeds: at the first completion of a torrent, its first seeds can have sent what no leecher
// had brought. It is the first of the terms.
func checkSeeds(s *findings.Swarm) error {
	first := map[string]*findings.Peer{}
	for n := range s.Peers {
		p := &s.Peers[n]
		if Leeches(p) && p.Completed > 0 &&
			(first[p.Torrent] == nil || p.Completed < first[p.Torrent].Completed) {
			first[p.Torrent] = p
		}
	}
	for n := range s.Peers {
		p := first[s.Peers[n].Torrent]
		if p != &s.Peers[n] {
			continue
		}
		sent, brought := 0.0, uint64(0)
		unlimited := false
		for m := range s.Peers {
			o := &s.Peers[m]
			switch {
			case o.Torrent != p.Torrent || o.Joined > p.Completed:
			case Leeches(o):
				brought += o.Complete
			default:
				unlimited = unlimited || o.UpRate == 0
				sent += float64(o.UpRate) * float64(p.Completed-o.Joined) / 1e9
			}
		}
		if !unlimited && sent*(1+slack)+float64(brought) < float64(p.Size) {
			return fmt.Errorf("node %d completed %s at %v s, when its seeds could have sent %.0f "+
				"of %d bytes", p.Node, p.Torrent, float64(p.Completed)/1e9, sent, p.Size)
		}
	}
	return nil
}
