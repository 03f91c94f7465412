package swarm

import (
	"container/heap"
	"crypto/sha1"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/peerwire"
)

// rig is a small world: cores joined by streams with latency and a line of a certain rate. It
// checks the rules of a peer after every turn.
type rig struct {
	t       *testing.T
	now     protocol.Time
	seq     uint64
	queue   events
	nodes   []*rigNode
	byAddr  map[protocol.Addr]*rigNode
	out     protocol.Outbox
	latency time.Duration

	asBytes bool           // bodies are carried as bytes
	cut     *protocol.Rand // and streams are cut anywhere
	trace   *strings.Builder
	turns   int
	lost    uint64 // payload that came to ends that were closed
	stores  map[*Group]*rigStore
	torrent Torrent
}

type rigNode struct {
	name  string
	g     *Group
	i     uint32
	addr  protocol.Addr
	rand  protocol.Rand
	rate  uint64    // bytes per second of its line
	turns []*rigEnd // connections with something to send, in turn
	busy  bool
	ends  map[protocol.Conn]*rigEnd
	alive bool
	deaf  bool // nobody can connect to it
	wake  protocol.Time
	done  protocol.Time
}

type rigEnd struct {
	node    *rigNode
	conn    protocol.Conn
	other   *rigEnd
	closed  bool
	decoder peerwire.Decoder // for the trace
	queue   []protocol.Chunk
	leaving func() // called when all has left
	got     uint64 // payload that was handed over
}

type event struct {
	at  protocol.Time
	seq uint64
	do  func()
}

type events []event

func (e events) Len() int { return len(e) }
func (e events) Less(i, j int) bool {
	return e[i].at < e[j].at || e[i].at == e[j].at && e[i].seq < e[j].seq
}
func (e events) Swap(i, j int) { e[i], e[j] = e[j], e[i] }
func (e *events) Push(x any)   { *e = append(*e, x.(event)) }
func (e *events) Pop() any {
	x := (*e)[len(*e)-1]
	*e = (*e)[:len(*e)-1]
	return x
}

// rigStore remembers which blocks of which cores are right.
type rigStore struct {
	r    *rig
	bad  map[[3]uint32]int // core, content, piece: blocks that are wrong
	seen map[[3]uint32]map[uint32]bool
	good int // pieces verified
}

func (s *rigStore) ReadBody(b protocol.Body, p []byte) error {
	for n := range p {
		p[n] = contentByte(b.Content, b.Offset+uint64(n))
	}
	return nil
}

func contentByte(content uint32, at uint64) byte {
	x := protocol.Mix(uint64(content&^protocol.Junk)<<40 + at/8)
	x >>= at % 8 * 8
	if content&protocol.Junk != 0 {
		x ^= 0x55
	}
	return byte(x)
}

func (s *rigStore) Write(i, content, piece, begin uint32, ch protocol.Chunk) {
	key := [3]uint32{i, content, piece}
	at := s.r.torrent.Geometry.offset(piece, begin)
	right := ch.Body.Length > 0 && ch.Body.Content == content && ch.Body.Offset == at
	if ch.Body.Length == 0 {
		right = len(ch.Bytes) > 0
		for n, b := range ch.Bytes {
			right = right && b == contentByte(content, at+uint64(n))
		}
	}
	if s.seen[key] == nil {
		s.seen[key] = map[uint32]bool{}
	}
	s.seen[key][begin] = right
}

func (s *rigStore) Verify(i, content, piece uint32) bool {
	blocks := s.seen[[3]uint32{i, content, piece}]
	require.Len(s.r.t, blocks, int(s.r.torrent.Geometry.Blocks(piece)), "verified too early")
	for _, right := range blocks {
		if !right {
			return false
		}
	}
	s.good++
	return true
}

