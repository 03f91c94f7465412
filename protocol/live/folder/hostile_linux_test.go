package folder

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

// A pipe in the place of a file, from the start or later, is refused and waited for by nobody.
func TestPipesAreRefused(t *testing.T) {
	c := newContent(t, blockSize, file{"a", 10}, file{"b", 10})
	dir := t.TempDir()
	name := filepath.Join(dir, "torrent", "b")
	require.NoError(t, os.Mkdir(filepath.Dir(name), 0o777))
	require.NoError(t, syscall.Mkfifo(name, 0o666))
	_, err := New(9, nil).Download(0, c.info, dir)
	require.ErrorContains(t, err, "no plain file")
	require.NoError(t, os.Remove(name))
	s, d, _ := download(t, c, dir)
	require.NoError(t, syscall.Mkfifo(name, 0o666))
	began := time.Now()
	c.write(s, 3, 0, seeded(1))
	require.ErrorIs(t, d.Err(), errPlain)
	f, err := d.root.OpenFile("torrent/b", os.O_RDONLY|nonblock, 0) // were it there one step later
	require.NoError(t, err)
	require.NoError(t, f.Close())
	require.Less(t, time.Since(began), time.Second)
}

// When the process has no file descriptor left, files of the store make room for others of it.
func TestFewFileDescriptors(t *testing.T) {
	files := make([]file, 100)
	for k := range files {
		files[k] = file{string(rune('A'+k/26)) + string(rune('a'+k%26)), 1000}
	}
	c, dir := newContent(t, 1<<18, files...), t.TempDir()
	s, _, _ := download(t, c, dir)
	var was syscall.Rlimit
	require.NoError(t, syscall.Getrlimit(syscall.RLIMIT_NOFILE, &was))
	few := syscall.Rlimit{Cur: uint64(openFiles(t)) + 20, Max: was.Max}
	require.NoError(t, syscall.Setrlimit(syscall.RLIMIT_NOFILE, &few))
	c.write(s, 3, 0, seeded(1))
	right := s.Verify(0, 3, 0)
	require.NoError(t, syscall.Setrlimit(syscall.RLIMIT_NOFILE, &was))
	require.True(t, right)
	require.Less(t, len(s.files.open), 21)
	c.equal(t, dir)
}

// The errors of a disk that is really full, or read-only; both need the right to mount one.
func TestRealDisks(t *testing.T) {
	c, dir := mixed(t), t.TempDir()
	if err := syscall.Mount("none", dir, "tmpfs", 0, "size=256k"); err != nil {
		t.Skipf("this user cannot mount a disk: %v", err)
	}
	defer syscall.Unmount(dir, syscall.MNT_DETACH)
	s, d, seen := download(t, c, dir)
	good := 0
	for piece := range c.info.Count() {
		c.write(s, 3, piece, seeded(1))
		if s.Verify(0, 3, piece) {
			good++
		}
	}
	require.Greater(t, good, 3)
	require.ErrorIs(t, d.Err(), syscall.ENOSPC)
	require.EqualValues(t, 1, seen.count.Load())
	require.NoError(t, s.Close())

	require.NoError(t, syscall.Mount("none", dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""))
	s, d, _ = download(t, c, dir)
	require.EqualValues(t, good, check(t, d), "what was finished stays")
	p := make([]byte, blockSize)
	require.NoError(t, s.ReadBody(protocol.Body{Content: 3, Length: blockSize}, p))
	c.write(s, 3, c.info.Count()-2, seeded(1))
	require.ErrorIs(t, d.Err(), syscall.EROFS)
	require.ErrorContains(t, d.Err(), "must be one in which this user can write")
}
