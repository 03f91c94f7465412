package plots

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/plots/number"
)

func swarmFigures() []string {
	return []string{"completion", "utilisation", "availability", "population", "share-ratio",
		"exchange", "discovery", "free-riders"}
}

// TestSwarmFigures draws each figure of the kinds of runs that are not drawn in every theme.
func TestSwarmFigures(t *testing.T) {
	for name, s := range map[string]syntheticSwarm{"crowd": flashCrowd(), "two": twoSets()} {
		for _, figure := range swarmFigures() {
			dir, lines := s.draw(t, figure, Slide)
			require.Len(t, lines, 1)
			if figure == "free-riders" {
				require.Contains(t, lines[0], "skipped: needs two groups that download")
				continue
			}
			require.NotContains(t, lines[0], "skipped", "%s, %s", name, figure)
			checkPNG(t, read(t, dir, figure+".png"), coarse(Slide))
			require.NotEmpty(t, rowsOf(t, dir, figure))
			checkCaption(t, dir, figure)
		}
	}
}

// TestSwarmFiguresOfOthers: without torrents, and without anything in them, there is no figure.
func TestSwarmFiguresOfOthers(t *testing.T) {
	plain := flagship()
	plain.figures = swarmFigures()
	_, lines := drawRun(t, plain, Slide)
	for _, line := range lines {
		require.Contains(t, line, "skipped: the scenario has no torrents")
	}
	dir := t.TempDir()
	s := flashCrowd()
	s.figures = swarmFigures()
	s.write(t, dir)
	writeTable(t, dir, "peers.parquet", []storedPeer{})
	writeTable(t, dir, "transfers.parquet", []storedGift{})
	writeTable(t, dir, "swarm.parquet", []storedSwarm{})
	requireSkipped(t, dir, len(s.figures), "peers.parquet")
}

// TestCompletionDataIsTheInput counts each point of the curves again.
func TestCompletionDataIsTheInput(t *testing.T) {
	s := swarmRun()
	dir, _ := s.draw(t, "completion", Slide)
	peers := s.peers()
	groups := map[string]int{}
	for _, row := range rowsOf(t, dir, "completion") {
		require.Equal(t, "1", row["cell"], "the first cell with both groups")
		groups[row["group"]]++
		v := parsed(t, row["value"])
		var bySeed []float64
		hits, all := 0.0, 0.0
		for seed := uint64(1); seed <= 4; seed++ {
			n, of := 0.0, 0.0
			for i := range peers {
				p := &peers[i]
				if p.Cell != 1 || p.Seed != seed || p.Group != row["group"] {
					continue
				}
				of++
				if took := float64(p.Completed-p.Joined) / 1e9; p.Completed > 0 && took <= v+1e-6 {
					n++
				}
			}
			bySeed = append(bySeed, n/of)
			hits, all = hits+n, all+of
		}
		require.InDelta(t, hits/all, parsed(t, row["share_at_most"]), 1e-9)
		want, _ := number.Interval95(bySeed)
		require.InDelta(t, want.Clamp().Low, parsed(t, row["share_ci95_low"]), 1e-9)
		require.InDelta(t, want.Clamp().High, parsed(t, row["share_ci95_high"]), 1e-9)
	}
	require.Len(t, groups, 2)
	text := string(read(t, dir, "completion.md"))
	require.Contains(t, text, "This is one cell of several")
	require.Contains(t, text, "Kumar and Ross")
}

// TestUtilisationDataIsTheInput: means over the seeds of the ratio of a bin.
func TestUtilisationDataIsTheInput(t *testing.T) {
	s := twoSets()
	dir, _ := s.draw(t, "utilisation", Slide)
	samples := s.samples()
	compared := 0
	for _, row := range rowsOf(t, dir, "utilisation") {
		if row["quantity"] != "all_percent" || row["mean"] == "" {
			continue
		}
		from, to := parsed(t, row["from_s"]), parsed(t, row["to_s"])
		require.InDelta(t, 10, to-from, 1e-9)
		sum, seeds := 0.0, 0.0
		for seed := uint64(1); seed <= 4; seed++ {
			up, could := 0.0, 0.0
			for _, x := range samples {
				at := float64(x.At) / 1e9
				if fmt.Sprint(x.Cell) == row["cell"] && x.Seed == seed && x.Torrent == "film" &&
					at > from && at <= to {
					up, could = up+float64(x.UpBytes), could+float64(x.UpCapacity)
				}
			}
			if could > 0 {
				sum, seeds = sum+up/could, seeds+1
			}
		}
		require.InDelta(t, 100*sum/seeds, parsed(t, row["mean"]), 1e-6)
		compared++
	}
	require.Greater(t, compared, 100)
}

// TestPopulationHasTheModel: the fluid model's course is in the data, with the seeds that were
// there from the start.
func TestPopulationHasTheModel(t *testing.T) {
	dir, _ := flashCrowd().draw(t, "population", Slide)
	var leechers, seeds []string
	for _, row := range rowsOf(t, dir, "population") {
		switch row["quantity"] {
		case "leechers_model":
			leechers = append(leechers, row["from_s"]+" "+row["mean"])
		case "seeds_model":
			seeds = append(seeds, row["from_s"]+" "+row["mean"])
		}
	}
	require.Equal(t, []string{"0 0", "200 20", "400 28", "600 30"}, leechers)
	require.Equal(t, []string{"0 1", "200 4", "400 8", "600 11"}, seeds)
}

// TestExchangeDataIsTheInput adds up who gave to whom in the first run.
func TestExchangeDataIsTheInput(t *testing.T) {
	s := flashCrowd()
	dir, _ := s.draw(t, "exchange", Slide)
	want := map[string]float64{}
	for _, g := range s.gives() {
		if g.Cell == 0 && g.Seed == 1 {
			from := "leechers"
			if g.From == 0 {
				from = "seed"
			}
			want[from] += float64(g.Delivered)
		}
	}
	rows := rowsOf(t, dir, "exchange")
	require.Len(t, rows, 4)
	for _, row := range rows {
		if row["to"] == "leechers" {
			require.InDelta(t, want[row["from"]], parsed(t, row["payload_bytes"]), 1)
		} else {
			require.Equal(t, "0", row["payload_bytes"])
		}
	}
	require.Contains(t, string(read(t, dir, "exchange.md")),
		"Each row and column is of 1 to 2 peers")
}

// TestFreeRiderCrossover: the title names the largest share with which free riders are faster.
func TestFreeRiderCrossover(t *testing.T) {
	s := swarmRun()
	dir, _ := s.draw(t, "free-riders", Slide)
	rows := rowsOf(t, dir, "free-riders")
	require.Len(t, rows, 9, "in one cell there are none")
	times := map[string]map[string]float64{}
	for _, row := range rows {
		if times[row["share"]] == nil {
			times[row["share"]] = map[string]float64{}
		}
		times[row["share"]][row["group"]] = math.Inf(1)
		if row["completion_p50_s"] != "" {
			times[row["share"]][row["group"]] = parsed(t, row["completion_p50_s"])
		}
	}
	require.Len(t, times, 5)
	text := string(read(t, dir, "free-riders.md"))
	faster := false
	for _, of := range times {
		faster = faster || of["leechers-free-rider"] < of["leechers"] && len(of) == 2
	}
	require.Equal(t, !faster, strings.Contains(text, "free-riders are never faster"), text)
}