// testTorrent is one of so many pieces of 32 KiB, the last of which is 5,000 bytes long.
func testTorrent(pieces uint32) Torrent {
	geo := Geometry{Total: uint64(pieces-1)*32768 + 5000, PieceLength: 32768}
	info := fmt.Sprintf("d6:lengthi%de12:piece lengthi%dee", geo.Total, geo.PieceLength)
	return Torrent{InfoHash: sha1.Sum([]byte(info)), Content: 5, Geometry: geo,
		Metadata: []byte(info)}
}

func newRig(t *testing.T, tor Torrent) *rig {
	return &rig{t: t, byAddr: map[protocol.Addr]*rigNode{}, latency: 20 * time.Millisecond,
		stores: map[*Group]*rigStore{}, torrent: tor}
}

// group adds n cores of one configuration. They are not started.
func (r *rig) group(cfg Config, n int) []*rigNode {
	store := &rigStore{r: r, seen: map[[3]uint32]map[uint32]bool{}}
	env := Env{Store: store, Describe: func(_, _ uint32, info []byte) (Geometry, bool, bool) {
		return r.torrent.Geometry, r.torrent.Private, sha1.Sum(info) == r.torrent.InfoHash
	}}
	g, err := New(cfg, env, n)
	require.NoError(r.t, err)
	require.Zero(r.t, g.Register(r.torrent))
	r.stores[g] = store
	first := len(r.nodes)
	for i := range n {
		k := uint32(len(r.nodes))
		name := string(rune('a' + k%26))
		if k >= 26 {
			name += fmt.Sprint(k / 26)
		}
		node := &rigNode{name: name, g: g, i: uint32(i), rate: 1 << 20, wake: protocol.Never,
			addr: protocol.Addr4(0x0a000001+k<<12, 6881), ends: map[protocol.Conn]*rigEnd{},
			rand: protocol.NewRand(1, 2, uint64(k)), done: protocol.Never}
		var id [20]byte
		copy(id[:], fmt.Sprintf("-SL0001-%s", name))
		g.Assign(uint32(i), id, node.addr)
		r.nodes = append(r.nodes, node)
		r.byAddr[node.addr] = node
	}
	return r.nodes[first:]
}

// start starts a core that has all, nothing, or only the infohash.
func (r *rig) start(n *rigNode, all, magnet bool) {
	n.alive = true
	r.turn(n, func(t *protocol.Turn) { n.g.Start(n.i, t) })
	r.turn(n, func(t *protocol.Turn) { n.g.Add(n.i, t, Entry{All: all, Magnet: magnet}) })
}

// found tells a core of others.
func (r *rig) found(n *rigNode, others ...*rigNode) {
	var addrs []protocol.Addr
	for _, o := range others {
		addrs = append(addrs, o.addr)
	}
	r.turn(n, func(t *protocol.Turn) { n.g.Found(n.i, t, 0, addrs, FromTracker) })
}

func (n *rigNode) member() *member { return n.g.cores[n.i].members[0] }

func (r *rig) after(at protocol.Time, do func()) {
	heap.Push(&r.queue, event{at, r.seq, do})
	r.seq++
}

// run lets time pass.
func (r *rig) run(d time.Duration) {
	until := r.now.Add(d)
	for len(r.queue) > 0 && r.queue[0].at <= until {
		e := heap.Pop(&r.queue).(event)
		r.now = e.at
		e.do()
	}
	r.now = until
}

// turn gives a core a turn and carries out what it wants.
func (r *rig) turn(n *rigNode, do func(t *protocol.Turn)) {
	if !n.alive {
		return
	}
	r.turns++
	r.out.Reset()
	do(&protocol.Turn{Self: n.i, Now: r.now, Rand: &n.rand, Out: &r.out})
	if at, ok := r.out.Deadline(); ok {
		must(r.t, at > r.now, "a deadline in the past")
		n.wake = at
		if at != protocol.Never {
			r.after(at, func() {
				if n.wake == at {
					n.wake = protocol.Never
					r.turn(n, func(t *protocol.Turn) { n.g.Wake(n.i, t) })
				}
			})
		}
	}
	calls := make([]protocol.Call, r.out.Calls())
	for k := range calls {
		calls[k] = r.out.Call(k)
		calls[k].Chunk.Bytes = append([]byte(nil), calls[k].Chunk.Bytes...)
	}
	for _, c := range calls {
		r.carryOut(n, c)
	}
	check(r.t, n.g, n.i, r.now)
	if ms := n.g.cores[n.i].members; len(ms) > 0 && ms[0].seed && n.done == protocol.Never {
		n.done = r.now
	}
}

