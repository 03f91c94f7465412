package folder

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/metainfo"
)

// outside is a folder beside the target that nothing may touch.
type outside struct {
	dir, target string
}

func newOutside(t *testing.T) outside {
	t.Helper()
	top := t.TempDir()
	o := outside{filepath.Join(top, "outside"), filepath.Join(top, "target")}
	require.NoError(t, os.MkdirAll(filepath.Join(o.dir, "b", "d", "e"), 0o777))
	require.NoError(t, os.MkdirAll(filepath.Join(o.target, "torrent"), 0o777))
	for _, name := range []string{"c", "b/c", "b/d/e/f"} {
		require.NoError(t, os.WriteFile(filepath.Join(o.dir, name), []byte("mine"), 0o666))
	}
	return o
}

// untouched requires that the folder is as it was.
func (o outside) untouched(t *testing.T) {
	t.Helper()
	count := 0
	require.NoError(t, filepath.Walk(o.dir, func(name string, is os.FileInfo, err error) error {
		require.NoError(t, err)
		if !is.IsDir() {
			count++
			got, err := os.ReadFile(name)
			require.NoError(t, err)
			require.Equal(t, "mine", string(got), name)
		}
		return nil
	}))
	require.Equal(t, 3, count)
}

func TestLinksOutOfTheFolderAreRefused(t *testing.T) {
	c := mixed(t)
	for _, link := range []struct{ at, to, says string }{
		{"torrent/a", "../../outside/c", "symbolic link"},
		{"torrent/a", "../../outside/new", "symbolic link"},
		{"torrent/a", "../inside", "symbolic link"},
		{"torrent/b", "../../outside/b", "escapes"},
		{"torrent/empty", "../../outside/b", "escapes"},
		{"torrent/empty/first", "../../../outside/b/new", "symbolic link"},
		{"torrent/b/d", "../../../outside/b/d", "escapes"},
	} {
		for _, absolute := range []bool{false, true} {
			o := newOutside(t)
			at, to := filepath.Join(o.target, link.at), link.to
			if absolute {
				to = filepath.Join(filepath.Dir(at), to)
			}
			if link.at == "torrent/b/d" || link.at == "torrent/empty/first" {
				require.NoError(t, os.MkdirAll(filepath.Dir(at), 0o777))
			}
			require.NoError(t, os.Symlink(to, at))
			_, err := New(9, nil).Download(0, c.info, o.target)
			require.ErrorContains(t, err, link.says, "%s -> %s", link.at, to)
			require.ErrorContains(t, err, at)
			o.untouched(t)
		}
	}
}

// The torrent's own folder may be a link, if it is one of the user's that stays in the folder.
func TestFolderThatIsALinkInsideIsFollowed(t *testing.T) {
	c, dir := mixed(t), t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "elsewhere"), 0o777))
	require.NoError(t, os.Symlink("elsewhere", filepath.Join(dir, "torrent")))
	s, _, _ := download(t, c, dir)
	for piece := range c.info.Count() {
		c.write(s, 3, piece, seeded(1))
		require.True(t, s.Verify(0, 3, piece))
	}
	require.FileExists(t, filepath.Join(dir, "elsewhere", "b", "d", "e", "f"))
}

// A link that takes the place of a folder, or of a file, while the download runs.
func TestLinksThatAppearLaterAreNotFollowed(t *testing.T) {
	c := mixed(t)
	for _, at := range []string{"torrent/b", "torrent/b/d", "torrent/b/d/e/f", "torrent"} {
		for _, begun := range []bool{false, true} {
			o := newOutside(t)
			s, d, seen := download(t, c, o.target)
			s.files.limit = 1 // so that files are opened again
			if begun {
				c.write(s, 3, 1, seeded(1))
				require.True(t, s.Verify(0, 3, 1))
			}
			at := filepath.Join(o.target, at)
			os.Rename(at, at+".old")
			require.NoError(t, os.MkdirAll(filepath.Dir(at), 0o777))
			to := filepath.Join(o.dir, "b")
			if filepath.Base(at) == "f" {
				to = filepath.Join(o.dir, "b", "d", "e", "f")
			}
			require.NoError(t, os.Symlink(to, at))
			for piece := range c.info.Count() {
				c.write(s, 3, piece, seeded(1))
				s.Verify(0, 3, piece)
			}
			require.Error(t, d.Err(), at)
			require.EqualValues(t, 1, seen.count.Load())
			o.untouched(t)
		}
	}
}

