package scenarios

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestResolved: what is printed means the same, and printing it again changes nothing.
func TestResolved(t *testing.T) {
	for _, summary := range Shipped() {
		s, err := Open(summary.Name)
		require.NoError(t, err)
		for _, printed := range [][]byte{s.Resolved(), s.Described()} {
			again, err := Parse("again.yaml", printed)
			require.NoError(t, err)
			require.Equal(t, bare(s), bare(again))
			require.Equal(t, string(s.Resolved()), string(again.Resolved()))
		}
	}
}

func TestResolvedText(t *testing.T) {
	s := parseSmall(t, "vary: {workload.lookup.rate: [1/s, 2/m]}\nquick: {vary: none}\n")
	require.Equal(t, resolvedSmall, string(s.Resolved()))
}

// resolvedSmall is smallSource with every default.
const resolvedSmall = `name: small
title: ""
seed: 1
duration: 5m
warmup: 0s
torrents: none
ledger: none
network:
  latency:
    model: regions
    intra_region: 10ms
    access: 12ms
    access_sigma: 0.8
  jitter: 0s
  loss: 0%
  nat: none
  links: none
groups:
  - name: nodes
    protocol: mainline
    client: bep5
    size: 50
    ids: random
    tables: join
    join:
      over: 2m
      bootstrap: 1
    churn: none
    dht:
      k: client # 8
      alpha: client # 3
      query_timeout: client # 2s
      soft_timeout: client # never
      tries: client # 1
      candidates: client # plenty
      rounds: client # false
      buckets: client # [8]
      replacements: client # 0
      admission: client # answered
      verify_senders: client # true
      quarantine: client # none
      eviction: client # challenged
      staleness_limit: client # 2
      remove_after: client # never
      good_for: client # 15m
      good_failures: client # 0
      upkeep: client # refresh
      refresh: client # 15m
      diverse: client # false
      secure_ids: client # ignored
      reply_contacts: client # 8
      reply_near: client # false
      reply_good: client # false
      token_rotation: client # 5m
      token_periods: client # 2
      peer_expiry: client # 30m
      reply_peers: client # 50
      torrents: client # 2000
      peers: client # 500
      source_limit: client # none
      source_ban: client # none
      query_rate: client # none
      query_burst: client # 0
    link: none
workload:
  - kind: lookup
    group: nodes
    rate: 2/s
    start: 0s
    stop: end
    target: random-node
faults: none
crawl: none
probes: none
vary:
  workload.lookup.rate: [1/s, 2/m]
repeat: 1
until: none
transient: none
budget:
  time: 24h
  events: unlimited
figures: [hops, hops-cdf, latency-cdf]
targets: none
study:
  metrics: [lookup.latency_ms.p50, traffic.bytes_per_node_s, lookup.latency_ms.p90, lookup.success]
  cost: traffic.bytes_per_node_s
  worth: lookup.latency_ms.p50
  success: 0%
quick:
  vary: none
`

// TestDescribed: every setting that is printed has its meaning above it, once.
func TestDescribed(t *testing.T) {
	s, err := Open("hops")
	require.NoError(t, err)
	text := string(s.Described())
	for line := range strings.Lines(text) {
		require.LessOrEqual(t, len(line), 101, line)
	}
	flat := strings.Join(strings.Fields(strings.ReplaceAll(text, "#", "")), " ")
	for _, d := range Settings() {
		switch d.When {
		case "", "tables: join", "model: regions":
			require.Contains(t, flat, d.Meaning, d.Path)
		}
	}
	require.Equal(t, 1, strings.Count(text, rules["workload.KIND.group"].meaning))
}

// TestQuoted: any printable text comes back from the file as it was.
func TestQuoted(t *testing.T) {
	s := parseSmall(t, "")
	rapid.Check(t, func(t *rapid.T) {
		characters := rapid.SampledFrom([]rune("ab 1:#\"'\\{}[],&*!|>%@`-?~.é漢=\t"))
		title := rapid.StringOfN(characters, 0, 12, textMax).Draw(t, "title")
		if checkText(title) != nil {
			t.Skip()
		}
		s.Title = title
		again, err := Parse("again.yaml", s.Resolved())
		require.NoError(t, err, string(s.Resolved()))
		require.Equal(t, title, again.Title)
	})
}

