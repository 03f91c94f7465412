package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/cmd/swarmlab/command"
	"swarmlab/cmd/swarmlab/trial"
	"swarmlab/scenarios/results"
	"swarmlab/scenarios/results/unfinished"
)

// patience bounds how long a test waits for the program.
const patience = time.Minute

// started is the program, running in a folder of its own.
type started struct {
	t      *testing.T
	dir    string
	cmd    *exec.Cmd
	stdout bytes.Buffer
	stderr *bufio.Scanner
	told   []string // lines of standard error
}

func start(t *testing.T, args ...string) *started {
	s := &started{t: t, dir: t.TempDir(), cmd: exec.Command(trial.Program(t), args...)}
	s.cmd.Dir, s.cmd.Stdout = s.dir, &s.stdout
	pipe, err := s.cmd.StderrPipe()
	require.NoError(t, err)
	s.stderr = bufio.NewScanner(pipe)
	require.NoError(t, s.cmd.Start())
	timer := time.AfterFunc(patience, func() { s.cmd.Process.Kill() })
	t.Cleanup(func() { timer.Stop(); s.cmd.Process.Kill() })
	return s
}

// until waits for a line of standard error.
func (s *started) until(pattern string) {
	match := regexp.MustCompile(pattern)
	for s.stderr.Scan() {
		s.told = append(s.told, s.stderr.Text())
		if match.Match(s.stderr.Bytes()) {
			return
		}
	}
	require.FailNow(s.t, "no such line on standard error", "%s in:\n%s", pattern,
		strings.Join(s.told, "\n"))
}

// interrupt presses Ctrl-C and returns the exit status.
func (s *started) interrupt() int {
	require.NoError(s.t, s.cmd.Process.Signal(os.Interrupt))
	for s.stderr.Scan() {
		s.told = append(s.told, s.stderr.Text())
	}
	var exit *exec.ExitError
	require.ErrorAs(s.t, s.cmd.Wait(), &exit)
	return exit.ExitCode()
}

func TestInterruptKeepsWhatIsFinished(t *testing.T) {
	t.Parallel()
	s := start(t, "run", "quickstart", "--repeat", "10000", "--jobs", "1", "--out", "r",
		"--set", "figures=[hops]")
	s.until(`[1-9]\d*/10000 runs`)
	require.Equal(t, command.Interrupted, s.interrupt(), s.told)

	require.Regexp(t, `^swarmlab: interrupted: \d+ of 10,000 runs finished; `+
		`their results are in r$`, s.told[len(s.told)-1])
	require.Contains(t, s.stdout.String(), "A hundred nodes, in a second\n100 nodes, ")
	require.FileExists(t, filepath.Join(s.dir, "r", "figures", "hops.svg"))

	stored, err := results.Open(filepath.Join(s.dir, "r"))
	require.NoError(t, err)
	require.True(t, stored.Manifest.Interrupted)
	require.NotEmpty(t, stored.Manifest.Runs)
	require.Less(t, len(stored.Manifest.Runs), 10000)

	for _, word := range []string{"verify", "plot"} {
		var out, errOut bytes.Buffer
		require.Equal(t, command.Done,
			execute([]string{word, filepath.Join(s.dir, "r")}, &out, &errOut), errOut.String())
	}
	hidden, err := filepath.Glob(filepath.Join(s.dir, "r", ".*"))
	require.NoError(t, err)
	require.Empty(t, hidden, "a half-written file")
}

func TestInterruptWithJSON(t *testing.T) {
	t.Parallel()
	s := start(t, "run", "quickstart", "--jobs", "1", "--json", "--out", "r",
		"--set", "figures=[]", "--repeat", "10000")
	require.Eventually(t, func() bool { // nothing is told of how far it is
		stored, err := filepath.Glob(filepath.Join(s.dir, "r", unfinished.Folder, "*.run"))
		return err == nil && len(stored) > 0
	}, patience, 10*time.Millisecond)
	require.Equal(t, command.Interrupted, s.interrupt())
	require.Len(t, s.told, 1)
	var doc struct{ Interrupted bool }
	require.NoError(t, json.Unmarshal(s.stdout.Bytes(), &doc))
	require.True(t, doc.Interrupted)
}

