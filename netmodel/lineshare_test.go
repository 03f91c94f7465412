package netmodel

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

func TestStreamWire(t *testing.T) {
	for size, want := range map[int]int{
		0: 40, 1: 41, 1460: 1500, 1461: 1541, 16384: 16384 + 12*40,
	} {
		require.Equal(t, want, StreamWire(size))
	}
}

// A stream's bytes follow each other, and pass the lines of both ends at the same time.
func TestStreamsOnALine(t *testing.T) {
	const second = protocol.Time(time.Second)
	l := lineOf(t, 2*time.Second, 4000, 8000)
	l.Share()
	require.Equal(t, second, l.Load(0, 1, 1000))
	require.Equal(t, 3*second, l.Load(second/2, 1, 2000))
	require.Equal(t, 6*second, l.Load(5*second, 1, 1000), "it was idle")

	// 1,000 bytes that took a second to send take two to receive, from when the first came.
	done, full := l.Unload(10*second, 2, 1, 1000)
	require.Equal(t, 11*second, done)
	require.False(t, full)
	done, full = l.Unload(10*second, 2, 3, 1000)
	require.Equal(t, 13*second, done)
	require.False(t, full, "it waits for two seconds, as a datagram may")
	_, full = l.Unload(10*second, 2, 3, 1000)
	require.True(t, full)

	fast := lineOf(t, time.Second, 80_000, 8000)
	fast.Share()
	for source := range uint32(8) { // ten such lines fill it, and all come at once
		done, full = fast.Unload(10*second, 9, source, 1000)
		require.Equal(t, 10*second, done)
		require.False(t, full)
	}
	free := lineOf(t, time.Second, 0, 0)
	free.Share()
	require.Equal(t, second, free.Load(second, 1, 1<<30))
	done, full = free.Unload(second, 1, 2, 1<<30)
	require.Equal(t, second, done)
	require.False(t, full)
}

// Datagrams wait for datagrams only, and what they take is taken from the stream: together they
// have the line's rate.
func TestDatagramsOvertakeStreams(t *testing.T) {
	const second = protocol.Time(time.Second)
	l := lineOf(t, time.Second, 8000, 8000)
	l.Share()
	require.Equal(t, 10*second, l.Load(0, 1, 10_000))
	for n := range protocol.Time(4) {
		done, ok := l.Up(n*second, 1, 500)
		require.True(t, ok)
		require.Equal(t, n*second+second/2, done)
	}
	require.Equal(t, 13*second, l.Load(10*second, 1, 1000), "two seconds later than without")
	for n := range 3 {
		_, ok := l.Up(20*second, 1, 1000)
		require.Equal(t, n < 2, ok, "their own queue is as long as ever")
	}

	done, _ := l.Unload(30*second, 1, 2, 3000)
	require.Equal(t, 30*second, done)
	done, ok := l.Down(30*second, 1, 1000)
	require.True(t, ok)
	require.Equal(t, 31*second, done)
	done, _ = l.Unload(30*second, 1, 2, 3000)
	require.Equal(t, 34*second, done)
}
