package sim

import (
	"encoding/binary"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"swarmlab/protocol"
)

// pair is the wheel beside the reference queue, a binary heap of values. Every operation is done
// on both and compared.
type pair struct {
	wheel wheel
	heap  heap
	now   protocol.Time
}

func (p *pair) push(e event) {
	p.wheel.push(&e)
	p.heap.push(&e)
}

// pop pops from both and reports whether there was an event before the limit.
func (p *pair) pop(t require.TestingT, limit protocol.Time) bool {
	var got, want event
	ok := p.wheel.popBefore(limit, &got)
	if ok != (len(p.heap) > 0 && p.heap[0].when < limit) {
		require.Fail(t, "one queue has an event before the limit, the other none")
	}
	if !ok {
		if limit != protocol.Never {
			p.now = max(p.now, limit)
		}
		return false
	}
	p.heap.pop(&want)
	if got != want || got.when < p.now || len(p.heap) != p.wheel.pending {
		require.Failf(t, "the queues differ", "wheel %v, heap %v, now %d", got, want, p.now)
	}
	p.now = got.when
	return true
}

func (p *pair) drain(t require.TestingT) {
	seen := 0
	for range p.wheel.all {
		seen++
	}
	require.Equal(t, len(p.heap), seen)
	for p.pop(t, protocol.Never) {
	}
	require.Zero(t, p.wheel.pending)
	require.Empty(t, p.heap)
}

// ahead returns a delay whose magnitude is uniform over all that a time can hold, so that every
// level of the wheel, the open slot, and ties are met.
func ahead(now protocol.Time, magnitude uint8, r uint64) protocol.Time {
	d := protocol.Time(r & (1<<(magnitude%63) - 1))
	if d > protocol.Never-1-now {
		return protocol.Never - 1
	}
	return now + d
}

func TestWheelIsTheHeap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var p pair
		for step := range rapid.IntRange(0, 300).Draw(t, "steps") {
			magnitude := rapid.Uint8Range(0, 62).Draw(t, "magnitude")
			r := rapid.Uint64().Draw(t, "r")
			switch rapid.IntRange(0, 3).Draw(t, "operation") {
			case 0, 1:
				p.push(event{
					when: ahead(p.now, magnitude, r), target: uint32(r >> 62),
					source: uint32(r >> 60 & 3), seq: uint32(step) * 0x9e3779b1,
				})
			case 2:
				p.pop(t, protocol.Never)
			case 3:
				p.pop(t, ahead(p.now, magnitude, r))
			}
		}
		p.drain(t)
	})
}

// FuzzWheel reads operations of ten bytes: what to do, a magnitude, and eight bytes of delay.
func FuzzWheel(f *testing.F) {
	f.Add([]byte("0abcdefghi1abcdefghi2abcdefghi3abcdefghi"))
	f.Add(make([]byte, 400))
	f.Fuzz(func(t *testing.T, script []byte) {
		var p pair
		for seq := uint32(0); len(script) >= 10; seq++ {
			op, magnitude := script[0], script[1]
			r := binary.LittleEndian.Uint64(script[2:])
			script = script[10:]
			switch op % 8 {
			case 0, 1, 2, 3, 4: // targets and sources in any order, but no two keys equal
				p.push(event{
					when: ahead(p.now, magnitude, r), target: uint32(op >> 3 & 3),
					source: uint32(op >> 5 & 3), seq: seq * 0x9e3779b1,
				})
			case 5, 6:
				p.pop(t, protocol.Never)
			case 7:
				p.pop(t, ahead(p.now, magnitude, r))
			}
		}
		p.drain(t)
	})
}

func TestWheelHoldsManyEventsOfEveryKind(t *testing.T) {
	var p pair
	r := protocol.NewRand(1, 0, 0)
	for i := range uint32(20000) {
		when := ahead(0, uint8(r.Intn(63)), r.Uint64())
		p.push(event{when: when, target: uint32(r.Intn(5)), seq: i})
	}
	for i := range uint32(60000) {
		require.True(t, p.pop(t, protocol.Never))
		when := p.now // a tie with the event that was just popped
		if i%4 != 0 {
			when = ahead(p.now, uint8(r.Intn(40)), r.Uint64())
		}
		p.push(event{when: when, target: uint32(r.Intn(5)), seq: i + 20000})
	}
	p.drain(t)
}

