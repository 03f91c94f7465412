package torrents

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/cmd/swarmlab/command"
	"swarmlab/cmd/swarmlab/overlay"
	"swarmlab/cmd/swarmlab/trial"
	"swarmlab/protocol/metainfo"
)

func clientServe(t *testing.T, args ...string) *trial.Running {
	t.Helper()
	return trial.Background(t, NewCommand(), args...).Spoken()
}

// fetch downloads into a new folder and requires that everything comes.
func (l load) fetch(what string, args ...string) (dir string, r TransferReport) {
	l.T.Helper()
	dir = filepath.Join(l.T.TempDir(), "new")
	return dir, l.fetchInto(dir, what, args...)
}

func (l load) fetchInto(dir, what string, args ...string) TransferReport {
	l.T.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	out, code, err := run(ctx,
		append([]string{"download", what, "--dir", dir, "--json"}, args...)...)
	require.NoError(l.T, err)
	require.Zero(l.T, code)
	l.Same(dir)
	r := trial.Document[TransferReport](l.T, out)
	require.True(l.T, r.Complete)
	require.Equal(l.T, l.Size, r.Size)
	require.Zero(l.T, r.Left)
	require.Equal(l.T, r.Pieces, r.Have)
	var down, up, overDown, overUp uint64
	for _, p := range r.Peers {
		down, up = down+p.PayloadDown, up+p.PayloadUp
		overDown, overUp = overDown+p.OverheadDown, overUp+p.OverheadUp
	}
	require.Equal(l.T, []uint64{r.All.PayloadDown, r.All.PayloadUp, r.All.OverheadDown,
		r.All.OverheadUp}, []uint64{down, up, overDown, overUp}, "the sums over the peers")
	return r
}

func TestTorrentFromPeerToPeer(t *testing.T) {
	l := newLoad(t, 3)
	file, tor := l.Torrent()
	seed, at := l.Seeding(file, "--listen", "127.0.0.1:0")
	for _, what := range []string{file, tor.Magnet().String()} {
		_, r := l.fetch(what, "--peer", at)
		require.Zero(t, r.Found)
		require.Equal(t, l.Size, r.All.Useful)
		require.Equal(t, l.Size, r.All.PayloadDown)
		require.Len(t, r.Peers, 1)
		require.Equal(t, at, r.Peers[0].Peer)
		require.Positive(t, r.All.OverheadUp)
		require.Nil(t, r.Tracker)
	}
	m := tor.Magnet()
	m.Peers, m.Name = []metainfo.Endpoint{endpointAt(at)}, "another/name" // not to be trusted
	_, r := l.fetch(m.String())
	require.Equal(t, "load", r.Name)
	code, err := seed.End()
	require.NoError(t, err)
	require.Zero(t, code)
	var last TransferReport
	seed.Last(&last)
	require.Equal(t, 3*l.Size, last.All.PayloadUp)
	require.Len(t, last.Peers, 3)
}

func endpointAt(address string) metainfo.Endpoint {
	host, port, _ := strings.Cut(address, ":")
	n, _ := strconv.Atoi(port)
	return metainfo.Endpoint{Host: host, Port: uint16(n)}
}

// TestTorrentOverIPv6 is the other family.
func TestTorrentOverIPv6(t *testing.T) {
	l := newLoad(t, 1)
	file, _ := l.Torrent()
	_, at := l.Seeding(file, "--listen", "[::1]:0")
	_, r := l.fetch(file, "--peer", at)
	require.Equal(t, at, r.Peers[0].Peer)
}

// TestTorrentByTracker is a small swarm that knows of itself by a tracker only; with a link, too.
func TestTorrentByTracker(t *testing.T) {
	for _, transport := range []string{"udp", "http"} {
		t.Run(transport, func(t *testing.T) {
			tracker := clientServe(t, "tracker", "--"+transport, "127.0.0.1:0")
			var k TrackerReport
			tracker.Last(&k)
			l := newLoad(t, 2)
			file, tor := l.Torrent("--tracker", k.Addresses[0], "--private")
			seed, _ := l.Seeding(file, "--listen", "127.0.0.6:0") // the tracker is elsewhere
			require.Eventually(t, func() bool { tracker.Last(&k); return k.Seeds == 1 },
				10*time.Second, 10*time.Millisecond)
			var all sync.WaitGroup
			for n := range 3 {
				what := []string{file, tor.Magnet().String(), file}[n]
				all.Go(func() {
					_, r := l.fetch(what, "--listen", "127.0.0.1:0")
					require.NotNil(t, r.Tracker)
					require.Empty(t, r.Tracker.Problem)
				})
			}
			all.Wait()
			_, err := seed.End()
			require.NoError(t, err)
			_, err = tracker.End()
			require.NoError(t, err)
			tracker.Last(&k)
			require.EqualValues(t, 3, k.Tracker.Completed)
			require.EqualValues(t, 4, k.Tracker.Stopped)
			require.Zero(t, k.Peers)
		})
	}
}

