package stored

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLabels(t *testing.T) {
	c := Cell{Nodes: 10000, Set: map[string]any{
		"groups.nodes.size": 10000, "groups.a.dht.k": 8, "groups.b.dht.k": 20, "network.loss": "1%",
		"network.nat": "none"}}
	r := &Results{Cells: []Cell{{Nodes: 1, Set: map[string]any{"network.nat": "none"}}, c}}
	require.Equal(t, "a.dht.k = 8, b.dht.k = 20, 10\u00A0000\u00A0nodes, loss = 1%", r.Label(c))
	require.Equal(t, "a.dht.k = 8, b.dht.k = 20, loss = 1%", r.Arm(c))
	require.Equal(t, "1\u00A0node", r.Label(Cell{Nodes: 1}))
	require.Empty(t, r.Arm(Cell{Nodes: 1}))
	alone := &Results{Cells: []Cell{c}}
	require.Equal(t, "10\u00A0000\u00A0nodes", alone.Label(c))
}
