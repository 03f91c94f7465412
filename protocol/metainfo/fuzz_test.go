package metainfo_test

import (
	"bytes"
	"crypto/sha1"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	zeebo "github.com/zeebo/bencode"

	"swarmlab/protocol/metainfo"
)

// plain is a torrent as zeebo alone would read it.
type plain struct {
	Announce string     `bencode:"announce"`
	Tiers    [][]string `bencode:"announce-list"`
	Comment  string     `bencode:"comment"`
	Info     struct {
		Name        string `bencode:"name"`
		NameUTF8    string `bencode:"name.utf-8"`
		PieceLength uint32 `bencode:"piece length"`
		Pieces      []byte `bencode:"pieces"`
		Length      uint64 `bencode:"length"`
		Source      string `bencode:"source"`
		Private     any    `bencode:"private"`
		Files       []struct {
			Length   uint64 `bencode:"length"`
			Path     any    `bencode:"path"`
			PathUTF8 any    `bencode:"path.utf-8"`
			Attr     string `bencode:"attr"`
		} `bencode:"files"`
	} `bencode:"info"`
}

// againstZeebo compares what an accepted file says with what zeebo finds in it.
func againstZeebo(t require.TestingT, file []byte) {
	torrent, err := metainfo.Parse(file)
	require.NoError(t, err)
	var p plain
	require.NoError(t, zeebo.DecodeBytes(file, &p))
	in := torrent.Info
	if p.Info.NameUTF8 == "" {
		require.Equal(t, p.Info.Name, in.Name)
	}
	require.Equal(t, p.Info.PieceLength, in.PieceLength)
	require.Equal(t, p.Info.Pieces, in.Pieces)
	require.Equal(t, p.Info.Source, in.Source)
	require.Equal(t, p.Info.Private == any(int64(1)), in.Private)
	require.Equal(t, p.Comment, torrent.Comment)
	if !in.Folder {
		require.Equal(t, p.Info.Length, in.Total)
	} else {
		require.Len(t, p.Info.Files, len(in.Files))
	}
	for i, f := range p.Info.Files {
		require.Equal(t, f.Length, in.Files[i].Length)
		require.Equal(t, strings.Contains(f.Attr, "p"), in.Files[i].Pad)
		if names, ok := f.Path.([]any); ok && !in.Files[i].Pad && f.PathUTF8 == nil {
			require.Len(t, names, len(in.Files[i].Path))
			for n := range names {
				require.Equal(t, names[n], in.Files[i].Path[n])
			}
		}
	}
	var any1 map[string]zeebo.RawMessage
	require.NoError(t, zeebo.DecodeBytes(file, &any1))
	require.Equal(t, []byte(any1["info"]), in.Raw)
	require.EqualValues(t, sha1.Sum(any1["info"]), in.Hash)
	again, err := zeebo.EncodeBytes(any1)
	require.NoError(t, err)
	require.Equal(t, file, again)
}

func seeds(f *testing.F) {
	_, torrent := build(f, helloPlan(), []byte(hello))
	file, _ := build(f, demoPlan(), append(gen(20000, 0), gen(50000, 7)...))
	f.Add(file)
	f.Add(encode(f, dict{"info": several(entry(5, "a", "b"), entry(7, "aux.c"),
		dict{"attr": "p", "length": 4}), "announce": "x", "announce-list": [][]string{{"a", ""}},
		"nodes": [][]any{{"h", 1}}, "url-list": "u", "comment": "c", "creation date": 3}))
	f.Add(encode(f, dict{"info": single().with("private", 1, "source", "s", "attr", "x",
		"name.utf-8", "ö")}))
	f.Add(encode(f, dict{"info": v2()}))
	f.Add(torrent.Info.Raw)
}

// FuzzParse checks that what is accepted keeps the promises of the package, and is the same to
// zeebo. Nothing may panic.
func FuzzParse(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, file []byte) {
		kept := bytes.Clone(file)
		torrent, err := metainfo.Parse(file)
		require.Equal(t, kept, file)
		if err != nil {
			require.NotEmpty(t, err.Error())
			require.True(t, utf8.ValidString(err.Error()), "%q", err)
			return
		}
		againstZeebo(t, file)
		checkPromises(t, torrent.Info)
		again, err := metainfo.ParseInfo(torrent.Info.Raw, torrent.Info.Hash)
		require.NoError(t, err)
		clear(file) // nothing of it may have been kept
		require.Equal(t, torrent.Info, again)
		link := torrent.Magnet()
		require.Equal(t, torrent.Info.Hash, link.Hash)
	})
}

func checkPromises(t require.TestingT, in *metainfo.Info) {
	require.LessOrEqual(t, in.Total, uint64(math.MaxInt64))
	require.LessOrEqual(t, in.Size(), in.Total)
	require.NotZero(t, in.Size())
	require.EqualValues(t, (in.Total-1)/uint64(in.PieceLength)+1, in.Count())
	last := in.Count() - 1
	require.Equal(t, in.Total, uint64(last)*uint64(in.PieceLength)+uint64(in.PieceSize(last)))
	var at uint64
	for _, f := range in.Files {
		require.Equal(t, at, f.Offset)
		at += f.Length
	}
	require.Equal(t, in.Total, at)
	walk, left := in.Segments(0, math.MaxUint64), in.Total
	for seg, ok := walk.Next(); ok; seg, ok = walk.Next() {
		left -= seg.Length
	}
	require.Zero(t, left)
	for disk := range metainfo.Disk(3) {
		paths, err := in.Paths(disk)
		require.True(t, err == nil || disk != metainfo.UnixDisk)
		for i, path := range paths {
			require.Equal(t, in.Files[i].Pad, path == "")
			if in.Folder {
				path = strings.TrimPrefix(path, disk.Name(in.Name)+"/")
			}
			for name := range strings.SplitSeq(path, "/") {
				require.True(t, in.Files[i].Pad || metainfo.NameFault(name) == "", "%q", name)
			}
		}
	}
}

// FuzzParseInfo is FuzzParse for dictionaries as peers send them, whose hash is always right.
func FuzzParseInfo(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		in, err := metainfo.ParseInfo(raw, sha1.Sum(raw))
		if err == nil {
			require.Equal(t, raw, in.Raw)
			checkPromises(t, in)
			againstZeebo(t, []byte("d4:info"+string(raw)+"e"))
		}
		_, err = metainfo.ParseInfo(raw, metainfo.Hash{1})
		require.ErrorContains(t, err, "was asked for")
	})
}

// FuzzMagnet checks that a link that was accepted is written as one that means the same.
func FuzzMagnet(f *testing.F) {
	for _, rest := range []string{"", "&dn=a%20b+c&tr=x&tr.1=y&ws=z", "&x.pe=[::1]:5&dht=h:1",
		"&so=0,2,4,6-8", "&xt=urn:btmh:" + only2, "&xt.7=urn:btih:" + hello32, "&%&=&a=%zz"} {
		f.Add("magnet:?xt=urn:btih:" + helloHash + rest)
	}
	f.Fuzz(func(t *testing.T, link string) {
		m, err := metainfo.ParseMagnet(link)
		if err != nil {
			require.True(t, utf8.ValidString(err.Error()), "%q", err)
			return
		}
		again, err := metainfo.ParseMagnet(m.String())
		if len(m.String()) > metainfo.LinkMax { // escapes made it longer
			return
		}
		require.NoError(t, err)
		require.Equal(t, m, again)
	})
}
