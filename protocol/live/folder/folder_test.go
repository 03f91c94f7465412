package folder

import (
	"context"
	"crypto/sha1"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/metainfo"
)

func TestPiecesInAnyOrderBecomeTheFiles(t *testing.T) {
	c := mixed(t)
	for seed := range uint64(5) {
		dir := filepath.Join(t.TempDir(), "not", "there", "yet")
		s, d, seen := download(t, c, dir)
		require.Zero(t, check(t, d))
		r := seeded(seed)
		for n, piece := range r.Perm(int(c.info.Count())) {
			require.False(t, d.Good(uint32(piece)))
			c.write(s, 3, uint32(piece), r)
			require.True(t, s.Verify(0, 3, uint32(piece)), "piece %d, the %dth", piece, n)
			require.True(t, d.Good(uint32(piece)))
		}
		c.equal(t, dir)
		require.NoError(t, d.Err())
		require.NoError(t, s.Close())
		require.Zero(t, seen.count.Load())
		c.equal(t, dir)
	}
}

// Verify is for pieces of which all blocks were written: then the files were there.
func TestVerifyOfWhatIsNotThereIsAFault(t *testing.T) {
	c := newContent(t, blockSize, file{"a", 3 * blockSize})
	s, d, seen := download(t, c, t.TempDir())
	require.False(t, s.Verify(0, 3, 1))
	require.ErrorContains(t, d.Err(), "put it back, or download it again")
	require.EqualValues(t, 1, seen.count.Load())
}

func TestReadsAreThoseOfTheContent(t *testing.T) {
	c, dir := mixed(t), t.TempDir()
	c.save(t, dir)
	s := New(2, func(_ uint32, err error) { t.Error(err) })
	defer s.Close()
	d, err := s.Seed(7, c.info, dir)
	require.NoError(t, err)
	require.Equal(t, c.info.Count(), check(t, d))
	var all sync.WaitGroup
	for worker := range uint64(8) {
		all.Go(func() {
			r := seeded(worker)
			for range 100 {
				at := r.IntN(len(c.bytes))
				p := make([]byte, 1+r.IntN(min(40_000, len(c.bytes)-at)))
				b := protocol.Body{Content: 7, Offset: uint64(at), Length: uint32(len(p))}
				err := s.ReadBody(b, p)
				if err != nil || string(p) != string(c.bytes[at:at+len(p)]) {
					t.Errorf("%d bytes at %d: %v", len(p), at, err)
					return
				}
				b.Content |= protocol.Junk
				if s.ReadBody(b, p); p[0] == c.bytes[at] {
					t.Error("junk is not junk")
				}
			}
		})
	}
	all.Wait()
	require.LessOrEqual(t, len(s.files.open), 2)
	end := protocol.Body{Content: 7, Offset: uint64(len(c.bytes)) - 1, Length: 2}
	require.ErrorContains(t, s.ReadBody(end, make([]byte, 2)), "of a torrent of")
	require.NoError(t, d.Err(), "what a core asks wrongly is not the disk's fault")
	require.NoError(t, s.Remove(7))
	end.Length = 1
	require.ErrorIs(t, s.ReadBody(end, make([]byte, 1)), errRemoved)
}

// Abandoned in the middle, as by kill -9: the next run finds what was there, whole pieces that were
// never verified included, and nothing else. Then it goes on.
func TestResume(t *testing.T) {
	c, dir := mixed(t), t.TempDir()
	r := seeded(1)
	done := map[uint32]bool{}
	for range 4 {
		s, d, _ := download(t, c, dir)
		require.EqualValues(t, len(done), check(t, d))
		for piece := range c.info.Count() {
			require.Equal(t, done[piece], d.Good(piece))
		}
		for _, k := range r.Perm(int(c.info.Count()))[:3] {
			piece := uint32(k)
			c.write(s, 3, piece, r)
			if r.IntN(2) == 0 {
				require.True(t, s.Verify(0, 3, piece))
			}
			done[piece] = true
		}
		for piece := range c.info.Count() { // and one block of every other, which is not enough
			if size := c.info.PieceSize(piece); !done[piece] && size > blockSize {
				s.Write(0, 3, piece, 0, protocol.Chunk{Bytes: c.block(piece, 0)})
			}
		}
		// Nothing is closed: what the program held is gone with it.
	}
	s, d, _ := download(t, c, dir)
	require.EqualValues(t, len(done), check(t, d))
	for piece := range c.info.Count() {
		c.write(s, 3, piece, r)
		require.True(t, s.Verify(0, 3, piece))
	}
	c.equal(t, dir)
}

