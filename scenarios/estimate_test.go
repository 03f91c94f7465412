package scenarios

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestEstimate(t *testing.T) {
	s := parseSmall(t, "repeat: 3\nvary: {groups.nodes.size: [1000, 50]}\n")
	e, err := s.Estimate()
	require.NoError(t, err)
	require.Equal(t, 2, e.Cells)
	require.Equal(t, 6, e.Runs)
	require.Equal(t, 1000, e.Nodes)

	// By hand, for the cell of 1000 nodes: 2/s for 5 minutes are 600 lookups.
	slots := uint64(8 * tableDepth([]int{8}, 1000))
	checkpoints := uint64(300 * (56 + 2*512))
	require.Equal(t, 24<<20+1000*(300+12*slots)+600*250+checkpoints, e.Memory)
	require.Equal(t, uint64(3*600*128), e.Retained)
	// The run is shorter than the refresh interval, so that joins and lookups are all there is.
	large := uint64(1000*20*10 + 600*(12+10))
	require.InDelta(t, float64(large)/5e5, e.Longest.Seconds(), 1e-6)
	small := uint64(50*20*6 + 600*(12+6))
	require.Equal(t, 3*(large+small), e.Datagrams)
	require.InDelta(t, float64(e.Datagrams)/5e5, e.CPU.Seconds(), 1e-6)

	// Warm tables are refreshed from the start: 7 buckets in a third of the interval.
	require.NoError(t, s.Set("groups.nodes.tables", "warm"))
	e, err = s.Estimate()
	require.NoError(t, err)
	require.InDelta(t, float64(1000*7*8/3+600*(12+10))/5e5, e.Longest.Seconds(), 1e-5)
}

// TestEstimateGrows: more of anything never costs less.
func TestEstimateGrows(t *testing.T) {
	cost := func(path, value string) Estimate {
		s := parseSmall(t, "")
		require.NoError(t, s.Set(path, value))
		e, err := s.Estimate()
		require.NoError(t, err)
		return e
	}
	base := cost("groups.nodes.size", "50")
	require.Greater(t, cost("groups.nodes.size", "500").Memory, base.Memory)
	require.Greater(t, cost("groups.nodes.dht.k", "20").Memory, base.Memory)
	require.Greater(t, cost("groups.nodes.dht.buckets", "[128, 8]").Memory, base.Memory)
	require.Greater(t, cost("workload.lookup.rate", "3/s").Datagrams, base.Datagrams)
	require.Greater(t, cost("groups.nodes.dht.refresh", "1m").Datagrams, base.Datagrams)
	require.Less(t, cost("groups.nodes.tables", "warm").Datagrams, base.Datagrams)
	require.Less(t, cost("groups.nodes.dht.refresh", "never").Datagrams,
		cost("groups.nodes.dht.refresh", "1m").Datagrams)
}

// TestEstimateOfSignatures: what is signed takes time, by the window; without an office nothing is.
func TestEstimateOfSignatures(t *testing.T) {
	cost := func(audit string) time.Duration {
		s, err := Parse("receipts", []byte(`
name: signed
duration: 1h
torrents: [{name: film, size: 64MiB, piece: 256KiB}]
`+audit+`
groups:
  - {name: seeds, protocol: bittorrent, size: 1, complete: 100%}
  - {name: peers, protocol: bittorrent, size: 9}
`))
		require.NoError(t, err)
		e, err := s.Estimate()
		require.NoError(t, err)
		return e.CPU
	}
	plain := cost("")
	require.Equal(t, plain, cost("audit: {window: 10m}"))
	reports := cost("audit: {window: 10m, settle: 5m}")
	require.InDelta(t, 10*9*3/8000., (reports - plain).Seconds(), 1e-5)
	signed := cost("audit: {window: 10m, settle: 5m, receipts: 16KiB}")
	require.InDelta(t, 9*(4096+1)/8000., (signed - reports).Seconds(), 1e-5)
}

