package scenarios

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestDefaultFigures: what a scenario has, its figures show, if it names none.
func TestDefaultFigures(t *testing.T) {
	const swarm = "name: x\ntorrents: [{name: film, size: 5MB}]\n" +
		"groups: [{name: peers, protocol: bittorrent, size: 5, " +
		"link: {down: 1Mbit/s, up: 1Mbit/s}, complete: 20%}]\n"
	const ledger = "name: x\nduration: 2h\nledger: {interval: 30m}\ngroups: [{name: users, " +
		"protocol: announcer, size: 5, churn: {session: exponential(1h), " +
		"offline: exponential(1h)}}]\n"
	for src, want := range map[string][]string{
		smallSource:                         {"hops", "hops-cdf", "latency-cdf"},
		smallSource + "figures: [hops]\n":   {"hops"},
		swarm:                               {"completion", "utilisation", "share-ratio"},
		swarm + "figures: [availability]\n": {"availability"},
		swarm + "audit: {window: 5m}\n": {"accounting", "methods", "completion", "utilisation",
			"share-ratio"},
		ledger: {"undercount"},
	} {
		s, err := Parse("x.yaml", []byte(src))
		require.NoError(t, err)
		require.Equal(t, want, s.Figures, src)
	}
}
