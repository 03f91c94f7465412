package lab

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"io"
	"runtime/pprof"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkChurn measures what joins, leaves and restarts cost: the first ten minutes of
// mainline-hour, with the churn and with 10,000 nodes that stay.
func BenchmarkChurn(b *testing.B) {
	for _, kind := range []struct{ name, churn string }{{"none", "none"}, {"weibull", ""}} {
		b.Run(kind.name, func(b *testing.B) {
			settings := []string{"duration", "10m"}
			if kind.churn != "" {
				settings = append(settings, "groups.nodes.churn", kind.churn)
			}
			sent, cpu := 0.0, 0.0
			for n := range b.N {
				h := newHour(b, uint64(n+1), settings...)
				require.Equal(b, kind.churn == "", h.lookups.Join > 0)
				sent, cpu = sent+float64(h.run.Ledger.Sent.Datagrams), cpu+h.cpu.Seconds()
			}
			b.ReportMetric(sent/cpu, "msgs/cpu-s")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkEngine measures the share of the CPU time of mainline-hour that is not spent in code of
// protocols, by a CPU profile: a sample belongs to the package of the innermost function of ours on
// its stack. So the engine is sim, netmodel, this package's directory and recorder, and what has
// none of ours, as the garbage collector.
func BenchmarkEngine(b *testing.B) {
	var all, core int64
	for n := range b.N {
		var profile bytes.Buffer
		require.NoError(b, pprof.StartCPUProfile(&profile))
		newHour(b, uint64(n+1), "duration", "10m")
		pprof.StopCPUProfile()
		for stack, samples := range stacks(b, &profile) {
			if strings.Contains(stack, "swarmlab/") && !strings.Contains(stack, inRun) {
				continue // building the world
			}
			all += samples
			if strings.HasPrefix(innermost(stack), "swarmlab/protocol/") {
				core += samples
			}
		}
	}
	require.Greater(b, all, int64(100))
	b.ReportMetric(100*float64(all-core)/float64(all), "engine-%")
	b.ReportMetric(0, "ns/op")
}

// inRun is the function that all work of a world is below.
const inRun = "swarmlab/sim.(*World).Run\n"

// innermost returns the first function of a stack that is ours. The seam, which both sides call, is
// neither.
func innermost(stack string) string {
	for name := range strings.SplitSeq(stack, "\n") {
		if strings.HasPrefix(name, "swarmlab/") && !strings.HasPrefix(name, "swarmlab/protocol.") {
			return name
		}
	}
	return ""
}

// TestStacks: a profile of known work has that work in it, below its callers.
func TestStacks(t *testing.T) {
	require.Equal(t, "swarmlab/sim.f",
		innermost("runtime.g\nswarmlab/protocol.Mix\nswarmlab/sim.f"))
	var profile bytes.Buffer
	require.NoError(t, pprof.StartCPUProfile(&profile))
	for start := cpuTime(t); cpuTime(t)-start < 3e8; {
		newIdentities(1, 1000).id(7)
	}
	pprof.StopCPUProfile()
	all, here := int64(0), int64(0)
	for stack, samples := range stacks(t, &profile) {
		all += samples
		if strings.Contains(stack, "lab.TestStacks\ntesting.tRunner") {
			here += samples
		}
	}
	require.Greater(t, all, int64(5))
	require.Greater(t, here, all/2)
}

// profiled is a CPU profile (profile.proto of github.com/google/pprof), as far as it is needed.
type profiled struct {
	names     []string
	functions map[uint64]uint64   // by id, the number of a name
	locations map[uint64][]uint64 // by id, functions, the innermost first
	samples   []field
}

// stacks reads a CPU profile: how many samples each stack has, its functions in lines, the
// innermost first.
func stacks(tb testing.TB, profile io.Reader) map[string]int64 {
	unzipped, err := gzip.NewReader(profile)
	require.NoError(tb, err)
	raw, err := io.ReadAll(unzipped)
	require.NoError(tb, err)
	p := profiled{functions: map[uint64]uint64{}, locations: map[uint64][]uint64{}}
	for f := range fields(raw) {
		p.enter(f)
	}
	counts := map[string]int64{}
	for _, sample := range p.samples {
		stack, count := p.stack(sample)
		counts[stack] += count
	}
	return counts
}

func (p *profiled) enter(f field) {
	switch f.number {
	case 2:
		p.samples = append(p.samples, f)
	case 4:
		id, lines := uint64(0), []uint64(nil)
		for g := range fields(f.bytes) {
			if g.number == 1 {
				id = g.value
			}
			for line := range fields(g.bytes) {
				if g.number == 4 && line.number == 1 {
					lines = append(lines, line.value)
				}
			}
		}
		p.locations[id] = lines
	case 5:
		var first [3]uint64 // the id, and the number of the name
		for g := range fields(f.bytes) {
			if g.number < len(first) {
				first[g.number] = g.value
			}
		}
		p.functions[first[1]] = first[2]
	case 6:
		p.names = append(p.names, string(f.bytes))
	}
}

// stack returns the stack of a sample and how often it was seen.
func (p *profiled) stack(sample field) (stack string, count int64) {
	var calls []string
	for f := range fields(sample.bytes) {
		switch f.number {
		case 1:
			for _, location := range f.numbers() {
				for _, function := range p.locations[location] {
					calls = append(calls, p.names[p.functions[function]])
				}
			}
		case 2:
			count = int64(f.numbers()[0])
		}
	}
	return strings.Join(calls, "\n"), count
}

// field is one field of a message of protocol buffers.
type field struct {
	number int
	value  uint64 // of a varint
	bytes  []byte // of anything with a length
}

// numbers returns the values of a repeated field, packed or not.
func (f *field) numbers() []uint64 {
	if f.bytes == nil {
		return []uint64{f.value}
	}
	var all []uint64
	for b := f.bytes; len(b) > 0; {
		v, n := binary.Uvarint(b)
		all, b = append(all, v), b[max(n, 1):]
	}
	return all
}

// fields yields the fields of a message up to the first that is of no kind that profiles have.
func fields(b []byte) func(func(field) bool) {
	return func(yield func(field) bool) {
		for len(b) > 0 {
			key, n := binary.Uvarint(b)
			value, m := binary.Uvarint(b[max(n, 0):])
			if n <= 0 || m <= 0 {
				return
			}
			b = b[n+m:]
			f := field{number: int(key >> 3), value: value}
			switch key & 7 {
			case 0:
			case 2:
				f.bytes, b = b[:value:value], b[value:]
			default:
				return
			}
			if !yield(f) {
				return
			}
		}
	}
}
