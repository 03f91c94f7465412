package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/cmd/swarmlab/torrents"
	"swarmlab/cmd/swarmlab/trial"
	"swarmlab/protocol/bencode"
	"swarmlab/protocol/metainfo"
)

const (
	sharedSize   = 64 << 20
	sharedName   = "shared & 東"
	sharedSource = "exchange 0000" // what torrents of the same content differ in
)

// sharedContent is a folder that passes between clients, and the torrents of it.
type sharedContent struct {
	t       *testing.T
	folder  string              // in which it is
	hashes  map[string][32]byte // SHA-256 of every file, by its path in the folder
	public  []byte              // info
	private []byte              // info of a torrent whose peers come from trackers only
	count   int                 // of torrents
}

// newSharedContent makes a folder of many files: of all sizes around those of blocks and pieces, of
// one byte, deep below others, with names that are not plain.
func newSharedContent(t *testing.T) *sharedContent {
	t.Helper()
	s := &sharedContent{t: t, folder: t.TempDir(), hashes: make(map[string][32]byte)}
	random := rand.NewChaCha8([32]byte{5})
	left := sharedSize
	add := func(name string, size int) {
		size = min(size, left)
		left -= size
		b := make([]byte, size)
		random.Read(b)
		name = filepath.Join(sharedName, filepath.FromSlash(name))
		s.hashes[name] = sha256.Sum256(b)
		name = filepath.Join(s.folder, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(t, os.WriteFile(name, b, 0o644))
	}
	const block, piece = 16 << 10, 256 << 10
	for n, size := range []int{1, 2, block - 1, block, block + 1, piece - 1, piece, piece + 1} {
		add(fmt.Sprintf("sizes/%d", n), size)
	}
	add("a b/ö 東 & #%.txt", 40_000)
	add("a b/c/d/e/f/.hidden", 3)
	for n := range 40 {
		add(fmt.Sprintf("small/%02d.bin", n), 12_345)
	}
	for n := 0; left > 0; n++ {
		add(fmt.Sprintf("large/%c/%02d.bin", 'a'+n%3, n), 3_000_017)
	}
	s.public = s.create()
	s.private = s.create("--private")
	return s
}

// create has our program make a torrent, and returns its info.
func (s *sharedContent) create(flags ...string) []byte {
	s.t.Helper()
	file := filepath.Join(s.t.TempDir(), "shared.torrent")
	trial.Must(s.t, torrents.NewCommand(),
		append([]string{"create", filepath.Join(s.folder, sharedName), "-o", file,
			"--piece-length", "256KiB", "--source", sharedSource}, flags...)...)
	torrent := trial.Parsed(s.t, file)
	require.EqualValues(s.t, sharedSize, torrent.Info.Total)
	return torrent.Info.Raw
}

// sharedTorrent is one of the torrents of the content. Each has an infohash of its own, so that
// clients meet only those that they are to meet.
type sharedTorrent struct {
	*sharedContent
	file string
	link string
	hash metainfo.Hash
}

// torrent returns a new one. With a tracker its peers come from there only; its link has none.
func (s *sharedContent) torrent(announce string) sharedTorrent {
	s.t.Helper()
	raw := s.public
	b := []byte("d")
	if announce != "" {
		raw = s.private
		b = bencode.AppendBytes(append(b, "8:announce"...), []byte(announce))
	}
	return s.variant(b, raw)
}

// variant writes a torrent file that begins as b, and has an infohash of its own.
func (s *sharedContent) variant(b, raw []byte) sharedTorrent {
	s.count++
	source := fmt.Appendf(nil, "exchange %04d", s.count)
	raw = bytes.Replace(raw, []byte(sharedSource), source, 1)
	b = append(append(append(b, "4:info"...), raw...), 'e')
	file := filepath.Join(s.t.TempDir(), fmt.Sprintf("%d.torrent", s.count))
	require.NoError(s.t, os.WriteFile(file, b, 0o644))
	torrent := trial.Parsed(s.t, file)
	link := metainfo.Magnet{Hash: torrent.Info.Hash}.String()
	return sharedTorrent{s, file, link, torrent.Info.Hash}
}

// copied returns a folder with the content, whose files are links to the same bytes.
func (s *sharedContent) copied(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	for name := range s.hashes {
		to := filepath.Join(folder, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(to), 0o755))
		require.NoError(t, os.Link(filepath.Join(s.folder, name), to))
	}
	return folder
}

// check demands that the folder has every file, with the right hash, and nothing else under the
// torrent's name.
func (s *sharedContent) check(t *testing.T, folder string) {
	t.Helper()
	files := 0
	root := filepath.Join(folder, sharedName)
	require.NoError(t, filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		name, err := filepath.Rel(folder, path)
		require.NoError(t, err)
		want, known := s.hashes[name]
		require.True(t, known, "an unknown file %s", name)
		require.Equal(t, want, hashOfFile(t, path), "the hash of %s", name)
		files++
		return nil
	}))
	require.Len(t, s.hashes, files, "every file is there")
}

func hashOfFile(t *testing.T, path string) (sum [32]byte) {
	t.Helper()
	file, err := os.Open(path)
	require.NoError(t, err)
	defer file.Close()
	h := sha256.New()
	_, err = io.Copy(h, file)
	require.NoError(t, err)
	h.Sum(sum[:0])
	return sum
}

// written reports whether the folder has every file, with the right size.
func (s *sharedContent) written(folder string) bool {
	for name := range s.hashes {
		want, err := os.Stat(filepath.Join(s.folder, name))
		require.NoError(s.t, err)
		is, err := os.Stat(filepath.Join(folder, name))
		if err != nil || is.Size() != want.Size() {
			return false
		}
	}
	return true
}
