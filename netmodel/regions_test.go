package netmodel

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

// The published table again, written as a reader would look things up.
var published = map[[2]string]int{
	{"us-east", "us-west"}: 73, {"us-east", "oregon"}: 87, {"us-east", "ireland"}: 81,
	{"us-east", "frankfurt"}: 89, {"us-east", "tokyo"}: 145, {"us-east", "seoul"}: 178,
	{"us-east", "singapore"}: 217, {"us-east", "sydney"}: 230, {"us-east", "sao-paulo"}: 120,
	{"us-west", "oregon"}: 19, {"us-west", "ireland"}: 153, {"us-west", "frankfurt"}: 167,
	{"us-west", "tokyo"}: 103, {"us-west", "seoul"}: 132, {"us-west", "singapore"}: 174,
	{"us-west", "sydney"}: 158, {"us-west", "sao-paulo"}: 193,
	{"oregon", "ireland"}: 137, {"oregon", "frankfurt"}: 160, {"oregon", "tokyo"}: 89,
	{"oregon", "seoul"}: 118, {"oregon", "singapore"}: 161, {"oregon", "sydney"}: 162,
	{"oregon", "sao-paulo"}:  183,
	{"ireland", "frankfurt"}: 20, {"ireland", "tokyo"}: 212, {"ireland", "seoul"}: 242,
	{"ireland", "singapore"}: 239, {"ireland", "sydney"}: 310, {"ireland", "sao-paulo"}: 191,
	{"frankfurt", "tokyo"}: 237, {"frankfurt", "seoul"}: 266, {"frankfurt", "singapore"}: 326,
	{"frankfurt", "sydney"}: 324, {"frankfurt", "sao-paulo"}: 195,
	{"tokyo", "seoul"}: 31, {"tokyo", "singapore"}: 74, {"tokyo", "sydney"}: 104,
	{"tokyo", "sao-paulo"}: 257,
	{"seoul", "singapore"}: 72, {"seoul", "sydney"}: 134, {"seoul", "sao-paulo"}: 286,
	{"singapore", "sydney"}: 175, {"singapore", "sao-paulo"}: 328,
	{"sydney", "sao-paulo"}: 323,
}

type regionPairs [regionCount][regionCount]float64

// sampleRegions returns mean round-trip times in ms and the number of pairs between regions.
func sampleRegions(t *testing.T, c Regions, pairs int) (mean, count regionPairs) {
	n := mustNew(t, Config{Seed: 9, Nodes: 100_000, Latency: c})
	m := n.model.(*regions)
	r := protocol.NewRand(9, 9, 0)
	for range pairs {
		a, b := uint32(r.Intn(100_000)), uint32(r.Intn(100_000))
		there, _ := n.Path(a, b, 0, 100)
		back, _ := n.Path(b, a, 1, 100)
		i, j := min(m.region(a), m.region(b)), max(m.region(a), m.region(b))
		mean[i][j] += float64(there+back) / float64(ms)
		count[i][j]++
	}
	for i := range mean {
		for j := range mean[i] {
			mean[i][j] /= max(count[i][j], 1)
		}
	}
	return mean, count
}

func TestRegionsGiveThePublishedTable(t *testing.T) {
	require.Len(t, published, regionCount*(regionCount-1)/2)
	names := []string{"us-east", "us-west", "oregon", "ireland", "frankfurt", "tokyo", "seoul",
		"singapore", "sydney", "sao-paulo"}
	bare, count := sampleRegions(t, Regions{Intra: 10 * ms}, 100_000)
	lines := Access{Median: 12 * ms, Sigma: 800}
	full, _ := sampleRegions(t, Regions{Intra: 10 * ms, Access: lines}, 1_000_000)
	// Four access delays in a round trip, each with the log-normal's mean and variance. Lines
	// repeat among pairs (a region has 10,000), which widens the error of the mean.
	s2 := 0.8 * 0.8
	lineMean := 12 * math.Exp(s2/2)
	lineSD := lineMean * math.Sqrt(math.Exp(s2)-1)
	slack := 4 * 4 * lineSD / math.Sqrt(10_000)
	for i := range regionCount {
		for j := i; j < regionCount; j++ {
			want := float64(published[[2]string{names[i], names[j]}])
			if i == j {
				want = 10
			}
			require.Greater(t, count[i][j], 500.0)
			require.InDelta(t, want, bare[i][j], 1e-6, "%s-%s", names[i], names[j])
			require.InDelta(t, want+4*lineMean, full[i][j], slack, "%s-%s", names[i], names[j])
		}
	}
}

func TestAccessDelayDistribution(t *testing.T) {
	lines, err := Access{Median: 12 * ms, Sigma: 800}.build(10)
	require.NoError(t, err)
	oracle := logNormalOracle(12*ms, 0.8)
	requireDistribution(t, oracle.CDF, 200_000, func(i int) float64 {
		return float64(lines.both(uint32(i), uint32(i))) / 2
	})
}

func TestRegionShares(t *testing.T) {
	m := mustNew(t, Config{Seed: 11, Latency: Regions{}}).model.(*regions)
	const nodes = 200_000
	var count [regionCount]int
	for node := range uint32(nodes) {
		count[m.region(node)]++
	}
	const p = 1.0 / regionCount
	for i, got := range count {
		require.InDelta(t, nodes*p, got, 4*math.Sqrt(nodes*p*(1-p)), "region %d", i)
	}
}

func TestRegionsMinDelayIsTight(t *testing.T) {
	n := mustNew(t, Config{Latency: Regions{Intra: 10 * ms}})
	require.Equal(t, 5*ms, n.MinDelay())
	n = mustNew(t, Config{Latency: Regions{Intra: time.Second}})
	require.Equal(t, 19*ms/2, n.MinDelay(), "us-west to oregon")
}
