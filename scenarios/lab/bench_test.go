package lab

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/netmodel"
	"swarmlab/protocol"
	"swarmlab/protocol/dht"
	"swarmlab/protocol/krpc"
	"swarmlab/scenarios"
	"swarmlab/sim"
)

// BenchmarkMainline measures a Mainline DHT with warm tables (k = 8) under a steady load of
// lookups: one from each node every 200 seconds, or 500 a second in a small network. It reports
// KRPC messages per CPU second, allocations per message, and resident bytes per node, the memory
// of the process before the world was built taken off.
func BenchmarkMainline(b *testing.B) {
	for _, nodes := range []int{1_000, 10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprintf("nodes=%d", nodes), func(b *testing.B) { benchmarkMainline(b, nodes) })
	}
}

func benchmarkMainline(b *testing.B, nodes int) {
	debug.FreeOSMemory()
	before := resident(b)
	s := newSteady(b, nodes)
	s.advance(5) // fills the pools
	var start, end runtime.MemStats
	runtime.ReadMemStats(&start)
	sent, cpu := s.world.Ledger().Sent.Datagrams, cpuTime(b)
	b.ResetTimer()
	for range b.N {
		s.advance(1)
	}
	b.StopTimer()
	sent, cpu = s.world.Ledger().Sent.Datagrams-sent, cpuTime(b)-cpu
	runtime.ReadMemStats(&end)
	b.ReportMetric(float64(sent)/cpu.Seconds(), "msgs/cpu-s")
	b.ReportMetric(float64(end.Mallocs-start.Mallocs)/float64(sent), "allocs/msg")
	b.ReportMetric(float64(resident(b)-before)/float64(nodes), "B/node")
	b.ReportMetric(0, "ns/op")
}

// steady is a network whose nodes look each other up for ever.
type steady struct {
	world *sim.World
	nodes *overlay
	rate  int // lookups a second
	rand  protocol.Rand
}

func newSteady(tb testing.TB, nodes int) *steady {
	sc, err := scenarios.Parse("bench", fmt.Appendf(nil, `
name: bench
duration: 1h
network: {latency: {model: regions}, jitter: 2ms, loss: 0.5%%}
groups:
  - {name: nodes, protocol: mainline, size: %d, tables: warm}
`, nodes))
	require.NoError(tb, err)
	o, err := newOverlay(sc, 1, new(laws), nil)
	require.NoError(tb, err)
	cfg, err := sc.NetworkConfig(nodes)
	require.NoError(tb, err)
	network, err := netmodel.New(cfg)
	require.NoError(tb, err)
	s := &steady{nodes: o, rate: max(nodes/200, 500)}
	s.world = sim.New(sim.Config{Seed: 1, Groups: o.cores(), Network: network, Actor: s})
	for i := range nodes {
		s.world.StartAt(uint32(i), 0)
	}
	return s
}

// Act implements sim.Actor: the node looks up another one.
func (s *steady) Act(node uint32, t *protocol.Turn, other uint32) {
	target := s.nodes.ids.id(other)
	s.nodes.populations[0].group.Lookup(node, t,
		dht.Request{Method: krpc.FindNode, Target: target})
}

// advance lets some seconds pass, with their lookups.
func (s *steady) advance(seconds int) {
	end := s.world.Now().Add(time.Duration(seconds) * time.Second)
	for range seconds * s.rate {
		at := end - protocol.Time(s.rand.Uint64n(uint64(seconds)*uint64(time.Second)))
		size := s.world.Len()
		s.world.ActAt(uint32(s.rand.Intn(size)), at, uint32(s.rand.Intn(size)))
	}
	s.world.Run(end)
}

// cpuTime returns the user and system time of this process.
func cpuTime(tb testing.TB) time.Duration {
	var u syscall.Rusage
	require.NoError(tb, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// resident returns the bytes of memory that the process holds.
func resident(tb testing.TB) int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		tb.Skip("resident memory is read from /proc: ", err)
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kib, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			require.NoError(tb, err)
			return kib << 10
		}
	}
	tb.Skip("/proc/self/status has no VmRSS")
	return 0
}
