package metainfo_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	zeebo "github.com/zeebo/bencode"

	"swarmlab/protocol/metainfo"
)

// dict is a dictionary that a test changes before it is encoded. Its keys are sorted then.
type dict map[string]any

func encode(t testing.TB, v any) []byte {
	b, err := zeebo.EncodeBytes(v)
	require.NoError(t, err)
	return b
}

// single is the info dictionary of one file, several that of two, both of one piece.
func single() dict {
	return dict{"name": "hello.txt", "length": 12, "piece length": 16384,
		"pieces": strings.Repeat("x", 20)}
}

func entry(length int64, path ...string) dict { return dict{"length": length, "path": path} }

func several(files ...any) dict {
	return dict{"name": "demo", "files": files, "piece length": 16384,
		"pieces": strings.Repeat("x", 20)}
}

// with returns d with keys changed; a nil value takes the key away.
func (d dict) with(pairs ...any) dict {
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] == nil {
			delete(d, pairs[i].(string))
		} else {
			d[pairs[i].(string)] = pairs[i+1]
		}
	}
	return d
}

func v2(pairs ...any) dict {
	root := strings.Repeat("r", 32)
	return dict{"meta version": 2, "name": "c.bin", "piece length": 16384,
		"file tree": dict{"c.bin": dict{"": dict{"length": 40000, "pieces root": root}}},
	}.with(pairs...)
}

// The rows of the table of malformed files, by their number. An empty want is accepted.
func TestMalformedInfo(t *testing.T) {
	whole := several(entry(5, "a"), entry(7, "b"))
	for _, c := range []struct {
		row  string
		info any
		want string
	}{
		{"0 single", single(), ""},
		{"0 several", whole, ""},
		{"1 list", []int{1}, `^byte 7: info: should be a dictionary, and is a list; `},
		{"2", single().with("name", nil), `^byte 7: info.name: is missing`},
		{"2 kind", single().with("name", 3), `info.name: should be a string, and is a number`},
		{"3 missing", single().with("piece length", nil), `info.piece length: is missing`},
		{"3 zero", single().with("piece length", 0), `^byte \d+: info.piece length: 0 is outside`},
		{"3 negative", single().with("piece length", -1), `info.piece length: -1 is outside 1 to`},
		{"3 text", single().with("piece length", "9"), `piece length: should be a number, and is`},
		{"3 most", single().with("piece length", 536854528), ""},
		{"3 more", single().with("piece length", 536854529), `536854529 is outside 1 to 536854528`},
		{"4 19", single().with("pieces", strings.Repeat("x", 19)), `info.pieces: has 19 bytes`},
		{"4 0", single().with("pieces", ""), `info.pieces: has 0 bytes, and 1 pieces of 16384`},
		{"4 40", single().with("pieces", strings.Repeat("x", 40)), `info.pieces: has 40 bytes`},
		{"4 numbers", single().with("pieces", []int{1, 2}), `info.pieces: should be a string`},
		{"4 list", single().with("pieces", []string{}), `info.pieces: should be a string`},
		{"5", single().with("pieces", nil), `info.pieces: is missing`},
		{"6", single().with("files", []any{entry(1, "a")}), `info.files: stands beside length`},
		{"7", single().with("length", nil), `info: has neither length nor files`},
		{"8", single().with("length", -1), `info.length: -1 is negative`},
		{"8 several", several(entry(-1, "a")), `info.files\[0\].length: is missing or negative`},
		{"8 missing", several(dict{"path": []string{"a"}}), `files\[0\].length: is missing or neg`},
		{"8 text", several(dict{"length": "1", "path": []string{"a"}}), `files\[0\].length: is`},
		{"9", single().with("length", 0), `info: the torrent holds no data at all`},
		{"9 pads", several(entry(0, "a"), dict{"attr": "p", "length": 9}), `holds no data at all`},
		{"10", several().with("files", []any{}), `info.files: is empty`},
		{"10 kind", several().with("files", 4), `info.files: should be a list of dict`},
		{"10 entries", several(1, 2), `info.files\[0\]: is no dictionary`},
		{"11 empty", several(entry(12)), `info.files\[0\].path: is missing or empty`},
		{"11 missing", several(dict{"length": 12}), `info.files\[0\].path: is missing or empty`},
		{"11 text", several(dict{"length": 12, "path": "a"}), `files\[0\].path: is not what it sh`},
		{"11 number", several(dict{"length": 12, "path": []int{1}}), `files\[0\].path: is not`},
		{"11 pad", several(entry(2, "a"), dict{"attr": "p", "length": 10}), ""},
		{"11 odd pad", several(entry(2, "a"), dict{"attr": "xp", "length": 9, "path": "/"}), ""},
		{"13", several(entry(5, "a", "b"), entry(1, "c"), entry(7, "a", "b")),
			`two files are called "a/b"`},
		{"14", several(entry(5, "a"), entry(1, "a!"), entry(7, "a", "b")),
			`"a" is both a file and a folder, that of "a/b"`},
		{"14 deep", several(entry(5, "x", "a", "b", "c"), entry(7, "x", "a")), `"x/a" is both`},
		{"15", several(entry(0, "a"), entry(12, "b"), entry(0, "c")), ""},
		{"16", several(entry(1<<62, "a"), entry(1<<62, "b")), `info.files: the lengths of the f`},
		{"16 pieces", single().with("length", int64(1)<<62), `\d+ pieces would be needed for`},
		{"17 link", several(dict{"attr": "l", "length": 0, "path": []string{"a"}}, entry(12, "b")),
			`info.files\[0\].attr: the file is a symbolic link`},
		{"17 single link", single().with("attr", "xl"), `info.attr: the file is a symbolic link`},
		{"17 attr", single().with("attr", 7), `info.attr: should be a string, and is a number`},
		{"20", single().with("meta version", 1), `info.meta version: is 1, and should be absent`},
		{"30", v2("meta version", nil), `info.file tree: is of version 2, but there is no`},
		{"kind of source", single().with("source", 4), `info.source: should be a string`},
		{"unknown keys", single().with("x", []any{1, dict{}}, "zz", "y", "attr", "q"), ""},
		{"unknown keys of files", several(dict{"a": 1, "length": 12, "path": []string{"a"},
			"sha1": "x", "md5sum": []int{}, "symlink path": "zz"}), ""},
	} {
		t.Run(c.row, func(t *testing.T) {
			_, err := metainfo.Parse(encode(t, dict{"info": c.info}))
			checkVerdict(t, err, c.want, false)
		})
	}
}

