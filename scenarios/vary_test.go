package scenarios

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestCellsWithoutVary(t *testing.T) {
	s := parseSmall(t, "quick: {repeat: 1}\n")
	cells, err := s.Cells()
	require.NoError(t, err)
	require.Len(t, cells, 1)
	require.Empty(t, cells[0].Set)
	require.Empty(t, cells[0].Scenario.Quick)
	require.NotEmpty(t, s.Quick, "the scenario itself is as it was")
}

// TestCells checks the product against nested loops.
func TestCells(t *testing.T) {
	s := parseSmall(t, `vary:
  groups.nodes.dht.k: [4, 8, 30]
  network.latency: [{model: constant}, {model: uniform, high: 90ms}]
  groups.nodes.dht.refresh: [never, 60s]
  groups.nodes.dht.verify_senders: [true, false]
`)
	cells, err := s.Cells()
	require.NoError(t, err)
	require.Len(t, cells, 3*2*2*2)
	index := 0
	for _, k := range []int{4, 8, 30} {
		for _, model := range []string{"constant", "uniform"} {
			for _, refresh := range []Duration{0, 60e9} {
				for _, verify := range []bool{true, false} {
					cell := cells[index]
					require.Equal(t, index, cell.Index)
					d := cell.Scenario.Config(&cell.Scenario.Groups[0], "bep5")
					require.Equal(t, k, d.K)
					require.Equal(t, []int{k}, d.Buckets, "buckets follow k")
					require.Equal(t, min(k, replyContactsMax), d.ReplyContacts)
					require.Equal(t, model, cell.Scenario.Network.Latency.Model)
					require.Equal(t, time.Duration(refresh), d.Refresh)
					require.Equal(t, verify, d.VerifySenders)
					require.Equal(t, Setting{"groups.nodes.dht.k", k}, cell.Set[0])
					require.Equal(t, verify, cell.Set[3].Value)
					index++
				}
			}
		}
	}
	last := cells[len(cells)-1]
	require.Equal(t, "{model: uniform, low: 20ms, high: 90ms}", last.Set[1].Value)
	require.Equal(t, "1m", last.Set[2].Value)
	require.Equal(t, "never", cells[0].Set[2].Value)
	require.Nil(t, s.Groups[0].DHT.K, "the scenario itself is as it was")
}

// TestCellIsItsOwnScenario: a cell that is stored and read back is that cell.
func TestCellIsItsOwnScenario(t *testing.T) {
	s, err := Open("hops")
	require.NoError(t, err)
	cells, err := s.Cells()
	require.NoError(t, err)
	require.Len(t, cells, 5)
	for _, cell := range cells {
		again, err := Parse("cell.yaml", cell.Scenario.Resolved())
		require.NoError(t, err)
		require.Equal(t, bare(cell.Scenario), bare(again))
	}
}

// TestVaryInOrder: an axis may need what an axis before it sets, and so may an override.
func TestVaryInOrder(t *testing.T) {
	s := parseSmall(t, "vary:\n  network.latency.model: [constant]\n"+
		"  network.latency.delay: [1ms, 2ms]\n"+
		"quick: {vary: none, network.latency.model: uniform, network.latency.high: 30ms}\n")
	cells, err := s.Cells()
	require.NoError(t, err)
	require.Len(t, cells, 2)
	require.Equal(t, Latency{Model: "constant", Delay: 2e6}, cells[1].Scenario.Network.Latency)
	require.NoError(t, s.ApplyQuick())
	require.Equal(t, Latency{Model: "uniform", Low: 20e6, High: 30e6}, s.Network.Latency)
}

func TestStaleAxis(t *testing.T) {
	s := parseSmall(t, "vary: {groups.nodes.join.over: [1m, 2m]}\n")
	require.NoError(t, s.Set("groups.nodes.tables", "warm"))
	require.ErrorContains(t, s.Validate(), "small.yaml:7:8: groups.nodes.join: belongs to")
	require.NoError(t, s.Set("vary", "none"))
	require.NoError(t, s.Validate())
}

func TestVaryTexts(t *testing.T) {
	s := parseSmall(t, "network: {latency: {model: matrix, file: x}}\n"+
		"vary: {network.latency.file: [a.txt, 'b, c.txt']}\n")
	cells, err := s.Cells()
	require.NoError(t, err)
	require.Equal(t, "a.txt", cells[0].Set[0].Value)
	require.Equal(t, "b, c.txt", cells[1].Set[0].Value)
	require.Equal(t, "b, c.txt", cells[1].Scenario.Network.Latency.File)
}

func TestCellsAreBounded(t *testing.T) {
	s := parseSmall(t, "")
	values := make([]string, 10_000)
	for i := range values {
		values[i] = fmt.Sprint(i + 1)
	}
	s.Vary = Vary{{"groups.nodes.size", values}, {"workload.0.keys", values}, {"repeat", values}}
	allocs := testing.AllocsPerRun(1, func() {
		_, err := s.Cells()
		require.ErrorContains(t, err, "more than 100000 cells")
	})
	require.Less(t, allocs, 100.0)
}

func TestBadCell(t *testing.T) {
	s := parseSmall(t, "vary: {warmup: [1m, 5m]}\n")
	_, err := s.Cells()
	require.ErrorContains(t, err, "cell warmup=5m: small.yaml:")
	require.ErrorContains(t, err, "leaves nothing of the duration")
}

func TestVaryOrderIsKept(t *testing.T) {
	s := parseSmall(t, "vary: {groups.nodes.size: [3, 2], duration: [1m]}\n")
	again, err := Parse("again.yaml", s.Resolved())
	require.NoError(t, err)
	require.Equal(t, s.Vary, again.Vary)
	require.Equal(t, []string{"3", "2"}, s.Vary[0].Values)
	require.Contains(t, string(s.Resolved()), "  groups.nodes.size: [3, 2]\n  duration: [1m]\n")
}

func BenchmarkCells(b *testing.B) {
	s, err := Open("hops")
	require.NoError(b, err)
	for b.Loop() {
		if _, err := s.Cells(); err != nil {
			b.Fatal(err)
		}
	}
}
