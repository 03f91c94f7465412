package results

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestShellWord(t *testing.T) {
	require.Equal(t, "results/hops", ShellWord("results/hops"))
	require.Equal(t, `'a b'`, ShellWord("a b"))
	require.Equal(t, `'it'\''s'`, ShellWord("it's"))
	require.Equal(t, `''`, ShellWord(""))
}
