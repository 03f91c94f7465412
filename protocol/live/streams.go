package live

import (
	"context"
	"errors"
	"fmt"
	"net"
	"syscall"
	"time"

	"swarmlab/protocol"
)

// Streams is how a node handles connections. [DefaultStreams] has a value for all but Contents.
type Streams struct {
	// Contents reads the bodies that the core writes; nil if it writes none. It is asked outside
	// turns, by several goroutines at once, when a socket can take the bytes.
	Contents protocol.Contents
	// Connections is the most that may exist at a time: dialed, accepted, and those that the core
	// has closed and that still go out. More that come are turned away, and more that the core
	// dials are Unreachable.
	Connections int
	// Dial is the longest time that a connection may take to be established.
	Dial time.Duration
	// Queue is the most memory in bytes of what the core wrote on one connection and no writer has
	// begun with; a body counts as 32 bytes. A connection with more is reset.
	Queue int
	// Stall is the longest time in which a connection need not take a byte of what is written on
	// it. After that it is reset. Above a second, in steps of a second.
	Stall time.Duration
	// Drain is the longest time after the core's Close, or its Stop, in which what was written
	// before goes out.
	Drain time.Duration
	// Up and Down are the most that all connections together send and read, in bytes a second;
	// 0 for no limit. It holds over a second and longer.
	Up, Down uint64
}

// DefaultStreams returns what suits a client. Dial and Stall are libtorrent's peer_connect_timeout
// and peer_timeout.
func DefaultStreams() Streams {
	return Streams{
		Connections: 500, Dial: 15 * time.Second, Queue: 4 << 20, Stall: 2 * time.Minute,
		Drain: 3 * time.Second,
	}
}

func (s *Streams) validate() error {
	if min(s.Connections, s.Queue) < 1 || min(s.Dial, s.Stall, s.Drain) <= 0 {
		return fmt.Errorf("live: Connections %d, Queue %d, Dial %v, Stall %v and Drain %v must "+
			"all be above zero; start from DefaultStreams", s.Connections, s.Queue, s.Dial, s.Stall,
			s.Drain)
	}
	return nil
}

// door is where connections come in.
type door struct {
	listener *net.TCPListener
	addr     protocol.Addr
}

// portTries is how many free UDP ports are tried until one is free for TCP, too.
const portTries = 32

// ListenStreams is [Listen] for a core that also holds connections: beside each UDP socket it
// accepts TCP connections at the same address and port.
func ListenStreams(s Streams, addrs ...string) (*Node, error) {
	if err := s.validate(); err != nil {
		return nil, err
	}
	for try := 1; ; try++ {
		n, err := Listen(addrs...)
		if err != nil {
			return nil, err
		}
		n.streams, n.up.rate, n.down.rate = s, s.Up, s.Down
		if err = n.openDoors(); err == nil {
			return n, nil
		}
		n.Close()
		if !errors.Is(err, syscall.EADDRINUSE) || try == portTries {
			return nil, err
		}
	}
}

// openDoors makes a listener for each ear. An address that asked for any port may succeed in the
// next try; one that named a port that is taken fails as often as it is tried.
func (n *Node) openDoors() error {
	// Multipath TCP, Go's default for listeners, is of no use here and slower.
	var config net.ListenConfig
	config.SetMultipathTCP(false)
	for _, e := range n.ears {
		listener, err := config.Listen(context.Background(), tcp(e.addr), e.addr.String())
		if err != nil {
			return fmt.Errorf("live: cannot accept connections at %v: %w; is the port free for "+
				"TCP as well as UDP? port 0 takes any that is", e.addr, err)
		}
		n.doors = append(n.doors, &door{listener.(*net.TCPListener), e.addr})
	}
	return nil
}

func (n *Node) closeDoors() {
	for _, d := range n.doors {
		d.listener.Close()
	}
}

// tcp is the network of an address: without a family, the wildcard address would take both.
func tcp(a protocol.Addr) string {
	if a.Is4() {
		return "tcp4"
	}
	return "tcp6"
}

// acceptPause is how long a door stays shut after accepting failed, as it does when the process has
// no file descriptor left.
const acceptPause = 50 * time.Millisecond

// answer takes the connections that come to a door until it is closed.
func (n *Node) answer(d *door) {
	for {
		socket, err := d.listener.AcceptTCP()
		switch {
		case err == nil:
			if !n.accept(socket) {
				reset(socket)
			}
		case errors.Is(err, net.ErrClosed):
			return
		default:
			n.books.acceptErrors.Add(1)
			time.Sleep(acceptPause)
		}
	}
}

// accept asks the core whether it takes a connection that came.
func (n *Node) accept(socket *net.TCPConn) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.over || len(n.links) >= n.streams.Connections {
		n.books.turnedAway.Add(1)
		return false
	}
	peer := protocol.AddrOf(socket.RemoteAddr().(*net.TCPAddr).AddrPort())
	c, ok := n.talker.Accept(0, n.begin(), peer)
	if ok {
		n.books.accepted.Add(1)
		l := n.newLink(c, peer)
		l.socket = socket
		n.workers.Go(l.read)
	}
	n.carryOut()
	n.settle()
	return ok
}

// dial begins to open a connection that the core asked for. The caller holds mu.
func (n *Node) dial(c protocol.Conn, to protocol.Addr) {
	n.books.dialed.Add(1)
	full := len(n.links) >= n.streams.Connections
	l := n.newLink(c, to)
	ctx, cancel := context.WithTimeout(context.Background(), n.streams.Dial)
	l.cancel = cancel
	n.workers.Go(func() {
		defer cancel()
		if full {
			l.established(nil, errFull)
		} else if l.established(n.connect(ctx, to)) {
			l.read()
		}
	})
}

var (
	errFull   = errors.New("live: as many connections as may be")
	errFamily = errors.New("live: no socket of this family")
)

// connect opens a connection from the host at which the node listens, so that the other side sees
// the address under which the node is known, up to the port. On one machine, nodes on several
// addresses would all seem to be at the first otherwise.
func (n *Node) connect(ctx context.Context, to protocol.Addr) (*net.TCPConn, error) {
	for _, d := range n.doors {
		if d.addr.Is4() != to.Is4() {
			continue
		}
		var dialer net.Dialer
		if host := d.addr.AddrPort().Addr(); !host.IsUnspecified() {
			dialer.LocalAddr = &net.TCPAddr{IP: host.AsSlice()}
		}
		socket, err := dialer.DialContext(ctx, tcp(to), to.String())
		if err != nil {
			return nil, err
		}
		return socket.(*net.TCPConn), nil
	}
	return nil, errFamily
}

// reset closes a socket without farewell.
func reset(socket *net.TCPConn) {
	socket.SetLinger(0)
	socket.Close()
}
