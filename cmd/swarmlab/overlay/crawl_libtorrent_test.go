package overlay

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"

	"swarmlab/cmd/swarmlab/trial"
	"swarmlab/scenarios/results/crawls"
)

// TestDHTCrawlMeetsLibtorrent crawls a mixed network: all are found, are told apart by their
// programs, and libtorrent, which answers samples, is asked for one.
func TestDHTCrawlMeetsLibtorrent(t *testing.T) {
	trial.NeedLibtorrent(t)
	ours := crowd(t, "127.0.0.1:0", 5)
	theirs := startLibtorrent(t, 5, ours[0].addr)
	for _, s := range ours { // the newcomers are verified, and then shown to the crawler
		require.Eventually(t, func() bool { return s.state().Contacts >= 8 }, 20*time.Second,
			50*time.Millisecond)
	}
	dir := t.TempDir()
	out, _, err := run(context.Background(), "crawl", "--bootstrap", ours[0].addr, "--samples",
		"--out", dir, "--json")
	require.NoError(t, err)
	r := trial.Document[crawlReport](t, out)
	require.Equal(t, len(ours)+len(theirs.ports), r.Totals.Reachable, "%+v", r.Totals)
	require.Len(t, r.Clients, 2)
	rows, err := parquet.ReadFile[crawls.CrawlNode](filepath.Join(dir, crawls.NodesFile))
	require.NoError(t, err)
	found := 0
	for _, row := range rows {
		for _, port := range theirs.ports {
			if int(row.Port) != port || !row.Reachable {
				continue
			}
			found++
			require.True(t, strings.HasPrefix(row.Client, "LT "), row.Client)
			require.True(t, row.Sampled)
			require.Positive(t, row.Learned)
		}
	}
	require.Equal(t, len(theirs.ports), found)
}
