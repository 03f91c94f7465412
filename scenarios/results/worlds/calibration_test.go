package worlds

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/scenarios/findings"
)

func TestWriteCalibration(t *testing.T) {
	lookups := func(hops ...int32) (all []findings.Lookup) {
		for n, h := range hops {
			all = append(all, findings.Lookup{Node: uint32(n), Latency: int64(h) * 1e8, Contact: h,
				Messages: 10, Success: h > 0})
		}
		return all
	}
	simulated, real := lookups(1, 2, 2, 3, 0), lookups(1, 1, 2)
	c := Compare(simulated, real)
	require.Equal(t, []int{1, 2, 1}, c.Simulated.HopCounts)
	require.Equal(t, 5, c.Simulated.Lookups)
	require.Equal(t, 4, c.Simulated.Successful)
	require.EqualValues(t, 2, c.Simulated.Hops.Mean)
	require.EqualValues(t, 200, c.Simulated.Latency.P50)
	require.InDelta(t, 2.0/3-0.25, float64(c.HopsKS.Statistic), 1e-9)
	require.True(t, c.Agrees())

	dir := t.TempDir()
	require.NoError(t, Write(dir, c, simulated, real))
	body, err := os.ReadFile(filepath.Join(dir, RowsFile))
	require.NoError(t, err)
	rows, err := csv.NewReader(strings.NewReader(string(body))).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 1+5+3)
	require.Equal(t, []string{"real", "2", "0", "200000000", "2", "0", "0", "0", "10", "0",
		"true"}, rows[8])
	body, err = os.ReadFile(filepath.Join(dir, File))
	require.NoError(t, err)
	var back map[string]any
	require.NoError(t, json.Unmarshal(body, &back))
	require.Equal(t, 3.0, back["real"].(map[string]any)["lookups"])

	empty := Compare(nil, nil)
	require.NoError(t, Write(dir, empty, nil, nil))
}
