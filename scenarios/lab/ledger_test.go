package lab

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/scenarios"
	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/oracle"
)

// ledgerOf is a small scenario of a ledger, without rounds or with them, with settings.
func ledgerOf(t testing.TB, rounds bool, set ...string) *scenarios.Scenario {
	src := `
name: small
duration: 72h
ledger: {interval: 30m}
groups:
  - {name: users, protocol: announcer, size: 60,
     churn: {preset: flatout, offline: exponential(30m)}}
`
	if rounds {
		src = `
name: small
duration: 30h
ledger: {interval: 30m, rounds: {length: 3h, factor: 1.5, looks: [30, 60], audits: 1}}
groups: [{name: users, protocol: announcer, size: 60}]
`
	}
	s, err := scenarios.Parse("small", []byte(src))
	require.NoError(t, err)
	for n := 0; n < len(set); n += 2 {
		require.NoError(t, s.Set(set[n], set[n+1]))
	}
	require.NoError(t, s.Validate())
	return s
}

func runLedger(t testing.TB, s *scenarios.Scenario, seed uint64) *findings.Run {
	run, err := simulate(context.Background(), &job{cell: scenarios.Cell{Scenario: s}, seed: seed})
	require.NoError(t, err)
	require.NotNil(t, run.Claims)
	for _, c := range run.Claims.Credits {
		if !c.Cheats {
			require.LessOrEqual(t, c.Credited+c.Pending, c.True, "%+v: nobody is given more", c)
		}
	}
	return run
}

// credit returns what a ledger by a rule says of honest users.
func credit(t testing.TB, run *findings.Run, rule string) findings.Credit {
	for _, c := range run.Claims.Credits {
		if c.Rule == rule && !c.Cheats {
			return c
		}
	}
	require.Fail(t, "no row", rule)
	return findings.Credit{}
}

func missed(c findings.Credit) float64 {
	return 1 - float64(c.Credited)/float64(c.True-c.Pending)
}

// The ledger misses what the closed form says, to sampling error, and one that only heeds the last
// word misses all that vanished.
func TestLedgerMissesWhatTheClosedFormSays(t *testing.T) {
	law := oracle.Weibull{Shape: 0.59, Scale: 41.9}
	for _, c := range []struct {
		interval, graceful string
		minutes, abrupt    float64
	}{{"30m", "73%", 30, 0.27}, {"2h", "0%", 120, 1}} {
		s := ledgerOf(t, false, "ledger.interval", c.interval,
			"groups.users.churn.graceful", c.graceful)
		run := runLedger(t, s, 1)
		of := credit(t, run, "rebase")
		require.Greater(t, of.Sessions, int64(2000))
		require.InDelta(t, c.abrupt, float64(of.Abrupt)/float64(of.Ended), 0.03)
		want := law.Undercount(c.abrupt, c.minutes)
		require.InDelta(t, want, missed(of), 0.12*want, c.interval)
		require.InDelta(t, c.abrupt, missed(credit(t, run, "final_only")), 0.06)
	}
	none := runLedger(t, ledgerOf(t, false, "groups.users.churn.graceful", "100%"), 1)
	require.InDelta(t, 0, missed(credit(t, none, "rebase")), 1e-4, "all is told")
	require.InDelta(t, 0, missed(credit(t, none, "final_only")), 1e-4)
}

// Where all is told, the fractions of M3 are those that cheats invent, and all verdicts are right.
func TestLedgerWithoutLossIsSolved(t *testing.T) {
	s := ledgerOf(t, true, "ledger.rounds.graceful", "100%", "duration", "72h",
		"ledger.rounds.looks", "[120]")
	run := runLedger(t, s, 3)
	seen := map[string]int{}
	for _, v := range run.Claims.Verdicts {
		seen[v.Method]++
		want := 0.0
		if v.Cheat {
			want = 1. / 3
		}
		switch v.Method {
		case findings.LeastSquares, findings.WeightedSquares:
			require.InDelta(t, want, v.Score, 0.01, "%+v", v)
			require.Equal(t, v.Cheat, v.Accused)
		}
	}
	require.Len(t, seen, 5)
	for method, users := range seen {
		require.Equal(t, 60, users, method)
	}
}

