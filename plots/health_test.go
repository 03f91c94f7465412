package plots

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"

	"swarmlab/plots/number"
	"swarmlab/plots/stored"
)

// syntheticHealth is a run whose tables were looked at, and whose records were followed.
type syntheticHealth struct {
	synthetic
	cells   int
	clients []string
	faults  []map[string]any
}

func healthRun() syntheticHealth {
	h := syntheticHealth{cells: 2, clients: []string{"bep5", "jech"},
		faults: []map[string]any{
			{"kind": "partition", "from_s": 1200, "to_s": 1800},
			{"kind": "loss", "from_s": 1500, "to_s": 2100},
			{"kind": "slow", "from_s": 2700, "to_s": 3000}}}
	h.synthetic = synthetic{seeds: 3, lookups: 200,
		figures: []string{"timeline", "table-health", "holders"}}
	for i := range h.cells {
		c := referenceCells()[0]
		c.set = map[string]any{"network.loss": fmt.Sprintf("%d%%", i)}
		c.metrics = map[string]any{"table.dead_share_full": share(0.03 + 0.01*float64(i)),
			"table.dead_share_open": share(0.15), "table.knows_all": share(0.61),
			"table.lacks_three": share(0.05), "table.knows_few": share(0.001)}
		h.synthetic.cells = append(h.synthetic.cells, c)
	}
	return h
}

type startedRow struct {
	Cell    int32  `parquet:"cell"`
	Seed    uint64 `parquet:"seed"`
	Kind    string `parquet:"kind"`
	At      int64  `parquet:"at_ns"`
	Latency int64  `parquet:"latency_ns"`
	Success bool   `parquet:"success"`
}

// write makes the folder: that of a synthetic run, and the tables of the samples in it.
func (h syntheticHealth) write(t testing.TB, dir string) {
	summary := h.synthetic.write(t, dir)
	for _, c := range summary["cells"].([]any) {
		c.(map[string]any)["faults"] = h.faults
	}
	writeSummary(t, dir, summary)
	writeTable(t, dir, "lookups.parquet", h.started())
	writeTable(t, dir, "series.parquet", h.series())
	writeTable(t, dir, "buckets.parquet", h.buckets())
	writeTable(t, dir, "records.parquet", h.records())
}

func writeTable[Row any](t testing.TB, dir, name string, rows []Row) {
	t.Helper()
	f, err := os.Create(filepath.Join(dir, name))
	require.NoError(t, err)
	w := parquet.NewGenericWriter[Row](f)
	_, err = w.Write(rows)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	require.NoError(t, f.Close())
}

// each calls f for each cell and seed, with random numbers of its own.
func (h syntheticHealth) each(f func(cell int32, seed uint64, r *rand.Rand)) {
	for cell := range h.cells {
		for seed := uint64(1); seed <= uint64(h.seeds); seed++ {
			f(int32(cell), seed, rand.New(rand.NewPCG(seed, uint64(cell)+1000)))
		}
	}
}

// started are lookups over the time of the run, which hardly succeed while there are faults. In
// one minute nobody looks for anything.
func (h syntheticHealth) started() (rows []startedRow) {
	h.each(func(cell int32, seed uint64, r *rand.Rand) {
		for range 600 {
			at := 600 + r.Float64()*3000
			if at >= 2280 && at < 2340 {
				continue
			}
			good := 0.98
			if at > 1200 && at < 2100 {
				good = 0.5
			}
			rows = append(rows, startedRow{cell, seed, stored.LookupKind, int64(at * 1e9),
				int64(4e8 + 5e8*r.Float64()), r.Float64() < good})
		}
		rows = append(rows, startedRow{cell, seed, "get_peers", 700e9, 1, true})
	})
	return rows
}

func (h syntheticHealth) series() (rows []storedSecond) {
	h.each(func(cell int32, seed uint64, r *rand.Rand) {
		for second := int32(660); second <= 3600; second += 60 {
			for range h.clients {
				rows = append(rows, storedSecond{cell, seed, second, 480 + r.Int32N(40), 5000,
					250 + r.Int32N(50), 20 + 30*cell})
			}
		}
	})
	return rows
}

