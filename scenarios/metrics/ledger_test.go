package metrics

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/scenarios"
	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/findings/made"
)

// TestClaimMetrics: what is worked out by hand.
func TestClaimMetrics(t *testing.T) {
	const hours = 30
	s := &scenarios.Scenario{Duration: scenarios.Duration(hours * time.Hour)}
	metrics := Of([]*findings.Run{made.Ledger(1), made.Ledger(2)}, AnyClient, hours*3600)
	for name, want := range map[string]float64{
		"ledger.undercount":              1 - 1900./2000,
		"ledger.undercount.a":            0.1,
		"ledger.undercount.b":            0,
		"ledger.undercount.a.final_only": 0.7,
		"ledger.abrupt.a":                0.7,
		"ledger.sessions.b":              20,
		"ledger.cheats_excess":           0.5,
		"detection.M3.40.precision":      0.5,
		"detection.M3.40.recall":         0.5,
		"detection.M3.40.f1":             0.5,
		"detection.M3.40.auc":            5. / 6,
		"detection.M3.40.false_per_1000": 1000. / 3,
		"audits.caught.1":                0.6,
		"audits.caught.2":                0.9,
		"audits.escape":                  5. / 14,
		"audits.false_per_1000":          100,
		"audits.bits_per_node":           20,
	} {
		require.InDelta(t, want, float64(metrics[name].Mean), 1e-5, name)
		require.Equal(t, 2, metrics[name].N, name)
	}
	for name, m := range metrics {
		if m.N == 0 {
			continue
		}
		require.NotNil(t, Find(name), "%s is in the dictionary", name)
		mean, err := RunMean(made.Ledger(1), s, name)
		require.NoError(t, err)
		require.False(t, math.IsNaN(mean), name)
	}
}

// TestClaimDictionary: targets can name what runs can have, and nothing else.
func TestClaimDictionary(t *testing.T) {
	for _, name := range claimNames([]*findings.Run{made.Ledger(1)}) {
		require.Equal(t, strings.ToLower(name), strings.Replace(name, "M3", "m3", 1))
		require.Equal(t, name, Find(name).Name)
	}
	for _, name := range []string{"ledger.undercount.", "ledger.undercount.a.rebase",
		"detection.M3.many.recall", "detection.M3.040.recall", "detection.M3.0.recall",
		"audits.caught", "audits.caught.-1", "ledger"} {
		require.Nil(t, Find(name), name)
	}
}
