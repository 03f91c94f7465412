package plots

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"
)

// A syntheticCrawl is a network of uniform ids with tables of eight contacts a bucket, and those
// who do not belong there: one /8 of ids too full, and a cluster around one key.
type syntheticCrawl struct {
	nodes, silent int
	crowd         int    // more nodes whose ids begin with a3
	sybils        int    // nodes that share 40 bits
	ended         string // complete if empty
}

type syntheticNode struct {
	ID        string `parquet:"id"`
	IP        string `parquet:"ip"`
	Queries   int32  `parquet:"queries"`
	Reachable bool   `parquet:"reachable"`
}

const sybilKey = 0x5c1f77aa01

func (s syntheticCrawl) rows() (rows []syntheticNode) {
	rnd := rand.New(rand.NewPCG(1, uint64(s.nodes)))
	add := func(top uint64, reachable bool) {
		id := fmt.Sprintf("%016x%016x%08x", top, rnd.Uint64(), rnd.Uint32())
		rows = append(rows, syntheticNode{id, "192.0.2.1", 2, reachable})
	}
	for i := range s.nodes + s.silent {
		add(rnd.Uint64(), i < s.nodes)
	}
	for range s.crowd {
		add(0xa3<<56|rnd.Uint64()>>8, true)
	}
	for range s.sybils {
		add(sybilKey<<24|rnd.Uint64()>>40, true)
	}
	// An id that was not asked: it is in no figure.
	return append(rows, syntheticNode{fmt.Sprintf("%040x", 0), "192.0.2.2", 0, false})
}

// write makes the folder of the crawl.
func (s syntheticCrawl) write(t testing.TB, dir string) {
	rows := s.rows()
	require.NoError(t, parquet.WriteFile(filepath.Join(dir, "nodes.parquet"), rows))
	n := float64(len(rows) - 1)
	var fills []any
	for b := range 24 {
		mean := min(8, n/math.Exp2(float64(b+1)))
		fills = append(fills, map[string]any{"depth": b, "nodes": s.nodes, "mean": mean,
			"ci95": []float64{mean * 0.98, mean * 1.02}, "p10": math.Floor(mean * 0.7),
			"p90": math.Ceil(mean)})
	}
	if s.ended == "" {
		s.ended = "complete"
	}
	body, err := json.Marshal(map[string]any{
		"version": "swarmlab 0.1.0", "digest": "00112233445566778899aabbccddeeff",
		"family": "IPv4", "ended": s.ended,
		"settings": map[string]any{"bootstrap": []string{"192.0.2.1:6881"}, "rate_per_s": 100,
			"buckets_asked": 24},
		"totals": map[string]any{"known": len(rows), "asked": len(rows) - 1,
			"reachable": s.nodes + s.crowd + s.sybils},
		"size":    map[string]any{"points": 12, "known": n * 1.5},
		"buckets": fills,
	})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "crawl.json"), body, 0o644))
}

// crawlDrawings are the figures of a crawl.
func crawlDrawings() []string { return []string{"id-space", "buckets"} }

// drawCrawl writes the crawl into a new folder, draws it, and returns the folder.
func drawCrawl(t *testing.T, s syntheticCrawl, theme Theme) (dir string, lines []string) {
	dir = t.TempDir()
	s.write(t, dir)
	lines, err := drawCoarse(dir, theme)
	require.NoError(t, err)
	require.Len(t, lines, len(crawlDrawings()))
	return dir, lines
}

