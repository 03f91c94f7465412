package netmodel

import (
	"math"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"

	"swarmlab/protocol"
)

// lineOf returns the lines of nodes that all have one kind.
func lineOf(t testing.TB, queue time.Duration, down, up uint64) *Lines {
	return mustNew(t, Config{Seed: 6, Nodes: 10, Latency: Constant{},
		Links: Links{Queue: queue, Lines: []Line{{Certain, down, up}}}}).NewLines()
}

func TestLinksAreRefused(t *testing.T) {
	half := Certain / 2
	second := time.Second
	for _, c := range []struct {
		links Links
		want  string
	}{
		{Links{Queue: second}, "links.queue: there are no lines: give lines, or no queue"},
		{Links{Queue: second, Lines: make([]Line, 65)}, "links.lines: there are 65: at most 64"},
		{Links{Queue: second, Lines: []Line{{half, 0, 0}}},
			"links.lines: the shares add up to 50%: they must make 100%"},
		{Links{Queue: second, Lines: []Line{{Certain, 0, 0}, {Certain, 0, 0}, {Certain, 0, 0}}},
			"links.lines: the shares add up to 200%: they must make 100%"},
		{Links{Queue: second, Lines: []Line{{Certain + 1, 0, 0}}},
			"links.lines[0].share: 100.0000000000000001% is above 100%"},
		{Links{Queue: second, Lines: []Line{{half, 0, 0}, {half, 1e6, 999}}},
			"links.lines[1]: 999 bit/s is outside 1000 to 10^12: check the unit, " +
				"or give 0 for no limit"},
		{Links{Lines: []Line{{Certain, 1e6, 1e6}}},
			"links.queue: 0s is outside 1ms to 1h0m0s: a datagram waits so long at most"},
	} {
		_, err := New(Config{Nodes: 1, Latency: Constant{}, Links: c.links})
		require.EqualError(t, err, c.want)
	}
	n := mustNew(t, Config{Latency: Constant{}})
	require.Nil(t, n.NewLines())
	require.Equal(t, Line{Share: Certain}, n.Line(5))
	_, ok := LinksPreset("2020s")
	require.False(t, ok)
}

func TestSharesOfLines(t *testing.T) {
	const nodes = 100_000
	links, ok := LinksPreset("bharambe-2006")
	require.True(t, ok)
	n := mustNew(t, Config{Seed: 6, Nodes: nodes, Latency: Constant{}, Links: links})
	counts := map[Line]float64{}
	for i := range uint32(nodes) {
		counts[n.Line(i)]++
	}
	require.Len(t, counts, 4)
	sum := 0.0
	for line, count := range counts {
		want := nodes * float64(line.Share) / float64(Certain)
		sum += (count - want) * (count - want) / want
	}
	require.Less(t, sum, distuv.ChiSquared{K: 3}.Quantile(0.99))
}

func TestSerialisation(t *testing.T) {
	require.Equal(t, 8*time.Second, serialisation(1000, 1000))
	require.Equal(t, time.Nanosecond, serialisation(1, widthMost))
	r := protocol.NewRand(1, 1, 1)
	for range 10_000 {
		size, width := r.Intn(1<<uint(r.Intn(17))), widthMin+r.Uint64n(widthMost>>uint(r.Intn(30)))
		want := new(big.Int).Mul(big.NewInt(int64(size)), big.NewInt(8*int64(time.Second)))
		want.Add(want, big.NewInt(int64(width)-1)).Div(want, big.NewInt(int64(width)))
		require.Equal(t, want.Int64(), int64(serialisation(size, width)))
	}
}

// A queue of any arrivals against a list of departures: first in, first out, and dropped if and
// only if the wait would be too long. The directions and the nodes do not mix.
func TestLinesAreFirstInFirstOut(t *testing.T) {
	const queue = 30 * ms
	l := lineOf(t, queue, 2_000_000, 500_000)
	r := protocol.NewRand(2, 1, 1)
	var last [2][3]protocol.Time
	now, dropped := protocol.Time(0), 0
	for range 30_000 {
		now += protocol.Time(r.Uint64n(uint64(2 * ms)))
		node, size, up := uint32(r.Intn(3)), 28+r.Intn(1000), r.Intn(2)
		pass, bit := l.Down, 4*time.Microsecond
		if up == 1 {
			pass, bit = l.Up, 16*time.Microsecond
		}
		done, ok := pass(now, node, size)
		begin := max(now, last[up][node])
		require.Equal(t, begin.Sub(now) <= queue, ok)
		if !ok {
			dropped++
			continue
		}
		require.Equal(t, begin.Add(time.Duration(size)*bit), done)
		last[up][node] = done
	}
	require.Greater(t, dropped, 1000)
}

// The mean wait of Poisson arrivals of equal size, by Pollaczek and Khinchine: M/D/1.
func TestQueueOfPoissonArrivals(t *testing.T) {
	const service = 12 * ms // 1,500 bytes at 1 Mbit/s
	for _, load := range []float64{0.3, 0.6, 0.85} {
		l := lineOf(t, Ceiling, 0, 1_000_000)
		const n = 300_000
		gaps := distuv.Exponential{Rate: load / float64(service)}
		r := protocol.NewRand(3, uint64(load*100), 1)
		now, sum := 0.0, 0.0
		var batches []float64
		for i := range n {
			now += gaps.Quantile(float64(r.Uint64()>>11) / (1 << 53))
			done, ok := l.Up(protocol.Time(now), 1, 1500)
			if !ok {
				require.True(t, ok)
			}
			sum += float64(done) - math.Floor(now) - float64(service)
			if (i+1)%(n/30) == 0 {
				batches = append(batches, sum/(n/30))
				sum = 0
			}
		}
		mean, spread := 0.0, 0.0
		for _, b := range batches {
			mean += b / 30
		}
		for _, b := range batches {
			spread += (b - mean) * (b - mean) / 29
		}
		want := load * float64(service) / (2 * (1 - load))
		require.InDelta(t, want, mean, 3*math.Sqrt(spread/30), "load %v", load)
		require.InEpsilon(t, want, mean, 0.06)
	}
}

func TestLineWithoutLimit(t *testing.T) {
	l := lineOf(t, time.Second, 0, 1000)
	done, ok := l.Down(77, 1, 1<<20)
	require.True(t, ok)
	require.EqualValues(t, 77, done)
	require.Zero(t, testing.AllocsPerRun(100, func() { l.Up(77, 1, 100) }))
}
