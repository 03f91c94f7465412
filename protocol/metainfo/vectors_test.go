package metainfo_test

import (
	"bytes"
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol/metainfo"
)

// gen is the test data of the worked examples.
func gen(n, s int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte((i + s) % 251)
	}
	return b
}

const hello = "hello world\n"

func helloPlan() metainfo.Plan {
	return metainfo.Plan{
		Name: "hello.txt", Files: []metainfo.File{{Length: 12}}, PieceLength: 16384,
		Trackers: [][]string{{"http://tracker.example/announce"}},
	}
}

func demoPlan() metainfo.Plan {
	return metainfo.Plan{
		Name: "demo", Folder: true, PieceLength: 32768,
		Files: []metainfo.File{
			{Path: []string{"a.bin"}, Length: 20000},
			{Path: []string{"sub", "b.bin"}, Length: 50000},
		},
	}
}

// build makes a torrent and reads it again.
func build(t testing.TB, plan metainfo.Plan, content []byte) ([]byte, *metainfo.Torrent) {
	t.Helper()
	b, err := metainfo.NewBuilder(plan)
	require.NoError(t, err)
	require.Equal(t, uint64(len(content)), b.Left())
	for rest := content; len(rest) > 0; { // in parts that fit no border
		n, err := b.Write(rest[:min(len(rest), 7777)])
		require.NoError(t, err)
		rest = rest[n:]
	}
	file, err := b.Torrent()
	require.NoError(t, err)
	torrent, err := metainfo.Parse(file)
	require.NoError(t, err)
	return file, torrent
}

func unhex(t testing.TB, digits string) []byte {
	b, err := hex.DecodeString(digits)
	require.NoError(t, err)
	return b
}

func TestOneFile(t *testing.T) {
	const info = "64363a6c656e67746869313265343a6e616d65393a68656c6c6f2e74787431323a706965636520" +
		"6c656e67746869313633383465363a70696563657332303a22596363b3de40b06f981fb85d82312e8c0ed51165"
	file, torrent := build(t, helloPlan(), []byte(hello))
	require.Equal(t, "d8:announce31:http://tracker.example/announce4:info"+
		string(unhex(t, info))+"e", string(file))
	require.Len(t, file, 136)
	in := torrent.Info
	require.Equal(t, unhex(t, info), in.Raw)
	require.Equal(t, "7b5e918f364908afab937ecdd84059dfb61102b7", in.Hash.String())
	require.Equal(t, "22596363b3de40b06f981fb85d82312e8c0ed511",
		hex.EncodeToString(in.PieceHash(0)))
	require.Equal(t, [][]string{{"http://tracker.example/announce"}}, torrent.Trackers)
	require.Equal(t, "hello.txt", in.Name)
	require.False(t, in.Folder)
	require.Equal(t, []metainfo.File{{Path: []string{"hello.txt"}, Length: 12}}, in.Files)
	require.Equal(t, uint64(12), in.Total)
	require.EqualValues(t, 16384, in.PieceLength)
	require.EqualValues(t, 1, in.Count())
	require.EqualValues(t, 12, in.PieceSize(0))
	require.False(t, in.Private)
}

// What else is in the info dictionary makes another torrent.
func TestOtherInfohashes(t *testing.T) {
	plan := helloPlan()
	plan.Private = true
	file, torrent := build(t, plan, []byte(hello))
	require.Equal(t, "a1b5bcc0d125f7b5a0eb29a8d900f6f08092a84c", torrent.Info.Hash.String())
	require.True(t, torrent.Info.Private)

	file = bytes.Replace(file, []byte("7:privatei1e"), []byte("7:privatei0e"), 1)
	torrent, err := metainfo.Parse(file)
	require.NoError(t, err)
	require.Equal(t, "7dbdb26e587240fff13d55a3bb0bf37ac8f01164", torrent.Info.Hash.String())
	require.False(t, torrent.Info.Private)

	plan = helloPlan()
	plan.Source = "X"
	_, torrent = build(t, plan, []byte(hello))
	require.Equal(t, "eaccc0d0e2614a96ed6bd69a22194a8d79ba1176", torrent.Info.Hash.String())
	require.Equal(t, "X", torrent.Info.Source)
}

func TestTwoFiles(t *testing.T) {
	_, torrent := build(t, demoPlan(), append(gen(20000, 0), gen(50000, 7)...))
	in := torrent.Info
	require.Len(t, in.Raw, 185)
	require.Equal(t, "64214c8b12faedf8480e8b052a6b5485d16ca385", in.Hash.String())
	require.EqualValues(t, 3, in.Count())
	for n, want := range []struct {
		hash string
		size uint32
	}{
		{"e4c02f39c355e23445d23fc5c439ca719afb8948", 32768},
		{"a578f3b2bab7c16ce9c0488b417d487c0d9ea758", 32768},
		{"8115032a6fbe97228ceff0b3386faad89b84d250", 4464},
	} {
		require.Equal(t, want.hash, hex.EncodeToString(in.PieceHash(uint32(n))))
		require.Equal(t, want.size, in.PieceSize(uint32(n)))
	}
	walk := in.Block(0, 0, 32768)
	first, ok := walk.Next()
	require.True(t, ok)
	require.Equal(t, metainfo.Segment{File: 0, Offset: 0, Length: 20000}, first)
	second, ok := walk.Next()
	require.True(t, ok)
	require.Equal(t, metainfo.Segment{File: 1, Offset: 0, Length: 12768}, second)
	_, ok = walk.Next()
	require.False(t, ok)
	walk = in.Block(2, 0, 4464)
	last, ok := walk.Next()
	require.True(t, ok)
	require.Equal(t, metainfo.Segment{File: 1, Offset: 45536, Length: 4464}, last)
	paths, err := in.Paths(metainfo.UnixDisk)
	require.NoError(t, err)
	require.Equal(t, []string{"demo/a.bin", "demo/sub/b.bin"}, paths)
}

// The v1 view of the hybrid example: its pad file and the hashes of the padded pieces.
func TestPadFile(t *testing.T) {
	plan := demoPlan()
	plan.Files = []metainfo.File{plan.Files[0], {Pad: true, Length: 12768}, plan.Files[1]}
	content := append(append(gen(20000, 0), make([]byte, 12768)...), gen(50000, 7)...)
	_, torrent := build(t, plan, content)
	in := torrent.Info
	require.EqualValues(t, 82768, in.Total)
	require.EqualValues(t, 70000, in.Size())
	for n, want := range []string{
		"045446e15803e6fef13ed753010752422d2baca9",
		"b5d9e4670a5717a66b590adb55bdeedc673b5205",
		"1e512863fa22847cfeb833f9cbc79a16a695aef3",
	} {
		require.Equal(t, want, hex.EncodeToString(in.PieceHash(uint32(n))))
	}
	require.Contains(t, string(in.Raw), "d4:attr1:p6:lengthi12768e4:pathl4:.pad5:12768ee")
	require.True(t, in.Files[1].Pad)
	paths, err := in.Paths(metainfo.WindowsDisk)
	require.NoError(t, err)
	require.Equal(t, []string{"demo/a.bin", "", "demo/sub/b.bin"}, paths)
}
