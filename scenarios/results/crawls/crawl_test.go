package crawls

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"

	"swarmlab/netmodel"
	"swarmlab/protocol"
	"swarmlab/protocol/crawl"
	"swarmlab/protocol/dht"
	"swarmlab/protocol/krpc"
	"swarmlab/sim"
)

// crawlOf crawls a simulated network of nodes that run, and others that tables still name.
func crawlOf(t *testing.T, cfg crawl.Config, alive, dead uint32) *Crawl {
	table := dht.Default()
	table.Refresh = 0
	g, err := dht.New(table, dht.Env{Directory: dht.NewBook(),
		Seeds: func(_ uint32, dst []protocol.Addr) []protocol.Addr { return dst }}, int(alive+dead))
	require.NoError(t, err)
	draw := protocol.NewRand(5, 1, 4)
	for i := range alive + dead {
		g.Assign(i, krpc.RandomID(&draw))
	}
	order := make([]uint32, alive+dead)
	for i := range order {
		order[i] = uint32(i)
	}
	for i := range alive {
		for k := range order { // every table sees the others in its own order
			other := k + draw.Intn(len(order)-k)
			order[k], order[other] = order[other], order[k]
			if n := order[k]; n != i {
				g.Fill(i, dht.Contact{ID: g.ID(n), Addr: sim.AddrOf(n)}, 0)
			}
		}
	}
	c, err := crawl.New(cfg, krpc.ID{Hi: 1}, []protocol.Addr{sim.AddrOf(0)})
	require.NoError(t, err)
	net, err := netmodel.New(netmodel.Config{Seed: 1, Nodes: int(alive + dead + 1),
		Latency: netmodel.Constant{Delay: 20 * time.Millisecond}})
	require.NoError(t, err)
	world := sim.New(sim.Config{Seed: 1, Groups: []protocol.Datagrams{g, c}, Network: net})
	for i := range alive {
		world.StartAt(i, 0)
	}
	world.StartAt(alive+dead, 0)
	world.Run(protocol.Time(10 * time.Minute))
	require.NotEqual(t, crawl.Running, c.Progress().Ended)
	return New(c, cfg, []string{"node 0"}, time.Minute, func(v []byte) string {
		return fmt.Sprintf("%s %d.%d", v[:2], v[2], v[3])
	})
}

func TestACrawlIsSummedUpAsItWas(t *testing.T) {
	r := crawlOf(t, crawl.Default(), 400, 100)
	require.Equal(t, "complete", r.Ended)
	require.Equal(t, "IPv4", r.Family)
	require.Equal(t, 400, r.Totals.Reachable)
	require.Equal(t, 100, r.Totals.Silent)
	require.InDelta(t, 0.8, float64(r.Totals.Share), 1e-9)
	require.Equal(t, []ClientShare{{"SM 0.1", 400, 1}}, r.Clients)
	require.InDelta(t, 40, float64(r.Totals.RTT), 1e-9)
	require.InDelta(t, float64(r.Totals.Queries)/60, float64(r.Totals.Rate), 1e-6)
	require.Zero(t, r.Totals.ManyIDs)
	require.EqualValues(t, r.Totals.Queries, r.Counters["answered"]+r.Counters["timed_out"])
	secure := 0
	for _, v := range r.Nodes {
		id, err := krpc.ParseID(v.ID)
		require.NoError(t, err)
		if v.Reachable && krpc.ValidID(id, addrOf(t, v.IP)) {
			secure++
		}
	}
	require.Equal(t, secure, r.Totals.Secure)

	require.Len(t, r.Nodes, 500)
	require.Equal(t, 400, r.Buckets[0].Nodes)
	require.InDelta(t, 8, float64(r.Buckets[0].Mean), 0.01)
	require.InDelta(t, 500.0/256, float64(r.Buckets[7].Mean), 0.2, "tables know all so near")
	require.NotNil(t, r.Size.KnownCI)
	require.Less(t, float64(r.Size.KnownCI[0]), 500.0)
	require.Greater(t, float64(r.Size.KnownCI[1]), 500.0)
	require.Less(t, float64(r.Size.ReachCI[0]), 400.0)
	require.Greater(t, float64(r.Size.ReachCI[1]), 400.0)
}

