package sim

import (
	stdheap "container/heap"
	"fmt"
	"runtime"
	"testing"
	"time"

	"swarmlab/protocol"
)

// mixDelay draws from the mix of a Kademlia network: 70 % messages of 10 to 300 ms, 25 % timers of
// 1 to 60 s, 5 % timers of 13.5 to 16.5 min.
func mixDelay(r *protocol.Rand) protocol.Time {
	between := func(low, high time.Duration) protocol.Time {
		return protocol.Time(low) + protocol.Time(r.Uint64n(uint64(high-low)))
	}
	switch p := r.Uint64n(100); {
	case p < 70:
		return between(10*time.Millisecond, 300*time.Millisecond)
	case p < 95:
		return between(time.Second, time.Minute)
	}
	return between(810*time.Second, 990*time.Second)
}

// restOfDelay draws what is left of a delay that is under way, as in the steady state: a delay is
// met with a probability that grows with its length, at a random age.
func restOfDelay(r *protocol.Rand) protocol.Time {
	const longest = uint64(990 * time.Second)
	for {
		if d := uint64(mixDelay(r)); r.Uint64n(longest) < d {
			return protocol.Time(r.Uint64n(d))
		}
	}
}

// queue is what the benchmark needs of the contestants.
type queue interface {
	push(e *event)
	pop(e *event)
}

type wheelQueue struct{ wheel }

func (q *wheelQueue) pop(e *event) { q.popBefore(protocol.Never, e) }

// pointers is container/heap as it is mostly used, with a pointer to each event.
type pointers []*event

func (h pointers) Len() int           { return len(h) }
func (h pointers) Less(i, j int) bool { return h[i].before(h[j]) }
func (h pointers) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *pointers) Push(x any)        { *h = append(*h, x.(*event)) }

func (h *pointers) Pop() any {
	s := *h
	x := s[len(s)-1]
	s[len(s)-1] = nil
	*h = s[:len(s)-1]
	return x
}

type pointerQueue struct{ h pointers }

func (q *pointerQueue) push(e *event) {
	fresh := *e
	stdheap.Push(&q.h, &fresh)
}
func (q *pointerQueue) pop(e *event) { *e = *stdheap.Pop(&q.h).(*event) }

// BenchmarkQueue is the hold model: with so many events pending, pop one and push one.
func BenchmarkQueue(b *testing.B) {
	contestants := []struct {
		name string
		make func() queue
	}{
		{"wheel", func() queue { return new(wheelQueue) }},
		{"valueheap", func() queue { return new(heap) }},
		{"containerheap", func() queue { return new(pointerQueue) }},
	}
	for _, pending := range []int{1e5, 1e6, 1e7} {
		for _, c := range contestants {
			b.Run(fmt.Sprintf("%s/pending=%d", c.name, pending), func(b *testing.B) {
				if pending > 1e6 && testing.Short() {
					b.Skip("needs half a gigabyte")
				}
				benchmarkQueue(b, c.make, pending)
			})
		}
	}
}

func benchmarkQueue(b *testing.B, fresh func() queue, pending int) {
	empty := heapBytes()
	q := fresh()
	r := protocol.NewRand(1, 0, 0)
	for i := range pending {
		q.push(&event{when: restOfDelay(&r), target: uint32(i), seq: uint32(i)})
	}
	bytes := heapBytes() - empty
	b.ReportAllocs()
	b.ResetTimer()
	cpu := cpuTime()
	var e event
	for range b.N {
		q.pop(&e)
		e.when += mixDelay(&r)
		q.push(&e)
	}
	cpu = cpuTime() - cpu
	b.StopTimer()
	b.ReportMetric(float64(b.N)/max(cpu, 1).Seconds(), "events/cpu-s")
	b.ReportMetric(float64(bytes)/float64(pending), "B/event")
	runtime.KeepAlive(q)
}

func heapBytes() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
