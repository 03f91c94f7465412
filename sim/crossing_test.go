package sim

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/netmodel"
	"swarmlab/protocol"
)

// crossed is a world of scripted nodes on a network with a constant delay of 10 ms.
func crossed(t *testing.T, s *scripted, cfg netmodel.Config) *World {
	cfg.Nodes, cfg.Latency = s.size, netmodel.Constant{Delay: 10 * time.Millisecond}
	n, err := netmodel.New(cfg)
	require.NoError(t, err)
	return New(Config{Seed: 1, Groups: []protocol.Datagrams{s}, Network: n})
}

// Eight datagrams of 972 bytes and 28 of headers each: 1 ms up, 10 ms of way, 4 ms down. They wait
// for each other at both ends; one that would wait too long at either end is dropped there.
func TestADatagramTakesTimeOnBothLines(t *testing.T) {
	s := &scripted{size: 3}
	big := make([]byte, 972)
	w := crossed(t, s, netmodel.Config{Links: netmodel.Links{
		Queue: 5 * time.Millisecond,
		Lines: []netmodel.Line{{Share: netmodel.Certain, Up: 8_000_000, Down: 2_000_000}},
	}})
	var came []time.Duration
	s.heard = func(_ uint32, t *protocol.Turn, _ protocol.Addr, p []byte) {
		came = append(came, time.Duration(t.Now))
	}
	s.start = func(i uint32, t *protocol.Turn) {
		for range 8 * int(i%2) {
			t.Out.SendTo(AddrOf(2), big)
		}
	}
	for i := range uint32(3) {
		w.StartAt(i, 0)
	}
	w.Run(at(time.Second))
	// Up, the first six wait 0 to 5 ms, and two would wait longer. They arrive from 11 ms on, each
	// 1 ms after the one before; the line needs 4 ms for each. The third, at 13 ms, would wait for
	// 6 ms; the fourth, at 14 ms, for 5 ms, as long as it may; up to 16 ms nobody else has room.
	ms := time.Millisecond
	require.Equal(t, []time.Duration{15 * ms, 19 * ms, 23 * ms}, came)
	require.Equal(t, Account{Sent: Count{8, 8 * 972}, Delivered: Count{3, 3 * 972},
		Dropped: Count{5, 5 * 972}}, w.Account(1))
}

func TestACopyArrivesLater(t *testing.T) {
	s := &scripted{size: 2}
	w := crossed(t, s, netmodel.Config{Faults: []netmodel.Fault{{
		Kind: netmodel.Duplicate, From: at(time.Second), To: at(2 * time.Second),
		Share: netmodel.Certain, Delay: 1,
	}}})
	s.start = func(i uint32, t *protocol.Turn) {
		if i == 1 {
			t.Out.SendTo(AddrOf(0), []byte("once"))
			t.Out.WakeAt(at(1500 * time.Millisecond))
		}
	}
	s.wake = func(i uint32, t *protocol.Turn) { t.Out.SendTo(AddrOf(0), []byte("twice")) }
	w.StartAt(0, 0)
	w.StartAt(1, 0)
	w.Run(at(3 * time.Second))
	requireLog(t, s, "0s core 0 node 0 starts", "0s core 1 node 1 starts",
		`10ms core 0 node 0 hears "once" from 1`, "1.5s core 1 node 1 wakes",
		`1.51s core 0 node 0 hears "twice" from 1`,
		`1.510000001s core 0 node 0 hears "twice" from 1`)
	require.Equal(t, Account{Sent: Count{2, 9}, Copied: Count{1, 5}, Delivered: Count{3, 14}},
		w.Account(1))
	require.Equal(t, []uint64{1}, w.FaultHits())
}

// A port where nobody listens leads nowhere, with gates or without.
func TestPortsWhereNobodyListens(t *testing.T) {
	s := &scripted{size: 2}
	s.start = func(i uint32, t *protocol.Turn) { t.Out.SendTo(AddrOf(1-i).WithPort(80), nil) }
	w := crossed(t, s, netmodel.Config{Links: netmodel.Links{Queue: time.Second,
		Lines: []netmodel.Line{{Share: netmodel.Certain}}}})
	w.StartAt(0, 0)
	w.Run(at(time.Second))
	require.EqualValues(t, 1, w.Ledger().Unroutable.Datagrams)

	reach := netmodel.Reach{Timeout: time.Minute}
	reach.Shares[netmodel.Open] = netmodel.Certain - 1
	reach.Shares[netmodel.Symmetric] = 1
	w = crossed(t, s, netmodel.Config{Reach: reach})
	w.StartAt(0, 0)
	w.StartAt(1, 0)
	w.Run(at(time.Second))
	require.EqualValues(t, 2, w.Ledger().Filtered.Datagrams)
}

func TestATerrainHasALimit(t *testing.T) {
	s := &scripted{size: 1}
	s.start = func(i uint32, t *protocol.Turn) { t.Out.SendTo(AddrOf(0), nil) }
	w := crossed(t, s, netmodel.Config{Links: netmodel.Links{Queue: time.Second,
		Lines: []netmodel.Line{{Share: netmodel.Certain}}}})
	w.nodes[0].sends = copyMark
	w.StartAt(0, 0)
	requireBroken(t, "two billion datagrams", func() { w.Run(1) })
}
