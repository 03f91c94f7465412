package folder

import (
	"context"
	"encoding/binary"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/live"
	"swarmlab/protocol/metainfo"
)

// mover is a core that gives or takes a whole torrent on one connection: the least that moves real
// blocks from one folder to another.
type mover struct {
	info    *metainfo.Info
	store   *Store
	taking  bool
	asked   uint32 // blocks
	got     uint32
	pending []byte // of a message that came in part
	bad     int    // pieces with a wrong hash
	done    chan struct{}
	header  [13]byte
}

func (g *mover) Len() int                     { return 1 }
func (g *mover) Start(uint32, *protocol.Turn) {}
func (g *mover) Wake(uint32, *protocol.Turn)  {}
func (g *mover) Stop(uint32, *protocol.Turn)  {}
func (g *mover) Drop(uint32)                  {}

func (g *mover) Accept(uint32, *protocol.Turn, protocol.Addr) (protocol.Conn, bool) {
	return 0, true
}
func (g *mover) Opened(_ uint32, t *protocol.Turn, c protocol.Conn)            { g.ask(t, c) }
func (g *mover) Sent(uint32, *protocol.Turn, protocol.Conn, int)               {}
func (g *mover) Closed(uint32, *protocol.Turn, protocol.Conn, protocol.Reason) {}

// message is what is said about a block, counted through the torrent. The giver answers with the
// same, and then the block.
func (g *mover) message(block uint32) []byte {
	perPiece := g.info.PieceLength / blockSize
	piece, begin := block/perPiece, block%perPiece*blockSize
	length := min(blockSize, g.info.PieceSize(piece)-begin)
	binary.BigEndian.PutUint32(g.header[0:], length)
	binary.BigEndian.PutUint32(g.header[5:], piece)
	binary.BigEndian.PutUint32(g.header[9:], begin)
	return g.header[:]
}

func (g *mover) blocks() uint32 { return uint32((g.info.Total + blockSize - 1) / blockSize) }

func (g *mover) ask(t *protocol.Turn, c protocol.Conn) {
	for ; g.asked < min(g.blocks(), g.got+128); g.asked++ {
		t.Out.Write(c, protocol.Chunk{Bytes: g.message(g.asked)})
	}
}

func (g *mover) Data(_ uint32, t *protocol.Turn, c protocol.Conn, ch protocol.Chunk) {
	p := ch.Bytes
	for len(g.pending) > 0 && len(p) > 0 { // the message that came in part first
		need := len(g.header)
		if len(g.pending) >= need {
			need = g.size(g.pending)
		}
		n := min(need-len(g.pending), len(p))
		g.pending, p = append(g.pending, p[:n]...), p[n:]
		if len(g.pending) >= len(g.header) && len(g.pending) == g.size(g.pending) {
			g.take(t, c, g.pending)
			g.pending = g.pending[:0]
		}
	}
	for len(p) >= len(g.header) && len(p) >= g.size(p) {
		size := g.size(p)
		g.take(t, c, p[:size])
		p = p[size:]
	}
	g.pending = append(g.pending, p...)
	if g.taking {
		g.ask(t, c)
	}
}

// size is that of a message which begins with p.
func (g *mover) size(p []byte) int {
	if !g.taking {
		return len(g.header)
	}
	return len(g.header) + int(binary.BigEndian.Uint32(p))
}

func (g *mover) take(t *protocol.Turn, c protocol.Conn, p []byte) {
	piece, begin := binary.BigEndian.Uint32(p[5:]), binary.BigEndian.Uint32(p[9:])
	if !g.taking {
		t.Out.Write(c, protocol.Chunk{Bytes: p, Body: protocol.Body{
			Content: 1, Length: binary.BigEndian.Uint32(p),
			Offset: uint64(piece)*uint64(g.info.PieceLength) + uint64(begin),
		}})
		return
	}
	g.store.Write(0, 1, piece, begin, protocol.Chunk{Bytes: p[len(g.header):]})
	if begin+uint32(len(p)-len(g.header)) == g.info.PieceSize(piece) {
		if !g.store.Verify(0, 1, piece) {
			g.bad++
		}
	}
	if g.got++; g.got == g.blocks() {
		close(g.done)
	}
}

