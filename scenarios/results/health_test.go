package results

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"

	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/findings/made"
	"swarmlab/scenarios/results/tables"
)

// TestHealthFiles reads buckets and records back in both forms.
func TestHealthFiles(t *testing.T) {
	dir := t.TempDir()
	s, cells := made.Experiment(t)
	o := &Outcome{Scenario: s, Cells: cells, Runs: []*findings.Run{made.Run(0, 1, 5),
		made.Run(1, 1, 5)}}
	_, err := Write(dir, o, time.Now())
	require.NoError(t, err)
	buckets, err := parquet.ReadFile[findings.Bucket](filepath.Join(dir, tables.BucketsFile))
	require.NoError(t, err)
	require.Equal(t, append(o.Runs[0].Buckets, o.Runs[1].Buckets...), buckets)
	records, err := parquet.ReadFile[findings.Record](filepath.Join(dir, tables.RecordsFile))
	require.NoError(t, err)
	require.Equal(t, o.Runs[1].Records, records)
	text := textOf(t, dir, tables.BucketsTextFile, findings.Bucket{})
	require.Len(t, text, 1+len(buckets))
	for n, b := range buckets {
		require.Equal(t, fmt.Sprint(b), "{"+joined(text[n+1])+"}")
	}
	text = textOf(t, dir, tables.RecordsTextFile, findings.Record{})
	require.Len(t, text, 1+len(records))
	for n, r := range records {
		require.Equal(t, fmt.Sprint(r), "{"+joined(text[n+1])+"}")
	}
	// Without records there is no table of them, and an old one goes.
	o.Runs = o.Runs[:1]
	_, err = Write(dir, o, time.Now())
	require.NoError(t, err)
	require.NoFileExists(t, filepath.Join(dir, tables.RecordsFile))
	require.NoFileExists(t, filepath.Join(dir, tables.RecordsTextFile))
	require.FileExists(t, filepath.Join(dir, tables.BucketsFile))
}

// textOf reads a table and holds its header against the columns of the Parquet file.
func textOf(t *testing.T, dir, name string, row any) [][]string {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, name))
	require.NoError(t, err)
	defer f.Close()
	text, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	for n, column := range parquet.SchemaOf(row).Columns() {
		require.Equal(t, column[0], text[0][n], "the same columns in the same order")
	}
	return text
}

func joined(row []string) (s string) {
	for n, v := range row {
		if n > 0 {
			s += " "
		}
		s += v
	}
	return s
}
