package page

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWindows1252(t *testing.T) {
	require.Equal(t, "caf\xe9 \x96 \xa0?", windows1252("café – \u00A0语"))
}
