package sim

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/netmodel"
	"swarmlab/protocol"
)

// babble is a group whose cores do everything with connections, at random, and check every byte: of
// the stream of a writer, the byte at each place is known, whatever form it comes in.
type babble struct {
	nodes   int
	talks   [][]talk
	wrote   map[uint32]uint64 // by writer
	opened  []uint32
	trouble error
	reasons [4]int
	checked uint64
	bodies  int
	calls   []string // of one node
	right   []byte   // scratch: what it should be

	checkpoints []Checkpoint
}

// talk is what a core knows of one of its connections.
type talk struct {
	open         bool
	writer       uint32
	wrote        uint64
	peer         uint32 // the writer at the other end, when it has said so
	heard        uint64
	introduction [4]byte
}

func newBabble(nodes int) *babble {
	return &babble{nodes: nodes, talks: make([][]talk, nodes), wrote: map[uint32]uint64{},
		opened: make([]uint32, nodes)}
}

// babbled appends n bytes of a writer's stream, from a place after its introduction. Most of what a
// world takes is spent here: eight bytes at a time.
func babbled(dst []byte, writer uint32, at uint64, n int) []byte {
	end := len(dst) + n
	for at := at; len(dst) < end; at = at&^7 + 8 {
		var word [8]byte
		binary.LittleEndian.PutUint64(word[:], protocol.Mix(uint64(writer)<<32+at/8))
		dst = append(dst, word[at%8:]...)
	}
	return dst[:end]
}

func (g *babble) ReadBody(b protocol.Body, p []byte) error {
	g.right = babbled(g.right[:0], b.Content, b.Offset, len(p))
	copy(p, g.right)
	return nil
}

func (g *babble) fault(format string, args ...any) {
	if g.trouble == nil {
		g.trouble = fmt.Errorf(format, args...)
	}
}

func (g *babble) Len() int                         { return g.nodes }
func (g *babble) Start(i uint32, t *protocol.Turn) { g.Wake(i, t) }
func (g *babble) Drop(i uint32)                    { g.talks[i] = nil }
func (g *babble) Stop(i uint32, t *protocol.Turn)  { g.act(i, t) }

func (g *babble) Datagram(i uint32, t *protocol.Turn, _ protocol.Addr, _ []byte) {
	if t.Rand.Intn(4) == 0 {
		g.act(i, t)
	}
}

func (g *babble) Wake(i uint32, t *protocol.Turn) {
	g.act(i, t)
	t.Out.WakeAt(t.Now.Add(time.Duration(t.Rand.Uint64n(uint64(300 * time.Millisecond)))))
}

// begin takes a free number. The writer's number is in the introduction.
func (g *babble) begin(i uint32, t *protocol.Turn) protocol.Conn {
	c := len(g.talks[i])
	for n := range g.talks[i] {
		if !g.talks[i][n].open {
			c = n
			break
		}
	}
	if c == len(g.talks[i]) {
		g.talks[i] = append(g.talks[i], talk{})
	}
	g.opened[i]++
	g.talks[i][c] = talk{open: true, writer: g.opened[i]<<8 | i}
	return protocol.Conn(c)
}

func (g *babble) introduce(i uint32, t *protocol.Turn, c protocol.Conn) {
	var word [4]byte
	binary.LittleEndian.PutUint32(word[:], g.talks[i][c].writer)
	t.Out.Write(c, protocol.Chunk{Bytes: word[:]})
	g.put(i, 4, c)
}

func (g *babble) put(i uint32, n int, c protocol.Conn) {
	g.talks[i][c].wrote += uint64(n)
	g.wrote[g.talks[i][c].writer] = g.talks[i][c].wrote
}

// write appends plain bytes, or these and a body.
func (g *babble) write(i uint32, t *protocol.Turn, c protocol.Conn, plain, body int) {
	k := &g.talks[i][c]
	ch := protocol.Chunk{Bytes: babbled(nil, k.writer, k.wrote, plain)}
	if body > 0 {
		ch.Body = protocol.Body{Content: k.writer, Offset: k.wrote + uint64(plain),
			Length: uint32(body)}
	}
	t.Out.Write(c, ch)
	g.put(i, ch.Len(), c)
}

