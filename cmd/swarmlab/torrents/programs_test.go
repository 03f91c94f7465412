package torrents

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/cmd/swarmlab/trial"
	"swarmlab/protocol/metainfo"
)

// ramp is n bytes that count from s to 250 and start again.
func ramp(n, s int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte((i + s) % 251)
	}
	return b
}

// demoFolder returns a folder with the folder of the worked example in it, an empty file, and names
// that are not plain.
func demoFolder(t *testing.T, more bool) string {
	t.Helper()
	folder := t.TempDir()
	files := map[string][]byte{"a.bin": ramp(20000, 0), "sub/b.bin": ramp(50000, 7)}
	if more {
		files["a/x"], files["a.b"] = ramp(3, 1), nil
		files["sub/ö 東 & #%.txt"] = ramp(40000, 3)
		files[".hidden"] = ramp(1, 1)
	}
	for name, content := range files {
		name = filepath.Join(folder, "demo", filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o777))
		require.NoError(t, os.WriteFile(name, content, 0o666))
	}
	return folder
}

// trial.Must runs `torrent` with the arguments, which must succeed.
func mustRun(t *testing.T, args ...string) string {
	t.Helper()
	return trial.Must(t, NewCommand(), args...)
}

// createDemo makes a torrent with most of what one can have.
func createDemo(t *testing.T, folder string) (file string, r torrentReport) {
	t.Helper()
	file = filepath.Join(folder, "ours.torrent")
	out := mustRun(t, "create", filepath.Join(folder, "demo"), "-o", file, "--json",
		"--tracker", "http://a.example/announce", "--tracker", "udp://b.example:80",
		"--piece-length", "32KiB", "--private", "--comment", "a comment", "--source", "S",
		"--web-seed", "http://w.example/f/", "--node", "192.0.2.1:6881", "--date", "2026-01-31")
	require.NoError(t, json.Unmarshal([]byte(out), &r))
	return file, r
}

// aboutTorrent is what testdata/libtorrent_metainfo.py tells of a file.
type aboutTorrent struct {
	Valid       bool
	Infohash    string
	Name        string
	Total       uint64
	PieceLength uint32 `json:"piece_length"`
	Pieces      []string
	Private     bool
	Comment     string
	Trackers    [][]any
	Nodes       [][]any
	WebSeeds    []string `json:"web_seeds"`
	Files       []struct {
		Path           string
		Length, Offset uint64
		Pad            bool
	}
	Magnet string
}

func libtorrentSays[T any](t *testing.T, args ...string) (said T) {
	t.Helper()
	c := exec.Command(trial.SystemPython,
		append([]string{"testdata/libtorrent_metainfo.py"}, args...)...)
	c.Stderr = os.Stderr
	out, err := c.Output()
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(out, &said), "%s", out)
	return said
}

// libtorrent reads our torrent, and our link, as we do.
func TestLibtorrentReadsOurTorrent(t *testing.T) {
	trial.NeedLibtorrent(t)
	t.Parallel()
	file, r := createDemo(t, demoFolder(t, true))
	about := libtorrentSays[[]aboutTorrent](t, "read", file)[0]
	require.True(t, about.Valid)
	require.Equal(t, r.Infohash, about.Infohash)
	require.Equal(t, [][]any{{"http://a.example/announce", 0.0}, {"udp://b.example:80", 1.0}},
		about.Trackers)
	require.Equal(t, [][]any{{"192.0.2.1", 6881.0}}, about.Nodes)
	require.Equal(t, r.WebSeeds, about.WebSeeds)
	require.Equal(t, "a comment", about.Comment)
	require.True(t, about.Private)
	sameLayout(t, file, &about)

	link := libtorrentSays[[]magnetReport](t, "link", r.Magnet+"&x.pe=192.0.2.7:5&so=0")[0]
	require.Equal(t, r.Infohash, link.Infohash)
	require.Equal(t, r.Name, link.Name)
	require.Equal(t, []string{"http://a.example/announce", "udp://b.example:80"}, link.Trackers)
	require.Equal(t, r.WebSeeds, link.WebSeeds)
	require.Equal(t, []string{"192.0.2.7:5"}, link.Peers)
}

