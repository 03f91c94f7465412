package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/plots"
	"swarmlab/scenarios"
)

// TestScenariosKnowEveryFigure: what a scenario may name under figures is what can be drawn.
func TestScenariosKnowEveryFigure(t *testing.T) {
	file := func(figures string) []byte {
		return []byte("name: a\ngroups: [{name: nodes, size: 40, tables: warm}]\n" +
			"workload: [{kind: lookup, group: nodes, rate: 1/s}]\nfigures: [" + figures + "]\n")
	}
	s, err := scenarios.Parse("a.yaml", file(strings.Join(plots.Names(), ", ")))
	require.NoError(t, err)
	require.Equal(t, plots.Names(), s.Figures)
	_, err = scenarios.Parse("a.yaml", file("pie"))
	require.ErrorContains(t, err, `figures: "pie" is unknown; known: `)
	_, known, _ := strings.Cut(strings.SplitN(err.Error(), "\n", 2)[0], "known: ")
	require.ElementsMatch(t, plots.Names(), strings.Split(known, ", "))
}
