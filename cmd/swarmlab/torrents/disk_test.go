package torrents

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/cmd/swarmlab/command"
	"swarmlab/cmd/swarmlab/trial"
)

// TestTorrentSeedWhoseFilesGo: a seed that cannot read any more says so and ends, and nobody gets
// anything wrong from it.
func TestTorrentSeedWhoseFilesGo(t *testing.T) {
	l := newLoad(t, 1)
	file, _ := l.Torrent()
	seed, at := l.Seeding(file, "--listen", "127.0.0.1:0")
	require.NoError(t, os.Truncate(filepath.Join(l.Dir, "load", "three"), 70_000))
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	out, code, err := run(ctx, "download", file, "--dir", t.TempDir(), "--peer", at, "--json")
	require.Error(t, err)
	require.Equal(t, command.Interrupted, code)
	r := trial.Document[TransferReport](t, out)
	require.False(t, r.Complete)
	require.Zero(t, r.Failures)
	code, err = seed.End()
	require.Equal(t, command.Failed, code)
	require.ErrorContains(t, err, "three: it is shorter than the torrent's file")
}

// TestTorrentDownloadWhoseFilesGo: so does a download, which keeps what it has.
func TestTorrentDownloadWhoseFilesGo(t *testing.T) {
	l := newLoad(t, 1)
	file, _ := l.Torrent()
	_, honest := l.Seeding(file, "--listen", "127.0.0.1:0")
	dir, at := t.TempDir(), trial.VacantAddress(t)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, code, err := run(context.Background(), "download", file, "--dir", dir, "--listen", at)
		require.Equal(t, command.Failed, code)
		require.ErrorContains(t, err, "cannot ")
		require.ErrorContains(t, err, filepath.Join(dir, "load"))
	}()
	require.Eventually(t, func() bool { // the file of no length is made at the start
		_, err := os.Stat(filepath.Join(dir, "load", "empty"))
		return err == nil
	}, 10*time.Second, time.Millisecond)
	require.NoError(t, os.Mkdir(filepath.Join(dir, "load", "three"), 0o777))
	go l.Seeding(file, "--listen", "127.0.0.1:0", "--peer", at)
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Fatal("it goes on with a folder in the place of a file")
	}
	require.NoError(t, os.Remove(filepath.Join(dir, "load", "three")))
	l.fetchInto(dir, file, "--peer", honest)
}

// TestTorrentPortInUse: sockets that cannot be had are a failure of the machine, not of the input.
func TestTorrentPortInUse(t *testing.T) {
	l := newLoad(t, 1)
	file, _ := l.Torrent()
	_, at := l.Seeding(file, "--listen", "127.0.0.1:0")
	_, code, err := run(context.Background(), "download", file, "--dir", t.TempDir(),
		"--listen", at)
	require.Equal(t, command.Failed, code)
	require.ErrorContains(t, err, "address already in use")
}
