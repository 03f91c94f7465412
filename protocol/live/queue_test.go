package live

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

// A queue that is filled from and advanced by any number of bytes yields the bytes of its chunks.
func TestQueueYieldsItsChunks(t *testing.T) {
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 3))
		all, want := chunks(seed, 1+r.IntN(30))
		var q queue
		for _, ch := range all {
			if ch.Len() > 0 {
				q.append(ch)
			}
		}
		var got []byte
		for !q.empty() {
			p := q.plain()
			if p == nil || r.IntN(2) == 0 {
				p = make([]byte, 1+r.IntN(1<<r.IntN(20)))
				size, err := q.fill(p, pattern{})
				require.NoError(t, err)
				require.Positive(t, size)
				p = p[:size]
			}
			n := r.IntN(len(p) + 1) // what the socket took
			got = append(got, p[:n]...)
			q.advance(n)
		}
		require.True(t, bytes.Equal(want, got), "seed %d", seed)
		q.reset()
		require.True(t, q.empty())
		require.Zero(t, q.memory())
		require.LessOrEqual(t, cap(q.bytes), keptMemory)
	}
}

func TestQueueOfManySmallChunksIsOnePart(t *testing.T) {
	var q queue
	for range 1000 {
		q.append(protocol.Chunk{Bytes: []byte("have it...")})
	}
	require.Len(t, q.parts, 1)
	require.Equal(t, 10_000+partMemory, q.memory())
	require.Len(t, q.plain(), 10_000)
}

// A message and its answer, through reader and writer, allocate nothing.
func TestStreamsDoNotAllocate(t *testing.T) {
	n, _ := talk(t, settings(), &talker{
		onData: func(t *protocol.Turn, c protocol.Conn, p []byte) {
			t.Out.Write(c, protocol.Chunk{Bytes: p, Body: protocol.Body{Length: 1000}})
		},
	}, "127.0.0.1:0")
	conn := caller(t, n)
	p := make([]byte, 2000)
	once := func() {
		conn.Write(p[:500])
		for got := 0; got < 1500; {
			size, err := conn.Read(p)
			if err != nil {
				t.Fatal(err)
			}
			got += size
		}
	}
	for range 100 {
		once()
	}
	require.Zero(t, testing.AllocsPerRun(1000, once))
}