func TestCheckFindsTheDamage(t *testing.T) {
	c, dir := mixed(t), t.TempDir()
	c.save(t, dir)
	name := filepath.Join(dir, "torrent", "b", "d", "e", "f") // its bytes begin with piece 1
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	require.NoError(t, err)
	_, err = f.WriteAt([]byte{^c.bytes[32_768+40_000]}, 40_000)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	require.NoError(t, os.Truncate(filepath.Join(dir, "torrent", "j"), 70_000))
	require.NoError(t, os.Remove(filepath.Join(dir, "torrent", "a")))
	s, d, _ := download(t, c, dir)
	check(t, d)
	last := c.info.Count() - 1
	for piece := range c.info.Count() {
		damaged := piece == 0 || piece == 2 || piece == last
		require.Equal(t, !damaged, d.Good(piece), piece)
	}
	for _, piece := range []uint32{0, 2, last} {
		c.write(s, 3, piece, seeded(1))
		require.True(t, s.Verify(0, 3, piece))
	}
	c.equal(t, dir)
}

func TestCheckTellsItsProgressAndCanBeCancelled(t *testing.T) {
	c, dir := mixed(t), t.TempDir()
	c.save(t, dir)
	_, d, _ := download(t, c, dir)
	var told []uint32
	good, err := d.Check(context.Background(), func(n uint32) { told = append(told, n) })
	require.NoError(t, err)
	require.Equal(t, c.info.Count(), good)
	require.Len(t, told, int(good))
	for k, n := range told {
		require.EqualValues(t, k+1, n)
	}
	ctx, cancel := context.WithCancel(context.Background())
	last := uint32(0)
	_, err = d.Check(ctx, func(n uint32) { last = n; cancel() })
	require.ErrorIs(t, err, context.Canceled)
	require.Less(t, last, c.info.Count())
	require.NoError(t, d.Err())
}

// What is finished stays, whatever comes afterwards.
func TestGoodPieceIsNeverWrittenAgain(t *testing.T) {
	c, dir := mixed(t), t.TempDir()
	s, d, _ := download(t, c, dir)
	for piece := range c.info.Count() {
		c.write(s, 3, piece, seeded(1))
		require.True(t, s.Verify(0, 3, piece))
		s.Write(0, 3, piece, 0, protocol.Chunk{Bytes: make([]byte, c.info.PieceSize(piece))})
		require.True(t, s.Verify(0, 3, piece))
	}
	c.equal(t, dir)
	s, d, _ = download(t, c, dir)
	require.Equal(t, c.info.Count(), check(t, d))
	s.Write(0, 3, 2, 0, protocol.Chunk{Bytes: make([]byte, blockSize)})
	c.equal(t, dir)
}

func TestCorruptPieceIsFoundOut(t *testing.T) {
	c := mixed(t)
	s, d, _ := download(t, c, t.TempDir())
	c.write(s, 3, 1, seeded(1))
	bad := append([]byte(nil), c.block(1, 0)...)
	bad[77]++
	s.Write(0, 3, 1, 0, protocol.Chunk{Bytes: bad})
	require.False(t, s.Verify(0, 3, 1))
	require.False(t, d.Good(1))
	require.NoError(t, d.Err())
	s.Write(0, 3, 1, 0, protocol.Chunk{Bytes: c.block(1, 0)})
	require.True(t, s.Verify(0, 3, 1))
}

