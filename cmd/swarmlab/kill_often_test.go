package main

import (
	"flag"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/cmd/swarmlab/trial"
)

var often = flag.Int("often", 12, "how often TestKilledOften kills the program")

// tinyScenario takes the program half a second, for 12 runs.
const tinyScenario = `
name: tiny
duration: 30s
groups: [{name: nodes, size: 12, join: {over: 5s}}]
workload: [{kind: lookup, group: nodes, rate: 5/s, start: 10s}]
vary: {groups.nodes.dht.alpha: [1, 3], network.jitter: [0s, 2ms]}
repeat: 3
figures: []
faults: [{kind: crash, from: 12s, to: 15s, whom: {share: 30%}}]
`

// TestKilledOften kills the program at many random moments of a sweep that is tiny. Most attempts
// are killed soon, so that a sweep takes several of them; each sixth may go on to its end, so that
// the last moments, when the results are laid out, have their share.
func TestKilledOften(t *testing.T) {
	if testing.Short() {
		t.Skip("takes its time")
	}
	seed, name := uint64(time.Now().UnixNano()), trial.Program(t)
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	attempt := func(dir string, most time.Duration) (killed bool) {
		cmd := exec.Command(name, "run", "tiny.yaml", "--jobs", "2", "--quiet", "--out", "r")
		cmd.Dir = dir
		require.NoError(t, cmd.Start())
		if most > 0 {
			kill := func() { cmd.Process.Kill() }
			defer time.AfterFunc(time.Duration(r.Int64N(int64(most))), kill).Stop()
		}
		err := cmd.Wait()
		if err != nil {
			require.Equal(t, "signal: killed", err.Error())
		}
		return err != nil
	}
	home := func() string {
		dir := t.TempDir()
		file := filepath.Join(dir, "tiny.yaml")
		require.NoError(t, os.WriteFile(file, []byte(tinyScenario), 0o644))
		return dir
	}
	undisturbed, began := home(), time.Now()
	require.False(t, attempt(undisturbed, 0))
	whole := time.Since(began)
	want := content(t, filepath.Join(undisturbed, "r"))
	require.Len(t, want, 12)

	kills, sweeps := 0, 0
	for kills < *often {
		dir, most := home(), whole/3
		for attempt(dir, most) {
			kills++
			most = whole / 3
			if kills%6 == 0 {
				most = 2 * whole
			}
		}
		require.Equal(t, want, content(t, filepath.Join(dir, "r")))
		sweeps++
	}
	t.Logf("killed %d times in %d sweeps", kills, sweeps)
}
