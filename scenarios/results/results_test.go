package results_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"

	"swarmlab/protocol/dht"
	"swarmlab/scenarios"
	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/lab"
	"swarmlab/scenarios/metrics"
	"swarmlab/scenarios/results"
	"swarmlab/scenarios/results/tables"
)

func outcome(t *testing.T, s *scenarios.Scenario) *results.Outcome {
	t.Helper()
	o, err := (&lab.Experiment{Scenario: s, Jobs: 2}).Run(context.Background())
	require.NoError(t, err)
	require.Empty(t, o.Failures)
	return o
}

func quickstart(t *testing.T) *scenarios.Scenario {
	t.Helper()
	s, err := scenarios.Open("quickstart")
	require.NoError(t, err)
	require.NoError(t, s.Set("repeat", "2"))
	return s
}

func TestFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "folder")
	require.NoError(t, results.Claim(dir))
	o := outcome(t, quickstart(t))
	summary, err := results.Write(dir, o, time.Now())
	require.NoError(t, err)
	require.Len(t, summary.Cells, 1)
	hops := summary.Cells[0].Metrics["lookup.hops.contact"]
	require.Greater(t, hops.N, 100)
	require.NotNil(t, hops.CI95)
	require.EqualValues(t, 1, hops.CDF[len(hops.CDF)-1])

	// Every metric of the summary is in the dictionary, with its unit.
	units := map[string]string{}
	for _, d := range metrics.Definitions() {
		require.NotEmpty(t, d.Definition, d.Name)
		require.NotContains(t, units, d.Name, "defined once")
		units[d.Name] = d.Unit
	}
	for name, m := range summary.Cells[0].Metrics {
		require.Equal(t, units[name], m.Unit, name)
	}
	for _, name := range []string{"hops.contact", "hops.first_value", "hops.discover_k",
		"hops.total", "rounds", "messages", "timeouts", "latency_ms", "success"} {
		require.Contains(t, summary.Cells[0].Metrics, "lookup."+name)
	}

	stored, err := results.Open(dir)
	require.NoError(t, err)
	require.Equal(t, o.Scenario.Resolved(), stored.Scenario.Resolved(), "accepted back")
	require.Len(t, stored.Manifest.Runs, 2)
	for n, r := range stored.Manifest.Runs {
		require.Equal(t, o.Runs[n].Fingerprint.String(), r.Fingerprint)
		require.Equal(t, o.Runs[n].Checkpoints, stored.Checkpoints(r))
	}
	require.NoError(t, results.Claim(dir), "results may be replaced")
	leftovers, err := filepath.Glob(filepath.Join(dir, ".*"))
	require.NoError(t, err)
	require.Empty(t, leftovers)
}

// TestBooksAgree holds the protocol's own counters against the network's ledger.
func TestBooksAgree(t *testing.T) {
	for _, run := range outcome(t, quickstart(t)).Runs {
		l := run.Ledger
		require.Equal(t, l.Sent.Datagrams, l.Delivered.Datagrams+l.Lost.Datagrams+
			l.Undelivered.Datagrams+l.InFlight.Datagrams)
		require.Equal(t, l.Delivered, l.Received)
		c := run.Counters
		seen := c[dht.Answered] + c[dht.Matched] + c[dht.Unmatched]
		require.Equal(t, l.Delivered.Datagrams, seen, "an honest network has no other datagrams")
	}
}

func TestMatrixTravelsWithTheResults(t *testing.T) {
	home := t.TempDir()
	matrix := "0 20 30\n20 0 40\n30 40 0\n"
	require.NoError(t, os.Mkdir(filepath.Join(home, "data"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(home, "data", "rtt.txt"), []byte(matrix), 0o644))
	file := filepath.Join(home, "mine.yaml")
	require.NoError(t, os.WriteFile(file, []byte(`
name: mine
duration: 20s
network: {latency: {model: matrix, file: data/rtt.txt}}
groups: [{name: nodes, protocol: mainline, size: 20, join: {over: 1s}}]
workload: [{kind: lookup, group: nodes, rate: 2/s, start: 10s}]
`), 0o644))
	s, err := scenarios.Load(file)
	require.NoError(t, err)
	dir := t.TempDir()
	_, err = results.Write(dir, outcome(t, s), time.Now())
	require.NoError(t, err)
	require.NoError(t, os.RemoveAll(home))

	stored, err := results.Open(dir)
	require.NoError(t, err)
	require.Equal(t, "rtt.txt", stored.Scenario.Network.Latency.File)
	found, err := lab.Verify(context.Background(), stored, 1, nil)
	require.NoError(t, err)
	require.Empty(t, found)
}

func TestClaimRefuses(t *testing.T) {
	dir := t.TempDir()
	precious := filepath.Join(dir, "thesis.tex")
	require.NoError(t, os.WriteFile(precious, []byte("x"), 0o644))
	require.ErrorContains(t, results.Claim(dir), "is not empty and holds no results")
	require.ErrorContains(t, results.Claim(precious), "--out")
	require.ErrorContains(t, results.Claim(filepath.Join(precious, "below")), "--out")
}

func TestDamagedFolders(t *testing.T) {
	o := outcome(t, quickstart(t))
	damage := map[string]struct {
		harm func(dir string) error
		want string
	}{
		"foreign": {func(dir string) error {
			return os.Remove(filepath.Join(dir, "manifest.json"))
		}, "manifest.json: no such file, so this is not a results folder"},
		"manifest": {func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "manifest.json"), []byte("{"), 0o644)
		}, "manifest.json: damaged"},
		"cut": {func(dir string) error {
			return os.Truncate(filepath.Join(dir, "checkpoints.parquet"), 100)
		}, "checkpoints.parquet: damaged"},
		"run": {func(dir string) error {
			path := filepath.Join(dir, "manifest.json")
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			return os.WriteFile(path, []byte(strings.Replace(string(b), `"seed": 1,`,
				`"seed": 99,`, 1)), 0o644)
		}, "nothing about cell 0, seed 99"},
		"scenario": {func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "scenario.yaml"), []byte("sizes: 3"), 0o644)
		}, "scenario.yaml"},
	}
	for name, d := range damage {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			_, err := results.Write(dir, o, time.Now())
			require.NoError(t, err)
			require.NoError(t, d.harm(dir))
			_, err = results.Open(dir)
			require.ErrorContains(t, err, d.want)
		})
	}
}

