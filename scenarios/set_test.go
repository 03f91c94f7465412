package scenarios

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol/dht"
)

func TestSet(t *testing.T) {
	s := parseSmall(t, "vary:\n  groups.nodes.size: [10, 20]\n  groups.nodes.dht.k: [4, 8]\n")
	require.NoError(t, s.Set("groups.nodes.size", "30"))
	require.Equal(t, 30, s.Groups[0].Size)
	require.Equal(t, Vary{{"groups.nodes.dht.k", []string{"4", "8"}}}, s.Vary)

	require.NoError(t, s.Set("workload.lookup.rate", "7/m"))
	require.NoError(t, s.Set("workload.0.start", "30s"))
	require.Equal(t, "7/m", s.Workload[0].Rate.String())
	require.Equal(t, Duration(30e9), s.Workload[0].Start)

	require.NoError(t, s.Set("title", "Hops: a study, \"quoted\""))
	require.Equal(t, "Hops: a study, \"quoted\"", s.Title)
	require.NoError(t, s.Set("title", `"A, b: \"c\""`))
	require.Equal(t, `A, b: "c"`, s.Title)
	require.NoError(t, s.Set("figures", "[hops]"))
	require.NoError(t, s.Set("groups.nodes.dht.refresh", "never"))
	require.Zero(t, *s.Groups[0].DHT.Refresh)
	require.ErrorContains(t, s.Set("vary", "{seed: [1]}"), "seed is varied by repeat")
	require.NoError(t, s.Set("vary", "none"))
	require.Empty(t, s.Vary)
	require.NoError(t, s.Validate())
}

// TestSetMovesFollowers checks that what follows a setting moves with it, and stays when told to.
func TestSetMovesFollowers(t *testing.T) {
	s := parseSmall(t, "")
	config := func() dht.Config { return s.Config(&s.Groups[0], "bep5") }
	require.NoError(t, s.Set("groups.nodes.dht.k", "16"))
	require.Equal(t, []int{16}, config().Buckets)
	require.Equal(t, 16, config().ReplyContacts)
	require.NoError(t, s.Set("groups.nodes.dht.k", "100"))
	require.Equal(t, replyContactsMax, config().ReplyContacts)
	require.NoError(t, s.Set("groups.nodes.dht.reply_contacts", "4"))
	require.NoError(t, s.Set("groups.nodes.dht.k", "10"))
	require.Equal(t, 4, config().ReplyContacts)
	require.Equal(t, []int{10}, config().Buckets)
	require.NoError(t, s.Set("groups.nodes.dht.reply_contacts", "k"))
	require.Equal(t, 10, config().ReplyContacts)
	require.NoError(t, s.Set("duration", "20m"))
	require.Equal(t, s.Duration, s.Workload[0].Stop)
}

// TestSetDecides checks settings that decide which others have a meaning.
func TestSetDecides(t *testing.T) {
	s := parseSmall(t, "network: {latency: {model: uniform, low: 1ms, high: 2ms}}\n")
	require.NoError(t, s.Set("network.latency.model", "constant"))
	require.Equal(t, Latency{Model: "constant", Delay: 50e6}, s.Network.Latency)
	require.NoError(t, s.Set("network.latency", "{model: lognormal, sigma: 0.3}"))
	require.Equal(t, Latency{Model: "lognormal", Median: 67.5e6, Sigma: 300}, s.Network.Latency)
	require.NoError(t, s.Set("groups.nodes.tables", "warm"))
	require.Zero(t, s.Groups[0].Join)
	require.NoError(t, s.Set("groups.nodes.tables", "join"))
	require.Equal(t, 1, s.Groups[0].Join.Bootstrap)
	require.NoError(t, s.Set("workload.lookup.kind", "announce"))
	require.Equal(t, 100, s.Workload[0].Keys)
	require.Empty(t, s.Workload[0].Target)
}