func checkVerdict(t *testing.T, err error, want string, unsupported bool) {
	t.Helper()
	if want == "" {
		require.NoError(t, err)
		return
	}
	var e *metainfo.Error
	require.True(t, errors.As(err, &e), "%v", err)
	require.Regexp(t, want, e.Error())
	require.Equal(t, unsupported, e.Unsupported)
}

// Rows 19 and 21 to 34: everything of version 2 and every hybrid is recognised, and refused for
// what it is, whatever else is right or wrong with it.
func TestOtherVersions(t *testing.T) {
	const hybrid, two = `hybrid torrent of versions 1 and 2`, `a torrent of version 2 \(BEP 52\)`
	tree := func(v any) []any { return []any{"file tree", v} }
	file := dict{"": dict{"length": 5}}
	both := func(pairs ...any) dict {
		return v2("pieces", strings.Repeat("x", 60), "length", 40000).with(pairs...)
	}
	pad := dict{"attr": "p", "length": 15536}
	for _, c := range []struct {
		row  string
		info dict
		want string
	}{
		{"19", v2("meta version", 3), `info.meta version: .* of a newer version than`},
		{"21 odd", v2("piece length", 24576), two},
		{"21 small", v2("piece length", 8192), two},
		{"22 to 25", v2(), two}, // no layers, and below all of them
		{"26 short", v2(tree(dict{"c": dict{"": dict{"length": 5, "pieces root": "x"}}})...), two},
		{"26 missing", v2(tree(dict{"c": file})...), two},
		{"27 and 28", v2(tree(dict{"c": dict{"": dict{"length": 0}}})...), two},
		{"29 root", v2(tree(file)...), two},
		{"29 sibling", v2(tree(dict{"c": file, "..": dict{}})...), two},
		{"31 without pad", both("length", nil, "files", []any{entry(4, "c.bin")}), hybrid},
		{"31 no list", both("length", nil), hybrid},
		{"32", both("length", nil, "files", []any{entry(4, "c.bin"), pad}), hybrid},
		{"33", v2(tree(dict{"c": dict{"": dict{"attr": "p", "length": 5}}})...), two},
		{"34", v2("piece length", 65536), two},
		{"hybrid", both(), hybrid},
		{"nothing else", dict{"meta version": 2}, two},
	} {
		t.Run(c.row, func(t *testing.T) {
			for _, layers := range []any{dict{}, dict{strings.Repeat("r", 32): "short"}, 7} {
				_, err := metainfo.Parse(encode(t, dict{"info": c.info, "piece layers": layers}))
				checkVerdict(t, err, c.want, true)
			}
			_, err := metainfo.Parse(encode(t, dict{"info": c.info}))
			checkVerdict(t, err, c.want, true)
		})
	}
	_, err := metainfo.Parse(encode(t, dict{"info": v2("meta version", "2")}))
	checkVerdict(t, err, `info.meta version: should be a number, and is a string`, false)
}

