package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"swarmlab/cmd/swarmlab/trial"
	"swarmlab/protocol/metainfo"
)

// trialLoad is a content and its torrents, in a folder of its own.
type trialLoad struct {
	t    *testing.T
	dir  string // in which the content is
	name string
	size uint64

	client func() *cobra.Command // `swarmlab torrent`
}

// makeLoad makes a folder of several files, of some megabytes: pieces end within files and the
// other way round, and one file is empty.
func makeLoad(t *testing.T, megabytes int, client func() *cobra.Command) *trialLoad {
	l := &trialLoad{t: t, dir: t.TempDir(), name: "load", client: client}
	r := rand.NewChaCha8([32]byte{1})
	for name, size := range map[string]int{
		"a/one": megabytes << 19, "a/b/two": 3, "three": megabytes<<19 + 12345, "empty": 0,
	} {
		file := filepath.Join(l.dir, l.name, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o777))
		b := make([]byte, size)
		r.Read(b)
		require.NoError(t, os.WriteFile(file, b, 0o666))
		l.size += uint64(size)
	}
	return l
}

// in is the same content in a test within the test.
func (l *trialLoad) in(t *testing.T) *trialLoad {
	inner := *l
	inner.t = t
	return &inner
}

// torrent makes a torrent of it.
func (l *trialLoad) torrent(args ...string) (file string, t *metainfo.Torrent) {
	l.t.Helper()
	file = filepath.Join(l.t.TempDir(), "x.torrent")
	args = append([]string{"create", filepath.Join(l.dir, l.name), "-o", file,
		"--piece-length", "64KiB"}, args...)
	_, code, err := trial.Run(context.Background(), l.client(), args...)
	require.NoError(l.t, err)
	require.Zero(l.t, code)
	return file, parsed(l.t, file)
}

// parsed reads a .torrent file.
func parsed(t *testing.T, file string) *metainfo.Torrent {
	t.Helper()
	b, err := os.ReadFile(file)
	require.NoError(t, err)
	torrent, err := metainfo.Parse(b)
	require.NoError(t, err)
	return torrent
}

// same requires that a folder holds the content, and nothing else.
func (l *trialLoad) same(dir string) {
	l.t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(l.t, err)
	require.Len(l.t, entries, 1)
	files := 0
	root := filepath.Join(dir, l.name)
	require.NoError(l.t, filepath.WalkDir(root, func(name string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		files++
		below, _ := filepath.Rel(root, name)
		want, err := os.ReadFile(filepath.Join(l.dir, l.name, below))
		require.NoError(l.t, err)
		got, err := os.ReadFile(name)
		require.NoError(l.t, err)
		require.True(l.t, string(want) == string(got), "%s differs", below)
		return nil
	}))
	require.Equal(l.t, 4, files)
}

// seeding runs a seed and returns its address.
func (l *trialLoad) seeding(file string, args ...string) (seed *trial.Running, address string) {
	l.t.Helper()
	seed = trial.Background(l.t, l.client(),
		append([]string{"seed", file, "--dir", l.dir}, args...)...).Spoken()
	require.Contains(l.t, seed.Lines()[0], `"complete":true`)
	return seed, seed.Address()
}

// vacantAddress returns an address on which nobody listens. Its port is none of those that systems
// give to connections, of which the tests have many.
func vacantAddress(t *testing.T) string {
	for range 100 {
		address := fmt.Sprintf("127.0.0.1:%d", 20000+rand.IntN(12000))
		stream, err := net.Listen("tcp4", address)
		if err != nil {
			continue
		}
		packets, err := net.ListenPacket("udp4", address)
		stream.Close()
		if err == nil {
			packets.Close()
			return address
		}
	}
	require.FailNow(t, "there is no port")
	return ""
}

// mustRun runs a command, which must succeed and say nothing on standard error, and returns what it
// printed.
func mustRun(t *testing.T, c *cobra.Command, args ...string) string {
	t.Helper()
	var out, errOut trial.Output
	c.SetArgs(args)
	c.SetOut(&out)
	c.SetErr(&errOut)
	err := c.ExecuteContext(t.Context())
	require.NoError(t, err, "%s", &errOut)
	require.Empty(t, errOut.String())
	return out.String()
}
