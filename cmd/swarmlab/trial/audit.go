package trial

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/scenarios/results/observation"
)

// Observation reads the results of an audit.
func Observation(t *testing.T, dir string) *observation.Observation {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, observation.File))
	require.NoError(t, err)
	var o observation.Observation
	require.NoError(t, json.Unmarshal(b, &o))
	return &o
}

// PeerOf returns what was seen of a peer, which must have been.
func PeerOf(t *testing.T, o *observation.Observation, addr string) *observation.Peer {
	t.Helper()
	for n := range o.Peers {
		if o.Peers[n].Peer == addr {
			return &o.Peers[n]
		}
	}
	require.FailNow(t, "it was not seen", "%s in %+v", addr, o.Peers)
	return nil
}