// start runs a mover on a node of its own.
func (g *mover) start(t testing.TB) *live.Node {
	settings := live.DefaultStreams()
	settings.Contents = g.store
	n, err := live.ListenStreams(settings, "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- n.Run(ctx, g) }()
	t.Cleanup(func() { cancel(); require.NoError(t, <-ended) })
	return n
}

// transfer moves a content from one folder to another through real sockets.
func transfer(t testing.TB, c *content, from, to string) time.Duration {
	fail := func(_ uint32, err error) { t.Error(err) }
	seeds, downloads := New(50, fail), New(50, fail)
	t.Cleanup(func() { require.NoError(t, seeds.Close()); require.NoError(t, downloads.Close()) })
	_, err := seeds.Seed(1, c.info, from)
	require.NoError(t, err)
	_, err = downloads.Download(1, c.info, to)
	require.NoError(t, err)
	giver := (&mover{info: c.info, store: seeds}).start(t)
	g := &mover{info: c.info, store: downloads, taking: true, done: make(chan struct{})}
	taker := g.start(t)
	began := time.Now()
	require.NoError(t, taker.Do(func(t *protocol.Turn) { t.Out.Dial(0, giver.Addr()) }))
	select {
	case <-g.done:
	case <-time.After(time.Minute):
		t.Fatal("it did not end")
	}
	require.Zero(t, g.bad)
	return time.Since(began)
}

func TestTorrentMovesFromFolderToFolder(t *testing.T) {
	for _, c := range []*content{
		mixed(t),
		newContent(t, 1<<18, file{"a", 10_000_000}, file{"b/c", 1}, file{"d", 5_000_001}),
	} {
		from, to := t.TempDir(), t.TempDir()
		c.save(t, from)
		transfer(t, c, from, to)
		c.equal(t, to)
	}
}

// BenchmarkTransfer moves 256 MiB from one folder to another: sockets, disk and hashes.
func BenchmarkTransfer(b *testing.B) {
	for _, pieceLength := range []uint32{1 << 18, 1 << 22} {
		b.Run(fmt.Sprintf("piece=%dKiB", pieceLength>>10), func(b *testing.B) {
			c := newContent(b, pieceLength, file{"a", 200 << 20}, file{"b", 56 << 20})
			from := b.TempDir()
			c.save(b, from)
			b.SetBytes(256 << 20)
			b.ReportAllocs()
			b.ResetTimer()
			began := cpuTime()
			for range b.N {
				transfer(b, c, from, b.TempDir())
			}
			took := cpuTime() - began
			b.ReportMetric(256*float64(b.N)/max(took, 1).Seconds(), "MiB/cpu-s")
		})
	}
}

// BenchmarkParts is what each part of the work takes.
func BenchmarkParts(b *testing.B) {
	const pieceLength, size = 1 << 20, 64 << 20
	c, dir := newContent(b, pieceLength, file{"a", size}), b.TempDir()
	s, d, _ := download(b, c, dir)
	piece := uint32(0)
	run := func(name string, f func()) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(pieceLength)
			b.ReportAllocs()
			began := cpuTime()
			for b.Loop() {
				f()
				piece = (piece + 1) % c.info.Count()
			}
			took := cpuTime() - began
			b.ReportMetric(float64(b.N)/max(took, 1).Seconds(), "MiB/cpu-s")
		})
	}
	run("write", func() {
		for begin := uint32(0); begin < pieceLength; begin += blockSize {
			s.Write(0, 3, piece, begin, protocol.Chunk{Bytes: c.block(piece, begin)})
		}
	})
	for k := range c.info.Count() {
		c.write(s, 3, k, seeded(1))
	}
	run("verify", func() { s.Verify(0, 3, piece) })
	p := make([]byte, blockSize)
	run("read", func() {
		for begin := uint64(0); begin < pieceLength; begin += blockSize {
			at := uint64(piece)*pieceLength + begin
			s.ReadBody(protocol.Body{Content: 3, Offset: at, Length: blockSize}, p)
		}
	})
	run("check", func() {
		if piece == 0 { // all at once
			check(b, d)
		}
	})
}