func (g *babble) act(i uint32, t *protocol.Turn) {
	for range t.Rand.Intn(4) {
		to := uint32(t.Rand.Intn(g.nodes + 1)) // one of them is nobody
		if t.Rand.Intn(3) == 0 {
			t.Out.SendTo(AddrOf(to), make([]byte, t.Rand.Intn(200)))
		}
		if len(g.talks[i]) == 0 || t.Rand.Intn(6) == 0 {
			c := g.begin(i, t)
			t.Out.Dial(c, AddrOf(to))
			if t.Rand.Intn(20) != 0 {
				g.introduce(i, t, c)
			}
			continue
		}
		c := protocol.Conn(t.Rand.Intn(len(g.talks[i])))
		if k := &g.talks[i][c]; k.open && k.wrote > 0 {
			g.use(i, t, c)
		}
	}
}

func (g *babble) use(i uint32, t *protocol.Turn, c protocol.Conn) {
	switch r := t.Rand.Intn(20); {
	case r < 10:
		g.write(i, t, c, 1+t.Rand.Intn(40), 0)
	case r < 16:
		g.write(i, t, c, t.Rand.Intn(20), 1+t.Rand.Intn(16<<10))
	case r == 16:
		g.write(i, t, c, t.Rand.Intn(80<<10), t.Rand.Intn(2)*t.Rand.Intn(100<<10))
	case r == 17:
		g.write(i, t, c, 3, 5)
		t.Out.Close(c)
		g.talks[i][c].open = false
	}
}

func (g *babble) Accept(i uint32, t *protocol.Turn, peer protocol.Addr) (protocol.Conn, bool) {
	if _, ok := HostOf(peer); !ok || peer.Port() == addressPort {
		g.fault("node %d is dialed by %v", i, peer)
	}
	if t.Rand.Intn(10) == 0 {
		return 0, false
	}
	c := g.begin(i, t)
	g.introduce(i, t, c)
	return c, true
}

func (g *babble) Opened(i uint32, t *protocol.Turn, c protocol.Conn) {
	k := g.mine(i, c, "opened")
	if k.wrote == 0 {
		g.introduce(i, t, c)
	}
	g.use(i, t, c)
}

func (g *babble) mine(i uint32, c protocol.Conn, what string) *talk {
	if int(c) >= len(g.talks[i]) || !g.talks[i][c].open {
		g.fault("node %d hears of connection %d, which it has not: %s", i, c, what)
		return &talk{}
	}
	return &g.talks[i][c]
}

func (g *babble) Sent(i uint32, t *protocol.Turn, c protocol.Conn, n int) {
	k := g.mine(i, c, "sent")
	if n <= 0 || uint64(n) > k.wrote {
		g.fault("node %d sent %d of %d", i, n, k.wrote)
	}
	if t.Rand.Intn(3) == 0 {
		g.use(i, t, c)
	}
}

func (g *babble) Data(i uint32, t *protocol.Turn, c protocol.Conn, ch protocol.Chunk) {
	k := g.mine(i, c, "data")
	b := ch.Bytes
	for ; len(b) > 0 && k.heard < 4; b = b[1:] {
		k.introduction[k.heard] = b[0]
		k.peer = binary.LittleEndian.Uint32(k.introduction[:])
		k.heard++
	}
	g.right = babbled(g.right[:0], k.peer, k.heard, len(b))
	if !bytes.Equal(g.right, b) {
		g.fault("node %d, connection %d of %x: of bytes %d to %d of %x some are wrong, at %v", i, c,
			k.writer, k.heard, k.heard+uint64(len(b)), k.peer, t.Now)
	}
	k.heard += uint64(len(b))
	if b := ch.Body; b.Length > 0 {
		if b.Content != k.peer || b.Offset != k.heard {
			g.fault("node %d, connection %d: body %v at %d", i, c, b, k.heard)
		}
		g.bodies++
		k.heard += uint64(b.Length)
	}
	if k.heard > g.wrote[k.peer] {
		g.fault("node %d heard %d bytes of %d", i, k.heard, g.wrote[k.peer])
	}
	g.checked += uint64(ch.Len())
	if i == 0 {
		g.calls = append(g.calls, fmt.Sprint(t.Now, c, ch.Len()))
	}
	if t.Rand.Intn(3) == 0 {
		g.act(i, t)
	}
}

func (g *babble) Closed(i uint32, t *protocol.Turn, c protocol.Conn, why protocol.Reason) {
	k := g.mine(i, c, "closed")
	if why == protocol.Finished && k.heard != g.wrote[k.peer] {
		g.fault("node %d heard %d of %d bytes before the end", i, k.heard, g.wrote[k.peer])
	}
	k.open = false
	g.reasons[why]++
	if t.Rand.Intn(3) == 0 {
		g.act(i, t)
	}
}

