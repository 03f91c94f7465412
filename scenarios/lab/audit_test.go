package lab

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/scenarios"
	"swarmlab/scenarios/findings"
)

// smallAudit is users who meet in changing company, and an observer.
const smallAudit = `
name: small
duration: 40m
end: duration
torrents:
  - {name: a, size: 8MB, piece: 64KiB}
  - {name: b, size: 8MB, piece: 64KiB}
  - {name: c, size: 8MB, piece: 64KiB}
tracker: {interval: 30s, min_interval: 10s}
audit: {window: 5m}
network: {latency: {model: regions}}
groups:
  - {name: seeds, protocol: bittorrent, size: 2, complete: 100%, catalog: {torrents: 3},
     link: {down: 4Mbit/s, up: 1Mbit/s}}
  - {name: leechers, protocol: bittorrent, size: 20, linger: exponential(5m), arrive: {over: 10m},
     link: {down: 800kbit/s, up: 300kbit/s}, catalog: {torrents: 2, gap: exponential(5m)}}
  - {name: eyes, protocol: bittorrent, size: 1, strategy: observer, catalog: {torrents: 3},
     link: {down: 4Mbit/s, up: 1Mbit/s}}
figures: []
`

func auditOf(t testing.TB, set ...string) *findings.Run {
	s, err := scenarios.Parse("small", []byte(smallAudit))
	require.NoError(t, err)
	for n := 0; n < len(set); n += 2 {
		require.NoError(t, s.Set(set[n], set[n+1]))
	}
	require.NoError(t, s.Validate())
	run, err := simulate(context.Background(), &job{cell: scenarios.Cell{Scenario: s}, seed: 1})
	require.NoError(t, err)
	checkBooks(t, run)
	return run
}

// by returns the accounts by a method.
func by(run *findings.Run, method string) (rows []findings.Account) {
	for _, a := range run.Audit.Accounts {
		if a.Method == method {
			rows = append(rows, a)
		}
	}
	return rows
}

func TestHonestClaimsAreNearTheTruth(t *testing.T) {
	run := auditOf(t)
	claimed, seen := by(run, "M1"), by(run, "M6")
	require.Len(t, claimed, 22)
	require.Len(t, seen, 22)
	for u, a := range claimed {
		require.EqualValues(t, u, a.User)
		require.Equal(t, "honest", a.Cheat)
		require.EqualValues(t, -1, a.Began)
		require.True(t, a.UpSeen)
		if a.Up > 1<<20 {
			require.InEpsilon(t, float64(a.Up), a.UpEstimate, 0.1, "user %d", u)
		}
		if a.Group == "leechers" {
			require.EqualValues(t, 16_000_000, a.Verified)
			require.InEpsilon(t, 16e6, a.DownEstimate, 0.05)
			require.GreaterOrEqual(t, a.Down, a.Verified)
			require.InEpsilon(t, 16e6, seen[u].DownEstimate, 0.05)
		}
	}
}

// TestPublishedRulesAccuseTheHonest: what a peer gave to the last leecher of a small swarm it often
// claims when that has completed, and then R2 as published accuses it. With two such claims in a
// row it accuses no honest user, and of the cheats nobody whom the published rules do not.
func TestPublishedRulesAccuseTheHonest(t *testing.T) {
	run := auditOf(t)
	require.Positive(t, accused(by(run, "M5")))
	require.Zero(t, accused(by(run, "M5x2")))
	run = auditOf(t, "groups.leechers.cheat", "honest 80%, fake-seed 20%")
	require.Positive(t, accused(cheats(by(run, "M5x2"))))
	for u, a := range by(run, "M5x2") {
		published := by(run, "M5")[u]
		require.True(t, published.Accused || !a.Accused)
		require.True(t, !a.Accused || published.AccusedAt <= a.AccusedAt)
		require.GreaterOrEqual(t, published.Score, a.Score)
	}
}

func accused(rows []findings.Account) (n int) {
	for _, a := range rows {
		if a.Accused {
			n++
		}
	}
	return n
}

// TestMultipliersClaimMore: the network's ledger does not know what clients claim.
func TestMultipliersClaimMore(t *testing.T) {
	honest, cheated := auditOf(t), auditOf(t, "groups.leechers.cheat", "honest 80%, multiplier 20%")
	require.Equal(t, sums(honest), sums(cheated), "what is announced changes no transfer")
	rows, before := by(cheated, "M1"), by(honest, "M1")
	cheats := 0
	for u, a := range rows {
		if a.Cheat != "multiplier" {
			require.InDelta(t, before[u].UpEstimate, a.UpEstimate, 1)
			continue
		}
		cheats++
		require.Equal(t, "leechers-multiplier", a.Group)
		require.InDelta(t, 1.5*before[u].UpEstimate, a.UpEstimate, 16)
		require.Positive(t, a.Began)
	}
	require.Equal(t, 4, cheats)
	require.Equal(t, flagged(honest)+1, max(flagged(honest)+1, flagged(cheated)))
}

// sums are the transfers without the names of groups.
func sums(run *findings.Run) (list [][4]uint64) {
	for _, t := range run.Swarm.Transfers {
		list = append(list, [4]uint64{uint64(t.From), uint64(t.To), t.Sent, t.Delivered})
	}
	return list
}

func flagged(run *findings.Run) (n int) {
	for _, b := range run.Audit.Balances {
		if b.Flagged {
			n++
		}
	}
	return n
}

func TestConstantRatesUnbalanceSwarms(t *testing.T) {
	run := auditOf(t, "groups.leechers.cheat", "honest 80%, constant 20%",
		"groups.leechers.cheating.rate", "500kB/s")
	var up, down uint64
	for _, b := range run.Audit.Balances {
		up += b.Up
		down += b.Down
	}
	require.Greater(t, up, down+down/10)
	require.Positive(t, flagged(run))
	require.False(t, math.IsNaN(by(run, "M3")[0].Score))
}

// TestAuditsRepeat: a run is a function of scenario and seed, whoever looks.
func TestAuditsRepeat(t *testing.T) {
	mix := "honest 60%, multiplier 20%, constant 20%"
	a, b := auditOf(t, "groups.leechers.cheat", mix), auditOf(t, "groups.leechers.cheat", mix)
	require.Equal(t, a.Fingerprint, b.Fingerprint)
	require.Equal(t, a.Audit, b.Audit)
}

// TestObserversAreCompany: peers find observers as they find others, so these count among whom
// there is to find.
func TestObserversAreCompany(t *testing.T) {
	run := auditOf(t, "groups.leechers.linger", "never", "groups.eyes.size", "4")
	most := 0
	for _, p := range run.Swarm.Peers {
		found := int(p.FoundTracker + p.FoundDHT + p.FoundPEX)
		require.LessOrEqual(t, found, int(p.Others), "%s %d %s", p.Group, p.Node, p.Torrent)
		require.GreaterOrEqual(t, int(p.Others), 4, "all observers are there")
		require.NotEqual(t, "eyes", p.Group)
		most = max(most, found-int(p.Others)+4)
	}
	require.Positive(t, most, "nobody found more than there are peers without observers")
}