func (h syntheticHealth) buckets() (rows []storedBucket) {
	h.each(func(cell int32, seed uint64, r *rand.Rand) {
		for range 3 {
			for depth := range int32(12) {
				for _, client := range h.clients {
					contacts := min(8*100, int32(100_000)>>(depth+1))
					row := storedBucket{Cell: cell, Seed: seed, Client: client, Depth: depth,
						Supply: 1000, Tables: 100, Contacts: contacts}
					if contacts == 800 {
						row.Full = 100
					}
					row.Dead = contacts * (3 + depth + r.Int32N(3)) / 100
					rows = append(rows, row)
				}
			}
		}
	})
	return rows
}

func (h syntheticHealth) records() (rows []storedRecord) {
	h.each(func(cell int32, seed uint64, r *rand.Rand) {
		for number := range 20 {
			for age := int32(0); age <= 36; age++ {
				if age > 30 && number > 4 {
					break // the run ends
				}
				online := 20 - r.Int32N(2+age/4+cell)
				rows = append(rows, storedRecord{cell, seed, age * 1800, 20, online,
					max(0, online-age), online - r.Int32N(3)})
			}
		}
	})
	return rows
}

// draw draws one figure.
func (h syntheticHealth) draw(
	t *testing.T, name string, theme Theme,
) (dir string, lines []string) {
	t.Helper()
	dir, h.figures = t.TempDir(), []string{name}
	h.write(t, dir)
	lines, err := drawCoarse(dir, theme)
	require.NoError(t, err)
	return dir, lines
}

// TestTimelineDataIsTheInput counts each bin again.
func TestTimelineDataIsTheInput(t *testing.T) {
	h := healthRun()
	dir, _ := h.draw(t, "timeline", Slide)
	started, series := h.started(), h.series()
	rows := rowsOf(t, dir, "timeline")
	require.Len(t, rows, 4*h.cells*50, "four quantities, two cells, bins of a minute")
	gaps := 0
	for _, row := range rows {
		from, to := parsed(t, row["from_s"]), parsed(t, row["to_s"])
		require.Equal(t, 60.0, to-from)
		var bySeed []float64
		for seed := uint64(1); seed <= 3; seed++ {
			var n, found, online, contacts, dead float64
			var taken []int64
			for _, l := range started {
				at := float64(l.At) / 1e9
				if fmt.Sprint(l.Cell) == row["cell"] && l.Seed == seed &&
					l.Kind == stored.LookupKind && at >= from && at < to {
					n++
					if l.Success {
						found++
						taken = append(taken, l.Latency)
					}
				}
			}
			for _, s := range series {
				if fmt.Sprint(s.Cell) == row["cell"] && s.Seed == seed &&
					float64(s.Second) == to {
					online += float64(s.Online)
					contacts += float64(s.Contacts)
					dead += float64(s.Stale + s.Shut)
				}
			}
			switch row["quantity"] {
			case "online_nodes":
				bySeed = append(bySeed, online)
			case "dead_contacts_percent":
				bySeed = append(bySeed, 100*dead/contacts)
			case "lookup_success_percent":
				if n > 0 {
					bySeed = append(bySeed, 100*found/n)
				}
			case "latency_median_s":
				if found > 0 {
					bySeed = append(bySeed, dumbQuantile(taken, .5)/1e9)
				}
			default:
				t.Fatal(row)
			}
		}
		require.Equal(t, fmt.Sprint(len(bySeed)), row["seeds"])
		if len(bySeed) == 0 {
			require.Empty(t, row["mean"])
			require.Equal(t, 2280.0, from)
			gaps++
			continue
		}
		require.InDelta(t, number.MeanOf(bySeed), parsed(t, row["mean"]), 1e-6)
		if want, ok := number.Interval95(bySeed); ok {
			require.InDelta(t, max(want.Low, 0), parsed(t, row["ci95_low"]), 1e-6)
		}
	}
	require.Equal(t, 2*h.cells, gaps)
}

// TestTimelineTellsOfFaults: in title, legend and caption; overlapping ones are one shade.
func TestTimelineTellsOfFaults(t *testing.T) {
	h := healthRun()
	dir, _ := h.draw(t, "timeline", Paper)
	caption := string(read(t, dir, "timeline.md"))
	require.Contains(t, caption, "# Faults press success down to ")
	require.Contains(t, caption, "partition from 1200 s to 1800 s; loss from 1500 s")
	require.Contains(t, string(read(t, dir, "timeline.svg")), "faults: partition, loss, slow")
	h.faults = nil
	dir, _ = h.draw(t, "timeline", Paper)
	require.Contains(t, string(read(t, dir, "timeline.md")), "Over time and settings ")
	require.NotContains(t, string(read(t, dir, "timeline.svg")), "faults")
}