// stormyNet is a network on which everything happens that may happen to a connection. Of few nodes
// a share may be nobody, which is refused; then others are drawn.
func stormyNet(t testing.TB, seed uint64, nodes int) *netmodel.Network {
	for draw := uint32(0); ; draw += 10 {
		n, err := netmodel.New(storm(seed, nodes, draw))
		if err == nil {
			return n
		}
		require.ErrorContains(t, err, "names nobody among")
		require.Less(t, draw, uint32(100))
	}
}

func storm(seed uint64, nodes int, drawn uint32) netmodel.Config {
	const percent = netmodel.Certain / 100
	var reach netmodel.Reach
	reach.Timeout = 5 * time.Second
	reach.Shares[netmodel.Open], reach.Shares[netmodel.FullCone] = 60*percent, 10*percent
	reach.Shares[netmodel.Symmetric], reach.Shares[netmodel.Firewalled] = 20*percent, 10*percent
	cut := func(draw uint32, from, to time.Duration) netmodel.Fault {
		draw += drawn
		return netmodel.Fault{Kind: netmodel.Partition, From: at(from), To: at(to), Draw: draw,
			Whom: netmodel.Whom{Share: 40 * percent, Draw: draw}}
	}
	pause := func(draw uint32, from, to time.Duration) netmodel.Fault {
		f := cut(draw, from, to)
		f.Kind = netmodel.Pause
		return f
	}
	return netmodel.Config{
		Seed: seed, Nodes: nodes, Loss: netmodel.Certain / 100, Reach: reach,
		Jitter: 30 * time.Millisecond,
		Links: netmodel.Links{Queue: 300 * time.Millisecond, Lines: []netmodel.Line{
			{Share: 40 * percent, Down: 1_000_000, Up: 400_000}, {Share: 30 * percent},
			{Share: 30 * percent, Up: 900_000}}},
		Faults: []netmodel.Fault{
			cut(1, 3*time.Second, 4*time.Second), cut(2, 20*time.Second, 170*time.Second),
			pause(3, 5*time.Second, 6*time.Second), pause(4, 30*time.Second, 150*time.Second),
			{Kind: netmodel.Reorder, To: protocol.Never, Share: 5 * percent, Delay: 1e8},
			{Kind: netmodel.Corrupt, To: protocol.Never, Share: 2 * percent},
			{Kind: netmodel.Duplicate, To: protocol.Never, Share: 2 * percent, Delay: 1e8},
			{Kind: netmodel.Slow, To: protocol.Never, Share: 3 * percent, Delay: 6e9, Length: 1e9},
			{Kind: netmodel.Sever, From: at(10 * time.Second), To: at(12 * time.Second),
				Share: 5 * percent},
		},
		Latency: netmodel.Uniform{Low: 20 * time.Millisecond, High: 100 * time.Millisecond}}
}

// babbleWorld has nodes that come, go, crash and return.
func babbleWorld(t testing.TB, seed uint64, nodes int, full bool) (*World, *babble) {
	g := newBabble(nodes)
	w := New(Config{Seed: seed, Groups: []protocol.Datagrams{g}, FullBytes: full, Contents: g,
		Network: stormyNet(t, seed, nodes), Checkpoint: func(c Checkpoint) {
			g.checkpoints = append(g.checkpoints, c)
		}})
	r := protocol.NewRand(seed, 1, 1)
	for i := range uint32(nodes) {
		for when := at(0); when < at(200*time.Second); {
			w.StartAt(i, when)
			when = when.Add(time.Duration(r.Uint64n(uint64(60 * time.Second))))
			if r.Intn(2) == 0 {
				w.StopAt(i, when)
			} else {
				w.CrashAt(i, when)
			}
			when = when.Add(time.Duration(r.Uint64n(uint64(20 * time.Second))))
		}
	}
	return w, g
}

func TestBabble(t *testing.T) {
	w, g := babbleWorld(t, 5, 24, false)
	for step := 1; step <= 60; step++ {
		w.Run(at(time.Duration(step) * 4 * time.Second))
		w.Audit()
		require.NoError(t, g.trouble)
	}
	tally := w.StreamTally()
	t.Logf("%+v %v checked %d bodies %d", tally, g.reasons, g.checked, g.bodies)
	for why, n := range g.reasons {
		require.Greater(t, n, 5, "%v", protocol.Reason(why))
	}
	require.Greater(t, g.checked, uint64(10_000_000))
	require.Greater(t, tally.Resent, uint64(100))
	lost, flying := uint64(0), uint64(0)
	for _, x := range w.Transfers() {
		lost, flying = lost+x.Lost, flying+x.InFlight
	}
	require.Greater(t, lost, uint64(100_000))
}
