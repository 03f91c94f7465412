package display

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// What strangers named is quoted if a terminal would not show it as it is.
func TestVisible(t *testing.T) {
	for text, want := range map[string]string{
		"ö 東 & x": "ö 東 & x", "a\nb": `"a\nb"`, "\x1b[2J": `"\x1b[2J"`, "\xff": `"\xff"`,
		"txt.\u202egpj": `"txt.\u202egpj"`, "": "",
	} {
		require.Equal(t, want, Visible(text))
	}
}