// TestTableHealthDataIsTheInput: several cells are drawn with their clients together, one cell by
// client.
func TestTableHealthDataIsTheInput(t *testing.T) {
	for cells, labels := range map[int][]string{
		1: {"bep5", "jech"}, 2: {"loss = 0%", "loss = 1%"},
	} {
		h := healthRun()
		h.cells, h.synthetic.cells = cells, h.synthetic.cells[:cells]
		dir, _ := h.draw(t, "table-health", Slide)
		rows := rowsOf(t, dir, "table-health")
		require.Len(t, rows, 12*len(labels))
		for n, row := range rows {
			depth := n % 12
			require.Equal(t, labels[n/12], row["label"])
			require.Equal(t, fmt.Sprint(depth), row["depth"])
			var tables, contacts, dead float64
			for _, b := range h.buckets() {
				if fmt.Sprint(b.Cell) == row["cell"] && int(b.Depth) == depth &&
					(cells > 1 || b.Client == row["label"]) {
					tables += float64(b.Tables)
					contacts += float64(b.Contacts)
					dead += float64(b.Dead)
				}
			}
			require.InDelta(t, contacts/tables, parsed(t, row["contacts_mean"]), 1e-9)
			require.InDelta(t, dead/contacts, parsed(t, row["dead_share"]), 1e-9)
			require.InDelta(t, 1000/float64(int(2)<<depth),
				parsed(t, row["contacts_expected"]), 1e-9)
			require.LessOrEqual(t, parsed(t, row["dead_ci95_low"]), parsed(t, row["dead_share"]))
		}
		caption := string(read(t, dir, "table-health.md"))
		require.Contains(t, caption, "61 % of the tables hold all of the k running nodes closest")
		require.Contains(t, caption, "# Dead are 3 ")
	}
}

// TestHoldersDataIsTheInput: quantiles over the records, and the interval of the mean over seeds.
func TestHoldersDataIsTheInput(t *testing.T) {
	h := healthRun()
	dir, lines := h.draw(t, "holders", Dark)
	require.Contains(t, lines[0], "holders.{svg")
	rows := rowsOf(t, dir, "holders")
	require.Len(t, rows, 3*2*31, "three quantities, two cells; from age 31 on too few are left")
	for _, row := range rows {
		var all []int64
		bySeed := make([]float64, h.seeds)
		for _, r := range h.records() {
			if fmt.Sprint(r.Cell) == row["cell"] && fmt.Sprint(r.Age) == row["age_s"] {
				v := map[string]int32{"online": r.Online, "closest": r.Closest,
					"holding": r.Holding}[row["quantity"]]
				all = append(all, int64(v))
				bySeed[r.Seed-1] += float64(v) / 20
			}
		}
		require.Equal(t, fmt.Sprint(len(all)), row["records"])
		for column, p := range map[string]float64{"p5": .05, "p25": .25, "p50": .5, "p75": .75} {
			require.InDelta(t, dumbQuantile(all, p), parsed(t, row[column]), 1e-9)
		}
		require.InDelta(t, number.MeanOf(bySeed), parsed(t, row["mean"]), 1e-9)
		want, ok := number.Interval95(bySeed)
		require.True(t, ok)
		require.InDelta(t, want.High, parsed(t, row["mean_ci95_high"]), 1e-9)
	}
}

// TestHealthIsSkipped where the run, or the program that made it, had no such tables.
func TestHealthIsSkipped(t *testing.T) {
	h := healthRun()
	dir := t.TempDir()
	h.write(t, dir)
	require.NoError(t, os.Remove(filepath.Join(dir, "buckets.parquet")))
	require.NoError(t, os.Remove(filepath.Join(dir, "records.parquet")))
	summary := map[string]any{}
	body, err := os.ReadFile(filepath.Join(dir, "summary.json"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(body, &summary))
	for _, c := range summary["cells"].([]any) {
		delete(c.(map[string]any), "duration_s")
	}
	writeSummary(t, dir, summary)
	lines, err := drawCoarse(dir, Slide)
	require.NoError(t, err)
	require.Equal(t, []string{
		"timeline: skipped: summary.json does not say how long the runs were; " +
			"run the scenario again",
		"table-health: skipped: the run has no buckets.parquet",
		"holders: skipped: no announced record was followed: the workload must have announces " +
			"after the warm-up"}, lines)
	require.NoDirExists(t, filepath.Join(dir, "figures"))
}
