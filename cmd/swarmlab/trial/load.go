package trial

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

	"swarmlab/protocol/metainfo"
)

// Load is a content and its torrents, in a folder of its own.
type Load struct {
	T    *testing.T
	Dir  string // in which the content is
	Name string
	Size uint64

	client func() *cobra.Command // `swarmlab torrent`
}

// NewLoad makes a folder of several files, of some megabytes: pieces end within files and the
// other way round, and one file is empty.
func NewLoad(t *testing.T, megabytes int, client func() *cobra.Command) *Load {
	l := &Load{T: t, Dir: t.TempDir(), Name: "load", client: client}
	r := rand.NewChaCha8([32]byte{1})
	for name, size := range map[string]int{
		"a/one": megabytes << 19, "a/b/two": 3, "three": megabytes<<19 + 12345, "empty": 0,
	} {
		file := filepath.Join(l.Dir, l.Name, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o777))
		b := make([]byte, size)
		r.Read(b)
		require.NoError(t, os.WriteFile(file, b, 0o666))
		l.Size += uint64(size)
	}
	return l
}

// In is the same content in a test within the test.
func (l *Load) In(t *testing.T) *Load {
	inner := *l
	inner.T = t
	return &inner
}

// Torrent makes a torrent of it.
func (l *Load) Torrent(args ...string) (file string, t *metainfo.Torrent) {
	l.T.Helper()
	file = filepath.Join(l.T.TempDir(), "x.torrent")
	args = append([]string{"create", filepath.Join(l.Dir, l.Name), "-o", file,
		"--piece-length", "64KiB"}, args...)
	_, code, err := Run(context.Background(), l.client(), args...)
	require.NoError(l.T, err)
	require.Zero(l.T, code)
	return file, Parsed(l.T, file)
}

// Parsed reads a .torrent file.
func Parsed(t *testing.T, file string) *metainfo.Torrent {
	t.Helper()
	b, err := os.ReadFile(file)
	require.NoError(t, err)
	torrent, err := metainfo.Parse(b)
	require.NoError(t, err)
	return torrent
}

// Same requires that a folder holds the content, and nothing else.
func (l *Load) Same(dir string) {
	l.T.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(l.T, err)
	require.Len(l.T, entries, 1)
	files := 0
	root := filepath.Join(dir, l.Name)
	require.NoError(l.T, filepath.WalkDir(root, func(name string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		files++
		below, _ := filepath.Rel(root, name)
		want, err := os.ReadFile(filepath.Join(l.Dir, l.Name, below))
		require.NoError(l.T, err)
		got, err := os.ReadFile(name)
		require.NoError(l.T, err)
		require.True(l.T, string(want) == string(got), "%s differs", below)
		return nil
	}))
	require.Equal(l.T, 4, files)
}

// Seeding runs a seed and returns its address.
func (l *Load) Seeding(file string, args ...string) (seed *Running, address string) {
	l.T.Helper()
	seed = Background(l.T, l.client(),
		append([]string{"seed", file, "--dir", l.Dir}, args...)...).Spoken()
	require.Contains(l.T, seed.Lines()[0], `"complete":true`)
	return seed, seed.Address()
}

// VacantAddress returns an address on which nobody listens. Its port is none of those that systems
// give to connections, of which the tests have many.
func VacantAddress(t *testing.T) string {
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
