package torrents

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/cmd/swarmlab/trial"
)

// TestTorrentAlone: who can find nobody is told so at once, and whoever waits for a tracker sees
// what is the matter with it.
func TestTorrentAlone(t *testing.T) {
	const link = "magnet:?xt=urn:btih:2c6b6858d61da9543d4231a71db4b1c9264b0685"
	for args, alone := range map[[2]string]bool{
		{link}: true,
		{link + "&tr=file%3A%2F%2F%2Fetc%2Fpasswd"}:         true,
		{link + "&tr=udp%3A%2F%2F127.0.0.1%3A9%2Fannounce"}: false,
		{link, "--peer=127.0.0.1:9"}:                        false,
		{link, "--bootstrap=127.0.0.1:9"}:                   false,
	} {
		c := newDownload()
		var told trial.Output
		c.SetArgs([]string{args[0], "--dir", t.TempDir(), "--listen", "127.0.0.1:0"})
		if args[1] != "" {
			require.NoError(t, c.ParseFlags([]string{args[1]}))
		}
		c.SetOut(&told)
		c.SetErr(&told)
		c.SilenceUsage, c.SilenceErrors = true, true
		ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
		require.Error(t, c.ExecuteContext(ctx))
		cancel()
		require.Contains(t, told.String(), "the metadata has not come")
		const want = "nobody can be asked for peers: "
		if alone {
			require.Contains(t, told.String(), want, args)
			continue
		}
		require.NotContains(t, told.String(), want, args)
	}
}

func TestFetchProgressTellsOfTrackers(t *testing.T) {
	var out trial.Output
	p := newFetchProgress(&out, "x", true)
	r := TransferReport{Tracker: &trackerStatus{URL: "udp://x/a", Problem: "go \x1b[2J"}}
	p.update(r)
	require.Equal(t, ` no metadata yet, 0 peers of 0 known; tracker udp://x/a: "go \x1b[2J"`,
		p.text())
	r.Conns, r.Known = 1, 1
	p.update(r)
	require.Equal(t, " no metadata yet, 1 peer of 1 known", p.text())
}