func addrOf(t *testing.T, ip string) protocol.Addr {
	var a, b, c, d uint32
	_, err := fmt.Sscanf(ip, "%d.%d.%d.%d", &a, &b, &c, &d)
	require.NoError(t, err)
	return protocol.Addr4(a<<24|b<<16|c<<8|d, 6881)
}

// TestSizeOfAnUnseenNetwork estimates a network of which a crawl saw a part only: some regions of
// the id space, but those whole.
func TestSizeOfAnUnseenNetwork(t *testing.T) {
	const size = 20_000
	draw := protocol.NewRand(8, 8, 8)
	r := &Crawl{Totals: Totals{Reachable: 50, Silent: 50}}
	for range size {
		id := krpc.RandomID(&draw)
		if id.Hi>>60%4 != 1 { // three quarters of the space were never visited
			continue
		}
		r.ids = append(r.ids, id)
		r.Nodes = append(r.Nodes, CrawlNode{Asked: true, Complete: true, Reachable: true})
	}
	s := r.estimateSize()
	require.Equal(t, sizePoints, s.Points)
	require.InDelta(t, size, float64(s.Known), size/10)
	require.InDelta(t, size/2, float64(s.Reachable), size/20)
	require.InDelta(t, size*0.02, float64(s.KnownCI[1]-s.KnownCI[0])/4, size*0.01)

	for n := range r.Nodes { // a node that has not shown all tells nothing
		r.Nodes[n].Complete = false
	}
	s = r.estimateSize()
	require.Zero(t, s.Points)
	require.True(t, math.IsNaN(float64(s.Known)))
}

func TestCrawlOfOneNode(t *testing.T) {
	r := crawlOf(t, crawl.Default(), 1, 0)
	require.Equal(t, 1, r.Totals.Reachable)
	require.Zero(t, r.Size.Points)
	require.Equal(t, 1, r.Buckets[0].Nodes)
	require.NoError(t, Write(t.TempDir(), r, time.Now()))
}

func TestCrawlFolder(t *testing.T) {
	cfg := crawl.Default()
	cfg.Samples, cfg.Nodes = true, 30
	r := crawlOf(t, cfg, 60, 20)
	require.Equal(t, "max_nodes", r.Ended)
	first, second := t.TempDir(), t.TempDir()
	require.NoError(t, Write(first, r, time.Now()))
	require.NoError(t, os.WriteFile(filepath.Join(second, summaryFile), []byte("old"), 0o644))
	require.NoError(t, Write(second, crawlOf(t, cfg, 60, 20), time.Now()))
	for _, name := range []string{File, NodesFile, NodesTextFile, InfohashesFile} {
		a, err := os.ReadFile(filepath.Join(first, name))
		require.NoError(t, err)
		b, err := os.ReadFile(filepath.Join(second, name))
		require.NoError(t, err)
		require.Equal(t, a, b, "equal crawls give equal bytes: %s", name)
	}
	require.NoFileExists(t, filepath.Join(second, summaryFile), "it was of another run")

	rows, err := parquet.ReadFile[CrawlNode](filepath.Join(first, NodesFile))
	require.NoError(t, err)
	require.Equal(t, r.Nodes[0], rows[0])
	require.Len(t, rows, len(r.Nodes))
	f, err := os.Open(filepath.Join(first, NodesTextFile))
	require.NoError(t, err)
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	require.Len(t, lines, 1+len(rows))
	for n, column := range lines[0] { // text and Parquet have the same columns in the same order
		require.Equal(t, parquet.SchemaOf(CrawlNode{}).Columns()[n][0], column)
	}
	require.Equal(t, rows[0].ID, lines[1][0])
	require.Len(t, strings.Fields(lines[1][18]), cfg.Depth)

	body, err := os.ReadFile(filepath.Join(first, File))
	require.NoError(t, err)
	var stored Crawl
	require.NoError(t, json.Unmarshal(body, &stored))
	require.Equal(t, r.Digest, stored.Digest)
	require.Len(t, stored.Digest, 32)
	require.Equal(t, r.Totals.Known, stored.Totals.Known)
}
