package main

import (
	"crypto/sha256"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/cmd/swarmlab/command"
	"swarmlab/cmd/swarmlab/torrents"
	"swarmlab/cmd/swarmlab/trial"
)

const (
	speedSize   = 256 << 20
	speedRounds = 3
	// speedWanted is the share of libtorrent's rate that ours is to reach. It is reported: how fast
	// either is depends on what else this machine does.
	speedWanted = 0.6
	// speedAbsurd is the share below which something is broken.
	speedAbsurd = 0.05
)

// TestInteropSpeed has libtorrent and ours download the same file from the same libtorrent seed in
// turn by TCP on loopback, and reports the ratio of the rates: of libtorrent from its first byte of
// payload on, which comes up to a second after the start, of ours from its start, until the last
// piece is checked.
func TestInteropSpeed(t *testing.T) {
	if testing.Short() {
		t.Skip("measures")
	}
	trial.NeedLibtorrent(t)
	if !trial.Isolated(t) { // not parallel: it measures
		return
	}
	folder := t.TempDir()
	b := make([]byte, speedSize)
	rand.NewChaCha8([32]byte{6}).Read(b)
	require.NoError(t, os.WriteFile(filepath.Join(folder, "large"), b, 0o644))
	file := filepath.Join(folder, "large.torrent")
	trial.Must(t, torrents.NewCommand(), "create", filepath.Join(folder, "large"), "-o", file,
		"--piece-length", "256KiB")
	torrent := trial.Parsed(t, file)
	key := torrent.Info.Hash.String()

	addr := nodeAddr(libtorrent, 1)
	s := setup{Listen: []string{addr}, TCPOnly: true, torrents: true}
	seed := startForeign(t, libtorrent, s)
	_, err := seed.ask(question{Op: "add", Source: file, Folder: folder})
	require.NoError(t, err)
	_, err = seed.ask(question{Op: "wait", Key: key})
	require.NoError(t, err)

	var ours, theirs []float64 // seconds
	for n := range speedRounds {
		theirs = append(theirs, speedOfTheirs(t, file, key, nodeAddr(libtorrent, 10+n), addr))
		to := t.TempDir()
		run := runOurs(t, "download", file, "--dir", to, "--listen", nodeAddr("swarmlab", 10+n),
			"--peer", addr, "--json")
		require.Equal(t, command.Done, run.wait())
		r := run.last()
		require.True(t, r.Complete)
		require.EqualValues(t, speedSize, r.All.Useful)
		ours = append(ours, r.Time/1000)
		require.Equal(t, sha256.Sum256(b), hashOfFile(t, filepath.Join(to, "large")))
		require.NoError(t, os.RemoveAll(to))
		t.Logf("round %d: libtorrent %.2f s, ours %.2f s (its process %.2f s)", n+1,
			theirs[n], ours[n], run.took.Seconds())
	}
	slices.Sort(ours)
	slices.Sort(theirs)
	ratio := theirs[speedRounds/2] / ours[speedRounds/2]
	const mib = speedSize >> 20
	t.Logf("speed: from one libtorrent seed libtorrent takes 256 MiB at %.0f MiB/s, ours at "+
		"%.0f MiB/s (medians of %d): %.0f %% (wanted: %.0f %%)", mib/theirs[speedRounds/2],
		mib/ours[speedRounds/2], speedRounds, 100*ratio, 100*speedWanted)
	require.Greater(t, ratio, speedAbsurd)
}

// speedOfTheirs has a new libtorrent session download from the seed, and returns the seconds.
func speedOfTheirs(t *testing.T, file, key, addr, seed string) float64 {
	t.Helper()
	s := setup{Listen: []string{addr}, TCPOnly: true, torrents: true}
	leecher := startForeign(t, libtorrent, s)
	to := t.TempDir()
	_, err := leecher.ask(question{Op: "add", Source: file, Folder: to, Peers: []string{seed}})
	require.NoError(t, err)
	a, err := leecher.ask(question{Op: "wait", Key: key})
	require.NoError(t, err)
	require.True(t, a.Complete)
	_, err = leecher.ask(question{Op: "remove", Key: key})
	require.NoError(t, err)
	require.NoError(t, os.RemoveAll(to))
	return a.Seconds
}