func TestSummaryIsPlainJSON(t *testing.T) {
	s := quickstart(t)
	require.NoError(t, s.Set("workload", "[]"))
	b, err := json.Marshal(results.Summarise(outcome(t, s)))
	require.NoError(t, err)
	var back struct {
		Cells []struct {
			Metrics map[string]struct {
				N    int
				Mean *float64
			}
		}
	}
	require.NoError(t, json.Unmarshal(b, &back))
	m := back.Cells[0].Metrics["lookup.latency_ms"]
	require.Zero(t, m.N)
	require.Nil(t, m.Mean, "nothing measured is null, not 0")
}

// TestTextBesideFewRows reads the text back and holds it against the rows.
func TestTextBesideFewRows(t *testing.T) {
	dir := t.TempDir()
	o := outcome(t, quickstart(t))
	_, err := results.Write(dir, o, time.Now())
	require.NoError(t, err)
	f, err := os.Open(filepath.Join(dir, tables.LookupsTextFile))
	require.NoError(t, err)
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 1+len(o.Runs[0].Lookups)+len(o.Runs[1].Lookups))
	column := slices.Index(rows[0], "latency_ns")
	for n, l := range o.Runs[0].Lookups {
		require.Equal(t, strconv.FormatInt(l.Latency, 10), rows[n+1][column])
		require.Equal(t, l.Kind, rows[n+1][slices.Index(rows[0], "kind")])
		require.Positive(t, l.Found)
		require.LessOrEqual(t, l.Found, l.Latency)
		found := rows[n+1][slices.Index(rows[0], "found_ns")]
		require.Equal(t, strconv.FormatInt(l.Found, 10), found)
	}
	columns := parquet.SchemaOf(findings.Lookup{}).Columns()
	require.Len(t, rows[0], len(columns))
	for n, name := range columns {
		require.Equal(t, name[0], rows[0][n], "the same columns in the same order")
	}
}

// TestByClient: where nodes of several clients are asked, each has metrics of its own, which are
// those of its lookups alone; where all are of one client, nothing is said twice.
func TestByClient(t *testing.T) {
	s := quickstart(t)
	require.NoError(t, s.Set("groups.nodes.client", "bep5 70%, libtorrent 30%"))
	o := outcome(t, s)
	cell := results.Summarise(o).Cells[0]
	require.Len(t, cell.Clients, 2)
	for name, c := range cell.Clients {
		n, latency, nodes := 0, int64(0), map[uint32]bool{}
		for _, run := range o.Runs {
			for _, l := range run.Lookups {
				if l.Client == name && l.Kind == scenarios.KindLookup {
					n++
					latency += l.Latency
					nodes[l.Node] = true
				}
			}
		}
		m := c.Metrics["lookup.latency_ms"]
		require.Equal(t, n, m.N)
		require.InDelta(t, float64(latency)/float64(n)/1e6, float64(m.Mean), 1e-3)
		require.LessOrEqual(t, len(nodes), c.Nodes)
		require.Contains(t, c.Metrics, "table.stale_share")
		require.NotContains(t, c.Metrics, "network.lost", "which is not the client's")
	}
	require.Equal(t, 70, cell.Clients["bep5"].Nodes)
	require.Empty(t, cell.Models, "there is no theory of a mix")
	require.Empty(t, results.Summarise(outcome(t, quickstart(t))).Cells[0].Clients)
}

// TestSeriesFiles reads both forms of the series back.
func TestSeriesFiles(t *testing.T) {
	dir := t.TempDir()
	o := outcome(t, quickstart(t))
	_, err := results.Write(dir, o, time.Now())
	require.NoError(t, err)
	rows, err := parquet.ReadFile[findings.Sample](filepath.Join(dir, tables.SeriesFile))
	require.NoError(t, err)
	require.Equal(t, append(slices.Clone(o.Runs[0].Series), o.Runs[1].Series...), rows)
	require.Len(t, rows, 4, "two minutes of two runs")
	require.EqualValues(t, 180, rows[0].Second)
	require.EqualValues(t, 240, rows[1].Second)
	f, err := os.Open(filepath.Join(dir, tables.SeriesTextFile))
	require.NoError(t, err)
	defer f.Close()
	text, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	require.Len(t, text, 1+len(rows))
	for n, name := range parquet.SchemaOf(findings.Sample{}).Columns() {
		require.Equal(t, name[0], text[0][n], "the same columns in the same order")
	}
	for n, row := range rows {
		require.Equal(t, []string{strconv.Itoa(int(row.Second)), row.Client},
			text[n+1][2:4])
		require.Equal(t, strconv.FormatInt(row.Bytes, 10), text[n+1][7])
		require.EqualValues(t, 100, row.Online)
		require.EqualValues(t, 100*60e9, row.Up)
		require.Positive(t, row.Bytes)
		require.Zero(t, row.Stale, "nobody left")
	}
}
