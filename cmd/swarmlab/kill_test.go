package main

import (
	"flag"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/scenarios/results"
)

var kills = flag.Int("kills", 12, "how often TestKilledAtAnyMoment kills the program")

// sweepOf is a command that takes the program a second or less, for 20 runs.
func sweepOf() []string {
	return []string{"run", "kill.yaml", "--jobs", "2", "--quiet", "--out", "r"}
}

const killScenario = `
name: kill
duration: 60s
groups: [{name: nodes, size: 30, join: {over: 20s}}]
workload:
  - {kind: lookup, group: nodes, rate: 5/s, start: 30s}
  - {kind: announce, group: nodes, rate: 1/s, start: 30s}
vary: {groups.nodes.dht.alpha: [1, 3], network.jitter: [0s, 2ms]}
repeat: 5
figures: []
`

// content returns the files of a results folder, but the one that knows the time of day.
func content(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() || e.Name() == results.ManifestFile {
			return err
		}
		b, err := os.ReadFile(path)
		all[strings.TrimPrefix(path, dir)] = string(b)
		return err
	}))
	return all
}

// TestKilledAtAnyMoment kills the program (kill -9) again and again, each time repeating the same
// command, until it comes to its end: the files are those of a run that nothing has disturbed.
func TestKilledAtAnyMoment(t *testing.T) {
	least := *kills
	if testing.Short() {
		least = min(least, 5)
	}
	name, seed := program(t), uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	command := func(dir string) *exec.Cmd {
		cmd := exec.Command(name, sweepOf()...)
		cmd.Dir = dir
		return cmd
	}
	home := func() string {
		dir := t.TempDir()
		file := filepath.Join(dir, "kill.yaml")
		require.NoError(t, os.WriteFile(file, []byte(killScenario), 0o644))
		return dir
	}
	undisturbed, began := home(), time.Now()
	out, err := command(undisturbed).CombinedOutput()
	require.NoError(t, err, string(out))
	whole := time.Since(began)
	want := content(t, filepath.Join(undisturbed, "r"))
	require.Len(t, want, 13)

	killed, resumed := 0, 0
	for killed < least {
		dir, wait := home(), whole
		for {
			cmd := command(dir)
			require.NoError(t, cmd.Start())
			over := time.AfterFunc(time.Duration(r.Int64N(int64(wait))), func() {
				cmd.Process.Kill()
			})
			err := cmd.Wait()
			over.Stop()
			if err == nil {
				break
			}
			require.Equal(t, "signal: killed", err.Error())
			killed++
			stored, err := filepath.Glob(filepath.Join(dir, "r", results.StoreFolder, "*.run"))
			require.NoError(t, err)
			if len(stored) > 0 {
				resumed++
			}
		}
		require.Equal(t, want, content(t, filepath.Join(dir, "r")))
	}
	require.Positive(t, resumed, "it was killed with finished runs")
	t.Logf("killed %d times, %d of them with finished runs", killed, resumed)
}
