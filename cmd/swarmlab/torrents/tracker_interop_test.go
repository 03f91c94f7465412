package torrents

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/cmd/swarmlab/trial"
	"swarmlab/protocol"
	"swarmlab/protocol/live/httptracker"
	"swarmlab/protocol/tracker"
)

// swarming is a process with libtorrent sessions that know peers from trackers only.
type swarming struct {
	t      *testing.T
	folder string
	in     io.Closer
	lines  chan []byte
	ended  chan struct{}
}

// swarmEvent is a line of its output.
type swarmEvent struct {
	Infohash   string
	Port, Size int
	Same       bool
	Complete   int
	Incomplete int
	Download   int
	Upload     int
}

func startSwarming(t *testing.T, mode string, urls ...string) *swarming {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), trial.InteropTime)
	s := &swarming{t: t, folder: t.TempDir(), lines: make(chan []byte, 8),
		ended: make(chan struct{})}
	c := exec.CommandContext(ctx, trial.SystemPython,
		append([]string{"testdata/libtorrent_tracker.py", mode, s.folder}, urls...)...)
	c.Stderr = os.Stderr
	in, err := c.StdinPipe()
	require.NoError(t, err)
	s.in = in
	out, err := c.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, c.Start())
	go func() {
		defer close(s.ended)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			s.lines <- bytes.Clone(lines.Bytes())
		}
		close(s.lines)
		c.Wait()
	}()
	t.Cleanup(func() { cancel(); <-s.ended })
	return s
}

func (s *swarming) next() (e swarmEvent) {
	s.t.Helper()
	line, ok := <-s.lines
	require.True(s.t, ok, "libtorrent ended")
	require.NoError(s.t, json.Unmarshal(line, &e))
	return e
}

// leave ends the sessions, which tell their trackers.
func (s *swarming) leave() {
	s.in.Close()
	<-s.ended
}

// libtorrent finds a seed, downloads, completes, scrapes and leaves by our tracker.
func TestTrackerOfLibtorrent(t *testing.T) {
	trial.NeedLibtorrent(t)
	for _, transport := range []string{"udp", "http"} {
		t.Run(transport, func(t *testing.T) {
			t.Parallel()
			k := startTracker(t)
			url := map[string]string{"udp": k.udp, "http": k.http}[transport]
			s := startSwarming(t, "both", url)
			seeding := s.next()
			e := s.next()
			require.True(t, e.Same, "the copy is the same")
			require.Equal(t, seeding.Size, e.Download)
			require.Equal(t, 2, e.Complete, "libtorrent's scrape counts the seeds")
			require.Zero(t, e.Incomplete)
			st := k.state()
			require.Equal(t, []int{1, 2, 2}, []int{st.Swarms, st.Peers, st.Seeds})
			require.EqualValues(t, 1, st.Tracker.Completed)
			s.leave()
			k.End()
			st = k.state()
			require.Equal(t, 0, st.Peers)
			require.EqualValues(t, 2, st.Tracker.Stopped)
			require.EqualValues(t, 5, st.Tracker.Announces) // two each, and completed
			require.Empty(t, st.Dropped)
			require.Equal(t, transport == "http", st.Requests > 0)
		})
	}
}

// aria2 downloads from libtorrent; both know each other by our tracker only.
func TestTrackerOfAria2(t *testing.T) {
	trial.NeedLibtorrent(t)
	if _, err := exec.LookPath("aria2c"); err != nil {
		trial.Missing(t, "no aria2c here (Debian: aria2)")
	}
	for _, transport := range []string{"udp", "http"} {
		t.Run(transport, func(t *testing.T) {
			t.Parallel()
			k := startTracker(t)
			url := map[string]string{"udp": k.udp, "http": k.http}[transport]
			s := startSwarming(t, "seed", url)
			s.next()
			ctx, cancel := context.WithTimeout(context.Background(), trial.InteropTime)
			defer cancel()
			folder := t.TempDir()
			port := strconv.Itoa(freePort(t))
			// It seeds for 3 s, or it would never tell that it has completed.
			c := exec.CommandContext(ctx, "aria2c", "--no-conf", "--quiet", "--dir="+folder,
				"--interface=127.0.0.1", "--listen-port="+port, "--dht-listen-port="+port,
				"--enable-dht="+strconv.FormatBool(transport == "udp"), "--enable-dht6=false",
				"--dht-file-path="+filepath.Join(folder, "dht"), "--async-dns=false",
				"--bt-enable-lpd=false", "--enable-peer-exchange=false", "--seed-time=0.05",
				"--file-allocation=none", filepath.Join(s.folder, "data.torrent"))
			out, err := c.CombinedOutput()
			require.NoError(t, err, "%s", out)
			want, err := os.ReadFile(filepath.Join(s.folder, "seed", "data.bin"))
			require.NoError(t, err)
			got, err := os.ReadFile(filepath.Join(folder, "data.bin"))
			require.NoError(t, err)
			require.True(t, bytes.Equal(want, got))
			s.leave()
			k.End()
			st := k.state()
			require.EqualValues(t, 1, st.Tracker.Completed)
			require.EqualValues(t, 2, st.Tracker.Stopped)
			require.Zero(t, st.Peers)
			require.Empty(t, st.Dropped)
		})
	}
}

