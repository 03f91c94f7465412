package live

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"net/netip"
	"sync"
	"time"

	"swarmlab/protocol"
)

const (
	// interrupted is the armed deadline after somebody cut a read short. No core can ask for it.
	interrupted = protocol.Time(-1)
	// pause is the least time that the sockets are read between two wake-ups.
	pause = time.Millisecond
)

// longAgo is a read deadline that has passed.
var longAgo = time.Unix(1, 0)

// Node is one UDP socket, or one of each address family, perhaps with TCP connections beside them,
// and what drives a core on all that.
type Node struct {
	ears    []*ear  // the first one keeps the deadline and runs the commands
	doors   []*door // where connections come in, one for each ear; none without streams
	streams Streams
	buffers buffers
	up      pace // of the connections
	down    pace
	books   books
	workers sync.WaitGroup // readers and writers of connections
	ended   chan struct{}  // closed when Run returns

	mu       sync.Mutex // held during each turn, and guards the rest
	commands []command
	armed    protocol.Time // the first ear's read deadline; protocol.Never for none
	stopping bool
	over     bool  // no turn may follow
	failure  error // why it cannot go on

	known map[protocol.Conn]*link // those that the core has a number for
	links map[*link]struct{}      // these, and those that the core has closed

	group    protocol.Group
	listener protocol.Datagrams // the group, if it takes datagrams
	talker   protocol.Streams   // the group, if it holds connections

	start time.Time
	wake  protocol.Time // the core's deadline
	rand  protocol.Rand
	out   protocol.Outbox
	turn  protocol.Turn
}

// Listen binds a UDP socket to HOST:PORT, or one to each of two, which must be of different
// families; port 0 takes any that is free. The family of the host decides the family of the
// socket; an empty host is all IPv4 addresses. The owner calls Run next, or Close.
func Listen(addrs ...string) (*Node, error) {
	ears, err := openAll(addrs)
	if err != nil {
		return nil, err
	}
	return newNode(ears...), nil
}

func newNode(ears ...*ear) *Node {
	var seed [8]byte
	rand.Read(seed[:]) // never fails: it ends the program instead
	return &Node{
		ears: ears, ended: make(chan struct{}), armed: protocol.Never, wake: protocol.Never,
		rand:  protocol.Rand(binary.LittleEndian.Uint64(seed[:])),
		known: make(map[protocol.Conn]*link), links: make(map[*link]struct{}),
	}
}

// Addr returns the address that the first socket is bound to.
func (n *Node) Addr() protocol.Addr { return n.ears[0].addr }

// Addrs returns the addresses of all sockets, in the order of Listen.
func (n *Node) Addrs() []protocol.Addr {
	addrs := make([]protocol.Addr, len(n.ears))
	for k, e := range n.ears {
		addrs[k] = e.addr
	}
	return addrs
}

// Close closes the sockets. Run, if it is running, drops the core without a Stop turn and returns
// nil.
func (n *Node) Close() error {
	n.closeDoors()
	return closeAll(n.ears)
}

// Run drives the only core of g until ctx ends, and returns nil then. It must be called once. A
// group that is Streams needs a node of ListenStreams; one that is not Datagrams hears none.
func (n *Node) Run(ctx context.Context, g protocol.Group) error {
	n.adopt(g)
	defer close(n.ended)
	defer g.Drop(0)
	n.mu.Lock()
	g.Start(0, n.begin())
	n.carryOut()
	n.mu.Unlock()
	var others sync.WaitGroup
	defer n.workers.Wait()
	defer others.Wait()
	defer n.Close()
	defer context.AfterFunc(ctx, n.stop)()
	for _, e := range n.ears[1:] {
		others.Go(func() {
			for n.hear(e) {
			}
		})
	}
	for _, d := range n.doors {
		others.Go(func() { n.answer(d) })
	}
	for n.attend() && n.hear(n.ears[0]) {
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.over {
		n.over = true
		n.abandon()
	}
	return n.failure
}

// adopt makes g the group that the node drives.
func (n *Node) adopt(g protocol.Group) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if g.Len() != 1 || n.group != nil {
		panic("live: Run takes a group of one core, once")
	}
	listener, _ := g.(protocol.Datagrams)
	talker, _ := g.(protocol.Streams)
	if (talker == nil) != (n.doors == nil) {
		panic("live: ListenStreams is for a group that is Streams, and the other way round")
	}
	n.group, n.listener, n.talker, n.start = g, listener, talker, time.Now()
}

