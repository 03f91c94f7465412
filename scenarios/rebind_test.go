package scenarios

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestRebinding: whoever simulates clients that bind their ids to addresses hears of it, unless
// they are bound from the start, or it is past when measuring begins.
func TestRebinding(t *testing.T) {
	for set, told := range map[[3]string]bool{
		{}:                                 false,
		{"groups.nodes.client=libtorrent"}: true,
		{"groups.nodes.client=jech 90%, bep5 10%"}:                                false,
		{"groups.nodes.client=jech 90%, libtorrent 10%"}:                          true,
		{"groups.nodes.client=libtorrent", "groups.nodes.ids=secure"}:             false,
		{"groups.nodes.client=libtorrent", "groups.nodes.ids=secure 90%"}:         true,
		{"groups.nodes.client=libtorrent", "groups.nodes.dht.secure_ids=ignored"}: false,
		{"groups.nodes.dht.secure_ids=enforced"}:                                  true,
		{"groups.nodes.client=libtorrent", "duration=2h", "warmup=30m"}:           false,
		{"groups.nodes.client=libtorrent", "duration=2h", "warmup=29m"}:           true,
	} {
		s := parseSmall(t, "")
		for _, one := range set {
			if path, value, ok := strings.Cut(one, "="); ok {
				require.NoError(t, s.Set(path, value))
			}
		}
		require.Equal(t, told, s.Rebinding() != "", set)
	}
}
