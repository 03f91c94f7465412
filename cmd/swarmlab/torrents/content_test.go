package torrents

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol/metainfo"
)

// A file that changes while it is read makes no torrent, nor does an interrupted run.
func TestContentThatChanges(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x")
	stop := errors.New("stop")
	for _, c := range []struct {
		before, during int // bytes in the file
		step           error
		want           string
	}{
		{3 << 20, 3 << 20, nil, ""},
		{3 << 20, 3<<20 - 1, nil, "changed its length while it was read"},
		{3 << 20, 3<<20 + 1, nil, "changed its length while it was read"},
		{3 << 20, 0, nil, "changed its length while it was read"},
		{3 << 20, 3 << 20, stop, "stop"},
	} {
		require.NoError(t, os.WriteFile(name, make([]byte, c.before), 0o666))
		var plan metainfo.Plan
		content, err := openContent(name, &plan)
		require.NoError(t, err)
		require.EqualValues(t, c.before, plan.Files[0].Length)
		steps := 0
		err = content.feed(io.Discard, func() error {
			if steps++; steps == 2 {
				require.NoError(t, os.Truncate(name, int64(c.during)))
				return c.step
			}
			return nil
		})
		if c.want == "" {
			require.NoError(t, err)
			require.Greater(t, steps, 3)
			continue
		}
		require.ErrorContains(t, err, c.want)
	}
}
