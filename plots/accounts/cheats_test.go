package accounts

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCheatOfMix(t *testing.T) {
	for mix, want := range map[string]string{
		"honest": "honest", "honest 90%, multiplier 10%": "multiplier", "sybil": "sybil",
		"honest 80%, framer 10%, ghost 10%": "framer, ghost", `"honest 90%, framer 10%"`: "framer",
	} {
		require.Equal(t, want, cheatOfMix(mix))
	}
	require.Equal(t, "dht-2010s", presetOf("{preset: dht-2010s, open: rest}"))
	require.Equal(t, "none", presetOf("none"))
}