func TestFilesHaveHoles(t *testing.T) {
	const size = 1 << 30
	info := &metainfo.Info{Name: "big", Total: size, PieceLength: 1 << 20,
		Pieces: make([]byte, 20<<10),
		Files:  []metainfo.File{{Path: []string{"big"}, Length: size}}}
	dir := t.TempDir()
	s := New(1, func(_ uint32, err error) { t.Error(err) })
	defer s.Close()
	_, err := s.Download(0, info, dir)
	require.NoError(t, err)
	s.Write(0, 0, 1023, 0, protocol.Chunk{Bytes: make([]byte, blockSize)})
	is, err := os.Stat(filepath.Join(dir, "big"))
	require.NoError(t, err)
	require.EqualValues(t, size, is.Size())
	if used, ok := diskUse(is); ok {
		require.Less(t, used, int64(1<<20))
	}
}

// Thousands of files, and few of them open at a time.
func TestThousandsOfFiles(t *testing.T) {
	const count, limit = 4000, 16
	files := make([]file, count)
	for k := range files {
		files[k] = file{"d" + string(rune('a'+k%26)) + "/" + metainfo.Hash{byte(k), byte(k >> 8)}.
			String(), 1 + k%1000}
	}
	c, dir := newContent(t, 1<<18, files...), t.TempDir()
	s := New(limit, func(_ uint32, err error) { t.Error(err) })
	defer s.Close()
	d, err := s.Download(3, c.info, dir)
	require.NoError(t, err)
	before := openFiles(t)
	r := seeded(3)
	for piece := range c.info.Count() {
		c.write(s, 3, piece, r)
		require.True(t, s.Verify(0, 3, piece))
		require.LessOrEqual(t, openFiles(t)-before, limit)
	}
	require.Len(t, s.files.open, limit)
	c.equal(t, dir)
	require.Equal(t, c.info.Count(), check(t, d))
	require.NoError(t, s.Close())
	require.Empty(t, s.files.open)
	require.Less(t, openFiles(t), before)
}

func TestSteadyStateDoesNotAllocate(t *testing.T) {
	c := newContent(t, 4*blockSize, file{"a", 100_000}, file{"b", 100_000})
	s, d, _ := download(t, c, t.TempDir())
	p := make([]byte, blockSize)
	once := func() {
		d.good[1] = false
		for begin := uint32(0); begin < 4*blockSize; begin += blockSize {
			s.Write(0, 3, 1, begin, protocol.Chunk{Bytes: c.block(1, begin)})
		}
		if !s.Verify(0, 3, 1) {
			t.Fatal("it is not right")
		}
		s.ReadBody(protocol.Body{Content: 3, Length: blockSize, Offset: 92_000}, p)
	}
	once()
	require.Less(t, testing.AllocsPerRun(100, once), 20.0) // Lstat and its path, for each file
	require.Zero(t, testing.AllocsPerRun(100, func() {
		s.Write(0, 3, 0, 0, protocol.Chunk{Bytes: c.block(0, 0)})
		s.ReadBody(protocol.Body{Content: 3, Length: blockSize, Offset: 92_000}, p)
	}))
}

// Hashing with holes gives what hashing everything gives.
func TestHasherPutsOffZeros(t *testing.T) {
	h := newHasher().(*hasher)
	for seed := range uint64(200) {
		r := seeded(seed)
		p := make([]byte, r.IntN(4*stride))
		for range r.IntN(3) { // none: all zeros
			if len(p) > 0 {
				p[r.IntN(len(p))] = 1
			}
		}
		want := sha1.Sum(p)
		for range 2 {
			h.reset()
			for left := p; len(left) > 0; left = left[min(stride, len(left)):] {
				h.add(left[:min(stride, len(left))])
			}
			require.True(t, h.is(want[:]), "seed %d", seed)
			want[7]++
			require.False(t, h.is(want[:]))
			want[7]--
		}
	}
}
