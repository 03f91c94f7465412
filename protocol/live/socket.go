package live

import (
	"fmt"
	"net"
	"net/netip"
	"time"
)

// MaxDatagram is the longest datagram in bytes that a core is given. It is four times what a DHT
// node may send (BEP 32) and more than any packet of a UDP tracker.
const MaxDatagram = 4096

// socket is the part of net.UDPConn that a node uses.
type socket interface {
	ReadFromUDPAddrPort(b []byte) (int, netip.AddrPort, error)
	WriteToUDPAddrPort(b []byte, to netip.AddrPort) (int, error)
	SetReadDeadline(t time.Time) error
	Close() error
}

// open binds a UDP socket of one family. Without that restriction the wildcard address would take
// both, and the two families of a DHT are two networks (BEP 32).
func open(addr string) (*net.UDPConn, error) {
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
	return conn, nil
}