func TestWheelSortsTiesOfALargeSlot(t *testing.T) {
	var p pair
	p.push(event{when: 1})
	for i := range uint32(5000) { // one time, one bin, keys in descending order
		p.push(event{when: protocol.Time(time.Second), target: 5000 - i, source: i % 7, seq: i})
		p.push(event{when: protocol.Time(time.Second) + protocol.Time(i%900), target: 7, seq: i})
	}
	p.drain(t)
}

func TestWheelDoesNotRunAhead(t *testing.T) {
	var q wheel
	var e event
	q.push(&event{when: math.MaxInt64 - 1})
	require.False(t, q.popBefore(protocol.Time(time.Hour), &e))
	require.LessOrEqual(t, q.cursor, uint64(time.Hour)>>slotBits)
	q.push(&event{when: protocol.Time(2 * time.Hour)})
	require.Empty(t, q.late, "an event after the limit must not need the heap")
	require.True(t, q.popBefore(protocol.Never, &e))
	require.Equal(t, protocol.Time(2*time.Hour), e.when)
}

// TestWheelOpensSeveralSlots: where events are few, the window is opened at once and no further,
// and what is pushed into it comes in its place.
func TestWheelOpensSeveralSlots(t *testing.T) {
	var q wheel
	var e event
	for i := range uint32(100) {
		q.push(&event{when: protocol.Time(i+1) * protocol.Time(time.Millisecond), seq: i})
	}
	require.True(t, q.popBefore(protocol.Never, &e))
	require.Len(t, q.ahead(), 1+int(window/protocol.Time(time.Millisecond)))
	require.Empty(t, q.ahead(), "until the first of them is popped")
	q.push(&event{when: protocol.Time(2500 * time.Microsecond), seq: 1000})
	for _, want := range []uint32{1, 1000, 2} {
		require.True(t, q.popBefore(protocol.Never, &e))
		require.Equal(t, want, e.seq)
	}
	for range 97 {
		require.True(t, q.popBefore(protocol.Never, &e))
	}
	require.False(t, q.popBefore(protocol.Never, &e))
}

// TestWheelForgetsTheStart: a whole network starts at time 0, and what that took is given back.
func TestWheelForgetsTheStart(t *testing.T) {
	var q wheel
	var e event
	for i := range uint32(10000) {
		q.push(&event{target: i})
	}
	q.push(&event{when: protocol.Time(time.Second)})
	for range 10001 {
		require.True(t, q.popBefore(protocol.Never, &e))
	}
	require.Zero(t, cap(q.late))
}

func TestWheelAllocatesNothingInSteadyState(t *testing.T) {
	var q wheel
	r := protocol.NewRand(1, 0, 0)
	for i := range uint32(10000) {
		q.push(&event{when: mixDelay(&r), seq: i})
	}
	var e event
	hold := func() {
		for range 100000 {
			q.popBefore(protocol.Never, &e)
			e.when += mixDelay(&r)
			q.push(&e)
		}
	}
	hold()
	require.Zero(t, testing.AllocsPerRun(5, hold))
}

func TestSortEventsSorts(t *testing.T) {
	r := protocol.NewRand(2, 0, 0)
	var scratch []event
	for length := range 300 {
		for _, spread := range []uint64{1, 50, 1 << slotBits} {
			events := make([]event, length)
			for i := range events {
				events[i] = event{
					when: protocol.Time(r.Uint64n(spread)), target: uint32(r.Intn(3)),
					source: uint32(r.Intn(3)), seq: uint32(i),
				}
			}
			want := slices.Clone(events)
			insertionSort(want)
			scratch = sortEvents(events, scratch)
			require.Equal(t, want, events)
			require.True(t, slices.IsSortedFunc(events, func(a, b event) int {
				if b.before(&a) {
					return 1
				}
				return 0
			}))
		}
	}
}
