package live

import (
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

// TestPaceOfSending: three connections together send as many bytes a second as they may, each gets
// its share, and a close does not wait for a slow line's turn.
func TestPaceOfSending(t *testing.T) {
	const rate, size = 400_000, 150_000
	s := settings()
	s.Up, s.Stall, s.Drain = rate, 100*time.Millisecond, 300*time.Millisecond
	g := &talker{}
	g.onAccept = func(t *protocol.Turn, _ protocol.Addr) (protocol.Conn, bool) {
		g.next++
		t.Out.Write(g.next, protocol.Chunk{Body: protocol.Body{Content: 1, Length: size}})
		return g.next, true
	}
	n, end := talk(t, s, g, "127.0.0.1:0")
	began := time.Now()
	var all sync.WaitGroup
	for range 3 {
		c := caller(t, n)
		all.Go(func() {
			b := make([]byte, size)
			_, err := io.ReadFull(c, b)
			require.NoError(t, err)
			for k := range b {
				if b[k] != patternAt(1, uint64(k)) {
					t.Error("other bytes")
					return
				}
			}
		})
	}
	all.Wait()
	took := time.Since(began)
	require.Greater(t, took, 3*size*time.Second/rate*8/10)
	require.Less(t, took, 3*size*time.Second/rate*8)

	late := caller(t, n) // its bytes would take longer than the drain
	require.Eventually(t, func() bool { return n.StreamStats().Accepted == 4 }, 5*time.Second,
		time.Millisecond)
	require.NoError(t, n.Do(func(t *protocol.Turn) {
		t.Out.Write(4, protocol.Chunk{Body: protocol.Body{Content: 1, Length: 1 << 20}})
	}))
	began = time.Now()
	require.NoError(t, end())
	require.Less(t, time.Since(began), 2*time.Second)
	io.Copy(io.Discard, late)
}

// TestPaceOfReading: so it is with what comes.
func TestPaceOfReading(t *testing.T) {
	const rate, size = 400_000, 150_000
	s := settings()
	s.Down = rate
	came, done := 0, make(chan struct{}, 1)
	g := &talker{}
	g.onData = func(_ *protocol.Turn, _ protocol.Conn, p []byte) {
		if came += len(p); came == 3*size {
			done <- struct{}{}
		}
	}
	n, end := talk(t, s, g, "127.0.0.1:0")
	began := time.Now()
	for range 3 {
		c := caller(t, n)
		go c.Write(make([]byte, size))
	}
	soon(t, done)
	took := time.Since(began)
	require.Greater(t, took, 3*size*time.Second/rate*8/10)
	require.Less(t, took, 3*size*time.Second/rate*8)

	// A stop does not wait for what comes too fast.
	flood, err := net.Dial("tcp", n.Addr().String())
	require.NoError(t, err)
	defer flood.Close()
	go flood.Write(make([]byte, 1<<24))
	time.Sleep(300 * time.Millisecond)
	began = time.Now()
	require.NoError(t, end())
	require.Less(t, time.Since(began), 2*time.Second)
}
