package scenarios

import (
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
	require.Equal(t, `name: small
title: ""
seed: 1
duration: 5m
warmup: 0s
network:
  latency:
    model: regions
    intra_region: 10ms
    access: 12ms
    access_sigma: 0.8
  jitter: 0s
  loss: 0%
groups:
  - name: nodes
    protocol: mainline
    size: 50
    tables: join
    join:
      over: 2m
      bootstrap: 1
    dht:
      k: 8
      buckets: k
      alpha: 3
      reply_contacts: k
      query_timeout: 2s
      rounds: false
      refresh: 15m
      good_for: 15m
      staleness_limit: 2
      verify_senders: true
      token_rotation: 5m
      peer_expiry: 30m
      reply_peers: 50
workload:
  - kind: lookup
    group: nodes
    rate: 2/s
    start: 0s
    stop: end
    target: random-node
vary:
  workload.lookup.rate: [1/s, 2/m]
repeat: 1
figures: [hops, hops-cdf, latency-cdf]
quick:
  vary: none
`, string(s.Resolved()))
}

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
		require.NoError(t, s.Set("title", title))
		again, err := Parse("again.yaml", s.Resolved())
		require.NoError(t, err, string(s.Resolved()))
		require.Equal(t, title, again.Title)
	})
}