// Every audit of a cheat finds it; who is found is found once, and the books cost what they weigh.
func TestLedgerAudits(t *testing.T) {
	run := runLedger(t, ledgerOf(t, true, "ledger.interval", "10m"), 2)
	for _, v := range run.Claims.Verdicts {
		if v.Method == findings.Plausibility {
			require.False(t, v.Accused, "%+v: nothing of it is implausible", v)
		}
	}
	rows := run.Claims.Audits
	require.Len(t, rows, 10)
	caught := int32(0)
	for n, p := range rows {
		require.EqualValues(t, n+1, p.Period)
		require.EqualValues(t, 60, p.Audits)
		require.EqualValues(t, 60*9, p.Reports)
		require.Equal(t, 2*p.Reported, p.Fetched, "both ends of all that a target met")
		caught += p.Caught
	}
	require.EqualValues(t, 6, rows[0].Cheats)
	require.EqualValues(t, 6, caught, "within ten periods, but for one in 22,000")
	none := runLedger(t, ledgerOf(t, true, "ledger.interval", "10m",
		"ledger.rounds.factor", "1"), 2)
	for _, p := range none.Claims.Audits {
		require.Zero(t, p.Caught+p.Accused, "nobody lies")
	}
}

// A run is a function of scenario and seed: side by side with others, and again; and the kept
// checkpoints are few.
func TestLedgerRunsAreRepeatable(t *testing.T) {
	s := ledgerOf(t, true, "duration", "12h", "ledger.rounds.looks", "[20]")
	require.NoError(t, s.Set("repeat", "3"))
	one, err := (&Experiment{Scenario: s, Jobs: 1}).Run(context.Background())
	require.NoError(t, err)
	several, err := (&Experiment{Scenario: s, Jobs: 3}).Run(context.Background())
	require.NoError(t, err)
	one.Sort()
	several.Sort()
	require.Len(t, one.Runs, 3)
	for n := range one.Runs {
		require.Equal(t, one.Runs[n].Fingerprint, several.Runs[n].Fingerprint)
		require.Equal(t, one.Runs[n].Claims, several.Runs[n].Claims)
		require.Equal(t, one.Runs[n].Checkpoints, several.Runs[n].Checkpoints)
		require.LessOrEqual(t, len(one.Runs[n].Checkpoints), checkpointsMost)
		require.Greater(t, len(one.Runs[n].Checkpoints), checkpointsMost/2)
	}
	require.NotEqual(t, one.Runs[0].Fingerprint, one.Runs[1].Fingerprint)
}

// TestPairsAreFoundWhenSplit: a pair of whom one claims uploads that the other one claims as
// downloads is balanced where both are dealt into one swarm, so that nobody is accused who always
// is; where pairs are dealt apart, who invents uploads is found, and the other one is not. The
// weight of the honest is less if the company changes.
func TestPairsAreFoundWhenSplit(t *testing.T) {
	colluding := []string{"ledger.rounds.collude", "true", "ledger.rounds.sigma", "0.3",
		"ledger.rounds.graceful", "100%", "duration", "96h"}
	judge := func(looks string, set ...string) (accused [3]int, worst float64) {
		s := ledgerOf(t, true, append(append(colluding, "ledger.rounds.looks", looks), set...)...)
		for _, v := range runLedger(t, s, 1).Claims.Verdicts {
			kind := 2
			if v.Cheat {
				kind = int(v.User % 2)
			}
			if v.Method != findings.ControlledLists {
				continue
			}
			if v.Accused {
				accused[kind]++
			}
			if kind == 2 {
				worst = max(worst, v.Score)
			}
		}
		return accused, worst
	}
	accused, _ := judge("[32]", "ledger.rounds.company", "60")
	require.Equal(t, [3]int{}, accused, "never split")
	accused, anew := judge("[960]", "ledger.rounds.company", "2")
	require.Equal(t, [3]int{3, 0, 0}, accused, "those who invent uploads")
	_, once := judge("[960]", "ledger.rounds.company", "2", "ledger.rounds.deal", "once")
	require.Greater(t, once, 1.5*anew, "who was dealt to one of them for good")
}