// TestAnySettings: whatever is set, what is valid comes back from the file as it was, and so does
// each of its cells.
func TestAnySettings(t *testing.T) {
	var docs []SettingDoc
	for _, d := range Settings() {
		_, _, ranged := rules[d.Path].bounds()
		words := rules[d.Path].words() != nil && d.Type == "text"
		if ranged || words || d.Type == "true or false" {
			docs = append(docs, d)
		}
	}
	require.Greater(t, len(docs), 30)
	valid := 0
	rapid.Check(t, func(t *rapid.T) {
		s := parseSmall(t, "")
		for range rapid.IntRange(0, 12).Draw(t, "changes") {
			d := rapid.SampledFrom(docs).Draw(t, "setting")
			path := strings.Replace(d.Path, "NAME", "nodes", 1)
			path = strings.Replace(path, "KIND", "0", 1)
			value := rapid.SampledFrom(sampleValues(rules[d.Path])).Draw(t, "value")
			if d.Type == "list of numbers" && value != "k" && value != clientWord {
				value = "[" + value + "]"
			}
			if rapid.Bool().Draw(t, "vary") {
				path, value = "vary", "{"+path+": ["+value+"]}"
			}
			before := bare(s)
			if s.Set(path, value) != nil {
				require.Equal(t, before, bare(s))
			}
		}
		if s.Validate() != nil {
			return
		}
		valid++
		again, err := Parse("again.yaml", s.Resolved())
		require.NoError(t, err, string(s.Resolved()))
		require.Equal(t, bare(s), bare(again))
		cells, err := s.Cells()
		cellsAgain, errAgain := again.Cells()
		require.Equal(t, err == nil, errAgain == nil)
		for i := range cells {
			require.Equal(t, cells[i].Set, cellsAgain[i].Set)
			require.Equal(t, bare(cells[i].Scenario), bare(cellsAgain[i].Scenario))
		}
	})
	require.Greater(t, valid, 10)
}

// sampleValues are the ends, the default and the words of a setting.
func sampleValues(r *rule) []string {
	if words := r.words(); words != nil {
		return words
	}
	if low, high, ranged := r.bounds(); ranged {
		values := []string{low, high, r.fallback}
		if r.fallback == required {
			values = values[:2]
		}
		if r.word != "" {
			values = append(values, r.word)
		}
		return values
	}
	return []string{"true", "false"}
}

// TestNoNodesToDescribe: what peers without nodes in the DHT do not use is not shown to people,
// unless it was written, and in stored files it is there.
func TestNoNodesToDescribe(t *testing.T) {
	const crowd = `
name: crowd
torrents: [{name: film, size: 1MB}]
groups: [{name: seeds, protocol: bittorrent, size: 1}]
`
	for _, c := range []struct {
		set   []string
		shown []string
	}{
		{nil, nil},
		{[]string{"groups.seeds.client", "jech"}, []string{"client: jech"}},
		{[]string{"groups.seeds.dht.k", "7"}, []string{"dht:", "k: 7"}},
		{[]string{"groups.seeds.discovery", "[tracker, dht]"}, []string{"dht:", "client: bep5"}},
	} {
		s, err := Parse("crowd", []byte(crowd))
		require.NoError(t, err)
		if c.set != nil {
			require.NoError(t, s.Set(c.set[0], c.set[1]))
		}
		require.NoError(t, s.Validate())
		shown := string(s.Described())
		for _, key := range []string{"dht:", "client: jech", "k: 7", "client: bep5"} {
			require.Equal(t, slices.Contains(c.shown, key), strings.Contains(shown, " "+key+"\n") ||
				strings.Contains(shown, " "+key+" "), "%s: %v", key, c.set)
		}
		require.Contains(t, string(s.Resolved()), "alpha: client # ")
	}
}