func (r *rig) carryOut(n *rigNode, c protocol.Call) {
	switch c.Verb {
	case protocol.CallDial:
		r.dial(n, c)
	case protocol.CallWrite:
		r.write(n, c)
	case protocol.CallClose:
		e := n.ends[c.Conn]
		require.NotNil(r.t, e, "closes what is not open")
		r.say(n, e.other, "close")
		r.shut(e, protocol.Finished)
	}
}

// shut ends a connection from one end.
func (r *rig) shut(e *rigEnd, why protocol.Reason) {
	delete(e.node.ends, e.conn)
	e.closed = true
	o := e.other
	if o == nil {
		return
	}
	e.leaving = func() {
		r.after(r.now.Add(r.latency), func() {
			if !o.closed {
				o.closed = true
				delete(o.node.ends, o.conn)
				r.turn(o.node, func(t *protocol.Turn) { o.node.g.Closed(o.node.i, t, o.conn, why) })
			}
		})
	}
	if len(e.queue) == 0 || why != protocol.Finished {
		e.leaving()
		e.leaving = nil
	}
}

func (r *rig) dial(n *rigNode, c protocol.Call) {
	require.Nil(r.t, n.ends[c.Conn], "a number is in use")
	e := &rigEnd{node: n, conn: c.Conn}
	n.ends[c.Conn] = e
	fail := func(why protocol.Reason, after time.Duration) {
		r.after(r.now.Add(after), func() {
			if !e.closed {
				e.closed = true
				delete(n.ends, c.Conn)
				r.turn(n, func(t *protocol.Turn) { n.g.Closed(n.i, t, c.Conn, why) })
			}
		})
	}
	to := r.byAddr[c.To]
	r.say(n, nil, "dial "+c.To.String())
	r.after(r.now.Add(r.latency), func() {
		if to == nil || !to.alive || to.deaf {
			fail(protocol.Unreachable, 3*time.Second)
			return
		}
		r.turn(to, func(t *protocol.Turn) {
			number, ok := to.g.Accept(to.i, t, n.addr)
			if !ok || e.closed {
				require.False(r.t, ok, "dialed and closed at once")
				fail(protocol.Refused, r.latency)
				return
			}
			o := &rigEnd{node: to, conn: number, other: e}
			e.other = o
			to.ends[number] = o
		})
		if e.other == nil {
			return
		}
		r.after(r.now.Add(r.latency), func() {
			if !e.closed {
				r.turn(n, func(t *protocol.Turn) { n.g.Opened(n.i, t, e.conn) })
			}
		})
	})
}

func (r *rig) write(n *rigNode, c protocol.Call) {
	e := n.ends[c.Conn]
	must(r.t, e != nil, "writes to what is not open")
	must(r.t, e.other != nil, "writes before it is opened")
	r.describe(e, c.Chunk)
	if e.queue = append(e.queue, c.Chunk); len(e.queue) == 1 {
		n.turns = append(n.turns, e)
	}
	r.transmit(n)
}