// TestTorrentByDHT has nothing but the DHT: a seed, a link, and a node that knows neither.
func TestTorrentByDHT(t *testing.T) {
	mesh := nodes(t, 3)
	l := newLoad(t, 1)
	file, tor := l.Torrent()
	l.Seeding(file, "--listen", "127.0.0.9:0", "--bootstrap", mesh[0])
	for _, what := range []string{tor.Magnet().String(), file} {
		_, r := l.fetch(what, "--listen", "127.0.0.8:0", "--bootstrap", mesh[1])
		require.Len(t, r.Peers, 1)
	}
	m := tor.Magnet()
	m.Nodes = []metainfo.Endpoint{endpointAt(mesh[2])}
	l.fetch(m.String(), "--listen", "127.0.0.7:0")
}

// TestTorrentDamageIsMended: what is wrong in the folder is fetched again, and nothing else.
func TestTorrentDamageIsMended(t *testing.T) {
	l := newLoad(t, 2)
	file, tor := l.Torrent()
	_, at := l.Seeding(file, "--listen", "127.0.0.1:0")
	dir, r := l.fetch(file, "--peer", at)
	whole := r.Pieces
	again := l.fetchInto(dir, file, "--peer", at)
	require.Equal(t, whole, again.Found)
	require.Empty(t, again.Peers)

	three, err := os.OpenFile(filepath.Join(dir, "load", "three"), os.O_RDWR, 0)
	require.NoError(t, err)
	_, err = three.WriteAt([]byte("damage"), 500_000)
	require.NoError(t, err)
	require.NoError(t, three.Truncate(900_000))
	require.NoError(t, three.Close())
	require.NoError(t, os.RemoveAll(filepath.Join(dir, "load", "a", "b")))
	require.NoError(t, os.Remove(filepath.Join(dir, "load", "empty")))
	for _, what := range []string{file, tor.Magnet().String()} {
		mended := l.fetchInto(dir, what, "--peer", at)
		if what == file {
			require.Greater(t, mended.Found, whole/2)
			require.Less(t, mended.Found, whole-2)
		} else {
			require.Equal(t, whole, mended.Found)
		}
		require.Equal(t, uint64(whole-mended.Found)*65536,
			(mended.All.Useful+65535)/65536*65536, "the last piece may be shorter")
	}
}

// TestTorrentFromSeveralPeers: all that have the content give of it.
func TestTorrentFromSeveralPeers(t *testing.T) {
	l := newLoad(t, 3)
	file, _ := l.Torrent()
	var args []string
	for range 3 {
		_, at := l.Seeding(file, "--listen", "127.0.0.1:0", "--max-up", "2MiB")
		args = append(args, "--peer", at)
	}
	_, r := l.fetch(file, args...)
	require.Len(t, r.Peers, 3)
	for _, p := range r.Peers {
		require.Greater(t, p.Useful, l.Size/6)
	}
}

// TestTorrentForPeople is what is printed without --json.
func TestTorrentForPeople(t *testing.T) {
	l := newLoad(t, 1)
	file, _ := l.Torrent()
	ctx, cancel := context.WithCancel(context.Background())
	var seeded trial.Output
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, err := trial.RunTo(ctx, NewCommand(), &seeded, "seed", file, "--dir", l.Dir,
			"--every", "1s")
		require.NoError(t, err)
	}()
	t.Cleanup(func() { cancel(); <-ended })
	first := regexp.MustCompile(`^seeding load \(1\.01 MiB\) at (0\.0\.0\.0:\d+)\n`)
	require.Eventually(t, func() bool { return first.MatchString(seeded.String()) },
		10*time.Second, time.Millisecond)
	at := strings.Replace(first.FindStringSubmatch(seeded.String())[1], "0.0.0.0", "127.0.0.1", 1)
	dir := filepath.Join(t.TempDir(), "new")
	out, code, err := run(ctx, "download", file, "--dir", dir, "--peer", at)
	require.NoError(t, err)
	require.Zero(t, code)
	require.Regexp(t, `^load: complete, 1\.01 MiB in `+regexp.QuoteMeta(dir)+`
received  1\.01 MiB of payload and .* KiB of overhead in .* s \(.* MiB/s\)
wasted    0 B: 0 B twice, 0 B with a wrong hash, 0 B of broken blocks
sent      0 B of payload and .* KiB of overhead
 +peer +received +sent +overhead +wasted
 +`+at+` +1\.01 MiB +0 B +.* KiB +0 B
$`, out)
	require.Eventually(t, func() bool {
		return strings.Contains(seeded.String(), "1.01 MiB of payload sent")
	}, 10*time.Second, 10*time.Millisecond)
	cancel()
	<-ended
	require.Contains(t, seeded.String(), "\nload: complete, 1.01 MiB in "+l.Dir+"\n")
	require.Regexp(t, `sent      1\.01 MiB of payload`, seeded.String())
}

