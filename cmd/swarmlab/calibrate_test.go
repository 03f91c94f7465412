package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/cmd/swarmlab/calibration"
	"swarmlab/cmd/swarmlab/command"
	"swarmlab/scenarios/results"
	"swarmlab/scenarios/results/manifest"
	"swarmlab/scenarios/results/worlds"
)

// tiny makes the calibration short: a dozen nodes for three seconds, 10 ms one way.
var tiny = []string{"--set", "groups.nodes.size=12", "--set", "duration=3s", "--set", "warmup=1s",
	"--set", "groups.nodes.join.over=500ms", "--set", "workload.lookup.start=1s",
	"--set", "workload.lookup.stop=2s", "--set", "network.latency.model=constant",
	"--set", "network.latency.delay=10ms", "--set", "network.jitter=0s"}

func calibrate(t *testing.T, args ...string) (document calibration.Document, code int) {
	t.Helper()
	var out, errOut bytes.Buffer
	code = execute(append([]string{"dht", "calibrate", "--json"}, args...), &out, &errOut)
	require.NoError(t, json.Unmarshal(out.Bytes(), &document), "%s%s", &out, &errOut)
	return document, code
}

func TestCalibrationOfAFew(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "r")
	c, code := calibrate(t, append(slices.Clone(tiny), "--out", dir, "--set", "network.loss=0%",
		"--set", "figures=[hops]")...)
	require.Equal(t, command.Done, code)
	require.True(t, c.Agrees)
	require.Equal(t, 12, c.Nodes)
	for _, w := range []worlds.World{c.Simulated, c.Real} {
		require.Equal(t, 120, w.Lookups, "all of the plan's")
		require.Equal(t, 120, w.Successful)
		require.GreaterOrEqual(t, float64(w.Latency.Min), 20.0, "sooner than there and back")
	}
	require.Less(t, float64(c.Simulated.Latency.Max), 1000.0)
	require.Positive(t, c.Sockets.Received)
	require.LessOrEqual(t, c.Sockets.Received, c.Sockets.Sent)
	require.GreaterOrEqual(t, float64(c.Sockets.Late.Min), 0.0)
	require.Zero(t, c.Sockets.Strays)
	require.Zero(t, c.Sockets.Refused)

	for _, name := range []string{worlds.File, worlds.RowsFile,
		"figures/calibration.svg", "figures/hops.svg", manifest.File} {
		require.FileExists(t, filepath.Join(dir, name))
	}
	require.NoError(t, os.RemoveAll(filepath.Join(dir, "figures")))
	var out, errOut bytes.Buffer
	require.Equal(t, command.Done, execute([]string{"plot", dir}, &out, &errOut), errOut.String())
	require.Contains(t, out.String(), "calibration.{svg,pdf,png,csv,md}")
	require.Equal(t, command.Done, execute([]string{"verify", dir}, &out, &errOut), errOut.String())

	// A run that only simulates takes the place of the calibration, and leaves nothing of it.
	run := append([]string{"run", "calibration", "--quiet", "--out", dir}, tiny...)
	out.Reset()
	require.Equal(t, command.Done, execute(run, &out, &errOut), errOut.String())
	require.Contains(t, out.String(), "calibration: skipped: no calibration.json")
	require.NoFileExists(t, filepath.Join(dir, worlds.RowsFile))
	require.NoFileExists(t, filepath.Join(dir, "figures", "calibration.svg"))
}

// TestCalibration is the simulator's claim to be believed: as real UDP nodes on loopback, under the
// same delays and losses, a hundred nodes need as many hops as simulated ones.
func TestCalibration(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes the 30 seconds of the scenario")
	}
	t.Parallel()
	var out, errOut bytes.Buffer
	dir := filepath.Join(t.TempDir(), "r")
	code := execute([]string{"dht", "calibrate", "--quiet", "--out", dir}, &out, &errOut)
	t.Logf("%s%s", &out, &errOut)
	require.Equal(t, command.Done, code)
	body, err := os.ReadFile(filepath.Join(dir, worlds.File))
	require.NoError(t, err)
	var c worlds.Calibration
	require.NoError(t, json.Unmarshal(body, &c))
	require.Greater(t, float64(c.HopsKS.P), 0.01)
	for _, w := range []worlds.World{c.Simulated, c.Real} {
		require.Greater(t, w.Lookups, 1500)
		require.Greater(t, w.Successful, w.Lookups*9/10)
	}
}

func TestCalibrationOfALostCause(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "r")
	lossy := append(slices.Clone(tiny), "--set", "network.loss=100%")
	_, code := calibrate(t, append(lossy, "--out", dir)...)
	require.Equal(t, command.Failed, code, "nobody finds anybody")
}

func TestInterruptedCalibrationKeepsTheSimulatedHalf(t *testing.T) {
	t.Parallel()
	s := start(t, "dht", "calibrate", "--quick", "--out", "r")
	s.until(`^running 40 nodes on real sockets for 10s$`)
	require.Equal(t, command.Interrupted, s.interrupt(), s.told)
	require.Equal(t, "swarmlab: interrupted: the simulated run is stored in r, and the real one "+
		"is not", s.told[len(s.told)-1])
	require.Empty(t, s.stdout.String())
	stored, err := results.Open(filepath.Join(s.dir, "r"))
	require.NoError(t, err)
	require.Len(t, stored.Manifest.Runs, 1)
	require.NoFileExists(t, filepath.Join(s.dir, "r", worlds.File))
}

func TestCalibrationRefusals(t *testing.T) {
	file := func(rest string) string {
		path := filepath.Join(t.TempDir(), "mine.yaml")
		require.NoError(t, os.WriteFile(path, []byte("name: mine\n"+rest), 0o600))
		return path
	}
	const lookups = "workload: [{kind: lookup, group: a, rate: 1/s}]\n"
	for _, c := range []struct {
		args      []string
		complaint string
	}{
		{[]string{"hops"}, "hops: vary: a calibration is one cell; write vary: none"},
		{[]string{"--repeat", "2"}, "calibration: repeat: a calibration is one run; write " +
			"repeat: 1 and choose others with --seed"},
		{[]string{file("groups: [{name: a, size: 5, tables: warm}]\n" + lookups)},
			"mine: groups.a.tables: real nodes have no warm tables: write join"},
		{[]string{file("groups: [{name: a, size: 5}, {name: b, size: 5}]\n" + lookups)},
			"mine: groups: a calibration has one group, not 2"},
		{[]string{file("groups: [{name: a, size: 5}]\n")},
			"mine: workload: a calibration compares lookups, and there are none"},
		{[]string{"--set", "groups.nodes.size=1001"}, "1001 nodes are too many for real sockets; " +
			"at most 1000"},
		{[]string{"calibratoin"}, `there is no scenario "calibratoin"; did you mean ` +
			`"calibration"?`},
	} {
		var out, errOut bytes.Buffer
		dir := filepath.Join(t.TempDir(), "r")
		code := execute(append([]string{"dht", "calibrate", "--out", dir}, c.args...), &out,
			&errOut)
		require.Equal(t, command.Refused, code)
		require.Contains(t, errOut.String(), "swarmlab: "+c.complaint)
		require.NoDirExists(t, dir)
		require.Empty(t, out.String())
	}
}
