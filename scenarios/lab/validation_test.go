package lab

import (
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/scenarios/results"
	"swarmlab/scenarios/results/targets"
)

// TestValidation holds tiny variants of the validation against the published values: what is of
// their size is met, and the other rows say that they are not measured.
func TestValidation(t *testing.T) {
	for name, met := range map[string]int{"hops-model": 4, "lookup-cost": 3, "bits-per-hop": 1} {
		settings := []string{"groups.nodes.size", "1000"}
		if name != "hops-model" {
			settings = append(settings, "groups.nodes.dht.k", "8")
		}
		settings = append(settings, "figures", "[]")
		o := runScenario(t, name, settings...)
		verdicts := map[string]int{}
		found := results.Summarise(o).Targets
		for _, target := range found {
			verdicts[target.Verdict]++
		}
		require.Equal(t, map[string]int{targets.Met: met,
			targets.NotMeasured: len(found) - met}, verdicts, name)
	}
}
