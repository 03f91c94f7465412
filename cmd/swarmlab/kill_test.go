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

	"swarmlab/cmd/swarmlab/trial"
	"swarmlab/scenarios/results/manifest"
)

var kills = flag.Int("kills", 6, "how often TestKilledAtAnyMoment kills the program")

const killScenario = `
name: kill
duration: 30s
groups: [{name: nodes, size: 12, join: {over: 5s}}]
workload:
  - {kind: lookup, group: nodes, rate: 5/s, start: 15s}
  - {kind: announce, group: nodes, rate: 1/s, start: 15s}
vary: {groups.nodes.dht.alpha: [1, 3], network.jitter: [0s, 2ms]}
repeat: 3
figures: []
`

// content returns the files of a results folder, but the one that knows the time of day.
func content(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() || e.Name() == manifest.File {
			return err
		}
		b, err := os.ReadFile(path)
		all[strings.TrimPrefix(path, dir)] = string(b)
		return err
	}))
	return all
}

// secondScenario is the same as another scenario, with a published value.
const secondScenario = `
name: second
duration: 30s
groups: [{name: nodes, size: 12, join: {over: 5s}}]
workload: [{kind: lookup, group: nodes, rate: 5/s, start: 15s}]
repeat: 8
figures: [targets]
targets:
  - {what: hops, metric: lookup.hops.contact, published: 2, tolerance: 50%,
     kind: oracle, source: nobody}
`

// crowdScenario is of torrents.
const crowdScenario = `
name: crowd
duration: 10m
torrents: [{name: film, size: 1MB, piece: 32KiB}]
groups:
  - {name: seeds, protocol: bittorrent, size: 1, complete: 100%}
  - {name: leechers, protocol: bittorrent, size: 10, linger: 0s, link: {down: 2Mbit/s, up: 1Mbit/s}}
vary: {groups.leechers.swarm.picker: [rarest, random], network.jitter: [0s, 2ms]}
repeat: 3
figures: []
`

// TestKilledAtAnyMoment kills the program (kill -9) again and again, each time repeating the same
// command, until it comes to its end: the files are those of a run that nothing has disturbed.
func TestKilledAtAnyMoment(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	least := *kills
	if testing.Short() {
		least = min(least, 5)
	}
	k := killing{t: t, name: trial.Program(t), r: r, scenarios: []string{"kill.yaml"}, files: 13,
		stored: "r/unfinished/*.run"}
	k.repeat(least)
	k.scenarios, k.files = []string{"crowd.yaml"}, 17
	k.repeat((least + 1) / 2)
	k.scenarios = []string{"kill.yaml", "second.yaml"}
	k.files, k.stored = 13+11+2*5+1, "r/*/unfinished/*.run"
	k.repeat((least + 1) / 2)
}

// killing is a command that takes the program a second or less, for 12 or 20 runs, and what it
// leaves.
type killing struct {
	t         *testing.T
	name      string // of the program
	r         *rand.Rand
	scenarios []string
	files     int
	stored    string // where finished runs are
}

func (k *killing) command(dir string) *exec.Cmd {
	args := append([]string{"run", "--jobs", "2", "--quiet", "--out", "r"}, k.scenarios...)
	cmd := exec.Command(k.name, args...)
	cmd.Dir = dir
	return cmd
}

func (k *killing) home() string {
	dir := k.t.TempDir()
	for name, text := range map[string]string{
		"kill.yaml": killScenario, "second.yaml": secondScenario, "crowd.yaml": crowdScenario,
	} {
		require.NoError(k.t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	return dir
}

// repeat kills so many times, or more.
func (k *killing) repeat(least int) {
	t := k.t
	undisturbed, began := k.home(), time.Now()
	out, err := k.command(undisturbed).CombinedOutput()
	require.NoError(t, err, string(out))
	whole := time.Since(began)
	want := content(t, filepath.Join(undisturbed, "r"))
	require.Len(t, want, k.files)

	killed, resumed := 0, 0
	for killed < least || resumed == 0 && killed < 10*least {
		dir := k.home()
		for {
			cmd := k.command(dir)
			require.NoError(t, cmd.Start())
			over := time.AfterFunc(time.Duration(k.r.Int64N(int64(whole))), func() {
				cmd.Process.Kill()
			})
			err := cmd.Wait()
			over.Stop()
			if err == nil {
				break
			}
			require.Equal(t, "signal: killed", err.Error())
			killed++
			stored, err := filepath.Glob(filepath.Join(dir, k.stored))
			require.NoError(t, err)
			if len(stored) > 0 {
				resumed++
			}
		}
		require.Equal(t, want, content(t, filepath.Join(dir, "r")))
	}
	require.Positive(t, resumed, "it was killed with finished runs")
	t.Logf("%v: killed %d times, %d of them with finished runs", k.scenarios, killed, resumed)
}
