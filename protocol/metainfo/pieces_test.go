package metainfo_test

import (
	"bytes"
	"crypto/sha1"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"swarmlab/protocol/metainfo"
)

// drawPlan draws a torrent of small files, some of them empty or pads, and small pieces.
func drawPlan(r *rapid.T) (plan metainfo.Plan, content []byte) {
	plan = metainfo.Plan{Name: "x", Folder: true,
		PieceLength: uint32(rapid.IntRange(1, 40).Draw(r, "piece length"))}
	plan.Files = []metainfo.File{{Path: []string{"first"}, Length: 1}}
	for n := range rapid.IntRange(0, 8).Draw(r, "files") {
		length := rapid.SampledFrom([]uint64{0, 0, 1, 2, 7, 40, 41, 90}).Draw(r, "length")
		f := metainfo.File{Path: []string{fmt.Sprint(n)}, Length: length,
			Executable: rapid.Bool().Draw(r, "x"), Hidden: rapid.Bool().Draw(r, "h")}
		if rapid.IntRange(0, 3).Draw(r, "pad") == 0 {
			f.Pad, f.Path = true, nil
		}
		plan.Files = append(plan.Files, f)
	}
	for i := range plan.Files {
		for n := range plan.Files[i].Length {
			content = append(content, byte(n+1)*byte(i*16+1))
		}
	}
	return plan, content
}

// Pieces, blocks and segments against one long slice of bytes, each of which knows its file.
func TestLayoutAgainstBytes(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		plan, content := drawPlan(r)
		_, torrent := build(t, plan, content)
		in := torrent.Info
		require.EqualValues(r, len(content), in.Total)
		var at uint64
		for i, f := range in.Files {
			want := plan.Files[i]
			want.Offset = at
			require.Equal(r, want, f)
			at += f.Length
		}
		checkHashes(r, in, content)
		checkFilePieces(r, in)
		offset := rapid.Uint64Range(0, in.Total+3).Draw(r, "offset")
		length := rapid.Uint64Range(0, in.Total+3).Draw(r, "length")
		checkWalk(r, in, in.Segments(offset, length), offset, length)
		piece := rapid.Uint32Range(0, in.Count()-1).Draw(r, "piece")
		begin := rapid.Uint32Range(0, in.PieceSize(piece)-1).Draw(r, "begin")
		checkWalk(r, in, in.Block(piece, begin, in.PieceSize(piece)-begin),
			uint64(piece)*uint64(in.PieceLength)+uint64(begin), uint64(in.PieceSize(piece)-begin))
	})
}

func checkHashes(t require.TestingT, in *metainfo.Info, content []byte) {
	for piece := range in.Count() {
		size := in.PieceSize(piece)
		sum := sha1.Sum(content[:size])
		require.Equal(t, sum[:], in.PieceHash(piece))
		content = content[size:]
	}
	require.Empty(t, content)
}

func checkFilePieces(t require.TestingT, in *metainfo.Info) {
	for i, f := range in.Files {
		touched := map[uint32]bool{}
		for at := f.Offset; at < f.Offset+f.Length; at++ {
			touched[uint32(at/uint64(in.PieceLength))] = true
		}
		first, end := in.FilePieces(i)
		require.Len(t, touched, int(end-first))
		for piece := first; piece < end; piece++ {
			require.True(t, touched[piece])
		}
	}
}

// checkWalk compares a walk with a byte for byte one.
func checkWalk(
	t require.TestingT, in *metainfo.Info, walk metainfo.Segments, offset, length uint64,
) {
	type place struct {
		file int
		at   uint64
	}
	var want, got []place
	for at := offset; at < min(offset+length, in.Total); at++ {
		for i, f := range in.Files {
			if f.Offset <= at && at < f.Offset+f.Length {
				want = append(want, place{i, at - f.Offset})
			}
		}
	}
	last := -1
	for seg, ok := walk.Next(); ok; seg, ok = walk.Next() {
		require.Greater(t, seg.File, last, "one segment a file, in order")
		require.NotZero(t, seg.Length)
		last = seg.File
		for n := range seg.Length {
			got = append(got, place{seg.File, seg.Offset + n})
		}
	}
	require.Equal(t, want, got)
	_, ok := walk.Next()
	require.False(t, ok)
}

func TestWalkDoesNotAllocate(t *testing.T) {
	_, torrent := build(t, demoPlan(), append(gen(20000, 0), gen(50000, 7)...))
	in, bytes := torrent.Info, uint64(0)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		for piece := range in.Count() {
			_ = in.PieceHash(piece)
			walk := in.Block(piece, 0, in.PieceSize(piece))
			for seg, ok := walk.Next(); ok; seg, ok = walk.Next() {
				bytes += seg.Length
			}
		}
	}))
	require.EqualValues(t, 101*70000, bytes)
}

