package metrics

import (
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/findings/made"
)

// TestAuditMetricsByHand: every number of a small audit, worked out on paper.
func TestAuditMetricsByHand(t *testing.T) {
	runs := runOf(nil)
	runs[0].Audit = made.Audit()
	metrics := Of(runs, AnyClient, 30)
	for name, want := range map[string]float64{
		// Of four users with uploads two are right, and two have half of it too much.
		"audit.M1.up.median": 0.25, "audit.M1.up.p90": 0.5, "audit.M1.up.signed": 0.25,
		"audit.M1.up.weighted": 700.0 / 4400, "audit.M1.up.bias": 700.0 / 4400,
		"audit.M1.up.coverage": 1, "audit.M1.up.gap": 0, "audit.M1.up.invented": 0,
		"audit.M1.up.median.multiplier": 0.5, "audit.M1.up.median.honest": 0,
		"audit.M1.down.median": 0,
		// Against what crossed the wire: 4/5 of it was payload, and six fifths of that was claimed.
		"audit.M1.up.median.wire": 0.2, "audit.M1.down.weighted.wire": 0.2,
		// Each got 100 bytes of no use.
		"audit.M1.down.bias.verified": 500.0 / 3900,
		"audit.M1.precision":          1, "audit.M1.recall": 0.5, "audit.M1.f1": 2.0 / 3,
		"audit.M1.false_per_1000": 0, "audit.M1.delay_intervals": 2, "audit.M1.auc": 0.5,
		"audit.M1.recall.multiplier": 0.5, "audit.M1.delay_intervals.multiplier": 2,
		"audit.M1.bytes_per_gb": 0.2e9, "audit.M1.bytes_per_user": 176,
		"audit.M5.precision": 0, "audit.M5.recall": 0, "audit.M5.f1": 0,
		"audit.M5.false_per_1000": 1000.0 / 3,
		"audit.M6.down.median":    0.1, "audit.M6.down.coverage": 0.6,
		"audit.M6.down.weighted": 0.1, "audit.M6.down.gap": 600.0 / 3000,
		"audit.M6.down.bias": -1700.0 / 4400, "audit.M6.down.coverage.multiplier": 0,
		"audit.M6.bytes_per_user": 8.8,
		"audit.M2.flagged":        2.0 / 3, "audit.M2.balance": 900.0 / 4350,
	} {
		require.Equal(t, 1, metrics[name].N, name)
		require.InDelta(t, want, float64(metrics[name].Mean), 1e-6, name)
	}
	for _, name := range []string{"audit.M6.up.median", "audit.M6.recall", "audit.M5.up.coverage",
		"audit.M1.up.bias.verified", "audit.M5.auc", "audit.M6.down.median.multiplier",
		"audit.M3.recall", "audit.M1.recall.honest", "audit.M1.up.median.constant"} {
		require.NotContains(t, metrics, name)
	}
}

// TestAuditDictionary: each metric is in the dictionary by its pattern, and targets can name it.
func TestAuditDictionary(t *testing.T) {
	known := map[string]Definition{}
	for _, d := range Definitions() {
		require.NotContains(t, known, d.Name)
		known[d.Name] = d
	}
	all := DefinitionsOf([]*findings.Run{{Audit: made.Audit()}})
	require.Greater(t, len(all), 60)
	for _, d := range all {
		require.NotContains(t, d.Name, methodWord)
		found := Find(d.Name)
		require.NotNil(t, found, d.Name)
		require.Equal(t, d.Unit, found.Unit, d.Name)
	}
	for name, there := range map[string]bool{
		"audit.METHOD.up.median.CHEAT": true, "audit.METHOD.up.median.wire": true,
		"audit.METHOD.up.median.wire.CHEAT": false,
	} {
		_, ok := known[name]
		require.Equal(t, there, ok, name)
	}
	require.NotNil(t, Find("audit.M1xM6.recall.fake-seed"))
	require.Nil(t, Find("audit.M11.recall"))
	require.Nil(t, Find("audit.M1.recal"))
	require.Nil(t, Find("audit.M1.false_per_1000.sybil"), "of the honest alone")
	require.True(t, Detail("audit.M1.up.median.sybil"))
	require.True(t, Detail("audit.M1.up.median.wire"))
	require.False(t, Detail("audit.M1.up.median"))
	require.False(t, Detail("swarm.utilisation"))
}