// stop makes Run end.
func (n *Node) stop() {
	n.mu.Lock()
	n.stopping = true
	n.interrupt()
	n.mu.Unlock()
}

// interrupt makes the first ear's read return, or its next one. The caller holds mu.
func (n *Node) interrupt() {
	n.armed = interrupted
	n.ears[0].conn.SetReadDeadline(longAgo)
}

// attend runs the commands that came, and makes the first ear's next read end at the core's
// deadline. It reports whether there is to be one.
func (n *Node) attend() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	for k := range n.commands {
		c := &n.commands[k]
		c.f(n.begin())
		n.carryOut()
		close(c.done)
		*c = command{}
	}
	n.commands = n.commands[:0]
	if n.failure != nil {
		return false
	}
	if n.stopping {
		n.group.Stop(0, n.begin())
		n.carryOut()
		n.over = true // also for all who still hear
		n.leaveAll()
		return false
	}
	n.arm()
	return true
}

// arm makes the first ear's read end at the core's deadline. The caller holds mu.
func (n *Node) arm() {
	if n.armed != n.wake {
		n.armed = n.wake
		n.ears[0].conn.SetReadDeadline(n.wallTime(n.wake))
	}
}

// hear reads from a socket once, gives the core what came, and wakes it if it is time. It reports
// whether to go on.
func (n *Node) hear(e *ear) bool {
	size, from, err := e.conn.ReadFromUDPAddrPort(e.buffer[:])
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.over || !n.tolerable(e, err) {
		return false
	}
	if err == nil {
		n.take(from, e.buffer[:size])
	}
	if e == n.ears[0] {
		n.keepDeadline()
	} else {
		n.settle()
	}
	return true
}

// settle ends what another goroutine than the first ear's did: it wakes the core if it is time, and
// lets the first ear, which is reading, know the deadline. The caller holds mu.
func (n *Node) settle() {
	n.keepDeadline()
	if n.armed != interrupted {
		n.arm()
	}
}

// take gives the core a datagram.
func (n *Node) take(from netip.AddrPort, p []byte) {
	if len(p) > MaxDatagram {
		n.books.oversize.Add(1)
		return
	}
	n.books.received.Add(1)
	n.books.receivedBytes.Add(uint64(len(p)))
	if n.listener == nil {
		return
	}
	n.listener.Datagram(0, n.begin(), protocol.AddrOf(from), p)
	n.carryOut()
}

// keepDeadline wakes the core if it is time.
func (n *Node) keepDeadline() {
	if n.wake > n.now() {
		return
	}
	n.wake = protocol.Never
	n.books.wakeTurns.Add(1)
	n.group.Wake(0, n.begin())
	n.carryOut()
}

func (n *Node) now() protocol.Time { return protocol.Time(time.Since(n.start)) }

// wallTime converts a deadline for the socket.
func (n *Node) wallTime(t protocol.Time) time.Time {
	if t == protocol.Never {
		return time.Time{}
	}
	return n.start.Add(time.Duration(t))
}

// begin prepares a turn.
func (n *Node) begin() *protocol.Turn {
	n.out.Reset()
	n.turn = protocol.Turn{Now: n.now(), Rand: &n.rand, Out: &n.out}
	return &n.turn
}

// carryOut ends a turn: what it sent is sent, what it asked of connections begun, and its deadline
// noted.
func (n *Node) carryOut() {
	for k := range n.out.Sends() {
		n.send(n.out.Send(k))
	}
	for k := range n.out.Calls() {
		n.apply(n.out.Call(k))
	}
	if t, set := n.out.Deadline(); set {
		n.wake = max(t, n.turn.Now.Add(pause))
	}
}

// send sends a datagram by the socket of its family.
func (n *Node) send(to protocol.Addr, p []byte) {
	e := n.ears[0]
	if e.addr.Is4() != to.Is4() {
		if len(n.ears) == 1 {
			n.books.otherFamily.Add(1)
			return
		}
		e = n.ears[1]
	}
	if _, err := e.conn.WriteToUDPAddrPort(p, to.AddrPort()); err != nil {
		n.books.sendErrors.Add(1)
		return
	}
	n.books.sent.Add(1)
	n.books.sentBytes.Add(uint64(len(p)))
}
