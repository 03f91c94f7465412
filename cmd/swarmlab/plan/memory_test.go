package plan

import (
	"os"
	"path/filepath"
	"runtime/debug"
	"testing"

	"github.com/stretchr/testify/require"
)

// tree writes files below a new folder.
func tree(t *testing.T, files map[string]string) string {
	root := t.TempDir()
	for name, content := range files {
		path := filepath.Join(root, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(content), 0o644))
	}
	return root
}

func TestMemAvailable(t *testing.T) {
	dir := tree(t, map[string]string{
		"good":  "MemTotal:  24000 kB\nMemFree:  1000 kB\nMemAvailable:    2000 kB\n",
		"old":   "MemTotal:  24000 kB\nMemFree:  1000 kB\n",
		"wrong": "MemAvailable:  -1 kB\n",
	})
	n, ok := memAvailable(filepath.Join(dir, "good"))
	require.True(t, ok)
	require.EqualValues(t, 2000<<10, n)
	for _, name := range []string{"old", "wrong", "missing"} {
		_, ok := memAvailable(filepath.Join(dir, name))
		require.False(t, ok, name)
	}
}

func TestGroupMemoryTakesTheTightestLimit(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		left  uint64
		ok    bool
	}{
		"none":            {files: map[string]string{"self": "0::/a/b\n"}},
		"no limit":        {files: map[string]string{"self": "0::/a\n", "a/memory.max": "max\n"}},
		"limit, no usage": {files: map[string]string{"self": "0::/a\n", "a/memory.max": "9\n"}},
		"garbage": {files: map[string]string{
			"self": "?", "memory.max": "x", "memory.current": "1",
		}},
		"at the mount": {map[string]string{
			"memory.max": "900\n", "memory.current": "100\n",
		}, 800, true},
		"more than it may": {map[string]string{
			"memory.max": "900\n", "memory.current": "950\n",
		}, 0, true},
		"of a parent": {map[string]string{
			"self":         "0::/a/b\n",
			"a/memory.max": "500\n", "a/memory.current": "200\n",
			"a/b/memory.max": "400\n", "a/b/memory.current": "50\n",
		}, 300, true},
		"version 1": {map[string]string{
			"self":                         "4:memory:/docker/x\n",
			"memory/memory.limit_in_bytes": "700\n", "memory/memory.usage_in_bytes": "100\n",
		}, 600, true},
	} {
		root := tree(t, c.files)
		left, ok := groupMemory(filepath.Join(root, "self"), root)
		require.Equal(t, c.ok, ok, name)
		require.Equal(t, c.left, left, name)
	}
}

func TestAvailableMemoryObeysGOMEMLIMIT(t *testing.T) {
	before := debug.SetMemoryLimit(200 << 20)
	defer debug.SetMemoryLimit(before)
	require.LessOrEqual(t, AvailableMemory(), uint64(200<<20))
	require.Positive(t, AvailableMemory())
}

func TestFitting(t *testing.T) {
	for _, c := range []struct {
		sizes     []uint64
		available uint64
		want      int
	}{
		{[]uint64{5, 4, 3}, 12, 3},
		{[]uint64{5, 4, 3}, 11, 2},
		{[]uint64{5, 4, 3}, 9, 2},
		{[]uint64{5, 4, 3}, 8, 1},
		{[]uint64{1 << 63, 1 << 63}, 1<<64 - 1, 1},
	} {
		require.Equal(t, c.want, fitting(c.sizes, c.available), c)
	}
}
