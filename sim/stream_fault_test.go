package sim

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/netmodel"
	"swarmlab/protocol"
)

// pair is two nodes with a connection, of which node 0 writes a byte every second.
func pairOf(t *testing.T, faults ...netmodel.Fault) (*caller, *World) {
	s := newCaller(2)
	s.start = func(i uint32, t *protocol.Turn) {
		if i == 0 {
			t.Out.Dial(0, AddrOf(1))
			t.Out.WakeAt(t.Now.Add(time.Second))
		}
	}
	over := false
	s.closed = func(i uint32, _ *protocol.Turn, _ protocol.Conn, _ protocol.Reason) {
		over = over || i == 0
	}
	s.wake = func(i uint32, t *protocol.Turn) {
		if !over {
			t.Out.Write(0, protocol.Chunk{Bytes: []byte{byte('a' + t.Now/1e9%26)}})
			t.Out.WakeAt(t.Now.Add(time.Second))
		}
	}
	s.accept = accepting(9)
	n, err := netmodel.New(netmodel.Config{Seed: 1, Nodes: 2, Faults: faults,
		Latency: netmodel.Constant{Delay: 50 * time.Millisecond}})
	require.NoError(t, err)
	w := streamWorld(t, n, s)
	w.StartAt(1, 0)
	w.StartAt(0, 0)
	return s, w
}

func (s *caller) gists() (list []string) {
	for _, line := range s.log {
		if strings.Contains(line, "gets") || strings.Contains(line, "lost") {
			list = append(list, line)
		}
	}
	return list
}

func from(f netmodel.FaultKind, from, to time.Duration, whom uint32) netmodel.Fault {
	return netmodel.Fault{Kind: f, From: at(from), To: at(to),
		Whom: netmodel.Whom{First: whom, Count: 1}}
}

// A partition that is over soon holds segments up; one that is not ends the connection.
func TestAPartitionStalls(t *testing.T) {
	s, w := pairOf(t, from(netmodel.Partition, 1500*time.Millisecond, 3500*time.Millisecond, 1))
	w.Run(at(5500 * time.Millisecond))
	require.Equal(t, []string{
		`1.05s core 1 node 1 gets "b" {0 0 0} on 9`,
		// sent at 2 s, and again after 0.3 s, after another 0.6 s, and after another 1.2 s
		`4.15s core 1 node 1 gets "c" {0 0 0} on 9`,
		`4.15s core 1 node 1 gets "d" {0 0 0} on 9`,
		`4.15s core 1 node 1 gets "e" {0 0 0} on 9`,
		`5.05s core 1 node 1 gets "f" {0 0 0} on 9`,
	}, s.gists())
	s, w = pairOf(t, from(netmodel.Partition, 1500*time.Millisecond, 500*time.Second, 1))
	w.Run(at(600 * time.Second))
	require.Equal(t, []string{
		`1.05s core 1 node 1 gets "b" {0 0 0} on 9`, "1m42s core 0 node 0 lost 0: reset",
	}, s.gists(), "the other end says nothing, and hears nothing")
	require.EqualValues(t, 1, w.StreamTally().Ends)
	require.Equal(t, []Transfer{
		{From: 0, To: 1, Content: Overhead, Sent: 2, Delivered: 1, Lost: 1}}, w.Transfers())
}

// What comes to a node that is frozen comes when it is not, if that is not too late.
func TestAPauseStalls(t *testing.T) {
	s, w := pairOf(t, from(netmodel.Pause, 1500*time.Millisecond, 3500*time.Millisecond, 1))
	w.Run(at(4500 * time.Millisecond))
	require.Equal(t, []string{
		`1.05s core 1 node 1 gets "b" {0 0 0} on 9`,
		`3.5s core 1 node 1 gets "c" {0 0 0} on 9`,
		`3.5s core 1 node 1 gets "d" {0 0 0} on 9`,
		`4.05s core 1 node 1 gets "e" {0 0 0} on 9`,
	}, s.gists())
	s, w = pairOf(t, from(netmodel.Pause, 1500*time.Millisecond, 500*time.Second, 1))
	w.Run(at(600 * time.Second))
	require.Equal(t, []string{
		`1.05s core 1 node 1 gets "b" {0 0 0} on 9`, "1m42.05s core 0 node 0 lost 0: reset",
		"8m20s core 1 node 1 lost 9: reset",
	}, s.gists())
	require.Zero(t, w.StreamTally().Ends)
}

