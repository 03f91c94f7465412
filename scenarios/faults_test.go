package scenarios

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/netmodel"
	"swarmlab/protocol"
)

// stormy has every kind of fault, and every way to name nodes.
const stormy = `name: stormy
groups: [{name: nodes, size: 100}, {name: more, size: 50}]
workload: [{kind: lookup, group: nodes, rate: 1/s}]
faults:
  - {kind: loss, share: 5%, whom: {group: more}, one_way: true}
  - {kind: loss, share: 6%, from: 1m, to: 2m, whom: {share: 30%}, others: {share: 30%}}
  - {kind: partition, whom: {regions: [tokyo, sydney]}, others: {regions: [us-east]}}
  - {kind: sever, share: 10%, draw: 7}
  - {kind: path-bursts, share: 5%, length: 2s}
  - {kind: line-bursts, share: 6%, bad: 80%, length: 3s, whom: {group: more, first: 3, count: 4}}
  - {kind: duplicate, share: 7%, delay: 1s}
  - {kind: reorder, share: 8%}
  - {kind: slow, share: 100%, delay: 300ms, whom: {first: 10, count: 2}}
  - {kind: corrupt, share: 1%}
  - {kind: pause, from: 1m, to: 2m, whom: {group: more}}
  - {kind: crash, from: 1m, whom: {share: 30%}}
`

func TestFaults(t *testing.T) {
	s, err := Parse("stormy.yaml", []byte(stormy))
	require.NoError(t, err)
	config, err := s.NetworkConfig(s.Nodes())
	require.NoError(t, err)
	never, percent := protocol.Never, netmodel.Certain/100
	regions := func(names ...string) (set netmodel.RegionSet) {
		for _, name := range names {
			r, err := netmodel.ParseRegion(name)
			require.NoError(t, err)
			set |= r
		}
		return set
	}
	const first, second = ownDraws, ownDraws + 1
	require.Equal(t, []netmodel.Fault{
		{Kind: netmodel.Loss, To: never, Share: 5 * percent, OneWay: true, Draw: first,
			Whom: netmodel.Whom{First: 100, Count: 50}},
		{Kind: netmodel.Loss, From: protocol.Time(time.Minute), To: protocol.Time(2 * time.Minute),
			Share: 6 * percent, Draw: second,
			Whom:   netmodel.Whom{Share: 30 * percent, Draw: second},
			Others: netmodel.Whom{Share: 30 * percent, Draw: second | othersDraw}},
		{Kind: netmodel.Partition, To: never, Draw: first,
			Whom:   netmodel.Whom{Regions: regions("tokyo", "sydney")},
			Others: netmodel.Whom{Regions: regions("us-east")}},
		{Kind: netmodel.Sever, To: never, Share: 10 * percent, Draw: 7},
		{Kind: netmodel.PathBursts, To: never, Share: 5 * percent, Bad: netmodel.Certain,
			Length: 2 * time.Second, Draw: first},
		{Kind: netmodel.LineBursts, To: never, Share: 6 * percent, Bad: 80 * percent,
			Length: 3 * time.Second, Draw: first, Whom: netmodel.Whom{First: 103, Count: 4}},
		{Kind: netmodel.Duplicate, To: never, Share: 7 * percent, Delay: time.Second, Draw: first},
		{Kind: netmodel.Reorder, To: never, Share: 8 * percent, Delay: 200 * time.Millisecond,
			Draw: first},
		{Kind: netmodel.Slow, To: never, Share: netmodel.Certain, Delay: 300 * time.Millisecond,
			Draw: first, Whom: netmodel.Whom{First: 10, Count: 2}},
		{Kind: netmodel.Corrupt, To: never, Share: percent, Draw: first},
		{Kind: netmodel.Pause, From: protocol.Time(time.Minute), To: protocol.Time(2 * time.Minute),
			Draw: first, Whom: netmodel.Whom{First: 100, Count: 50}},
		{Kind: netmodel.Crash, From: protocol.Time(time.Minute), To: never, Draw: first,
			Whom: netmodel.Whom{Share: 30 * percent, Draw: first}},
	}, config.Faults)
	_, err = netmodel.New(config)
	require.NoError(t, err)
}

// TestFaultsText: a list comes back from --set faults= as it was, in full and in brief.
func TestFaultsText(t *testing.T) {
	s, err := Parse("stormy.yaml", []byte(stormy))
	require.NoError(t, err)
	text := FaultsText(s.Faults)
	require.Contains(t, text, "[{kind: loss, whom: {group: more}, one_way: true, share: 5%}, ")
	again := s.clone()
	require.NoError(t, again.Set("faults", "none"))
	require.Empty(t, again.Faults)
	require.NoError(t, again.Set("faults", text))
	require.Equal(t, s.Faults, again.Faults)
	printed, err := Parse("again.yaml", s.Resolved())
	require.NoError(t, err)
	require.Equal(t, bare(s), bare(printed))
	require.NoError(t, again.Set("faults.sever.share", "20%"))
	require.Equal(t, netmodel.Certain/5, again.Faults[3].Share)
	require.Equal(t, netmodel.Certain/10, s.Faults[3].Share, "a copy is a copy")
}