func TestInterruptBeforeAnythingIsFinished(t *testing.T) {
	t.Parallel()
	s := start(t, "run", "hops", "--set", "groups.nodes.size=20000")
	s.until(`^simulating`)
	require.Equal(t, command.Interrupted, s.interrupt(), s.told)
	require.Equal(t, "swarmlab: interrupted before a run was finished; nothing is stored",
		s.told[len(s.told)-1])
	require.Empty(t, s.stdout.String())
	left, err := os.ReadDir(s.dir)
	require.NoError(t, err)
	require.Empty(t, left, "the folders that it had made")
}

// TestInterruptedSet: what is finished of several scenarios is usable, those that were not begun
// leave nothing, and the finished runs are kept for the same command.
func TestInterruptedSet(t *testing.T) {
	t.Parallel()
	s := start(t, "run", "quickstart", "hops", "--repeat", "3000", "--jobs", "1", "--out", "r",
		"--set", "figures=[]", "--set", "groups.nodes.size=100", "--set", "vary=none")
	s.until(`[1-9]\d*/3000 runs`)
	require.Equal(t, command.Interrupted, s.interrupt(), s.told)
	require.Equal(t, "interrupted: 1 of 2 scenarios have results; the same command goes on",
		s.told[len(s.told)-1])
	joint, err := results.OpenJoint(filepath.Join(s.dir, "r"))
	require.NoError(t, err)
	require.True(t, joint.Interrupted)
	require.Len(t, joint.Parts, 1)
	require.True(t, joint.Parts[0].Interrupted)
	require.NoDirExists(t, filepath.Join(s.dir, "r", "hops"))
	kept, err := filepath.Glob(filepath.Join(s.dir, "r", "quickstart", "unfinished", "*.run"))
	require.NoError(t, err)
	require.NotEmpty(t, kept)
}

func TestInterruptedSetBeforeAnythingIsFinished(t *testing.T) {
	t.Parallel()
	s := start(t, "run", "hops", "quickstart", "--set", "groups.nodes.size=20000")
	s.until(`^1 of 2: simulating`)
	require.Equal(t, command.Interrupted, s.interrupt(), s.told)
	require.Equal(t, "swarmlab: hops: interrupted before a run was finished; nothing is stored",
		s.told[len(s.told)-1])
	require.Empty(t, s.stdout.String())
	left, err := os.ReadDir(s.dir)
	require.NoError(t, err)
	require.Empty(t, left, "the folders that it had made")
}

func TestInterruptedVerifyDecidesNothing(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "r")
	var out, errOut bytes.Buffer
	require.Equal(t, command.Done, execute([]string{"run", "quickstart", "--set", "figures=[]",
		"--set", "duration=20m", "--out", dir}, &out, &errOut), errOut.String())
	s := start(t, "verify", dir)
	s.until(`^verifying`)
	require.Equal(t, command.Interrupted, s.interrupt(), s.told)
	require.Contains(t, s.told[len(s.told)-1], "nothing is decided")
	require.Empty(t, s.stdout.String())
}

// Ctrl-C ends it at once and with a summary, whatever connections are held open.
func TestTrackerEndsAtOnce(t *testing.T) {
	t.Parallel()
	c := exec.Command(trial.Program(t), "torrent", "tracker", "--http", "127.0.0.1:0", "--udp",
		"127.0.0.1:0")
	out, err := c.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, c.Start())
	defer c.Process.Kill()
	lines := bufio.NewScanner(out)
	require.True(t, lines.Scan())
	match := regexp.MustCompile(`http://([0-9.:]+)/`).FindStringSubmatch(lines.Text())
	require.NotNil(t, match, lines.Text())
	for range 3 {
		held, err := net.Dial("tcp", match[1])
		require.NoError(t, err)
		defer held.Close()
		_, err = held.Write([]byte("GET /announce?"))
		require.NoError(t, err)
	}
	began := time.Now()
	require.NoError(t, c.Process.Signal(os.Interrupt))
	var rest []string
	for lines.Scan() {
		rest = append(rest, lines.Text())
	}
	require.NoError(t, c.Wait())
	require.Less(t, time.Since(began), 4*time.Second, "less than a request may take")
	require.Contains(t, rest, "tracked for 0s")
}
