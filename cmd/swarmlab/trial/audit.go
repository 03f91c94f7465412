package trial

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/scenarios/results"
)

// Observation reads the results of an audit.
func Observation(t *testing.T, dir string) *results.Observation {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, results.AuditFile))
	require.NoError(t, err)
	var o results.Observation
	require.NoError(t, json.Unmarshal(b, &o))
	return &o
}

// PeerOf returns what was seen of a peer, which must have been.
func PeerOf(t *testing.T, o *results.Observation, addr string) *results.ObservedPeer {
	t.Helper()
	for n := range o.Peers {
		if o.Peers[n].Peer == addr {
			return &o.Peers[n]
		}
	}
	require.FailNow(t, "it was not seen", "%s in %+v", addr, o.Peers)
	return nil
}