// TestWordsOfTheModel holds the words of the rules against those of the model.
func TestWordsOfTheModel(t *testing.T) {
	for _, word := range rules["faults.KIND.kind"].words() {
		_, err := netmodel.ParseFaultKind(word)
		require.NoError(t, err)
	}
	_, err := netmodel.ParseFaultKind("?")
	require.Equal(t, len(rules["faults.KIND.kind"].words()), strings.Count(err.Error(), ", ")+1)
	all := netmodel.RegionSet(0)
	for _, word := range strings.Split(regionWords, "|") {
		r, err := netmodel.ParseRegion(word)
		require.NoError(t, err)
		all |= r
	}
	require.Equal(t, netmodel.RegionSet(1<<10-1), all)
	for _, word := range rules["network.nat.preset"].words() {
		_, known := netmodel.ReachPreset(word)
		require.Equal(t, word != customWord, known, word)
	}
	for _, word := range rules["network.links.preset"].words() {
		_, known := netmodel.LinksPreset(word)
		require.Equal(t, word != customWord, known, word)
	}
	low, high, _ := rules["network.latency.delay"].bounds()
	for text, want := range map[string]time.Duration{low: netmodel.Floor, high: netmodel.Ceiling} {
		limit, err := time.ParseDuration(text)
		require.NoError(t, err)
		require.Equal(t, want, limit)
	}
	d, err := netmodel.Defaults("coordinates")
	require.NoError(t, err)
	s := parseSmall(t, "network: {latency: {model: coordinates}}\n")
	config, err := s.NetworkConfig(50)
	require.NoError(t, err)
	require.Equal(t, d, config.Latency)
}

func TestNAT(t *testing.T) {
	const percent = netmodel.Certain / 100
	preset, _ := netmodel.ReachPreset("dht-2010s")
	for text, want := range map[string]map[netmodel.Class]netmodel.Probability{
		"{open: 45%, restricted: 35%, symmetric: 10%, firewalled: 10%}": {0: 45 * percent,
			netmodel.Restricted: 35 * percent, netmodel.Symmetric: 10 * percent,
			netmodel.Firewalled: 10 * percent},
		"{port_restricted: 20%, full_cone: 1%}": {0: 79 * percent,
			netmodel.PortRestricted: 20 * percent, netmodel.FullCone: percent},
		"{}":                               {0: 100 * percent},
		"{preset: dht-2010s, open: 100%}":  {0: 100 * percent},
		"{preset: dht-2010s, open: 67.5%}": {0: 67*percent + percent/2},
		"{preset: dht-2010s}":              {0: preset.Shares[0], netmodel.Symmetric: 22 * percent},
	} {
		s := parseSmall(t, "network: {nat: "+text+"}\n")
		config, err := s.NetworkConfig(50)
		require.NoError(t, err)
		_, err = netmodel.New(config)
		require.NoError(t, err, text)
		sum := netmodel.Probability(0)
		for class, share := range config.Reach.Shares {
			sum += share
			if w, given := want[netmodel.Class(class)]; given || !strings.Contains(text, "preset") {
				require.Equal(t, w, share, "%s: %v", text, netmodel.Class(class))
			}
			if strings.Contains(text, "67.5%") && class != 0 {
				require.InDelta(t, float64(preset.Shares[class])/2, float64(share), 8)
			}
		}
		require.Equal(t, netmodel.Certain, sum, text)
		require.Equal(t, time.Minute, config.Reach.Timeout)
	}
}

func TestLinks(t *testing.T) {
	s := parseSmall(t, "network: {links: {queue: 1s, lines: [{share: 30%, down: 1.5Mbit/s, "+
		"up: 128kbit/s}, {share: 70%, down: unlimited, up: 1Gbit/s}]}}\n")
	config, err := s.NetworkConfig(50)
	require.NoError(t, err)
	require.Equal(t, netmodel.Links{Queue: time.Second, Lines: []netmodel.Line{
		{Share: netmodel.Certain / 10 * 3, Down: 1_500_000, Up: 128_000},
		{Share: netmodel.Certain / 10 * 7, Up: 1_000_000_000}}}, config.Links)
	require.Contains(t, string(s.Resolved()), "down: 1500kbit/s")
	s = parseSmall(t, "network: {links: {preset: bharambe-2006}}\n")
	config, err = s.NetworkConfig(50)
	require.NoError(t, err)
	preset, _ := netmodel.LinksPreset("bharambe-2006")
	require.Equal(t, preset, config.Links)
	for _, bad := range []string{"128", "128kb/s", "-1kbit/s", "kbit/s", "1e3bit/s", "0.0001kbit/s",
		"99999999999Gbit/s"} {
		_, err := parseWidth(bad)
		require.Error(t, err, bad)
	}
}

// TestFaultsOfAllSeeds: a share that names somebody with the first seed and nobody with a later one
// is refused before anything runs.
func TestFaultsOfAllSeeds(t *testing.T) {
	text := func(repeat int) []byte {
		return fmt.Appendf(nil, "%srepeat: %d\nfaults: [{kind: loss, share: 1%%, "+
			"whom: {share: 5%%}}]\n", smallSource, repeat)
	}
	_, err := Parse("one.yaml", text(1))
	require.NoError(t, err)
	_, err = Parse("all.yaml", text(1000))
	require.ErrorContains(t, err, "faults.loss.whom: names nobody among 50 nodes")
}
