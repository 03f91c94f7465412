package crawl_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/netmodel"
	"swarmlab/protocol"
	"swarmlab/protocol/crawl"
	"swarmlab/protocol/dht"
	"swarmlab/protocol/krpc"
	"swarmlab/sim"
)

const (
	alive = 300 // nodes 0 to alive-1 run
	dead  = 60  // the next ones are in tables, but do not run
)

// watched is a crawler that writes down when it asked whom.
type watched struct {
	*crawl.Crawler
	times []protocol.Time
	last  map[protocol.Addr]protocol.Time
	least time.Duration // between two queries to one address
	most  int           // queries to one address
	asked map[protocol.Addr]int
}

func (w *watched) look(t *protocol.Turn) {
	for n := range t.Out.Sends() {
		to, _ := t.Out.Send(n)
		if last, ok := w.last[to]; ok {
			w.least = min(w.least, t.Now.Sub(last))
		}
		w.last[to] = t.Now
		w.asked[to]++
		w.most = max(w.most, w.asked[to])
		w.times = append(w.times, t.Now)
	}
}

func (w *watched) Start(i uint32, t *protocol.Turn) { w.Crawler.Start(i, t); w.look(t) }
func (w *watched) Wake(i uint32, t *protocol.Turn)  { w.Crawler.Wake(i, t); w.look(t) }

func (w *watched) Datagram(i uint32, t *protocol.Turn, from protocol.Addr, p []byte) {
	w.Crawler.Datagram(i, t, from, p)
	w.look(t)
}

// network returns nodes whose tables hold a random choice of all others, dead ones too.
func network(t *testing.T) *dht.Group {
	cfg := dht.Default()
	cfg.Refresh = 0 // so that tables do not change under the crawl
	g, err := dht.New(cfg, dht.Env{Directory: dht.NewBook(),
		Seeds: func(_ uint32, dst []protocol.Addr) []protocol.Addr { return dst }}, alive+dead)
	require.NoError(t, err)
	draw := protocol.NewRand(3, 1, 4)
	order := make([]uint32, alive+dead)
	for i := range order {
		order[i] = uint32(i)
		g.Assign(uint32(i), krpc.RandomID(&draw))
	}
	for i := range uint32(alive) {
		for k := range order {
			other := k + draw.Intn(len(order)-k)
			order[k], order[other] = order[other], order[k]
			if n := order[k]; n != i {
				g.Fill(i, dht.Contact{ID: g.ID(n), Addr: sim.AddrOf(n)}, 0)
			}
		}
	}
	return g
}

// crawled lets a crawler loose on the network, through loss if one in so many is lost.
func crawled(t *testing.T, g *dht.Group, cfg crawl.Config, loss string) *watched {
	c, err := crawl.New(cfg, krpc.ID{Hi: 1}, []protocol.Addr{sim.AddrOf(0), sim.AddrOf(1)})
	require.NoError(t, err)
	w := &watched{Crawler: c, last: map[protocol.Addr]protocol.Time{}, least: time.Hour,
		asked: map[protocol.Addr]int{}}
	lost, err := netmodel.ParseProbability(loss)
	require.NoError(t, err)
	net, err := netmodel.New(netmodel.Config{Seed: 1, Nodes: alive + dead + 1, Loss: lost,
		Latency: netmodel.Uniform{Low: 10 * time.Millisecond, High: 90 * time.Millisecond}})
	require.NoError(t, err)
	world := sim.New(sim.Config{Seed: 1, Groups: []protocol.Datagrams{g, w}, Network: net})
	for i := range uint32(alive) {
		world.StartAt(i, 0)
	}
	world.StartAt(alive+dead, 0)
	world.Run(protocol.Time(10 * time.Minute))
	require.Equal(t, crawl.Complete, w.Progress().Ended)
	return w
}

