package scenarios

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestHostileSources tries what would cost memory, stack or time. None may take long.
func TestHostileSources(t *testing.T) {
	var bomb strings.Builder
	bomb.WriteString("a: &a [x, x]\n")
	for c := 'b'; c < 'z'; c++ {
		fmt.Fprintf(&bomb, "%c: &%c [*%c, *%c]\n", c, c, c-1, c-1)
	}
	sources := map[string]string{
		"alias bomb":      bomb.String(),
		"too large":       strings.Repeat("#", sourceMax+1),
		"deep flow":       strings.Repeat("[", sourceMax/8),
		"deep mappings":   strings.Repeat("{a: ", sourceMax/32),
		"deep sequences":  strings.Repeat("- ", sourceMax/16),
		"deep keys":       strings.Repeat("? ", sourceMax/16),
		"staircase":       staircase(1000),
		"many keys":       manyKeys(20_000),
		"many items":      "groups: [" + strings.Repeat("x,", 30_000) + "]\n",
		"nul":             "name: a\x00b\n",
		"not UTF-8":       "name: \xff\n",
		"two documents":   "name: a\n---\nname: b\n",
		"nothing":         "",
		"a comment":       "# nothing\n",
		"a word":          "hops\n",
		"tag":             "name: !!binary aGk=\n",
		"merge":           "<<: {name: x}\n",
		"unclosed":        "name: \"x\n",
		"carriage return": "name: x\rgroups: []\r",
	}
	for name, src := range sources {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			_, err := Parse("x.yaml", []byte(src))
			require.Error(t, err)
			require.True(t, strings.HasPrefix(err.Error(), "x.yaml:"), err.Error())
			require.Less(t, len(err.Error()), 8000)
			require.Less(t, time.Since(began), 5*time.Second)
		})
	}
}

func staircase(depth int) string {
	var b strings.Builder
	for i := range depth {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

func manyKeys(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "key%d: 1\n", i)
	}
	return b.String()
}

// FuzzParse: nothing panics, and what is accepted means the same after it was printed.
func FuzzParse(f *testing.F) {
	f.Add(smallSource)
	f.Add(string(Example()))
	for _, pattern := range []string{"library/*.yaml", "testdata/problems/*.yaml"} {
		files, err := filepath.Glob(pattern)
		require.NoError(f, err)
		for _, file := range files {
			src, err := os.ReadFile(file)
			require.NoError(f, err)
			f.Add(string(src))
		}
	}
	f.Fuzz(func(t *testing.T, src string) {
		s, err := Parse("fuzz.yaml", []byte(src))
		if err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		for _, printed := range [][]byte{s.Resolved(), s.Described()} {
			again, err := Parse("resolved.yaml", printed)
			require.NoError(t, err, string(printed))
			require.Equal(t, bare(s), bare(again))
		}
	})
}