// freePort returns a TCP port that nobody used a moment ago.
func freePort(t *testing.T) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// startOpentracker starts Debian's opentracker, which tracks only what its list names, and returns
// its port. Its list is the infohash 0, and it looks for it in its own root folder.
func startOpentracker(t *testing.T) int {
	t.Helper()
	trial.Foreigners(t)
	program, err := exec.LookPath("opentracker")
	if err != nil {
		trial.Missing(t, "no opentracker here (Debian: opentracker)")
	}
	folder, err := os.MkdirTemp("", "opentracker") // one that every user can enter
	require.NoError(t, err)
	t.Cleanup(func() { os.RemoveAll(folder) })
	require.NoError(t, os.Chmod(folder, 0o755))
	list := filepath.Join(folder, "list")
	require.NoError(t, os.WriteFile(list, []byte(strings.Repeat("0", 40)+"\n"), 0o644))
	if os.Geteuid() == 0 {
		list = "/list" // after it has changed its root
	}
	port := freePort(t)
	c := exec.Command(program, "-i", "127.0.0.1", "-p", strconv.Itoa(port),
		"-P", strconv.Itoa(port), "-d", folder, "-u", "nobody", "-w", list)
	c.Dir = folder
	var said trial.Output
	c.Stdout, c.Stderr = &said, &said
	require.NoError(t, c.Start())
	t.Cleanup(func() { c.Process.Kill(); c.Wait(); t.Log(said.String()) })
	require.Eventually(t, func() bool {
		conn, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err == nil {
			conn.Close()
		}
		return err == nil
	}, 10*time.Second, 10*time.Millisecond)
	return port
}

// Our client announces, completes and leaves, by HTTP and UDP, at opentracker; its counts are the
// same as those of our own tracker for the same story.
func TestClientOfOpentracker(t *testing.T) {
	port := startOpentracker(t)
	ours := startTracker(t)
	theirs := func(scheme string) string {
		return fmt.Sprintf("%s://127.0.0.1:%d/announce", scheme, port)
	}
	for name, url := range map[string][2]string{
		"opentracker": {theirs("udp"), theirs("http")}, "our tracker": {ours.udp, ours.http},
	} {
		var sc tracker.Scrape
		scrape := func() [3]uint32 {
			require.NoError(t, httptracker.Scrape(context.Background(), url[1], &sc, [20]byte{}))
			require.Len(t, sc.Files, 1)
			c := sc.Files[0]
			return [3]uint32{c.Seeders, c.Completed, c.Leechers}
		}
		seed := startAnnouncer(t, tracker.Totals{}, 1111, url[0])
		seed.until("a seed", func() bool { return seed.tally().Answered == 1 })
		require.Equal(t, [3]uint32{1, 0, 0}, scrape(), name)
		for n, at := range url { // one by UDP, one by HTTP
			peer := startAnnouncer(t, tracker.Totals{Left: 9}, 2222+uint16(n), at)
			peer.until("a leecher", func() bool { return peer.tally().Answered == 1 })
			require.Contains(t, peer.found(), "127.0.0.1:1111", name)
			require.Equal(t, [3]uint32{1 + uint32(n), uint32(n), 1}, scrape(), name)
			peer.complete()
			require.Equal(t, [3]uint32{2 + uint32(n), uint32(n) + 1, 0}, scrape(), name)
			require.Positive(t, peer.status().Interval)
			require.Equal(t, tracker.Drops{}, peer.tally().Drops)
		}
		last := startAnnouncer(t, tracker.Totals{Left: 9}, 4444, url[0])
		last.until("the last", func() bool { return last.tally().Answered == 1 })
		// Theirs names it itself, too.
		require.Subset(t, append(last.found(), "127.0.0.1:4444"), []string{"127.0.0.1:1111",
			"127.0.0.1:2222", "127.0.0.1:2223", "127.0.0.1:4444"}, name)
		last.leave()
		seed.leave()
		require.Equal(t, [3]uint32{2, 2, 0}, scrape(), name)

		q := tracker.Request{InfoHash: [20]byte{1}, Addr: protocol.Addr4(0, 5555)}
		var r tracker.Reply
		require.NoError(t, httptracker.Announce(context.Background(), url[1], &q, &r))
		require.Equal(t, name == "opentracker", r.Failure != "", "what is not on its list")
	}
}
