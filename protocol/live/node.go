package live

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"time"

	"swarmlab/protocol"
)

const (
	// interrupted is the armed deadline after somebody cut a read short. No core can ask for it.
	interrupted = protocol.Time(-1)
	// readFailures is the number of failures in a row, with no datagram, deadline or command
	// between them, at which reading is given up. A burst of bounced datagrams stays below it.
	readFailures = 1000
	// pause is the least time that the socket is read between two wake-ups.
	pause = time.Millisecond
)

// longAgo is a read deadline that has passed.
var longAgo = time.Unix(1, 0)

// Node is a UDP socket and the goroutine that drives a core on it.
type Node struct {
	conn  socket
	addr  protocol.Addr
	books books
	ended chan struct{} // closed when Run returns

	mu       sync.Mutex
	commands []command
	armed    protocol.Time // the read deadline that is set; protocol.Never for none
	stopping bool

	// The rest belongs to the goroutine in Run.
	group  protocol.Datagrams
	start  time.Time
	wake   protocol.Time // the core's deadline
	rand   protocol.Rand
	out    protocol.Outbox
	turn   protocol.Turn
	spare  []command // memory for commands to come
	buffer [MaxDatagram + 1]byte
}

// Listen binds a UDP socket to HOST:PORT; port 0 takes any that is free. The family of the host
// decides the family of the socket; an empty host is all IPv4 addresses. The owner calls Run
// next, or Close.
func Listen(addr string) (*Node, error) {
	conn, err := open(addr)
	if err != nil {
		return nil, err
	}
	return newNode(conn, protocol.AddrOf(conn.LocalAddr().(*net.UDPAddr).AddrPort())), nil
}

func newNode(conn socket, addr protocol.Addr) *Node {
	var seed [8]byte
	rand.Read(seed[:]) // never fails: it ends the program instead
	return &Node{
		conn: conn, addr: addr, ended: make(chan struct{}),
		armed: protocol.Never, wake: protocol.Never,
		rand: protocol.Rand(binary.LittleEndian.Uint64(seed[:])),
	}
}

// Addr returns the address that the socket is bound to.
func (n *Node) Addr() protocol.Addr { return n.addr }

// Close closes the socket. Run, if it is running, drops the core without a Stop turn and returns
// nil.
func (n *Node) Close() error { return n.conn.Close() }

// Run drives the only core of g until ctx ends, and returns nil then. It must be called once.
func (n *Node) Run(ctx context.Context, g protocol.Datagrams) error {
	if g.Len() != 1 || n.group != nil {
		panic("live: Run takes a group of one core, once")
	}
	n.group, n.start = g, time.Now()
	defer close(n.ended)
	defer n.conn.Close()
	defer g.Drop(0)
	defer context.AfterFunc(ctx, n.stop)()
	g.Start(0, n.begin())
	n.carryOut()
	failures := 0
	for {
		todo, stop := n.arm()
		if stop {
			g.Stop(0, n.begin())
			n.carryOut()
			return nil
		}
		if len(todo) > 0 {
			n.obey(todo)
			failures = 0
			continue
		}
		err := n.receive()
		switch {
		case err == nil, errors.Is(err, os.ErrDeadlineExceeded):
			failures = 0
		case errors.Is(err, net.ErrClosed):
			return nil
		default:
			n.books.readErrors.Add(1)
			if failures++; failures == readFailures {
				return fmt.Errorf("live: reading from %v failed %d times in a row: %w",
					n.addr, failures, err)
			}
		}
		n.keepDeadline()
	}
}

// stop makes Run end.
func (n *Node) stop() {
	n.mu.Lock()
	n.stopping = true
	n.interrupt()
	n.mu.Unlock()
}

// receive reads one datagram and gives it to the core.
func (n *Node) receive() error {
	size, from, err := n.conn.ReadFromUDPAddrPort(n.buffer[:])
	if err != nil {
		return err
	}
	if size > MaxDatagram {
		n.books.oversize.Add(1)
		return nil
	}
	n.books.received.Add(1)
	n.books.receivedBytes.Add(uint64(size))
	n.group.Datagram(0, n.begin(), protocol.AddrOf(from), n.buffer[:size])
	n.carryOut()
	return nil
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

// obey runs the commands of others.
func (n *Node) obey(todo []command) {
	for k := range todo {
		todo[k].f(n.begin())
		n.carryOut()
		close(todo[k].done)
		todo[k] = command{}
	}
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

// carryOut ends a turn: what it sent is sent, and its deadline noted.
func (n *Node) carryOut() {
	for k := range n.out.Sends() {
		n.send(n.out.Send(k))
	}
	if t, set := n.out.Deadline(); set {
		n.wake = max(t, n.turn.Now.Add(pause))
	}
}

func (n *Node) send(to protocol.Addr, p []byte) {
	if to.Is4() != n.addr.Is4() {
		n.books.otherFamily.Add(1)
		return
	}
	if _, err := n.conn.WriteToUDPAddrPort(p, to.AddrPort()); err != nil {
		n.books.sendErrors.Add(1)
		return
	}
	n.books.sent.Add(1)
	n.books.sentBytes.Add(uint64(len(p)))
}