func TestIDSpaceDataIsTheInput(t *testing.T) {
	s := syntheticCrawl{nodes: 3000, silent: 1000, crowd: 60, sybils: 30}
	dir, _ := drawCrawl(t, s, Slide)
	rows := rowsOf(t, dir, "id-space")
	require.Len(t, rows, 256)
	all := s.rows()
	sum, red := 0.0, []string{}
	for i, row := range rows {
		reachable, known := 0, 0
		for _, n := range all {
			if n.ID[:2] == fmt.Sprintf("%02x", i) && n.Queries > 0 {
				known++
				if n.Reachable {
					reachable++
				}
			}
		}
		require.Equal(t, fmt.Sprintf("%02x00000000000000", i), row["from_id"])
		require.EqualValues(t, reachable, parsed(t, row["reachable"]))
		require.EqualValues(t, known, parsed(t, row["known"]))
		require.InDelta(t, 3090.0/256, parsed(t, row["expected"]), 1e-9)
		sum += parsed(t, row["reachable"])
		if row["stands_out"] == "true" {
			red = append(red, row["from_id"][:2])
		}
	}
	require.EqualValues(t, 3090, sum)
	require.Equal(t, []string{"5c", "a3"}, red)
	text := string(read(t, dir, "id-space.md"))
	require.Contains(t, text, "# 3 090 reachable nodes; the id space is too full in 2 places")
	require.Contains(t, text, "30 ids share 4")
	require.Contains(t, text, "from 5c1f77aa01")
	require.Contains(t, text, "- **Crawl:** IPv4, complete, from 192.0.2.1:6881")
	require.Contains(t, text, "the folder that holds `crawl.json`")
}

func TestBucketsDataIsTheInput(t *testing.T) {
	dir, _ := drawCrawl(t, syntheticCrawl{nodes: 900, silent: 123}, Slide)
	rows := rowsOf(t, dir, "buckets")
	require.Len(t, rows, 24)
	for b, row := range rows {
		want := 1024 / math.Exp2(float64(b+1)) // known: with the claimed one
		require.InDelta(t, want, parsed(t, row["expected"]), 1e-9)
		mean := min(8, 1023/math.Exp2(float64(b+1)))
		require.InDelta(t, mean, parsed(t, row["mean_contacts"]), 1e-9)
	}
	require.Contains(t, string(read(t, dir, "buckets.md")),
		"# The first 7 buckets are full; deeper ones hold what there is")
	// A crawl that was cut short goes by the estimate of the network's size.
	dir, _ = drawCrawl(t, syntheticCrawl{nodes: 900, silent: 100, ended: "time"}, Slide)
	require.InDelta(t, 750, parsed(t, rowsOf(t, dir, "buckets")[0]["expected"]), 1e-9)
}

func TestACrawlWithoutAnswersDrawsNothing(t *testing.T) {
	dir, lines := drawCrawl(t, syntheticCrawl{silent: 9}, Slide)
	require.Equal(t, "id-space: skipped: no node answered the crawl", lines[0])
	require.NoFileExists(t, filepath.Join(dir, "figures", "id-space.png"))
}

func TestARunWithoutCrawlSaysSo(t *testing.T) {
	s := flagship()
	s.lookups, s.figures = 10, crawlDrawings()
	_, lines := drawRun(t, s, Slide)
	for i, name := range s.figures {
		require.Equal(t, name+": skipped: the folder holds no crawl (no crawl.json)", lines[i])
	}
}

func TestDamagedCrawlsAreRefusedByName(t *testing.T) {
	for name, d := range map[string]struct{ file, body, says string }{
		"not JSON":    {"crawl.json", "{", "not a swarmlab crawl"},
		"foreign":     {"crawl.json", "{}", `missing "version" or "digest"`},
		"not Parquet": {"nodes.parquet", "PAR1", "damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			syntheticCrawl{nodes: 20}.write(t, dir)
			require.NoError(t, os.WriteFile(filepath.Join(dir, d.file), []byte(d.body), 0o644))
			_, err := drawCoarse(dir, Slide)
			require.ErrorContains(t, err, filepath.Join(dir, d.file)+": ")
			require.ErrorContains(t, err, d.says)
		})
	}
	dir := t.TempDir()
	syntheticCrawl{nodes: 20}.write(t, dir)
	rows := []syntheticNode{{ID: "xyz"}}
	require.NoError(t, parquet.WriteFile(filepath.Join(dir, "nodes.parquet"), rows))
	_, err := drawCoarse(dir, Slide)
	require.ErrorContains(t, err, `"xyz" is not an id`)
	require.NoError(t, os.Remove(filepath.Join(dir, "nodes.parquet")))
	_, err = drawCoarse(dir, Slide)
	require.ErrorContains(t, err, "no such file")
}
