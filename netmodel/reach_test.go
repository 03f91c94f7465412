package netmodel

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"
)

func TestReachRefuses(t *testing.T) {
	half := Certain / 2
	for _, c := range []struct {
		reach Reach
		want  string
	}{
		{Reach{Timeout: time.Minute, Shares: [classes]Probability{Open: half}},
			"nat: the shares add up to 50%: they must make 100%; give open what is left"},
		{Reach{Timeout: time.Minute, Shares: [classes]Probability{Open: Certain, Symmetric: half}},
			"nat: the shares add up to 150%: they must make 100%; give open what is left"},
		{Reach{Timeout: time.Minute, Shares: [classes]Probability{Symmetric: ^Probability(0)}},
			"nat.symmetric: 1844.6744073709551615% is above 100%: a share is 0 to 100%"},
		{Reach{Timeout: time.Minute},
			"nat: the shares add up to 0%: they must make 100%; give open what is left"},
		{Reach{Shares: [classes]Probability{Open: half, FullCone: half}},
			"nat.timeout: 0s is outside 1s to 24h0m0s: a mapping lives for a minute or so"},
		{Reach{Timeout: -1, Shares: [classes]Probability{Open: half, FullCone: half}},
			"nat.timeout: -1ns is outside 1s to 24h0m0s: a mapping lives for a minute or so"},
	} {
		_, err := New(Config{Nodes: 1, Latency: Constant{}, Reach: c.reach})
		require.EqualError(t, err, c.want)
	}
}

func TestAllOpenIsOff(t *testing.T) {
	for _, r := range []Reach{{}, all(Open)} {
		n, g := gatesOf(t, 10, r)
		require.Nil(t, g)
		require.Equal(t, Open, n.Class(3))
	}
	_, ok := ReachPreset("2020s")
	require.False(t, ok)
}

func TestPortsHaveNumbers(t *testing.T) {
	known := map[uint16]bool{}
	for i := range uint32(mappedPorts + 1) {
		again, ok := PortIndex(IndexedPort(i))
		require.True(t, ok)
		require.Equal(t, i, again)
		known[IndexedPort(i)] = true
	}
	for port := range 1 << 16 {
		_, ok := PortIndex(uint16(port))
		require.Equal(t, known[uint16(port)], ok)
	}
	require.Panics(t, func() { IndexedPort(mappedPorts + 1) })
}

func TestVantagesAreOpen(t *testing.T) {
	const nodes, vantages = 50, 7
	c := Config{Nodes: nodes, Latency: Constant{}, Reach: all(Firewalled), Vantages: vantages}
	n := mustNew(t, c)
	g := n.NewGates()
	for i := range uint32(nodes) {
		open := i >= nodes-vantages
		require.Equal(t, open, n.Class(i) == Open)
		require.Equal(t, open, g.Welcomes(0, i))
	}
	c.Vantages = nodes + 1
	_, err := New(c)
	require.EqualError(t, err, "vantages: 51 of 50 nodes")
}

// Shares of classes by Pearson's chi-square at 1 %; a class does not depend on how many nodes there
// are, or on the other nodes.
func TestSharesOfClasses(t *testing.T) {
	const nodes = 200_000
	preset, _ := ReachPreset("dht-2010s")
	n, _ := gatesOf(t, nodes, preset)
	var counts [classes]float64
	for i := range uint32(nodes) {
		counts[n.Class(i)]++
	}
	sum := 0.0
	for c, share := range preset.Shares {
		want := nodes * float64(share) / float64(Certain)
		sum += (counts[c] - want) * (counts[c] - want) / want
	}
	require.Less(t, sum, distuv.ChiSquared{K: float64(classes - 1)}.Quantile(0.99))
	require.Greater(t, sum, distuv.ChiSquared{K: float64(classes - 1)}.Quantile(0.001))
	small, _ := gatesOf(t, 100, preset)
	for i := range uint32(100) {
		require.Equal(t, n.Class(i), small.Class(i))
	}
	for c := Open; c <= Firewalled; c++ {
		only, _ := gatesOf(t, 100, all(c))
		for i := range uint32(100) {
			require.Equal(t, c, only.Class(i), "no share of 0 is ever drawn")
		}
	}
}