// sameLayout compares pieces and files of a torrent with what libtorrent finds in it.
func sameLayout(t *testing.T, file string, about *aboutTorrent) {
	t.Helper()
	torrent, err := readTorrent(file)
	require.NoError(t, err)
	in := torrent.Info
	require.Equal(t, in.Name, about.Name)
	require.Equal(t, in.Total, about.Total)
	require.Equal(t, in.PieceLength, about.PieceLength)
	require.Len(t, about.Pieces, int(in.Count()))
	for n, hash := range about.Pieces {
		require.Equal(t, hash, metainfo.Hash(in.PieceHash(uint32(n))).String())
	}
	paths, err := in.Paths(metainfo.UnixDisk)
	require.NoError(t, err)
	require.Len(t, about.Files, len(paths))
	for n, f := range about.Files {
		require.Equal(t, f.Pad, in.Files[n].Pad)
		require.Equal(t, f.Length, in.Files[n].Length)
		require.Equal(t, f.Offset, in.Files[n].Offset)
		require.True(t, f.Pad || f.Path == paths[n], "%q %q", f.Path, paths[n])
	}
}

// We read what libtorrent makes, with and without padding, and know what we cannot read.
func TestLibtorrentMakesTorrents(t *testing.T) {
	trial.NeedLibtorrent(t)
	t.Parallel()
	folder := demoFolder(t, false)
	made := libtorrentSays[map[string]string](t, "make", folder, "demo", t.TempDir())
	read := []string{made["v1"], made["padded"]}
	for n, about := range libtorrentSays[[]aboutTorrent](t, append([]string{"read"}, read...)...) {
		torrent, err := readTorrent(read[n])
		require.NoError(t, err)
		require.Equal(t, about.Infohash, torrent.Info.Hash.String())
		require.Equal(t, [][]string{{"http://a.example/announce"}, {"udp://b.example:80"}},
			torrent.Trackers)
		require.EqualValues(t, 70000, torrent.Info.Size())
		sameLayout(t, read[n], &about)
		link, err := readMagnet(about.Magnet)
		require.NoError(t, err)
		require.Equal(t, torrent.Magnet(), *link)
	}
	torrent, err := readTorrent(made["padded"])
	require.NoError(t, err)
	require.EqualValues(t, 3*32768, torrent.Info.Total, "libtorrent pads the end, too")
	_, err = readTorrent(made["v2"])
	require.ErrorContains(t, err, "this is a torrent of version 2")
	_, err = readTorrent(made["hybrid"])
	require.ErrorContains(t, err, "this is a hybrid torrent")

	out := filepath.Join(folder, "same.torrent")
	mustRun(t, "create", filepath.Join(folder, "demo"), "--piece-length", "32768", "-o", out)
	ours, err := readTorrent(out)
	require.NoError(t, err)
	theirs, err := readTorrent(made["v1"])
	require.NoError(t, err)
	require.Equal(t, theirs.Info.Raw, ours.Info.Raw)
}

// outputOf runs a program of others, and skips the test where there is none or time is short.
func outputOf(t *testing.T, debian string, args ...string) string {
	t.Helper()
	trial.Foreigners(t)
	program, err := exec.LookPath(args[0])
	if err != nil {
		trial.Missing(t, "no %s here (Debian: %s)", args[0], debian)
	}
	out, err := exec.Command(program, args[1:]...).CombinedOutput()
	require.NoError(t, err, "%s", out)
	return string(out)
}

func TestTransmissionAndAria2ReadOurTorrent(t *testing.T) {
	t.Parallel()
	file, r := createDemo(t, demoFolder(t, true))
	for _, out := range []string{
		outputOf(t, "transmission-cli", "transmission-show", file),
		outputOf(t, "aria2", "aria2c", "--no-conf", "-S", file),
	} {
		require.Contains(t, out, r.Infohash)
		require.Contains(t, out, "a comment")
		require.Contains(t, out, "udp://b.example:80")
		for _, f := range r.Files {
			require.Contains(t, out, "demo/"+f.Path)
		}
	}
}

// mktorrent and we make the same info dictionary of the same file.
func TestMktorrentMakesTheSame(t *testing.T) {
	t.Parallel()
	folder := demoFolder(t, false)
	content, theirs := filepath.Join(folder, "demo", "sub", "b.bin"), folder+"/theirs.torrent"
	outputOf(t, "mktorrent", "mktorrent", "-a", "http://a.example/announce", "-l", "15", "-p",
		"-s", "S", "-w", "http://w.example/", "-o", theirs, content)
	ours := filepath.Join(folder, "ours.torrent")
	mustRun(t, "create", content, "-o", ours, "--piece-length", "32k", "--private", "--source", "S")
	a, err := readTorrent(theirs)
	require.NoError(t, err)
	b, err := readTorrent(ours)
	require.NoError(t, err)
	require.Equal(t, a.Info, b.Info)
	require.Equal(t, [][]string{{"http://a.example/announce"}}, a.Trackers)
	require.Equal(t, []string{"http://w.example/"}, a.WebSeeds)
	require.Positive(t, a.Created)
}