// TestEstimateOfTheImpossible: it is refused, with numbers, before anything is allocated.
func TestEstimateOfTheImpossible(t *testing.T) {
	s := parseSmall(t, "repeat: 10000\n")
	for _, kv := range [][2]string{{"duration", "8760h"}, {"groups.nodes.size", "16000000"},
		{"groups.nodes.dht.refresh", "1s"}, {"workload.lookup.rate", "1/h"},
		{"groups.nodes.dht.buckets", "[128]"}} {
		require.NoError(t, s.Set(kv[0], kv[1]))
	}
	e, err := s.Estimate()
	require.NoError(t, err)
	require.Equal(t, time.Duration(math.MaxInt64), e.CPU, "saturated, not negative")
	err = e.CheckMemory(4 << 30)
	require.EqualError(t, err, "a run of 16000000 nodes needs about 592 GiB of memory, "+
		"and 4096 MiB are available; simulate fewer nodes, smaller buckets or fewer operations")
	require.NoError(t, e.CheckMemory(e.Memory+e.Retained))
	require.ErrorContains(t, e.CheckMemory(e.Memory+e.Retained-1),
		"the rows of 10000 runs of a cell")
}

// TestShippedFit: they run where there is 1 GiB; those for a night may take 4 GiB.
func TestShippedFit(t *testing.T) {
	for _, summary := range Shipped() {
		s, err := Open(summary.Name)
		require.NoError(t, err)
		e, err := s.Estimate()
		require.NoError(t, err)
		available := uint64(1 << 30)
		if slices.Contains(validatedAtNight(), summary.Name) {
			available = 4 << 30
		}
		require.NoError(t, e.CheckMemory(available), summary.Name)
		t.Logf("%s: %+v", summary.Name, e)
	}
}

// TestEstimateOfChurn: nodes that come back join again, and those that are away cost nothing.
func TestEstimateOfChurn(t *testing.T) {
	s := parseSmall(t, "")
	for _, kv := range [][2]string{{"duration", "3h"}, {"groups.nodes.size", "1000"},
		{"groups.nodes.tables", "warm"}, {"workload", "[]"}} {
		require.NoError(t, s.Set(kv[0], kv[1]))
	}
	still, err := s.Estimate()
	require.NoError(t, err)
	refreshes := uint64(1000 * 7 * 8 * 12) // twelve times in three hours
	require.Equal(t, refreshes, still.Datagrams)
	require.NoError(t, s.Set("groups.nodes.churn",
		"{session: exponential(1h), offline: exponential(30m)}"))
	moving, err := s.Estimate()
	require.NoError(t, err)
	joins := uint64(1000 * 2 * 20 * 10) // twice in three hours
	require.Equal(t, joins+refreshes*2/3, moving.Datagrams)
	require.Equal(t, still.Memory+1000*2*80, moving.Memory)

	// Another upkeep costs by the hour.
	require.NoError(t, s.Set("groups.nodes.dht.upkeep", "probe"))
	probing, err := s.Estimate()
	require.NoError(t, err)
	require.Equal(t, joins+1000*2*1200, probing.Datagrams)
}

// TestEstimateOfMixes: a mix costs what its parts do.
func TestEstimateOfMixes(t *testing.T) {
	cost := func(client string, size int) Estimate {
		s := parseSmall(t, "")
		require.NoError(t, s.Set("groups.nodes.client", client))
		require.NoError(t, s.Set("workload", "[]"))
		more := s.Groups[0]
		more.Name = "rest"
		s.Groups[0].Size, more.Size, more.Client = size, 1000-size, "bep5"
		if size < 1000 {
			s.Groups = append(s.Groups, more)
		}
		e, err := s.Estimate()
		require.NoError(t, err)
		return e
	}
	mix := cost("libtorrent 40%, bep5 60%", 1000)
	require.Equal(t, cost("libtorrent", 400), mix)
	require.Greater(t, mix.Memory, cost("bep5", 1000).Memory)
	require.Less(t, mix.Memory, cost("libtorrent", 1000).Memory)
}