// Behind a NAT one can dial but not be dialed; an acceptor sees the dialer's host, and a port of
// its own for each connection.
func TestConnectionsAndNATs(t *testing.T) {
	const nodes = 60
	reach, ok := netmodel.ReachPreset("dht-2010s")
	require.True(t, ok)
	n, err := netmodel.New(netmodel.Config{Seed: 1, Nodes: nodes, Reach: reach,
		Latency: netmodel.Constant{Delay: 50 * time.Millisecond}})
	require.NoError(t, err)
	s := newCaller(nodes)
	s.quiet = true
	s.start = func(i uint32, t *protocol.Turn) {
		for peer := range uint32(nodes) {
			t.Out.Dial(protocol.Conn(peer), AddrOf(peer))
		}
	}
	seen, accepted := map[protocol.Addr]bool{}, make([]int, nodes)
	s.accept = func(i uint32, _ *protocol.Turn, peer protocol.Addr) (protocol.Conn, bool) {
		host, ok := HostOf(peer)
		_, known := netmodel.PortIndex(peer.Port())
		require.True(t, ok && !known && !seen[peer], "%v", peer)
		seen[peer] = true
		accepted[i]++
		return protocol.Conn(nodes + host), true
	}
	reasons := map[protocol.Reason]int{}
	s.closed = func(_ uint32, t *protocol.Turn, _ protocol.Conn, why protocol.Reason) {
		reasons[why]++
	}
	w := streamWorld(t, n, s)
	for i := range uint32(nodes) {
		w.StartAt(i, 0)
	}
	w.Run(at(time.Minute))
	classes := map[netmodel.Class]int{}
	shut := 0
	for i := range uint32(nodes) {
		class := n.Class(i)
		classes[class]++
		if class == netmodel.Open || class == netmodel.FullCone {
			require.Equal(t, nodes, accepted[i])
		} else {
			require.Zero(t, accepted[i], "%v", class)
			shut++
		}
	}
	require.Len(t, classes, 6)
	require.Equal(t, map[protocol.Reason]int{protocol.Unreachable: shut * nodes}, reasons)
}

// A short message waits for the segment that is being sent, and not for a round of all that have
// blocks to send.
func TestShortMessagesDoNotStarve(t *testing.T) {
	const nodes, up = 12, 400_000
	s := pouring(nodes)
	s.quiet = true
	said, heard := protocol.Time(0), []time.Duration(nil)
	opened := s.opened
	s.opened = func(i uint32, t *protocol.Turn, c protocol.Conn) {
		if c != nodes-1 {
			opened(i, t, c)
		}
	}
	s.data = func(i uint32, t *protocol.Turn, _ protocol.Conn, ch protocol.Chunk) {
		if string(ch.Bytes) == "have" {
			heard = append(heard, t.Now.Sub(said))
		}
	}
	act := actor(func(_ uint32, t *protocol.Turn, _ uint32) {
		said = t.Now
		t.Out.Write(nodes-1, protocol.Chunk{Bytes: []byte("have")})
	})
	w := New(Config{Groups: []protocol.Datagrams{s}, Actor: act,
		Network: wired(t, nodes, 20*time.Millisecond, up, 0)})
	for i := range uint32(nodes) {
		w.StartAt(i, 0)
	}
	for n := range 100 {
		w.ActAt(0, at(30*time.Second+time.Duration(n)*1111*time.Millisecond), 0)
	}
	w.Run(at(150 * time.Second))
	w.Audit()
	segment := time.Duration(netmodel.StreamWire(16397)) * 8 * time.Second / up
	require.Len(t, heard, 100)
	for _, d := range heard {
		require.Less(t, d, segment+22*time.Millisecond, "a round takes ten times as long")
	}
}

type actor func(node uint32, t *protocol.Turn, code uint32)

func (a actor) Act(node uint32, t *protocol.Turn, code uint32) { a(node, t, code) }

// In its steady state a world of connections allocates nothing.
func TestStreamsAllocateNothing(t *testing.T) {
	w := meshWorld(t, 100, 20, true)
	until := at(20 * time.Second)
	w.Run(until)
	before := w.StreamTally().Segments
	require.Zero(t, testing.AllocsPerRun(20, func() {
		until = until.Add(time.Second)
		w.Run(until)
	}))
	require.Greater(t, w.StreamTally().Segments-before, uint64(50_000))
	w.Audit()
}
