package results

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/scenarios"
	"swarmlab/scenarios/metrics"
	"swarmlab/scenarios/results/targets"
)

// TestTargetMetrics: a target can name no metric that does not exist.
func TestTargetMetrics(t *testing.T) {
	check := func(metric string) error {
		s, err := scenarios.Parse("test.yaml", []byte(`
name: test
groups: [{name: nodes, size: 100}]
targets:
  - {what: it, metric: `+metric+`, of: mean, where: none, published: 1, tolerance: 1,
     kind: oracle, source: a paper}
`))
		require.NoError(t, err)
		return CheckMetrics(s)
	}
	for _, d := range metrics.Definitions() {
		require.NoError(t, check(d.Name))
	}
	require.NoError(t, check("none"))
	require.ErrorContains(t, check("lookup.hops.contct"), `test.yaml:5:24: targets.0.metric: `+
		`there is no metric "lookup.hops.contct"; did you mean "lookup.hops.contact"?`)
}

func TestWriteJointRemovesWhatAKilledProgramLeft(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, ".swarmlab-targets.json-12"), nil, 0o644))
	require.NoError(t, WriteJoint(dir, Join("set", "A set", nil)))
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, left, 1)
	require.Equal(t, TargetsFile, left[0].Name())
}

func TestJoin(t *testing.T) {
	part := Summary{Scenario: "a", Title: "A", Seed: 3, Repeat: 2, Fingerprint: "f",
		Targets: []targets.Target{{What: "x", Verdict: targets.Met}}}
	other := part
	other.Scenario, other.Fingerprint = "b", "g"
	j := Join("set", "A set", []Summary{part, other})
	require.Equal(t, []JointPart{{"a", "A", 3, 2, "f", false}, {"b", "A", 3, 2, "g", false}},
		j.Parts)
	require.Len(t, j.Targets, 2)
	require.Equal(t, "b", j.Targets[1].Scenario)
	require.Len(t, j.Fingerprint, 32)
	other.Fingerprint = "h"
	require.NotEqual(t, j.Fingerprint, Join("set", "A set", []Summary{part, other}).Fingerprint)
}
