package tracker_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/netmodel"
	"swarmlab/protocol"
	"swarmlab/protocol/tracker"
	"swarmlab/sim"
)

// members is a population of cores that are nothing but clients of trackers. Each downloads a
// thousand bytes a second and has uploaded half of it.
type members struct {
	t       *testing.T
	all     []*tracker.Client
	start   []protocol.Time
	found   []map[protocol.Addr]bool
	whole   uint64
	urls    []string
	told    []bool // of the completion
	strange int
}

func (m *members) Len() int { return len(m.all) }

func (m *members) totals(i uint32, t *protocol.Turn) tracker.Totals {
	bytes := min(uint64(t.Now.Sub(m.start[i])/time.Second)*1000, m.whole)
	return tracker.Totals{Uploaded: bytes / 2, Downloaded: bytes, Left: m.whole - bytes}
}

func (m *members) Start(i uint32, t *protocol.Turn) {
	cfg := tracker.ClientConfig{PeerID: [20]byte{byte(i), byte(i >> 8), 1}, Want: -1,
		Port: netmodel.HomePort, Key: i, Tiers: [][]string{m.urls}, IntervalMin: time.Minute}
	c, err := tracker.NewClient(cfg, t.Rand)
	require.NoError(m.t, err)
	m.all[i], m.start[i], m.found[i] = c, t.Now, map[protocol.Addr]bool{}
	c.Start(t, m.totals(i, t))
	m.wake(i, t)
}

func (m *members) Wake(i uint32, t *protocol.Turn) {
	now := m.totals(i, t)
	if now.Left == 0 && !m.told[i] {
		m.told[i] = true
		m.all[i].Complete(t, now)
	}
	m.all[i].Wake(t, now)
	m.wake(i, t)
}

func (m *members) done() time.Duration { return time.Duration(m.whole/1000) * time.Second }

func (m *members) wake(i uint32, t *protocol.Turn) {
	due := m.all[i].Due()
	if end := m.start[i].Add(m.done()); t.Now < end {
		due = min(due, end)
	}
	t.Out.WakeAt(due)
}

func (m *members) Datagram(i uint32, t *protocol.Turn, from protocol.Addr, p []byte) {
	if _, taken := m.all[i].Datagram(t, from, p, m.totals(i, t)); !taken {
		m.strange++
	}
	for _, p := range m.all[i].Peers() {
		m.found[i][p.Addr] = true
	}
	m.wake(i, t)
}

func (m *members) Stop(i uint32, t *protocol.Turn) { m.all[i].Last(t, m.totals(i, t)) }
func (m *members) Drop(i uint32)                   {}

// simulated lets clients announce themselves to two trackers, through loss, and returns all.
func simulated(t *testing.T, loss string) (*sim.World, *tracker.Group, *members, *tracker.Ledger) {
	const clients = 150
	ledger := tracker.NewLedger(tracker.Rebase, 1000)
	cfg := tracker.Defaults()
	cfg.Interval, cfg.Observer = 10*time.Minute, ledger
	cfg.HostRate = 0
	g, err := tracker.NewGroup(cfg, 2)
	require.NoError(t, err)
	m := &members{t: t, all: make([]*tracker.Client, clients), whole: 1_000_000,
		start: make([]protocol.Time, clients), found: make([]map[protocol.Addr]bool, clients),
		told: make([]bool, clients)}
	for n := range uint32(2) {
		m.urls = append(m.urls, "udp://"+sim.AddrOf(n).String()+"/announce")
	}
	lost, err := netmodel.ParseProbability(loss)
	require.NoError(t, err)
	net, err := netmodel.New(netmodel.Config{Seed: 1, Nodes: clients + 2, Loss: lost,
		Latency: netmodel.Uniform{Low: 10 * time.Millisecond, High: 90 * time.Millisecond}})
	require.NoError(t, err)
	w := sim.New(sim.Config{Seed: 1, Groups: []protocol.Datagrams{g, m}, Network: net})
	w.StartAt(0, 0)
	w.StartAt(1, 0)
	for n := range uint32(clients) {
		w.StartAt(2+n, protocol.Time(n+1)*protocol.Time(time.Second))
	}
	return w, g, m, ledger
}

// The same cores that serve real sockets serve a simulated network: every client is known to a
// tracker, finds others, and completes once, though one datagram in twenty is lost.
func TestTrackersInTheSimulator(t *testing.T) {
	w, g, m, ledger := simulated(t, "5%")
	w.Run(protocol.Time(15 * time.Minute))
	known, members := 0, uint32(0)
	for n := range uint32(2) {
		all, _ := g.Tracker(n).Peers(w.Now())
		c := g.Tracker(n).Scrape(w.Now(), [20]byte{})
		known += all
		members += c.Seeders + c.Leechers
	}
	require.GreaterOrEqual(t, known, len(m.all), "all are known")
	require.EqualValues(t, known, members)
	for i := range m.all {
		require.Zero(t, m.all[i].Status().Fails)
		if i > 10 {
			require.NotEmpty(t, m.found[i], "client %d", i)
		}
	}
	w.Run(protocol.Time(80 * time.Minute))
	var completed, seeds uint32
	for n := range uint32(2) {
		c := g.Tracker(n).Scrape(w.Now(), [20]byte{})
		completed += c.Completed
		seeds += c.Seeders
	}
	require.GreaterOrEqual(t, int(seeds), len(m.all), "all have everything")
	require.Less(t, int(seeds), len(m.all)*5/4, "some are known to both, where answers were lost")
	require.InDelta(t, len(m.all), completed, 5, "and said so; to a tracker that knew them")
	require.Len(t, ledger.Accounts(), len(m.all))
	for _, a := range ledger.Accounts() {
		require.EqualValues(t, 1_000_000, a.Reported.Downloaded)
		require.LessOrEqual(t, a.Credited.Downloaded, a.Reported.Downloaded)
	}
	w.Audit()
	drops := g.Drops()
	require.Zero(t, drops.Total())
	require.Zero(t, m.strange)

	w.CrashAt(0, w.Now()+1) // a tracker crashes: its clients find the other one
	w.Run(protocol.Time(2 * time.Hour))
	c := g.Tracker(1).Scrape(w.Now(), [20]byte{})
	require.EqualValues(t, len(m.all), c.Seeders)
}

func TestTheSimulatedRunRepeats(t *testing.T) {
	run := func() sim.Fingerprint {
		w, _, _, _ := simulated(t, "5%")
		w.Run(protocol.Time(30 * time.Minute))
		return w.Fingerprint()
	}
	require.Equal(t, run(), run())
}
