package results

import (
	"encoding/csv"
	"fmt"
	"math"
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

func TestTableMetrics(t *testing.T) {
	run := &findings.Run{Buckets: []findings.Bucket{
		{Client: "a", Depth: 0, Supply: 100, Tables: 10, Room: 80, Full: 10, Contacts: 80,
			Dead: 8, InFull: 80, DeadFull: 8},
		{Client: "a", Depth: 2, Supply: 100, Tables: 10, Room: 80, Full: 6, Contacts: 75,
			Dead: 7, InFull: 48, DeadFull: 2},
		{Client: "a", Depth: 3, Supply: 100, Tables: 10, Room: 80, Full: 2, Contacts: 50,
			Dead: 20, InFull: 16, DeadFull: 1},
		{Client: "b", Depth: 0, Supply: 100, Tables: 10, Room: 1280, Contacts: 500, Dead: 250},
	}, Series: []findings.Sample{{Client: "a", Tables: 10, KnowsAll: 6, LacksThree: 2, KnowsFew: 1},
		{Client: "b", Tables: 30, KnowsAll: 2, LacksThree: 9}}}
	a, b, both := perTable(run, "a", 0), perTable(run, "b", 0), perTable(run, anyClient, 0)
	require.Len(t, a, len(healthMetrics))
	require.InDeltaSlice(t, []float64{16. / 20, 11. / 144, 24. / 61, .6, .2, .1}, a, 1e-12)
	require.True(t, math.IsNaN(b[0]) && math.IsNaN(b[1]), "nothing is full, or could be")
	require.InDelta(t, .5, b[2], 1e-12)
	require.InDeltaSlice(t, []float64{16. / 20, 11. / 144, 274. / 561, .2, 11. / 40, 1. / 40}, both,
		1e-12)
}

func TestRecordMetrics(t *testing.T) {
	row := func(client string, hours, holders, online, holding, closest int32) findings.Record {
		return findings.Record{Client: client, Age: 3600 * hours, Holders: holders, Online: online,
			Holding: holding, Closest: closest}
	}
	run := &findings.Run{Records: []findings.Record{row("a", 0, 8, 8, 8, 8),
		row("b", 0, 5, 5, 5, 4),
		row("a", 1, 8, 7, 6, 5), row("b", 1, 5, 3, 2, 1), row("a", 24, 8, 4, 3, 2)}}
	require.Len(t, perRecord(run, "a", 0), len(recordMetrics))
	value := func(client, name string) float64 {
		for n, d := range recordMetrics {
			if d.Name == name {
				return perRecord(run, client, 0)[n]
			}
		}
		t.Fatal(name)
		return 0
	}
	require.Equal(t, 6.5, value(anyClient, "record.holders"))
	require.Equal(t, 5.0, value(anyClient, "record.online_1h"))
	require.Equal(t, 7.0, value("a", "record.online_1h"))
	require.Equal(t, 4.0, value(anyClient, "record.holding_1h"))
	require.Equal(t, 3.0, value(anyClient, "record.closest_1h"))
	require.Equal(t, 2.0, value(anyClient, "record.closest_24h"))
	require.True(t, math.IsNaN(value(anyClient, "record.online_10h")))
	require.True(t, math.IsNaN(value("b", "record.online_24h")))
}
