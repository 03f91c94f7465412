package plots

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func calibrated() synthetic {
	s := flagship()
	s.figures = []string{"calibration"}
	return s
}

func TestCalibrationShowsBothWorlds(t *testing.T) {
	s := calibrated()
	dir, _ := drawRun(t, s, Slide)
	share := map[string]float64{}
	last := map[string]float64{}
	for _, row := range rowsOf(t, dir, "calibration") {
		value, err := strconv.ParseFloat(row["share"], 64)
		require.NoError(t, err)
		if row["quantity"] == "hops_contact" {
			share[row["world"]+row["value"]] = value
			continue
		}
		require.GreaterOrEqual(t, value, last[row["world"]], "the curve falls")
		last[row["world"]] = value
	}
	require.Equal(t, map[string]float64{"simulated": 1, "real": 1}, last)
	for n, world := range []string{"simulated", "real"} {
		var counts [10]float64
		sum := 0.0
		for _, row := range s.rows(0, uint64(n+1)) {
			if row.HopsContact > 0 {
				counts[row.HopsContact]++
				sum++
			}
		}
		require.Greater(t, sum, 900.0)
		for h := 1; h <= 4; h++ {
			require.InDelta(t, counts[h]/sum, share[world+strconv.Itoa(h)], 1e-9)
		}
	}
	caption := string(read(t, dir, "calibration.md"))
	require.Contains(t, caption, "# The simulator agrees with real sockets: 2.86 and 2.89")
	require.Contains(t, caption, "D = 0.0123, p = 0.97,")
	require.Contains(t, caption, "Chi-square: 2.5 with 3 degrees of freedom, p = 0.475")
	require.Contains(t, caption, "went out 1.23 ms late on average")
	require.Contains(t, caption, "989 of 1 000 simulated and 986 of 1 000 real lookups")
}

func TestCalibrationSaysWhenTheyDiffer(t *testing.T) {
	dir := t.TempDir()
	calibrated().write(t, dir)
	path := filepath.Join(dir, "calibration.json")
	body, err := os.ReadFile(path)
	require.NoError(t, err)
	body = []byte(strings.Replace(string(body), `"p": 0.97`, `"p": 0.01`, 1))
	require.NoError(t, os.WriteFile(path, body, 0o644))
	_, err = drawCoarse(dir, Paper)
	require.NoError(t, err)
	require.Contains(t, string(read(t, dir, "calibration.md")),
		"# The simulator and real sockets differ: ")
}

func TestCalibrationThatWasNotMade(t *testing.T) {
	dir := t.TempDir()
	calibrated().write(t, dir)
	require.NoError(t, os.Remove(filepath.Join(dir, "calibration.json")))
	lines, err := drawCoarse(dir, Slide)
	require.NoError(t, err)
	require.Equal(t, []string{"calibration: skipped: no calibration.json: 'swarmlab run' only " +
		"simulates; 'swarmlab dht calibrate' also runs it on real sockets"}, lines)
}

func TestDamagedCalibration(t *testing.T) {
	const header = "world,latency_ns,hops_contact,success\n"
	for _, c := range []struct{ file, body, complaint string }{
		{"calibration.json", "{", "calibration.json: damaged: unexpected end"},
		{"calibration.json", `{"fingerprint": "other"}`, `of a run with the fingerprint "other", ` +
			`but summary.json has "3f2a91c0-77d06e15-b8f04aa2"`},
		{"calibration.csv", "", "calibration.csv: damaged: EOF"},
		{"calibration.csv", "world,success\n", `no column "latency_ns"`},
		{"calibration.csv", header + "dream,1,1,true\n", "line 2 is no lookup of either world"},
		{"calibration.csv", header + "real,1,1,true\nreal,x,1,true\n", "line 3 is no lookup"},
		{"calibration.csv", header + "real,1,1\n", "wrong number of fields"},
		{"calibration.csv", header + "real,1,1000000000,true\n", "line 2: 1000000000 hops"},
	} {
		dir := t.TempDir()
		calibrated().write(t, dir)
		require.NoError(t, os.WriteFile(filepath.Join(dir, c.file), []byte(c.body), 0o644))
		_, err := drawCoarse(dir, Slide)
		require.ErrorContains(t, err, c.complaint)
		require.ErrorContains(t, err, "run 'swarmlab dht calibrate' again")
	}
	dir := t.TempDir()
	calibrated().write(t, dir)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "calibration.csv"),
		[]byte(header+"simulated,5,1,true\n"), 0o644))
	lines, err := drawCoarse(dir, Slide)
	require.NoError(t, err)
	require.Contains(t, lines[0], "skipped: real lookups: none succeeded")
}
