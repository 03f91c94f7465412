package httptracker

import (
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
)

const (
	connsMax     = 4096 // connections at a time
	connsHostMax = 256  // of one IPv4 address or IPv6 /64
)

// listener accepts so many connections, of all and of one host, and closes others at once.
type listener struct {
	net.Listener
	turned atomic.Uint64

	mu    sync.Mutex
	all   int
	hosts map[netip.Prefix]int
}

func newListener(inner net.Listener) *listener {
	return &listener{Listener: inner, hosts: make(map[netip.Prefix]int)}
}

// Accept implements net.Listener.
func (l *listener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		host := hostOf(c.RemoteAddr())
		if l.enter(host) {
			return &conn{Conn: c, leave: sync.OnceFunc(func() { l.leave(host) })}, nil
		}
		l.turned.Add(1)
		c.Close()
	}
}

func (l *listener) enter(host netip.Prefix) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all >= connsMax || l.hosts[host] >= connsHostMax {
		return false
	}
	l.all++
	l.hosts[host]++
	return true
}

func (l *listener) leave(host netip.Prefix) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all--
	if l.hosts[host]--; l.hosts[host] == 0 {
		delete(l.hosts, host)
	}
}

// hostOf returns the addresses that one owner has for sure.
func hostOf(a net.Addr) netip.Prefix {
	tcp, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.Prefix{}
	}
	ip := tcp.AddrPort().Addr().Unmap()
	bits := 64
	if ip.Is4() {
		bits = 32
	}
	p, _ := ip.Prefix(bits) // an address has so many
	return p
}

// conn gives its place back when it is closed.
type conn struct {
	net.Conn
	leave func()
}

// Close implements net.Conn.
func (c *conn) Close() error {
	c.leave()
	return c.Conn.Close()
}
