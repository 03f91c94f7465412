package lab

import (
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/scenarios/findings"
)

// vouching has users report and sign to an office.
var vouching = []string{"audit", "{window: 5m, receipts: 64KiB, settle: 1m, audits: 2}"}

// TestStatementsAreTheTruth: with all honest and nothing lost, reports of both ends are exact, and
// receipts to what is not signed for. Every such run asserts it, too.
func TestStatementsAreTheTruth(t *testing.T) {
	run := auditOf(t, vouching...)
	for _, a := range by(run, "M7") {
		require.EqualValues(t, a.Up, a.UpEstimate, "user %d", a.User)
		require.EqualValues(t, a.Down, a.DownEstimate, "user %d", a.User)
		require.False(t, a.Accused)
	}
	credited, given := 0., 0.
	for _, a := range by(run, "M8") {
		require.LessOrEqual(t, a.UpEstimate, float64(a.Up))
		require.Greater(t, a.UpEstimate, 0.9*float64(a.Up))
		credited, given = credited+a.UpEstimate, given+float64(a.Up)
	}
	require.Greater(t, credited, 0.98*given, "only who goes while it serves has a tail")
	for n, a := range by(run, "M9") {
		require.LessOrEqual(t, a.UpEstimate, by(run, "M8")[n].UpEstimate)
	}
	for _, c := range run.Audit.Costs {
		if c.Method == "M7" || c.Method == "M8" {
			require.Positive(t, c.Bytes)
			require.Less(t, c.Bytes, c.Payload/50, c.Method)
		}
	}
}

// TestWhoLiesAloneGainsNothing: reports of both ends and receipts correct a lone liar, and not
// those who agree on their lies.
func TestWhoLiesAloneGainsNothing(t *testing.T) {
	run := auditOf(t, append(vouching, "groups.leechers.cheat", "honest 80%, fake-seed 20%")...)
	accused := 0
	for _, a := range cheats(by(run, "M7")) {
		require.LessOrEqual(t, a.UpEstimate, float64(a.Up))
		if a.Accused {
			accused++
		}
	}
	require.Positive(t, accused)
	run = auditOf(t, append(vouching, "groups.leechers.cheat", "honest 80%, collusion 20%")...)
	for n, a := range cheats(by(run, "M8")) {
		require.Greater(t, a.UpEstimate, 1.5*float64(a.Up), "what they mint is accepted")
		bounded := cheats(by(run, "M9"))[n]
		require.Less(t, bounded.UpEstimate, a.UpEstimate, "but did not reach the anchors")
		reported := cheats(by(run, "M7"))[n]
		require.InEpsilon(t, a.UpEstimate, reported.UpEstimate, 0.1,
			"user %d: both say the same, also of torrents in which only one of them is", a.User)
	}
}

// TestAccountsOfSeveral: peers share an account, or come back with another one.
func TestAccountsOfSeveral(t *testing.T) {
	run := auditOf(t, "groups.leechers.cheat", "honest 80%, shared 20%")
	require.Len(t, by(run, "M1"), 2+16+1)
	require.Len(t, cheats(by(run, "M1")), 1)
	require.EqualValues(t, 4*16_000_000, cheats(by(run, "M1"))[0].Verified)
	run = auditOf(t, "groups.leechers.cheat", "honest 80%, whitewash 20%")
	require.Len(t, by(run, "M1"), 2+16+8)
	for _, a := range cheats(by(run, "M1")) {
		require.Contains(t, []uint64{0, 8_000_000}, a.Verified, "a torrent each")
	}
}

// TestListsAreDealt: with controlled lists users meet in small groups only.
func TestListsAreDealt(t *testing.T) {
	dealt := []string{"audit", "{window: 10m, pairing: 6}", "groups.leechers.discovery",
		"[tracker]", "groups.seeds.discovery", "[tracker]", "groups.eyes.discovery", "[tracker]"}
	run := auditOf(t, dealt...)
	rows := by(run, "M4")
	require.Len(t, rows, 22)
	for _, c := range run.Audit.Costs {
		if c.Method == "M4" {
			require.EqualValues(t, 4, c.Rounds)
		}
	}
	require.Less(t, len(run.Swarm.Transfers), len(auditOf(t).Swarm.Transfers)*3/4)
}

func cheats(rows []findings.Account) (list []findings.Account) {
	for _, a := range rows {
		if a.Cheat != findings.Honest {
			list = append(list, a)
		}
	}
	return list
}

// TestNobodyIsHonest: where all are of one operator, there is still a ledger to be had.
func TestNobodyIsHonest(t *testing.T) {
	run := auditOf(t, "audit", "{window: 5m, settle: 1m, receipts: 64KiB}", "groups.seeds.cheat",
		"sybil", "groups.seeds.cheating.ring", "2", "groups.leechers.cheat", "sybil")
	require.Len(t, cheats(by(run, "M8")), 22)
	for _, a := range by(run, "M9") {
		require.Zero(t, a.UpEstimate, "nobody is trusted")
	}
}

// TestChallengesFindInventedPieces: who tells of pieces that it does not have is found by observers
// who ask for them, and nobody else is; what the challenges take is counted, and to the byte what
// the network delivered to observers.
func TestChallengesFindInventedPieces(t *testing.T) {
	probing := []string{"audit.probes", "20s", "groups.leechers.cheating.rate", "100kB/s"}
	require.Zero(t, len(by(auditOf(t), "M10")), "nobody audits")
	honest := auditOf(t, probing...)
	require.Zero(t, accused(by(honest, "M5x2")), "what observers took is nobody's invention")
	for _, a := range by(honest, "M10") {
		require.False(t, a.Accused)
		require.False(t, a.UpSeen)
		require.Equal(t, a.Scored, a.Score == 0 && a.Scored)
	}
	lied := auditOf(t, append(probing, "groups.leechers.cheat", "honest 80%, fake-have 20%")...)
	caught := 0
	for _, a := range by(lied, "M10") {
		if a.Accused {
			require.Equal(t, "fake-have", a.Cheat)
			require.Positive(t, a.Score)
			require.Greater(t, a.AccusedAt, a.Began)
			caught++
		}
	}
	require.Positive(t, caught)
	for _, run := range []*findings.Run{honest, lied} {
		var observed uint64
		for _, x := range run.Swarm.Transfers {
			if x.To == 22 {
				observed += x.Delivered
			}
		}
		require.Positive(t, observed)
		for _, c := range run.Audit.Costs {
			if c.Method == "M10" {
				require.Greater(t, c.Bytes, observed)
				require.Less(t, c.Bytes, observed+observed/50, "headers and requests")
				require.Greater(t, c.Messages, 2*(observed/16384))
			}
		}
	}
}