func TestSetProblems(t *testing.T) {
	s := parseSmall(t, "network: {latency: {model: constant}}\n"+
		"vary: {network.latency: [{model: regions}, {model: constant}]}\n")
	before := bare(s)
	const source = "small.yaml: set "
	for _, c := range [][3]string{
		{"groups.nodes.szie", "5", `unknown setting "szie" in groups.nodes; did you mean "size"?`},
		{"groups.node.size", "5", `there is no "node" in groups; did you mean "nodes"?`},
		{"groups.nodes.size.x", "5",
			`groups.nodes.size has no settings below it; "x" does not exist`},
		{"", "5", `unknown setting ""; known: name, title, seed, duration, warmup, ` +
			`torrents, tracker, end, sample, audit, ledger, network, ` +
			`groups, workload, faults, crawl, probes, vary, repeat, until, transient, ` +
			`budget, figures, targets, study, quick`},
		{"groups.nodes.size", "", "the value is empty; write one after the ="},
		{"groups.nodes.size", "[5]", "groups.nodes.size: want one value"},
		{"groups.nodes.size", "~", "groups.nodes.size has no value: write one, or remove the line"},
		{"groups.nodes.dht", "{k: 8, beta: 2}", `unknown key "beta" in groups.nodes.dht; known: ` +
			strings.Join(dhtKeys(), ", ")},
		{"network.latency.delay", "5ms",
			"network.latency is varied as a whole; set vary=none first"},
		{"network.loss", "101%", `network.loss: probability "101%" is above 1: ` +
			`write a fraction such as 0.05, or 5%`},
		{"network.jitter", "2",
			"network.jitter: 2 has no unit: write 2s for seconds; " + unitsHelp},
		{"repeat", "0", "repeat: 0 is outside 1 to 10000; write a value between"},
	} {
		err := s.Set(c[0], c[1])
		require.EqualError(t, err, source+c[0]+"="+c[1]+": "+c[2])
		require.Equal(t, before, bare(s), "a refused setting changes nothing")
	}
}

// TestSuggestions: what is unknown among hundreds of words does not fill pages.
func TestSuggestions(t *testing.T) {
	known := make([]string, 300)
	for n := range known {
		known[n] = fmt.Sprintf("word.%03d", n)
	}
	require.Equal(t, `; did you mean "word.217"?`, suggest("wrod.217", known))
	all := suggest("x", known)
	require.Contains(t, all, "; known: word.000, word.001, ")
	require.True(t, strings.HasSuffix(all, ", word.059 and 240 more"), all)
	require.True(t, strings.HasSuffix(suggest("x", known[:60]), ", word.059"))
}

func dhtKeys() []string {
	var keys []string
	for _, r := range dhtRules {
		keys = append(keys, strings.TrimPrefix(r.path, "groups.NAME.dht."))
	}
	return keys
}

func TestSetAmbiguousWork(t *testing.T) {
	s := parseSmall(t, "  - {kind: lookup, group: nodes, rate: 3/s, target: random-key}\n")
	err := s.Set("workload.lookup.rate", "1/s")
	require.EqualError(t, err, "small.yaml: set workload.lookup.rate=1/s: "+
		"workload has 2 of lookup; use the number, as in workload.0")
	require.NoError(t, s.Set("workload.1.rate", "1/s"))
	require.Equal(t, "1/s", s.Workload[1].Rate.String())
	require.Equal(t, "2/s", s.Workload[0].Rate.String())
}

func TestApplyQuick(t *testing.T) {
	s := parseSmall(t, "vary: {groups.nodes.size: [10, 20]}\n"+
		"quick: {groups.nodes.size: 5, repeat: 2}\n")
	require.NoError(t, s.ApplyQuick())
	require.Equal(t, 5, s.Groups[0].Size)
	require.Equal(t, 2, s.Repeat)
	require.Empty(t, s.Vary)
	require.Empty(t, s.Quick)
	require.ErrorContains(t, s.ApplyQuick(), "there is no quick variant")

	s = parseSmall(t, "quick: {title: 'A, b: \"c\"'}\n")
	require.NoError(t, s.ApplyQuick())
	require.Equal(t, `A, b: "c"`, s.Title)

	s = parseSmall(t, "vary: {groups.nodes.size: [10, 20]}\nquick: {vary: none}\n")
	require.NoError(t, s.ApplyQuick())
	require.Empty(t, s.Vary)
}