// The v2 file of the sheet as it is there.
func TestVersion2Example(t *testing.T) {
	info := unhex(t, "64393a66696c65207472656564393a68656c6c6f2e74787464303a64363a6c656e6774686931"+
		"326531313a70696563657320726f6f7433323aa948904f2f0f479b8f8197694b30184b0d2ed1c1cd2a1ec0fb8"+
		"5d299a192a44765656531323a6d6574612076657273696f6e693265343a6e616d65393a68656c6c6f2e747874"+
		"31323a7069656365206c656e677468693136333834"+"6565")
	_, err := metainfo.Parse([]byte("d4:info" + string(info) + "12:piece layersdee"))
	checkVerdict(t, err, `^byte \d+: info.meta version: this is a torrent of version 2`, true)
}

// Row 1, 17, 18, and what the scanner refuses: the byte where it is wrong is named.
func TestMalformedForm(t *testing.T) {
	good := string(encode(t, dict{"announce": "http://t.example/a", "info": single()}))
	at := func(sub string) int { return strings.Index(good, sub) }
	unsorted := "d4:infod4:name9:hello.txt6:lengthi12e12:piece lengthi16384e6:pieces20:" +
		strings.Repeat("x", 20) + "ee"
	for _, c := range []struct {
		name, in, want string
	}{
		{"good", good, ""},
		{"1 no info", "d8:announce1:xe", `^byte 0: info: is missing; this is no torrent`},
		{"17 newline", good + "\n", fmt.Sprintf("^byte %d: 1 bytes follow the end", len(good))},
		{"17 second", good + good, fmt.Sprintf("^byte %d: %d bytes follow", len(good), len(good))},
		{"18", unsorted, `^byte 25: the keys of a dictionary are not in order`},
		{"empty", "", `^is empty`},
		{"no dictionary", "<html>", `^byte 0: this is no torrent: the first byte is '<'`},
		{"list", "le", `^byte 0: this is no torrent: the first byte is 'l'`},
		{"cut", good[:len(good)-1], fmt.Sprintf("^byte %d: the end is missing", len(good)-1)},
		{"twice", "d1:a0:1:a0:e", `^byte 6: a dictionary has the same key twice`},
		{"zero", "d1:ai01ee", `^byte 4: this is no canonical bencode \(leading_zero\)`},
		{"range", "d1:ai9223372036854775808ee", `^byte 4: .*int_range`},
		{"token", "d1:ali1e?ee", `^byte 8: .*bad_token`},
		{"string", "d1:al1:a67108864:xee", `^byte 8: a string is longer than what is there`},
		{"deep", "d1:a" + strings.Repeat("l", 32) + strings.Repeat("e", 33),
			`^byte 35: lists and dictionaries are nested too deep`},
		{"32 deep", "d1:a" + strings.Repeat("l", 31) + strings.Repeat("e", 32), `info: is missing`},
		{"key", "di1e0:e", `^byte 1: .*key_kind`},
		{"no value", "d1:ae", `^byte 4: .*no_value`},
		{"in a string", strings.Replace(good, "18:http", "19:http", 1),
			fmt.Sprintf("^byte %d: ", at("18:http")+22)},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := metainfo.Parse([]byte(c.in))
			checkVerdict(t, err, c.want, false)
		})
	}
	for n := range good {
		_, err := metainfo.Parse([]byte(good[:n]))
		require.Error(t, err, "%d bytes", n)
	}
}

// Keys outside info have their kinds, too; unknown ones have none.
func TestMalformedTop(t *testing.T) {
	for _, c := range []struct {
		key  string
		v    any
		want string
	}{
		{"announce", 1, `^byte \d+: announce: should be a string, and is a number`},
		{"announce-list", []string{"a"}, `list: should be a list of lists .* and is a list with`},
		{"announce-list", [][]int{{1}}, `announce-list: should be a list of lists`},
		{"announce-list", "a", `announce-list: should be a list of lists .* and is a string`},
		{"nodes", [][]any{{"h", 0}}, `nodes: should be a list of \[host, port\]`},
		{"nodes", [][]any{{"h", 65536}}, `nodes: should be`},
		{"nodes", [][]any{{"", 1}}, `nodes: should be`},
		{"nodes", [][]any{{"h"}}, `nodes: should be`},
		{"nodes", [][]any{{1, "h"}}, `nodes: should be`},
		{"nodes", []any{"h", 1}, `nodes: should be`},
		{"nodes", []any{dict{"h": 1}}, `nodes: should be`},
		{"url-list", 1, `url-list: should be a string or a list of strings, and is a number`},
		{"url-list", []int{1}, `url-list: should be`},
		{"comment", []int{1}, `comment: should be a string, and is a list`},
		{"created by", dict{}, `created by: should be a string, and is a dictionary`},
		{"creation date", "now", `creation date: should be a number, and is a string`},
		{"unknown", []any{dict{"x": 1}}, ""},
		{"piece layers", 4, ""},
		{"httpseeds", 4, ""},
		{"private", 1, ""}, // means nothing here
	} {
		torrent, err := metainfo.Parse(encode(t, dict{"info": single(), c.key: c.v}))
		checkVerdict(t, err, c.want, false)
		if err == nil {
			require.False(t, torrent.Info.Private)
		}
	}
}
