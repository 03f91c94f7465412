package metainfo_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"swarmlab/protocol/metainfo"
)

// Row 12, and what section 8 forbids: nothing of the kind is ever a path.
func TestHostileNames(t *testing.T) {
	for name, want := range map[string]string{
		"..":  "leads to another folder",
		".":   "leads to another folder",
		"":    "empty name",
		"a/b": "is a path", "/": "is a path", "/etc": "is a path", "../x": "is a path",
		`a\b`: "is a path", `\\host\share`: "is a path", `C:\x`: "is a path",
		"C:": "is a drive", "z:": "is a drive",
		"a\x00b": `control character 0x00`, "a\n": `control character 0x0a`,
		"\x1b[2J":                "control character 0x1b",
		"\x7f":                   "control character 0x7f",
		strings.Repeat("x", 256): "longer than the limit of 255",
	} {
		where := `^byte \d+: info.files\[1\].path\[1\]: ".*` + want
		info := several(entry(5, "a"), entry(7, "b", name))
		_, err := metainfo.Parse(encode(t, dict{"info": info}))
		checkVerdict(t, err, where, false)
		for _, info := range []dict{single(), several(entry(12, "a"))} {
			_, err = metainfo.Parse(encode(t, dict{"info": info.with("name", name)}))
			checkVerdict(t, err, `^byte \d+: info.name: ".*`+want, false)
		}
		_, err = metainfo.NewBuilder(metainfo.Plan{Name: name, Files: []metainfo.File{{Length: 1}}})
		require.ErrorContains(t, err, want)
		_, err = metainfo.NewBuilder(metainfo.Plan{Name: "x", Folder: true,
			Files: []metainfo.File{{Length: 1, Path: []string{"b", name}}}})
		require.ErrorContains(t, err, want)
	}
}

// The twins of names in old files win, also over names that mean nothing in UTF-8.
func TestNamesInUTF8(t *testing.T) {
	file := dict{"length": 12, "path": []string{"\x83\\"}, "path.utf-8": []string{"ソ"}}
	info := several(file).with("name", "\x83\\", "name.utf-8", "ソフト")
	torrent, err := metainfo.Parse(encode(t, dict{"info": info, "encoding": "Shift_JIS"}))
	require.NoError(t, err)
	require.Equal(t, "ソフト", torrent.Info.Name)
	require.Equal(t, []string{"ソ"}, torrent.Info.Files[0].Path)
	file["path.utf-8"] = []string{".."}
	_, err = metainfo.Parse(encode(t, dict{"info": info}))
	checkVerdict(t, err, `another folder`, false)
	file["path.utf-8"] = []string{}
	_, err = metainfo.Parse(encode(t, dict{"info": info}))
	checkVerdict(t, err, `path: is missing or empty`, false)
}

func TestLongPaths(t *testing.T) {
	deep := slices.Repeat([]string{"d"}, metainfo.DepthMax)
	_, err := metainfo.Parse(encode(t, dict{"info": several(entry(12, deep...))}))
	require.NoError(t, err)
	deep = append(deep, "d")
	_, err = metainfo.Parse(encode(t, dict{"info": several(entry(12, deep...))}))
	checkVerdict(t, err, `files\[0\].path: has 101 names, and the limit is 100`, false)
	_, err = metainfo.NewBuilder(metainfo.Plan{Name: "x", Folder: true,
		Files: []metainfo.File{{Length: 1, Path: deep}}})
	require.ErrorContains(t, err, "has 101 names")

	long := slices.Repeat([]string{strings.Repeat("n", 255)}, 7)
	long = append(long, strings.Repeat("n", metainfo.PathMax-len("demo/")-7*256))
	_, err = metainfo.Parse(encode(t, dict{"info": several(entry(12, long...))}))
	require.NoError(t, err)
	long[7] += "n"
	_, err = metainfo.Parse(encode(t, dict{"info": several(entry(12, long...))}))
	checkVerdict(t, err, `the path is 2049 bytes long, and the limit is 2048`, false)
}