// TestSimulatedNetwork holds a crawl of a simulated network against the truth: who runs, and what
// is in every table.
func TestSimulatedNetwork(t *testing.T) {
	g := network(t)
	cfg := crawl.Default()
	w := crawled(t, g, cfg, "0%")
	require.Equal(t, alive+dead, w.Progress().Known)
	require.Equal(t, alive, w.Progress().Answered)
	require.Equal(t, dead, w.Progress().Silent)
	seen := map[krpc.ID]bool{}
	exact, buckets, far := 0, 0, 0
	for n := range w.Progress().Known {
		v := w.Node(n)
		i, ok := sim.NodeOf(v.Addr)
		require.True(t, ok)
		require.Equal(t, g.ID(i), v.ID)
		require.False(t, seen[v.ID], "no node is listed twice")
		seen[v.ID] = true
		require.Equal(t, i < alive, v.Reachable)
		require.True(t, v.Asked)
		require.LessOrEqual(t, v.Hop, 6)
		if far = max(far, v.Hop); !v.Reachable {
			require.Equal(t, cfg.Tries, v.Timeouts)
			continue
		}
		require.True(t, v.Complete)
		require.Equal(t, krpc.Version, string(v.Version))
		require.InDelta(t, 100*time.Millisecond, v.RTT, float64(81*time.Millisecond))
		truth := make([]uint8, cfg.Depth)
		g.EachContact(i, 0, func(_ int, c dht.Contact, _ bool) {
			truth[v.ID.SharedBits(c.ID)]++
		})
		for b := range truth {
			require.LessOrEqual(t, v.Buckets[b], truth[b], "node %d, bucket %d", i, b)
			buckets++
			if v.Buckets[b] == truth[b] {
				exact++
			}
		}
	}
	require.Len(t, seen, alive+dead)
	require.Greater(t, far, 1)
	t.Logf("%d of %d buckets seen whole, with %d queries", exact, buckets, w.Progress().Sent)
	require.Greater(t, exact, buckets*99/100)
}

// TestZone crawls a part of the network whose ids begin alike: all of it, and little else.
func TestZone(t *testing.T) {
	g := network(t)
	cfg := crawl.Default()
	cfg.Zone, cfg.Centre = 5, krpc.ID{Hi: 21 << 59}
	w := crawled(t, g, cfg, "0%")
	within := func(id krpc.ID) bool { return id.Hi>>59 == 21 }
	want, outside := 0, 0
	for i := range uint32(alive) {
		if within(g.ID(i)) {
			want++
		}
	}
	found := 0
	for n := range w.Progress().Known {
		v := w.Node(n)
		switch {
		case !within(v.ID):
			outside++
			require.LessOrEqual(t, v.Queries, cfg.Tries, "outside only the way is asked for")
		case v.Reachable:
			found++
			require.GreaterOrEqual(t, v.Depth, cfg.Zone)
		}
	}
	require.Greater(t, want, 3)
	require.Equal(t, want, found)
	require.Less(t, outside, 60)
	require.Positive(t, w.Counters()[crawl.Outside])
	whole := crawled(t, g, crawl.Default(), "0%")
	require.Less(t, w.Progress().Sent, whole.Progress().Sent/10)
}

// TestPoliteness holds what was sent against the settings, with a loss that makes it repeat itself.
func TestPoliteness(t *testing.T) {
	cfg := crawl.Default()
	cfg.Rate, cfg.Burst, cfg.PerNode, cfg.Samples = 40, 5, 6, true
	w := crawled(t, network(t), cfg, "20%")
	require.GreaterOrEqual(t, w.least, cfg.Pause)
	require.Equal(t, cfg.PerNode, w.most)
	busiest, from := 0, 0
	for n, at := range w.times {
		for at.Sub(w.times[from]) >= time.Second {
			from++
		}
		busiest = max(busiest, n-from+1)
	}
	require.LessOrEqual(t, busiest, cfg.Rate+cfg.Burst)
	require.Greater(t, busiest, cfg.Rate*9/10, "the rate is used")
	require.Greater(t, w.Progress().Answered, alive*8/10)
	require.Greater(t, w.Progress().Sampled, alive/3) // a third of all queries goes unanswered
	require.Len(t, w.times, int(w.Progress().Sent))
	c := w.Counters()
	require.Equal(t, w.Progress().Sent, c[crawl.Answered]+c[crawl.TimedOut])
	require.Positive(t, c[crawl.TimedOut])
}

// TestEqualCrawls repeats a crawl.
func TestEqualCrawls(t *testing.T) {
	cfg := crawl.Default()
	cfg.Depth = 2
	all := func() (nodes []crawl.Node) {
		w := crawled(t, network(t), cfg, "5%")
		for n := range w.Progress().Known {
			nodes = append(nodes, w.Node(n))
		}
		return nodes
	}
	first := all()
	require.Equal(t, first, all())
	require.False(t, slices.ContainsFunc(first, func(v crawl.Node) bool { return v.Depth > 2 }))
}
