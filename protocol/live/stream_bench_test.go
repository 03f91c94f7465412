package live_test

import (
	"context"
	"encoding/binary"
	"net"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/live"
)

const (
	blockSize = 16384
	// piece is the length of what precedes a block on a BitTorrent connection.
	pieceHeader = 13
)

// carrier is a core that moves blocks as a swarm does: the taker asks for each with a message, and
// keeps some requests under way; the giver answers when little of what it wrote is still queued.
type carrier struct {
	window  int // blocks that the taker asks for at a time
	blocks  int // it takes in all
	asked   int
	partial int // bytes of a message that came in part
	got     int
	queued  int // of the giver, in bytes
	owed    int // requests it has not answered
	next    uint64
	header  [17]byte
	done    chan struct{}
}

func (g *carrier) Len() int                         { return 1 }
func (g *carrier) Start(i uint32, t *protocol.Turn) {}
func (g *carrier) Wake(i uint32, t *protocol.Turn)  {}
func (g *carrier) Stop(i uint32, t *protocol.Turn)  {}
func (g *carrier) Drop(i uint32)                    {}

func (g *carrier) Accept(_ uint32, t *protocol.Turn, _ protocol.Addr) (protocol.Conn, bool) {
	return 0, true
}

func (g *carrier) Opened(_ uint32, t *protocol.Turn, c protocol.Conn) { g.ask(t, c) }

func (g *carrier) ask(t *protocol.Turn, c protocol.Conn) {
	for g.asked < g.blocks && g.asked*(blockSize+pieceHeader) < g.got+g.window*blockSize {
		g.asked++
		binary.BigEndian.PutUint32(g.header[:], 13)
		t.Out.Write(c, protocol.Chunk{Bytes: g.header[:17]})
	}
}

func (g *carrier) Data(_ uint32, t *protocol.Turn, c protocol.Conn, ch protocol.Chunk) {
	if g.blocks > 0 {
		g.got += len(ch.Bytes)
		g.ask(t, c)
		if g.got == g.blocks*(blockSize+pieceHeader) {
			close(g.done)
		}
		return
	}
	g.partial += len(ch.Bytes)
	g.owed += g.partial / 17
	g.partial %= 17
	g.give(t, c)
}

func (g *carrier) give(t *protocol.Turn, c protocol.Conn) {
	for ; g.owed > 0 && g.queued < 1<<20; g.owed-- {
		body := protocol.Body{Length: blockSize, Offset: g.next % (64 << 20)}
		t.Out.Write(c, protocol.Chunk{Bytes: g.header[:pieceHeader], Body: body})
		g.next += blockSize
		g.queued += blockSize + pieceHeader
	}
}

func (g *carrier) Sent(_ uint32, t *protocol.Turn, c protocol.Conn, n int) {
	if g.blocks == 0 {
		g.queued -= n
		g.give(t, c)
	}
}

func (g *carrier) Closed(uint32, *protocol.Turn, protocol.Conn, protocol.Reason) {}

// memory is contents that lie there.
type memory []byte

func (m memory) ReadBody(b protocol.Body, p []byte) error {
	copy(p, m[b.Offset:])
	return nil
}

// BenchmarkStream moves blocks of 16 KiB from one node to another over one loopback connection. An
// operation is a MiB, and the processor time is that of both ends.
func BenchmarkStream(b *testing.B) {
	settings := live.DefaultStreams()
	settings.Contents = make(memory, 64<<20)
	carry := func(g *carrier) *live.Node {
		n, err := live.ListenStreams(settings, "127.0.0.1:0")
		require.NoError(b, err)
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan error)
		go func() { ended <- n.Run(ctx, g) }()
		b.Cleanup(func() { cancel(); <-ended })
		return n
	}
	giver := carry(&carrier{})
	g := &carrier{window: 128, blocks: b.N * (1 << 20) / blockSize, done: make(chan struct{})}
	taker := carry(g)
	b.SetBytes(1 << 20)
	report := perCPU(b)
	require.NoError(b, taker.Do(func(t *protocol.Turn) { t.Out.Dial(0, giver.Addr()) }))
	<-g.done
	report()
}

// BenchmarkBareSocket moves the same bytes without anything else: the bound of what can be reached.
func BenchmarkBareSocket(b *testing.B) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(b, err)
	defer l.Close()
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		p := make([]byte, 256<<10)
		for range b.N * 4 {
			conn.Write(p)
		}
	}()
	b.SetBytes(1 << 20)
	report := perCPU(b)
	conn, err := net.Dial("tcp4", l.Addr().String())
	require.NoError(b, err)
	defer conn.Close()
	p := make([]byte, 256<<10)
	for err == nil {
		_, err = conn.Read(p)
	}
	report()
}

// perCPU begins the measurement; what it returns ends it.
func perCPU(b *testing.B) (report func()) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began := cpuTime()
	b.ResetTimer()
	return func() {
		took := cpuTime() - began
		b.StopTimer()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(b.N)/max(took, time.Microsecond).Seconds(), "MiB/cpu-s")
		b.ReportMetric(float64(after.Mallocs-before.Mallocs)/float64(b.N), "allocs/MiB")
	}
}
