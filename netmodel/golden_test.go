package netmodel

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

// The same answers on every platform and in every version: a seed in a published figure must keep
// its meaning. When this test fails, the change of meaning is the finding.
func TestGolden(t *testing.T) {
	for name, latency := range models() {
		n := mustNew(t, Config{Seed: 2026, Nodes: 1000, Latency: latency,
			Jitter: 3 * ms, Loss: Certain / 4})
		var first []string
		for i := range uint32(4) {
			d, lost := n.Path(i, 100+i, i*i, 100)
			first = append(first, fmt.Sprint(int64(d), lost))
		}
		sum := uint64(0)
		for i := range uint32(100_000) {
			d, lost := n.Path(i*7919%1000, i%997, i, 100)
			sum = protocol.Mix(sum + uint64(d))
			if lost {
				sum++
			}
		}
		got := fmt.Sprintf("%s; min %d; sum %016x", strings.Join(first, ", "), n.MinDelay(), sum)
		require.Equal(t, firstAnswers[name], got, name)
	}
}

// The same for what a run changes, and for what goes wrong: one number for a long history.
func TestGoldenTerrain(t *testing.T) {
	var faults []Fault
	for k := range FaultKind(faultKinds) {
		faults = append(faults, always(k))
	}
	reach, _ := ReachPreset("dht-2010s")
	links, _ := LinksPreset("bharambe-2006")
	n := mustNew(t, Config{Seed: 2026, Nodes: 1000, Latency: Constant{Delay: 50 * ms},
		Reach: reach, Links: links, Faults: faults})
	gates, lines, hits := n.NewGates(), n.NewLines(), make([]uint64, len(faults))
	sum, trips, flaws := uint64(0), uint64(0), uint64(0)
	note := func(x uint64) { sum = protocol.Mix(sum + x) }
	for i := range uint32(200_000) {
		now, src, dst := protocol.Time(i)*protocol.Time(ms/5), i*7919%1000, i%997
		port := gates.Out(now, src, dst, HomePort)
		note(uint64(port))
		done, ok := lines.Up(now, src, 1000)
		note(uint64(done) + uint64(index(ok)))
		one := Trip{Delay: 50 * ms}
		n.Weather().Alter(now, src, dst, i, &one, hits)
		note(uint64(one.Delay) ^ uint64(one.Copy)<<32 + uint64(index(one.Lost)))
		note(uint64(index(gates.In(now, dst, HomePort, src, port))))
		trips += uint64(index(one.Lost))
		flaws = protocol.Mix(flaws + one.Flaw)
	}
	require.Equal(t, "lost 131697; hits [20044 76437 10303 9325 15588 6905 6787 12752 6808 0 0]; "+
		"sum 4f8ae850328c76c4, of flaws 58af535e09df778d", fmt.Sprintf(
		"lost %d; hits %d; sum %016x, of flaws %016x", trips, hits, sum, flaws))
}

var firstAnswers = map[string]string{
	"constant": "51183667 false, 50032679 false, 51963034 false, 52638120 true; " +
		"min 50000000; sum 9eb671914aa410fc",
	"uniform": "23401955 false, 41375822 false, 13568193 false, 74231055 true; " +
		"min 100000; sum 7a1116d8922856b3",
	"lognormal": "48571529 false, 69259331 false, 37744294 false, 145799965 true; " +
		"min 290554; sum 7a59e38f4ff0ae90",
	"regions": "168716331 false, 160517663 false, 116812993 false, 110801749 true; " +
		"min 5016806; sum 5d2ccb72a5182bb0",
	"coordinates": "147731882 false, 54289287 false, 116294932 false, 112698429 true; " +
		"min 100000; sum a219dca95afbb784",
	"matrix": "21272408 false, 17206295 false, 23271546 false, 21706720 true; " +
		"min 100000; sum 9a5cfc2c5d2f86cb",
}

// The normal tail at 4,033 probabilities, to the last bit.
func TestGoldenNormal(t *testing.T) {
	sum := uint64(0)
	tails(func(tail uint64, _ float64) { sum = protocol.Mix(sum + uint64(normalTail(tail))) })
	require.Equal(t, "621a670490be8db1", fmt.Sprintf("%016x", sum))
}
