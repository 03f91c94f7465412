package sim

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/netmodel"
	"swarmlab/protocol"
)

// The three probes of Jimenez, Osmani and Knutsson, Connectivity properties of Mainline BitTorrent
// DHT nodes, P2P 2009: whoever sends a query to our node is probed by it at once (reciprocity), by
// a second node of ours (transitivity), and five minutes later again by the first (persistence).
const (
	reciprocity = iota
	transitivity
	persistence
	probeCount
)

// survey is a group of peers that send queries to each other at random, and of two that probe.
type survey struct {
	chatter
	probers [2]uint32
	probed  map[uint32]*probing
	orders  [2][]order // of the two probers, in the order of their times
}

type probing struct {
	came     protocol.Time
	answered [probeCount]bool
}

type order struct {
	due  protocol.Time
	to   protocol.Addr
	what byte
}

const (
	surveyPause   = 10 * time.Second // between two queries of a peer
	surveyReturns = 90               // of these one goes to the prober: one in a quarter of an hour
	surveyWait    = 5 * time.Minute
)

func (s *survey) Start(i uint32, t *protocol.Turn) { s.wakeLater(t, surveyPause) }

func (s *survey) wakeLater(t *protocol.Turn, d time.Duration) {
	t.Out.WakeAt(t.Now.Add(time.Duration(t.Rand.Uint64n(uint64(2 * d)))))
}

func (s *survey) Wake(i uint32, t *protocol.Turn) {
	for p, prober := range s.probers {
		if i == prober {
			s.probe(p, t)
			t.Out.WakeAt(t.Now.Add(100 * time.Millisecond))
			return
		}
	}
	to := uint32(t.Rand.Uint64n(s.nodes))
	if t.Rand.Intn(surveyReturns) == 0 {
		to = s.probers[0]
	}
	t.Out.SendTo(AddrOf(to), []byte("?"))
	s.wakeLater(t, surveyPause)
}

func (s *survey) probe(p int, t *protocol.Turn) {
	for len(s.orders[p]) > 0 && s.orders[p][0].due <= t.Now {
		o := s.orders[p][0]
		s.orders[p] = s.orders[p][1:]
		t.Out.SendTo(o.to, []byte{'?', o.what})
	}
}

func (s *survey) Stop(uint32, *protocol.Turn) {}
func (s *survey) Drop(uint32)                 {}

func (s *survey) Datagram(i uint32, t *protocol.Turn, from protocol.Addr, p []byte) {
	peer, _ := HostOf(from)
	if p[0] == '!' {
		if len(p) > 1 {
			s.probed[peer].answered[p[1]] = true
		}
		return
	}
	t.Out.SendTo(from, append([]byte{'!'}, p[1:]...))
	if i != s.probers[0] || peer == s.probers[1] || s.probed[peer] != nil {
		return
	}
	s.probed[peer] = &probing{came: t.Now}
	t.Out.SendTo(from, []byte{'?', reciprocity})
	s.orders[1] = append(s.orders[1], order{t.Now, from, transitivity})
	s.orders[0] = append(s.orders[0], order{t.Now.Add(surveyWait), from, persistence})
}

// surveyed runs the survey and returns the shares of nodes with each property, and with all of
// them, in per cent.
func surveyed(t *testing.T, reach netmodel.Reach, loss netmodel.Probability,
) (shares [probeCount + 1]float64, n int) {
	const nodes, long = 4000, 50 * time.Minute
	network, err := netmodel.New(netmodel.Config{Seed: 9, Nodes: nodes, Reach: reach, Loss: loss,
		Latency: netmodel.LogNormal{Median: 67500 * time.Microsecond, Sigma: 600}})
	require.NoError(t, err)
	s := &survey{chatter: *newChatter(nodes, 0), probed: map[uint32]*probing{}}
	w := New(Config{Seed: 9, Groups: []protocol.Datagrams{s}, Network: network})
	churn, ok := netmodel.ChurnPreset("kad")
	require.True(t, ok)
	lives := netmodel.NewLives(churn)
	found := 0
	for i := range uint32(nodes) {
		if found < 2 && network.Class(i) == netmodel.Open {
			s.probers[found], found = i, found+1
			w.StartAt(i, 0)
			continue
		}
		live(w, i, lives, at(long))
	}
	w.Run(at(long))
	for _, p := range s.probed {
		if p.came > at(long-surveyWait-time.Minute) {
			continue
		}
		n++
		all := 0
		for i, yes := range p.answered {
			if yes {
				shares[i]++
				all++
			}
		}
		if all == probeCount {
			shares[probeCount]++
		}
	}
	for i := range shares {
		shares[i] *= 100 / float64(n)
	}
	return shares, n
}

// live schedules the life of a node.
func live(w *World, i uint32, lives *netmodel.Lives, until protocol.Time) {
	life := lives.Of(9, uint64(i))
	for {
		when, what := life.Next()
		if when >= until {
			return
		}
		when = max(when, 0)
		switch what {
		case netmodel.Starts:
			w.StartAt(i, when)
		case netmodel.Stops:
			w.StopAt(i, when)
		case netmodel.Crashes:
			w.CrashAt(i, when)
		}
	}
}

// Published: 80, 40 and 44 %, and a third of the nodes with all three; the tolerance is 7 points,
// for the population is a guess at that of 2009. Transitivity, persistence and all three together
// come out. Reciprocity does not: only a firewall keeps a node from being asked by whom it asked,
// and the 10 % that the paper ascribes to firewalls leave 90 %, less what is lost. The other
// tenth that fails it in the paper no class here explains.
func TestThreeProbesOfConnectivity(t *testing.T) {
	reach, ok := netmodel.ReachPreset("dht-2010s")
	require.True(t, ok)
	shares, n := surveyed(t, reach, netmodel.Certain/100)
	t.Logf("%% of %d nodes reciprocal, transitive, persistent, all: %.1f", n, shares)
	require.Greater(t, n, 700)
	require.InDelta(t, 90*0.98, shares[reciprocity], 3, "published: 80")
	require.InDelta(t, 40, shares[transitivity], 7)
	require.InDelta(t, 44, shares[persistence], 7)
	require.InDelta(t, 33, shares[probeCount], 7)

	shares, n = surveyed(t, netmodel.Reach{}, 0)
	require.Greater(t, n, 700)
	require.Greater(t, shares[transitivity], 99., "without NATs only who leaves is out of reach")
	require.Less(t, shares[persistence], 99.)
}