// transmit puts the next chunks on the line. Every connection has its turn, in which it may send
// one block and what goes before it: by single chunks, requests would wait for the blocks of
// others.
func (r *rig) transmit(n *rigNode) {
	if n.busy || len(n.turns) == 0 {
		return
	}
	n.busy = true
	e := n.turns[0]
	n.turns = n.turns[1:]
	count, size := 0, 0
	for count < len(e.queue) && (count == 0 || e.queue[count-1].Body.Length == 0) {
		size += e.queue[count].Len()
		count++
	}
	r.after(r.now+protocol.Time(uint64(size)*uint64(time.Second)/n.rate), func() {
		n.busy = false
		for _, ch := range e.queue[:count] {
			r.after(r.now.Add(r.latency), func() { r.deliver(e.other, ch) })
		}
		if e.queue = e.queue[count:]; len(e.queue) > 0 {
			n.turns = append(n.turns, e)
		} else if e.leaving != nil {
			e.leaving()
		}
		if !e.closed {
			r.turn(n, func(t *protocol.Turn) { n.g.Sent(n.i, t, e.conn, size) })
		}
		r.transmit(n)
	})
}

// deliver hands a chunk over, in the form that the rig is for.
func (r *rig) deliver(o *rigEnd, ch protocol.Chunk) {
	body := uint64(ch.Body.Length)
	if r.asBytes && body > 0 {
		p := make([]byte, ch.Body.Length)
		_ = r.stores[o.node.g].ReadBody(ch.Body, p)
		ch = protocol.Chunk{Bytes: append(ch.Bytes, p...)}
	}
	if o.closed {
		r.lost += body
	}
	for ch.Len() > 0 && !o.closed {
		part := ch
		if r.cut != nil && len(ch.Bytes) > 1 {
			n := 1 + r.cut.Intn(len(ch.Bytes))
			part = protocol.Chunk{Bytes: ch.Bytes[:n:n]}
		}
		ch.Bytes = ch.Bytes[len(part.Bytes):]
		if part.Body.Length > 0 {
			ch.Body = protocol.Body{}
		}
		o.got += uint64(part.Len())
		r.turn(o.node, func(t *protocol.Turn) { o.node.g.Data(o.node.i, t, o.conn, part) })
	}
}

// crash takes a core away without a word.
func (r *rig) crash(n *rigNode) {
	n.alive = false
	n.g.Drop(n.i)
	for k := range protocol.Conn(1000) {
		if e := n.ends[k]; e != nil {
			r.shut(e, protocol.Reset)
		}
	}
}

func (r *rig) say(from *rigNode, to *rigEnd, what string) {
	if r.trace == nil {
		return
	}
	name := ""
	if to != nil {
		name = ">" + to.node.name
	}
	fmt.Fprintf(r.trace, "%v %s%s %s\n", time.Duration(r.now), from.name, name, what)
}

// describe writes into the trace what messages a chunk is.
func (r *rig) describe(e *rigEnd, ch protocol.Chunk) {
	if r.trace == nil {
		return
	}
	d := &e.decoder
	d.Feed(ch)
	if h, s := d.Handshake(); s == peerwire.Whole {
		r.say(e.node, e.other, fmt.Sprintf("handshake %x %q", h.Reserved, h.PeerID[:9]))
		d.Limits = peerwire.Limits{Pieces: r.torrent.Geometry.Pieces(), Fast: true}
	}
	var m peerwire.Message
	for {
		ok, f := d.Next(&m)
		must(r.t, f == peerwire.OK, "what a core writes is none of the protocol")
		if !ok {
			return
		}
		r.say(e.node, e.other, describe(&m))
	}
}

func describe(m *peerwire.Message) string {
	switch m.Kind {
	case peerwire.Have, peerwire.Suggest, peerwire.AllowedFast:
		return fmt.Sprint(m.Kind, " ", m.Index)
	case peerwire.Request, peerwire.Piece, peerwire.Reject, peerwire.Cancel:
		return fmt.Sprintf("%v %d/%d+%d", m.Kind, m.Index, m.Begin, m.Length)
	case peerwire.Bitfield:
		return fmt.Sprintf("%v %08b", m.Kind, m.Payload)
	case peerwire.Extended:
		return fmt.Sprintf("%v %d %q", m.Kind, m.Ext, m.Payload)
	}
	return m.Kind.String()
}