func TestNamesOnDisks(t *testing.T) {
	for name, want := range map[string]string{
		"plain.txt": "plain.txt", "a.b.c": "a.b.c", ".hidden": ".hidden", "ö 東": "ö 東",
		"aux.c": "au_.c", "CON": "CO_", "nul.tar.gz": "nu_.tar.gz", "Com1": "Com_",
		"LPT9.x": "LPT_.x", "COM¹.x": "COM__.x", "com10": "com10", "conin$": "conin_",
		"nul .txt": "nu_ .txt", "console": "console", "null": "null", "com": "com",
		"what?": "what_", `a<b>c:d"e|f*g`: "a_b_c_d_e_f_g", "end.": "end_", "end ": "end_",
		"x. .": "x. _", "c:stream": "c_stream", "\xff\xfe": "__", "a\xc3.txt": "a_.txt",
		"\ufffd": "\ufffd",
	} {
		require.Equal(t, want, metainfo.WindowsDisk.Name(name), "%q", name)
		require.Equal(t, name, metainfo.UnixDisk.Name(name))
		require.Equal(t, name, metainfo.FoldingDisk.Name(name))
		require.Equal(t, want, metainfo.WindowsDisk.Name(want), "renamed twice")
		require.Empty(t, metainfo.NameFault(want))
	}
}

// Files that only some disks tell apart are refused on the others.
func TestSameNameOnDisk(t *testing.T) {
	const all = 3
	for _, c := range []struct {
		one, two []string
		holds    int // so many of the disks, in their order
	}{
		{[]string{"a"}, []string{"b"}, 3},
		{[]string{"README"}, []string{"readme"}, 1},
		{[]string{"Straße", "Ä"}, []string{"STRAßE", "ä"}, 1},
		{[]string{"ς"}, []string{"σ"}, 1},
		{[]string{"D", "a"}, []string{"d", "b"}, 3},
		{[]string{"D"}, []string{"d", "b"}, 1},
		{[]string{"a?"}, []string{"a*"}, 2},
		{[]string{"a?"}, []string{"A_", "x"}, 2},
	} {
		info := several(entry(5, c.one...), entry(7, c.two...))
		torrent, err := metainfo.Parse(encode(t, dict{"info": info}))
		require.NoError(t, err)
		for disk := range all {
			paths, err := torrent.Info.Paths(metainfo.Disk(disk))
			require.Equal(t, disk < c.holds, err == nil, "%v on disk %d", c, disk)
			if err != nil {
				require.Regexp(t, "this disk takes .* for the same file|both a file and a folder",
					err.Error())
				continue
			}
			require.Len(t, paths, 2)
			require.NotEqual(t, paths[0], paths[1])
		}
	}
}

// Whatever names a torrent has: its paths are below the folder and apart, or it is refused.
func TestPathsStayInside(t *testing.T) {
	names := rapid.OneOf(
		rapid.SampledFrom([]string{"..", ".", "", "a", "A", "b", "aux", "C:", "a/b", `\`, "x "}),
		rapid.StringN(0, 3, 8), rapid.StringMatching(`[./\\a:]{0,4}`))
	rapid.Check(t, func(r *rapid.T) {
		var files []any
		for n := range rapid.IntRange(1, 5).Draw(r, "files") {
			path := rapid.SliceOfN(names, 0, 3).Draw(r, fmt.Sprint("path", n))
			files = append(files, entry(int64(n+1), path...))
		}
		info := several(files...).with("name", names.Draw(r, "name"))
		torrent, err := metainfo.Parse(encode(t, dict{"info": info}))
		if err != nil {
			return
		}
		for disk := range metainfo.Disk(3) {
			paths, err := torrent.Info.Paths(disk)
			if err != nil {
				continue
			}
			checkPaths(r, paths)
			if disk == metainfo.WindowsDisk {
				require.NotContains(r, strings.Join(paths, ""), ":")
			}
		}
	})
}

// checkPaths is the rule in other words than the package has: the standard library's.
func checkPaths(t require.TestingT, paths []string) {
	seen := map[string]bool{}
	for _, p := range paths {
		require.True(t, filepath.IsLocal(p), "%q", p)
		require.Equal(t, p, filepath.ToSlash(filepath.Clean(p)))
		require.GreaterOrEqual(t, strings.Count(p, "/"), 1, "%q has no folder", p)
		require.False(t, seen[p], "%q twice", p)
		seen[p] = true
	}
	for _, p := range paths {
		for above := filepath.Dir(p); above != "."; above = filepath.Dir(above) {
			require.False(t, seen[above], "%q is a file and a folder", above)
		}
	}
}
