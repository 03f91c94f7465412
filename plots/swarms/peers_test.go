package swarms

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSpread(t *testing.T) {
	c := class{peers: [][]peerRow{
		{{Joined: 0, Completed: 4e9}, {Joined: 0}},
		{{Joined: 1e9, Completed: 3e9}, {Joined: 0, Completed: 4e9}},
	}}
	s := spreadOf(&c, func(p *peerRow) float64 { return after(p, p.Completed) })
	require.Equal(t, []float64{2, 4, 4}, s.values)
	require.Equal(t, 4, s.all)
	require.Equal(t, 4.0, s.quantile(0.5))
	require.Equal(t, 2.0, s.quantile(0.25))
	require.True(t, math.IsInf(s.quantile(0.99), 1), "one never completes")
	require.Equal(t, []float64{0, 0.5}, s.within(3))
	require.Equal(t, []float64{0.5, 1}, s.within(4))
	require.Equal(t, []float64{2, 4}, s.vertices())
}