// TestTorrentSeedForAWhile: who has finished serves others while it is told to.
func TestTorrentSeedForAWhile(t *testing.T) {
	l := newLoad(t, 1)
	file, _ := l.Torrent()
	seed, at := l.Seeding(file, "--listen", "127.0.0.1:0")
	first := filepath.Join(t.TempDir(), "first")
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	port := trial.VacantAddress(t)
	done := make(chan struct{})
	go func() {
		defer close(done)
		out, code, err := run(ctx, "download", file, "--dir", first, "--peer", at,
			"--listen", port, "--seed-for", "1h", "--json")
		require.NoError(t, err)
		require.Zero(t, code, "it is complete, also if it is interrupted now")
		r := trial.Document[TransferReport](t, out)
		require.Equal(t, l.Size, r.All.PayloadUp)
	}()
	require.Eventually(t, func() bool {
		var r TransferReport
		seed.Last(&r)
		return r.All.PayloadUp == l.Size && l.copied(first)
	}, 30*time.Second, 5*time.Millisecond)
	seed.End()
	l.fetch(file, "--peer", port)
	cancel()
	<-done
	l.Same(first)
}

// copied says whether all of the content is in a folder.
func (l load) copied(dir string) bool {
	for _, name := range []string{"a/one", "a/b/two", "three"} {
		want, err := os.ReadFile(filepath.Join(l.Dir, l.Name, name))
		require.NoError(l.T, err)
		got, err := os.ReadFile(filepath.Join(dir, l.Name, name))
		if err != nil || string(got) != string(want) {
			return false
		}
	}
	return true
}

// TestTorrentLimits: neither a download nor a seed goes beyond its limit.
func TestTorrentLimits(t *testing.T) {
	l := newLoad(t, 1)
	file, _ := l.Torrent()
	_, fast := l.Seeding(file, "--listen", "127.0.0.1:0")
	_, slow := l.Seeding(file, "--listen", "127.0.0.1:0", "--max-up", "800KiB/s")
	least := 8 * l.Size * 1000 / (800 << 10) / 10 // milliseconds, and the start may be early
	for _, args := range [][]string{{"--peer", slow}, {"--peer", fast, "--max-down", "800k"}} {
		_, r := l.fetch(file, args...)
		require.Greater(t, r.Time, float64(least))
		require.Less(t, r.Time, 20*float64(least))
	}
}

func TestTorrentRates(t *testing.T) {
	for text, want := range map[string]uint64{
		"": 0, "1024": 1024, "500KiB": 500 << 10, "2MiB/s": 2 << 20, "3 m": 3 << 20, "1GB": 1 << 30,
	} {
		got, err := ParseRate("--max-up", text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{"1", "-1k", "k", "1.5MiB", "1TiB", "18446744073709551615k"} {
		_, err := ParseRate("--max-up", text)
		require.Error(t, err, text)
	}
}

func TestTorrentInterrupted(t *testing.T) {
	l := newLoad(t, 1)
	file, tor := l.Torrent()
	for _, what := range []string{file, tor.Magnet().String()} {
		ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
		out, code, err := run(ctx, "download", what, "--dir", t.TempDir(), "--json")
		cancel()
		require.ErrorContains(t, err, "interrupted")
		require.Equal(t, command.Interrupted, code)
		r := trial.Document[TransferReport](t, out)
		require.False(t, r.Complete)
		require.Equal(t, "interrupted", r.Error)
		require.Empty(t, r.Peers)
	}
}

// run runs `torrent ARGS...` to its end and returns its output and exit status.
func run(ctx context.Context, args ...string) (out string, code int, err error) {
	return trial.Run(ctx, NewCommand(), args...)
}

// nodes starts nodes of the DHT that know each other, and returns their addresses.
func nodes(t *testing.T, size int) (all []string) {
	t.Helper()
	for n := range size {
		args := []string{"serve", "--listen", "127.0.0.1:0"}
		if n > 0 {
			args = []string{"serve", "--bootstrap", all[0]}
		}
		r := trial.Background(t, overlay.NewCommand(), args...).Spoken()
		require.Eventually(t, func() bool {
			var now overlay.ServeReport
			r.Last(&now)
			return now.Contacts >= n
		}, 10*time.Second, time.Millisecond)
		all = append(all, r.Address())
	}
	return all
}

// load is a content that is fetched.
type load struct{ *trial.Load }

func newLoad(t *testing.T, megabytes int) load {
	return load{trial.NewLoad(t, megabytes, NewCommand)}
}
