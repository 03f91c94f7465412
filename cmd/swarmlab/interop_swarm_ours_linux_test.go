package main

import (
	"bytes"
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/cmd/swarmlab/torrents"
	"swarmlab/cmd/swarmlab/trial"
	"swarmlab/protocol/live/httptracker"
	"swarmlab/protocol/tracker"
)

// ourRun is a process of our program.
type ourRun struct {
	t       *testing.T
	command *exec.Cmd
	out     trial.Output
	errOut  bytes.Buffer // after the end
	ended   chan struct{}
	ending  sync.Once
	began   time.Time
	took    time.Duration // after the end
}

// runOurs starts our program, as `swarmlab torrent ARGS`.
func runOurs(t *testing.T, args ...string) *ourRun {
	t.Helper()
	return startOurProgram(t, append([]string{"torrent"}, args...)...)
}

// startOurProgram starts our program.
func startOurProgram(t *testing.T, args ...string) *ourRun {
	t.Helper()
	r := &ourRun{t: t, ended: make(chan struct{}), began: time.Now(),
		command: exec.Command(trial.Program(t), args...)}
	r.command.Stdout, r.command.Stderr = &r.out, &r.errOut
	require.NoError(t, r.command.Start())
	go func() {
		r.command.Wait()
		r.took = time.Since(r.began)
		close(r.ended)
	}()
	t.Cleanup(func() {
		r.command.Process.Kill()
		<-r.ended
		if t.Failed() {
			t.Logf("%v\n%s%s", args, r.out.String(), r.errOut.String())
		}
	})
	return r
}

// wait waits for the end of the process and returns its exit status.
func (r *ourRun) wait() int {
	r.t.Helper()
	select {
	case <-r.ended:
	case <-time.After(benchTime):
		r.t.Fatalf("%v does not end", r.command.Args)
	}
	return r.command.ProcessState.ExitCode()
}

// interrupt presses Ctrl-C and waits for the end.
func (r *ourRun) interrupt() {
	r.t.Helper()
	require.NoError(r.t, r.command.Process.Signal(syscall.SIGINT))
	r.wait()
}

// last returns the last of the documents that it has printed.
func (r *ourRun) last() (report torrents.TransferReport) {
	r.t.Helper()
	lines := strings.Split(strings.TrimSpace(r.out.String()), "\n")
	if len(lines) > 0 && !strings.HasPrefix(lines[len(lines)-1], "{") {
		lines = []string{r.out.String()} // one document of several lines
	}
	require.NoError(r.t, json.Unmarshal([]byte(lines[len(lines)-1]), &report), "%s", &r.errOut)
	return report
}

// seedOurs has our program seed. Its DHT node enters by that at entry.
func seedOurs(t *testing.T, file, folder, addr, entry string) *ourRun {
	t.Helper()
	return runOurs(t, "seed", file, "--dir", folder, "--listen", addr, "--bootstrap", entry,
		"--every", "1h", "--json")
}

// downloadOurs has our program download from a .torrent file or a magnet link.
func downloadOurs(t *testing.T, source, folder, addr, entry string, more ...string) *ourRun {
	t.Helper()
	return runOurs(t, append([]string{"download", source, "--dir", folder, "--listen", addr,
		"--bootstrap", entry, "--json"}, more...)...)
}

// trackerSite is a tracker with both transports at one address.
type trackerSite string

func (s trackerSite) url(scheme string) string { return scheme + "://" + string(s) + "/announce" }

// seeds returns how many seeds the tracker counts.
func (s trackerSite) seeds(t *testing.T, hash [20]byte) int {
	t.Helper()
	var counts tracker.Scrape
	require.NoError(t, httptracker.Scrape(t.Context(), s.url("http"), &counts, hash))
	if len(counts.Files) == 0 {
		return 0 // it does not know the torrent
	}
	return int(counts.Files[0].Seeders)
}

func (s trackerSite) open() bool {
	c, err := net.Dial("tcp", string(s))
	if err == nil {
		c.Close()
	}
	return err == nil
}

// startOurTracker starts a tracker of ours, which wants to hear of each peer at the interval.
func startOurTracker(t *testing.T, addr, interval string) trackerSite {
	t.Helper()
	s := trackerSite(addr)
	runOurs(t, "tracker", "--http", addr, "--udp", addr, "--json", "--every", "1h",
		"--interval", interval)
	require.Eventually(t, s.open, 10*time.Second, 10*time.Millisecond)
	return s
}

// needOpentracker skips the test unless it is here.
func needOpentracker(t *testing.T) {
	t.Helper()
	trial.Foreigners(t)
	if _, err := exec.LookPath("opentracker"); err != nil {
		trial.Missing(t, "no opentracker here (Debian: opentracker)")
	}
	if os.Geteuid() != 0 { // and in a namespace of an ordinary user's there is no other than root
		trial.Missing(t, "opentracker wants to be started as root, and to become another user")
	}
}

// startListed starts opentracker. Debian's tracks only what its list names, and as root looks for
// the list in its own root folder.
func startListed(t *testing.T, addr string, torrents ...sharedTorrent) trackerSite {
	t.Helper()
	folder, err := os.MkdirTemp("", "opentracker") // one that every user can enter
	require.NoError(t, err)
	t.Cleanup(func() { os.RemoveAll(folder) })
	require.NoError(t, os.Chmod(folder, 0o755))
	var list strings.Builder
	for _, s := range torrents {
		list.WriteString(s.hash.String() + "\n")
	}
	require.NoError(t, os.WriteFile(filepath.Join(folder, "list"), []byte(list.String()), 0o644))
	host, port, err := net.SplitHostPort(addr)
	require.NoError(t, err)
	c := exec.Command("opentracker", "-i", host, "-p", port, "-P", port, "-d", folder,
		"-u", "nobody", "-w", "/list")
	c.Dir = folder
	var said trial.Output
	c.Stdout, c.Stderr = &said, &said
	require.NoError(t, c.Start())
	t.Cleanup(func() {
		c.Process.Kill()
		c.Wait()
		if t.Failed() {
			t.Log(said.String())
		}
	})
	s := trackerSite(addr)
	require.Eventually(t, s.open, 10*time.Second, 10*time.Millisecond, "opentracker: %s", addr)
	return s
}