// The walk finds its file in few steps, however many files there are.
func BenchmarkBlock(b *testing.B) {
	plan := metainfo.Plan{Name: "x", Folder: true, PieceLength: 1 << 14}
	for n := range 100000 {
		plan.Files = append(plan.Files, metainfo.File{Path: []string{fmt.Sprint(n)}, Length: 5000})
	}
	_, torrent := build(b, plan, make([]byte, 100000*5000))
	in := torrent.Info
	for n := uint32(0); b.Loop(); n++ {
		walk := in.Block(n%in.Count(), 0, 1<<14)
		for _, ok := walk.Next(); ok; _, ok = walk.Next() {
		}
	}
}

func TestPieceLengthRule(t *testing.T) {
	for total, want := range map[uint64]uint32{
		1: 1 << 14, 32 << 20: 1 << 14, 32<<20 + 1: 1 << 15, 64 << 20: 1 << 15, 100e6: 1 << 16,
		1 << 30: 1 << 19, 32 << 30: 1 << 24, 1 << 50: 1 << 24, 1<<63 - 1: 1 << 24,
	} {
		require.Equal(t, want, metainfo.PieceLength(total), "%d bytes", total)
	}
	plan := helloPlan()
	plan.PieceLength = 0
	_, torrent := build(t, plan, []byte(hello))
	require.EqualValues(t, 16384, torrent.Info.PieceLength)
}

func TestBuilderRefuses(t *testing.T) {
	type files = []metainfo.File
	file := func(length uint64, path ...string) metainfo.File {
		return metainfo.File{Path: path, Length: length}
	}
	one := files{file(1)}
	folder := func(of ...metainfo.File) metainfo.Plan {
		return metainfo.Plan{Name: "x", Folder: true, Files: of}
	}
	for want, plan := range map[string]metainfo.Plan{
		"2 files without a folder":   {Name: "x", Files: files{file(1), file(2)}},
		"0 files without a folder":   {Name: "x"},
		"there are no bytes":         folder(file(0, "a")),
		"the path has 0 names":       folder(file(1)),
		"more than 2^63-1 bytes":     {Name: "x", Files: files{file(1 << 63)}},
		"longer than the limit":      {Name: "x", Files: one, PieceLength: 1 << 29},
		"more than the limit":        {Name: "x", Files: files{file(1 << 30)}, PieceLength: 2},
		"two files are called \"a\"": folder(file(1, "a"), file(2, "a")),
		"both a file and a folder":   folder(file(1, "a", "b"), file(2, "a")),
		"a tier of trackers":         {Name: "x", Files: one, Trackers: [][]string{{}}},
	} {
		_, err := metainfo.NewBuilder(plan)
		require.ErrorContains(t, err, want)
	}
	b, err := metainfo.NewBuilder(helloPlan())
	require.NoError(t, err)
	_, err = b.Write(make([]byte, 13))
	require.ErrorContains(t, err, "1 bytes more than the files should have")
	_, err = b.Torrent()
	require.ErrorContains(t, err, "12 bytes of the files are missing")
	require.EqualValues(t, 12, b.Left())
}

// What is written is what zeebo would write, and the same each time.
func TestBuilderIsCanonical(t *testing.T) {
	plan := demoPlan()
	plan.Files[0].Executable, plan.Files[1].Hidden = true, true
	plan.Trackers = [][]string{{"http://a", "http://b"}, {"udp://c"}}
	plan.Nodes = []metainfo.Endpoint{{Host: "h", Port: 1}, {Host: "::1", Port: 65535}}
	plan.WebSeeds = []string{"http://w/"}
	plan.Comment, plan.CreatedBy, plan.Created = "c", "us", 1700000000
	plan.Private, plan.Source = true, "S"
	content := append(gen(20000, 0), gen(50000, 7)...)
	file, torrent := build(t, plan, content)
	again, _ := build(t, plan, content)
	require.Equal(t, file, again)
	againstZeebo(t, file)
	in := torrent.Info
	require.Equal(t, plan.Trackers, torrent.Trackers)
	require.Equal(t, plan.Nodes, torrent.Nodes)
	require.Equal(t, plan.WebSeeds, torrent.WebSeeds)
	require.Equal(t, "c us 1700000000 S true", fmt.Sprint(torrent.Comment, " ", torrent.CreatedBy,
		" ", torrent.Created, " ", in.Source, " ", in.Private))
	require.True(t, in.Files[0].Executable && in.Files[1].Hidden)
	require.True(t, bytes.Contains(file, in.Raw))
}