// Even a torrent that package metainfo would never have let through.
func TestPathsOutOfTheFolderAreRefused(t *testing.T) {
	for _, path := range [][]string{
		{"..", "..", "outside", "c"}, {"b", "..", "..", "..", "outside", "c"},
	} {
		o := newOutside(t)
		info := &metainfo.Info{Name: "torrent", Folder: true, Total: 5, PieceLength: 5,
			Pieces: make([]byte, 20), Files: []metainfo.File{{Path: path, Length: 5}}}
		s := New(9, func(uint32, error) {})
		d, err := s.Download(0, info, o.target)
		if err == nil {
			s.Write(0, 0, 0, 0, protocol.Chunk{Bytes: []byte("yours")})
			err = d.Err()
		}
		require.Error(t, err)
		o.untouched(t)
		require.NoError(t, s.Close())
	}
}

func TestOnlyPlainFilesAreUsed(t *testing.T) {
	c := mixed(t)
	for says, put := range map[string]func(name string) error{
		"no plain file": func(name string) error { return os.Mkdir(name, 0o777) },
		"it has 2 bytes, and the torrent's file has 1; move it away": func(name string) error {
			return os.WriteFile(name, []byte("ab"), 0o666)
		},
		"symbolic link": func(name string) error { return os.Symlink("b", name) },
	} {
		dir := t.TempDir()
		name := filepath.Join(dir, "torrent", "a")
		require.NoError(t, os.Mkdir(filepath.Dir(name), 0o777))
		require.NoError(t, put(name))
		for _, add := range []func(*Store, uint32, *metainfo.Info, string) (*Torrent, error){
			(*Store).Download, (*Store).Seed,
		} {
			_, err := add(New(9, nil), 0, c.info, dir)
			require.ErrorContains(t, err, says)
			require.ErrorContains(t, err, name)
		}
	}
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "torrent"), nil, 0o666))
	_, err := New(9, nil).Download(0, c.info, dir)
	require.ErrorIs(t, err, syscall.ENOTDIR)
	_, err = New(9, nil).Download(0, c.info, filepath.Join(dir, "torrent", "x"))
	require.ErrorContains(t, err, "cannot make the folder")
	_, err = New(9, nil).Seed(0, c.info, filepath.Join(dir, "none"))
	require.ErrorContains(t, err, "cannot open the folder")
}

// A file that disappears, or is replaced, or cut, ends the torrent with an error that names it; the
// pieces of other files stay.
func TestFilesThatVanish(t *testing.T) {
	c := mixed(t)
	for says, vanish := range map[string]func(name string) error{
		"it has been there, or should be": os.Remove,
		"removed or replaced": func(name string) error {
			if err := os.Rename(name, name+".old"); err != nil {
				return err
			}
			return os.WriteFile(name, make([]byte, 200_001), 0o666)
		},
		"it is shorter than": func(name string) error { return os.Truncate(name, 100_000) },
	} {
		dir := t.TempDir()
		s, d, seen := download(t, c, dir)
		for _, piece := range []uint32{0, 1, 2, 8} {
			c.write(s, 3, piece, seeded(1))
			require.True(t, s.Verify(0, 3, piece))
		}
		name := filepath.Join(dir, "torrent", "b", "d", "e", "f")
		require.NoError(t, vanish(name))
		if says == "it is shorter than" {
			b := protocol.Body{Content: 3, Offset: 32_768 + 99_000, Length: 2000}
			require.Error(t, s.ReadBody(b, make([]byte, b.Length)))
		} else {
			c.write(s, 3, 3, seeded(1))
			require.False(t, s.Verify(0, 3, 3))
		}
		require.ErrorContains(t, d.Err(), says)
		require.ErrorContains(t, d.Err(), name)
		require.EqualValues(t, 1, seen.count.Load())
		require.ErrorIs(t, *seen.last.Load(), d.Err())
		b := protocol.Body{Content: 3, Length: 1}
		require.ErrorIs(t, s.ReadBody(b, make([]byte, 1)), d.Err())
		c.write(s, 3, 5, seeded(1)) // nothing happens any more
		require.False(t, s.Verify(0, 3, 5))
		require.EqualValues(t, 1, seen.count.Load())
		require.NoError(t, s.Close())

		s, d, _ = download(t, c, dir)
		check(t, d)
		require.True(t, d.Good(0) && d.Good(8), "pieces of other files are lost")
		for piece := range c.info.Count() {
			c.write(s, 3, piece, seeded(1))
			require.True(t, s.Verify(0, 3, piece))
		}
		os.Remove(name + ".old")
		c.equal(t, dir)
	}
}

