package studies

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/plots/stored"
)

func TestAxes(t *testing.T) {
	run := func(path string, values ...any) *stored.Results {
		r := &stored.Results{Study: &stored.Study{Axes: []string{path}}}
		for i, v := range values {
			r.Cells = append(r.Cells, stored.Cell{Cell: i, Set: map[string]any{path: v}})
		}
		return r
	}
	for _, c := range []struct {
		r       *stored.Results
		labels  []string
		numbers []float64
		name    string
	}{
		{run(widthPath, 3, 10, 1, 3), []string{"1", "3", "10"}, []float64{1, 3, 10}, "alpha"},
		{run(timePath, "1h30m0s", "500ms", "15m"), []string{"500ms", "15m", "1h30m0s"},
			[]float64{0.5, 900, 5400}, "refresh"},
		{run("network.loss", "5%", "0.5%"), []string{"0.5%", "5%"}, []float64{0.5, 5}, "loss"},
		{run("groups.nodes.churn.session", "exponential(6h)", "exponential(5m)"),
			[]string{"5m", "6h"}, []float64{300, 21600}, "session exponential(…)"},
		{run("groups.nodes.churn.session", "weibull(0.59, 41.9m)", "weibull(0.59, 40m)"),
			[]string{"40m", "41.9m"}, []float64{2400, 2514}, "session weibull(0.59, …)"},
		{run("groups.nodes.churn.session", "weibull(0.5, 40m)", "exponential(40m)"),
			[]string{"weibull(0.5, 40m)", "exponential(40m)"}, nil, "session"},
		{run("groups.nodes.client", "jech", "bep5", "bep5 60%, jech 40%"),
			[]string{"jech", "bep5", "mix"}, nil, "client"},
		{run("network.loss", "0%", "1%"), []string{"0%", "1%"}, nil, "loss"},
	} {
		axes := axesOf(c.r)
		require.Len(t, axes, 1)
		require.Equal(t, c.labels, axes[0].labels)
		require.Equal(t, c.numbers, axes[0].numbers)
		require.Equal(t, c.name, axes[0].name)
		require.Equal(t, fmt.Sprint(c.r.Cells[0].Set[c.r.Study.Axes[0]]), axes[0].usual)
		for i := range axes[0].values {
			require.Greater(t, axes[0].value(i), axes[0].ruler.Low)
			require.Less(t, axes[0].value(i), axes[0].ruler.High)
		}
	}
	require.Empty(t, axesOf(run(widthPath, 3, 3)), "one value is no axis")
	require.Empty(t, axesOf((&stored.Results{})))
}
