package live

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"time"

	"swarmlab/protocol"
)

// link is a connection, from the dialing of it until its socket is closed. It has one goroutine
// that dials and reads, and while something waits to go out one that writes. The node's mutex
// guards all that no other guard is named for.
type link struct {
	node   *Node
	number protocol.Conn // the core's
	peer   protocol.Addr
	cancel context.CancelFunc // ends the dialing
	socket *net.TCPConn       // nil while it is dialed; set once
	gone   chan struct{}      // closed when the reader has ended

	known   bool      // the core may speak of it, and hears of it
	closing bool      // the core has closed it: what waits goes out, then it ends
	until   time.Time // when one that is closing is cut off
	over    bool      // its socket is closed: nothing goes out any more
	writing bool      // there is a writer
	queue   queue     // what the core wrote since the writer last looked

	// The writer's own.
	batch    queue         // what it writes
	brisk    bool          // the socket takes much at a time
	moved    time.Time     // when the socket last took something
	patience time.Duration // how long it may be blocked by the socket

	writer func() // write, in the form that starting it does not allocate

	small [smallRead]byte // the reader's own
}

// newLink makes a link that the core knows. The caller holds mu.
func (n *Node) newLink(c protocol.Conn, peer protocol.Addr) *link {
	if n.known[c] != nil {
		panic(fmt.Sprintf("live: the core takes number %d for a connection with %v, but the "+
			"connection with %v has it", c, peer, n.known[c].peer))
	}
	l := &link{node: n, number: c, peer: peer, known: true, gone: make(chan struct{})}
	l.writer = func() {
		defer n.workers.Done()
		l.write()
	}
	n.known[c] = l
	n.links[l] = struct{}{}
	n.books.open.Store(int64(len(n.links)))
	return l
}

// apply carries out an effect on a connection. The caller holds mu.
func (n *Node) apply(c protocol.Call) {
	if n.talker == nil {
		panic("live: the core used a connection, but its group has no Streams")
	}
	if c.Verb == protocol.CallDial {
		n.dial(c.Conn, c.To)
		return
	}
	l := n.known[c.Conn]
	switch {
	case l == nil:
		panic(fmt.Sprintf("live: the core writes on connection %d or closes it, but has none of "+
			"this number", c.Conn))
	case c.Verb == protocol.CallWrite:
		l.append(c.Chunk)
	default:
		l.leave()
	}
}

// append queues a chunk. The caller holds mu.
func (l *link) append(ch protocol.Chunk) {
	if ch.Body.Length > 0 && l.node.streams.Contents == nil {
		panic("live: the core writes a body, but Streams has no Contents")
	}
	if l.over || ch.Len() == 0 {
		return
	}
	l.queue.append(ch)
	if l.queue.memory() > l.node.streams.Queue {
		l.node.books.overflows.Add(1)
		l.cutOff()
		return
	}
	l.startWriter()
}

// startWriter sees to it that what is queued goes out, and then the end, if the core closed the
// link. The caller holds mu.
func (l *link) startWriter() {
	if l.socket != nil && !l.writing && !l.over {
		l.writing = true
		l.node.workers.Add(1)
		go l.writer()
	}
}

// leave is the core's close: the link goes on without it until all is out. The caller holds mu.
func (l *link) leave() {
	l.forget()
	l.closing, l.until = true, time.Now().Add(l.node.streams.Drain)
	switch {
	case l.socket == nil && l.queue.empty():
		l.cancel()
	case l.socket == nil:
		time.AfterFunc(l.node.streams.Drain, l.cancel)
	case l.over: // the reader need not read on
		l.socket.Close()
	default:
		l.startWriter()
	}
}

// leaveAll leaves all links. The caller holds mu.
func (n *Node) leaveAll() {
	for l := range n.links {
		if l.known {
			l.leave()
		}
	}
}

// abandon ends all links at once. The caller holds mu.
func (n *Node) abandon() {
	for l := range n.links {
		l.cutOff()
	}
}

// forget takes the link from the core, which may use its number again. The caller holds mu.
func (l *link) forget() {
	if l.known {
		l.known = false
		delete(l.node.known, l.number)
	}
}

// cutOff ends the link without regard to what is under way: the reader or the dialer finds out, and
// tells the core. The caller holds mu.
func (l *link) cutOff() {
	l.over = true
	l.queue = queue{}
	if l.socket == nil {
		l.cancel()
		return
	}
	reset(l.socket)
}

// established takes the outcome of dialing, and reports whether there is something to read.
func (l *link) established(socket *net.TCPConn, err error) bool {
	n := l.node
	n.mu.Lock()
	defer n.mu.Unlock()
	switch {
	case err != nil:
		n.books.dialFailures.Add(1)
		l.end(whyNot(err))
		return false
	case l.over:
		reset(socket)
		l.end(protocol.Reset)
		return false
	}
	l.socket = socket
	if l.known {
		n.talker.Opened(0, n.begin(), l.number)
		n.carryOut()
		n.settle()
	}
	if !l.queue.empty() || l.closing {
		l.startWriter()
	}
	return true
}

func whyNot(err error) protocol.Reason {
	if errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.ECONNRESET) {
		return protocol.Refused
	}
	return protocol.Unreachable
}

// end is the last of a link: the core hears of it, if it has not closed it. The caller holds mu.
func (l *link) end(why protocol.Reason) {
	n := l.node
	l.over = true
	delete(n.links, l)
	n.books.open.Store(int64(len(n.links)))
	close(l.gone)
	if l.socket != nil {
		l.socket.Close()
	}
	if !l.known {
		return
	}
	l.forget()
	if !n.over {
		n.talker.Closed(0, n.begin(), l.number, why)
		n.carryOut()
		n.settle()
	}
}

const (
	// smallRead is what a connection can read at a time that is silent or slow, in bytes.
	smallRead = 4 << 10
	// idle is how long a reader keeps a large buffer while nothing comes.
	idle = time.Second
)

// read gives the core what comes, until nothing can come any more.
func (l *link) read() {
	n := l.node
	large := (*[largeBuffer]byte)(nil)
	for {
		for wait := n.down.wait(); wait > 0; wait = n.down.wait() {
			if !l.lingers(wait) {
				break
			}
		}
		p := l.small[:]
		if large != nil {
			p = large[:]
		}
		if p = n.down.portion(p); large != nil {
			l.socket.SetReadDeadline(time.Now().Add(idle))
		}
		size, err := l.socket.Read(p)
		if size > 0 {
			n.down.pay(size)
			l.deliver(p[:size])
		}
		late := errors.Is(err, os.ErrDeadlineExceeded)
		switch {
		case large == nil && size == len(p):
			large = n.buffers.takeLarge()
		case large != nil && size < smallRead:
			n.buffers.giveLarge(large)
			large = nil
			l.socket.SetReadDeadline(time.Time{})
		}
		if err == nil || late {
			continue
		}
		n.buffers.giveLarge(large)
		why := protocol.Reset
		if errors.Is(err, io.EOF) {
			why = protocol.Finished
		}
		n.mu.Lock()
		l.end(why)
		n.mu.Unlock()
		return
	}
}

// deliver is the core's turn for what came. What comes after the core's close is lost.
func (l *link) deliver(p []byte) {
	n := l.node
	n.books.streamReceived.Add(uint64(len(p)))
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.over || !l.known {
		return
	}
	n.talker.Data(0, n.begin(), l.number, protocol.Chunk{Bytes: p})
	n.carryOut()
	n.settle()
}