// fullDisc is a file on a disk on which there is no room after a number of bytes.
type fullDisc struct {
	disc
	room *int
}

func (d fullDisc) WriteAt(p []byte, at int64) (int, error) {
	if *d.room -= len(p); *d.room < 0 {
		return 0, &os.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}
	}
	return d.disc.WriteAt(p, at)
}

func TestDiskThatIsFull(t *testing.T) {
	c, dir := mixed(t), t.TempDir()
	s, d, seen := download(t, c, dir)
	room := 5 * int(c.info.PieceLength)
	s.files.wrap = func(f disc) disc { return fullDisc{f, &room} }
	good := uint32(0)
	for piece := range c.info.Count() {
		c.write(s, 3, piece, seeded(1))
		if s.Verify(0, 3, piece) {
			good++
		}
	}
	require.Greater(t, good, uint32(3))
	require.Less(t, good, c.info.Count())
	require.ErrorIs(t, d.Err(), syscall.ENOSPC)
	require.ErrorContains(t, d.Err(), "make room and start again: what is finished stays")
	require.EqualValues(t, 1, seen.count.Load())
	require.NoError(t, s.Close())
	s, d, _ = download(t, c, dir)
	require.GreaterOrEqual(t, check(t, d), good)
	for piece := range c.info.Count() {
		c.write(s, 3, piece, seeded(1))
		require.True(t, s.Verify(0, 3, piece))
	}
	c.equal(t, dir)
}

// lyingDisc is a file whose system fails only when it is closed.
type lyingDisc struct{ disc }

func (d lyingDisc) Close() error {
	d.disc.Close()
	return &os.PathError{Op: "close", Path: "x", Err: syscall.EIO}
}

func TestErrorOfClosingIsNotForgotten(t *testing.T) {
	c := mixed(t)
	for _, limit := range []int{1, 100} {
		s, d, seen := download(t, c, t.TempDir())
		s.files.limit = limit
		s.files.wrap = func(f disc) disc { return lyingDisc{f} }
		c.write(s, 3, 0, seeded(1)) // three files
		if limit == 1 {
			require.Eventually(t, func() bool { return seen.count.Load() == 1 }, 5e9, 1e6)
			require.ErrorIs(t, d.Err(), syscall.EIO)
		}
		err := s.Close()
		require.ErrorIs(t, err, syscall.EIO)
		require.ErrorContains(t, err, "check its pieces again")
	}
}

func TestTorrentThatIsSeededIsNotWritten(t *testing.T) {
	c, dir := mixed(t), t.TempDir()
	c.save(t, dir)
	name := filepath.Join(dir, "torrent", "a")
	require.NoError(t, os.Remove(name))
	var seen stops
	s := New(9, seen.failed)
	d, err := s.Seed(1, c.info, dir)
	require.NoError(t, err)
	require.Equal(t, c.info.Count()-1, check(t, d))
	c.write(s, 1, 0, seeded(1))
	require.ErrorIs(t, d.Err(), errOnlyRead)
	require.NoFileExists(t, name)
	require.NoError(t, s.Close())
}

func TestBlocksOutsideTheirPiecePanic(t *testing.T) {
	c := mixed(t)
	s, _, _ := download(t, c, t.TempDir())
	for _, f := range []func(){
		func() { s.Write(0, 3, 1, 1, protocol.Chunk{Bytes: make([]byte, 2*blockSize)}) },
		func() { s.Write(0, 3, 1, 1<<31, protocol.Chunk{Bytes: make([]byte, 2)}) },
		func() { s.Write(0, 3, 1, 0, protocol.Chunk{Body: protocol.Body{Length: 2}}) },
		func() { s.Write(0, 3, c.info.Count(), 0, protocol.Chunk{Bytes: make([]byte, 2)}) },
		func() { s.Download(3, c.info, t.TempDir()) },
		func() { New(0, nil) },
	} {
		require.Panics(t, f)
	}
}
