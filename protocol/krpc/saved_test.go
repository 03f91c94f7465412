package krpc_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol/krpc"
)

// TestSaved writes what a node keeps, reads it, and reads nothing else.
func TestSaved(t *testing.T) {
	full := krpc.Saved{ID: idA, Nodes: []byte("four"), Nodes6: []byte("six")}
	const bytes = "d2:id20:" + textA + "5:nodes4:four6:nodes63:six7:versioni1ee"
	require.Equal(t, bytes, string(full.Append(nil)))
	got, err := krpc.ParseSaved([]byte(bytes))
	require.NoError(t, err)
	require.Equal(t, full, got)
	for _, c := range []struct{ from, to, says string }{
		{"d2", "l2", "not a bencoded dictionary"},
		{"i1e", "i2e", "version is 2"},
		{"i1e", "1:1", "version is cut off"},
		{"nodes4:four", "nodesi4e", "nodes is cut off"},
		{"nodes63:six", "nodes6le", "nodes6 is cut off"},
		{"5:nodes4:four", "", "1 of the keys"},
		{"5:nodes4:four", "1:x0:", `unknown key "x"`},
		{"6:nodes63:six", "5:nodes3:six", "damaged: key_twice"},
		{"i1ee", "i1eee", "damaged: trailing"},
		{"2:id20:" + textA, "2:id3:abc", "id is not a string of 20"},
	} {
		_, err := krpc.ParseSaved([]byte(strings.Replace(bytes, c.from, c.to, 1)))
		require.ErrorContains(t, err, c.says, "%s", c.to)
	}
	for n := range bytes {
		_, err := krpc.ParseSaved([]byte(bytes[:n]))
		require.Error(t, err)
	}
}
