package live

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"time"

	"swarmlab/protocol"
)

const (
	// MaxDatagram is the longest datagram in bytes that a core is given. It is four times what a
	// DHT node may send (BEP 32) and more than any packet of a UDP tracker.
	MaxDatagram = 4096
	// receiveBuffer is what the system is asked to keep unread of each socket, in bytes. It often
	// gives less.
	receiveBuffer = 4 << 20
	// readFailures is the number of failures in a row at which reading is given up. A burst of
	// bounced datagrams stays below it.
	readFailures = 1000
)

// socket is the part of net.UDPConn that a node uses.
type socket interface {
	ReadFromUDPAddrPort(b []byte) (int, netip.AddrPort, error)
	WriteToUDPAddrPort(b []byte, to netip.AddrPort) (int, error)
	SetReadDeadline(t time.Time) error
	Close() error
}

// ear is a socket and what is heard there.
type ear struct {
	conn     socket
	addr     protocol.Addr
	failures int // reads that failed in a row, with no datagram or deadline between them
	buffer   [MaxDatagram + 1]byte
}

// openAll binds one socket, or two of different families.
func openAll(addrs []string) ([]*ear, error) {
	if len(addrs) < 1 || len(addrs) > 2 {
		return nil, fmt.Errorf("live: %d listen addresses; give one, or one of each address family",
			len(addrs))
	}
	var ears []*ear
	for _, addr := range addrs {
		e, err := open(addr)
		if err != nil {
			closeAll(ears)
			return nil, err
		}
		ears = append(ears, e)
	}
	if len(ears) == 2 && ears[0].addr.Is4() == ears[1].addr.Is4() {
		closeAll(ears)
		return nil, fmt.Errorf("live: listen addresses %q and %q are of one family; give one IPv4 "+
			"address and one IPv6 address", addrs[0], addrs[1])
	}
	return ears, nil
}

// open binds a UDP socket of one family. Without that restriction the wildcard address would take
// both, and the two families of a DHT are two networks (BEP 32).
func open(addr string) (*ear, error) {
	at, err := net.ResolveUDPAddr("udp", addr)
	if err != nil {
		return nil, fmt.Errorf(
			"live: listen address %q: %w; write it as HOST:PORT, for example 127.0.0.1:6881",
			addr, err)
	}
	network := "udp6"
	if at.IP == nil || at.IP.To4() != nil { // no host: all IPv4 addresses of the machine
		network = "udp4"
	}
	conn, err := net.ListenUDP(network, at)
	if err != nil {
		return nil, fmt.Errorf("live: cannot listen at %q: %w; is the address one of this "+
			"machine's, and the port free? port 0 takes any that is", addr, err)
	}
	conn.SetReadBuffer(receiveBuffer) // as much as the system allows; with less it works, too
	return &ear{conn: conn, addr: protocol.AddrOf(conn.LocalAddr().(*net.UDPAddr).AddrPort())}, nil
}

// closeAll closes the sockets that are open.
func closeAll(ears []*ear) error {
	var all error
	for _, e := range ears {
		if err := e.conn.Close(); !errors.Is(err, net.ErrClosed) {
			all = errors.Join(all, err)
		}
	}
	return all
}

// tolerable reports whether an ear is to go on after a read that ended with err, and otherwise
// makes Run end, unless the socket was closed.
func (n *Node) tolerable(e *ear, err error) bool {
	switch {
	case err == nil, errors.Is(err, os.ErrDeadlineExceeded):
		e.failures = 0
		return true
	case errors.Is(err, net.ErrClosed):
		return false
	}
	n.books.readErrors.Add(1)
	if e.failures++; e.failures == readFailures {
		n.failure = fmt.Errorf("live: reading from %v failed %d times in a row: %w",
			e.addr, e.failures, err)
		n.interrupt()
	}
	return n.failure == nil
}
