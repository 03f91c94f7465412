package folder

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"swarmlab/protocol"
	"swarmlab/protocol/metainfo"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const blockSize = 16384

// content is a torrent and all its bytes, pads included: what the files are compared with.
type content struct {
	info  *metainfo.Info
	bytes []byte
}

// file is a file of a content to be made: a path, or none for a pad, and a length.
type file struct {
	path   string
	length int
}

// newContent draws the bytes of files.
func newContent(t testing.TB, pieceLength uint32, files ...file) *content {
	t.Helper()
	plan := metainfo.Plan{Name: "torrent", Folder: true, PieceLength: pieceLength}
	r := rand.NewChaCha8([32]byte{byte(len(files)), byte(pieceLength)})
	c := &content{}
	for _, f := range files {
		p := make([]byte, f.length)
		in := metainfo.File{Length: uint64(f.length), Pad: f.path == ""}
		if !in.Pad {
			in.Path = strings.Split(f.path, "/")
			r.Read(p)
		}
		plan.Files = append(plan.Files, in)
		c.bytes = append(c.bytes, p...)
	}
	b, err := metainfo.NewBuilder(plan)
	require.NoError(t, err)
	_, err = b.Write(c.bytes)
	require.NoError(t, err)
	raw, err := b.Torrent()
	require.NoError(t, err)
	torrent, err := metainfo.Parse(raw)
	require.NoError(t, err)
	c.info = torrent.Info
	return c
}

// mixed is a content with what is hard: files in one block, files over several pieces, no length,
// pads, deep folders.
func mixed(t testing.TB) *content {
	return newContent(t, 2*blockSize,
		file{"empty/first", 0}, file{"a", 1}, file{"b/c", 20_000}, file{"", 12_767},
		file{"b/d/e/f", 200_001}, file{"empty/second", 0}, file{"g", 3}, file{"h", 5},
		file{"b/i", 32_768}, file{"", 100}, file{"j", 77_777}, file{"empty/third", 0})
}

// block returns the bytes of a block.
func (c *content) block(piece, begin uint32) []byte {
	at := uint64(piece)*uint64(c.info.PieceLength) + uint64(begin)
	return c.bytes[at:][:min(blockSize, c.info.PieceSize(piece)-begin)]
}

// write writes a piece's blocks in a drawn order.
func (c *content) write(s *Store, number, piece uint32, r *rand.Rand) {
	blocks := (c.info.PieceSize(piece) + blockSize - 1) / blockSize
	for _, b := range r.Perm(int(blocks)) {
		begin := uint32(b) * blockSize
		s.Write(0, number, piece, begin, protocol.Chunk{Bytes: c.block(piece, begin)})
	}
}

// save puts the files below a folder, as another program would have.
func (c *content) save(t testing.TB, dir string) {
	t.Helper()
	paths, err := c.info.Paths(metainfo.UnixDisk)
	require.NoError(t, err)
	for k, f := range c.info.Files {
		if !f.Pad {
			name := filepath.Join(dir, paths[k])
			require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o777))
			require.NoError(t, os.WriteFile(name, c.bytes[f.Offset:f.Offset+f.Length], 0o666))
		}
	}
}

// equal requires that the files below a folder are those of the content, and no other.
func (c *content) equal(t testing.TB, dir string) {
	t.Helper()
	paths, err := c.info.Paths(metainfo.UnixDisk)
	require.NoError(t, err)
	want := map[string]int{}
	for k, name := range paths {
		if name != "" {
			want[filepath.FromSlash(name)] = k
		}
	}
	require.NoError(t, filepath.Walk(dir, func(name string, is os.FileInfo, err error) error {
		if err != nil || is.IsDir() {
			return err
		}
		name, err = filepath.Rel(dir, name)
		require.NoError(t, err)
		k, ok := want[name]
		require.True(t, ok, "there is a file %s", name)
		delete(want, name)
		f := c.info.Files[k]
		got, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		require.Equal(t, string(c.bytes[f.Offset:f.Offset+f.Length]), string(got), name)
		return nil
	}))
	require.Empty(t, want, "files that are not there")
}

// stops counts the torrents that had to stop, and keeps the last reason.
type stops struct {
	count atomic.Int32
	last  atomic.Pointer[error]
}

func (s *stops) failed(_ uint32, err error) {
	s.last.Store(&err)
	s.count.Add(1)
}

// download returns a store with a torrent to be downloaded under number 3.
func download(t testing.TB, c *content, dir string) (*Store, *Torrent, *stops) {
	t.Helper()
	var seen stops
	s := New(100, seen.failed)
	d, err := s.Download(3, c.info, dir)
	require.NoError(t, err)
	t.Cleanup(func() { s.Close() })
	return s, d, &seen
}

func check(t testing.TB, d *Torrent) uint32 {
	t.Helper()
	good, err := d.Check(context.Background(), nil)
	require.NoError(t, err)
	return good
}

func seeded(n uint64) *rand.Rand { return rand.New(rand.NewPCG(n, 7)) }
