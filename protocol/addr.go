package protocol

import (
	"encoding/binary"
	"net/netip"
)

// Addr is an IP address and a port in 24 bytes without pointers, comparable with ==. IPv4
// addresses are held as IPv4-mapped IPv6 addresses. The zero value is no address.
type Addr struct {
	hi, lo uint64
	port   uint16
}

const mapped4 = 0xffff << 32

// Addr4 returns the IPv4 address given as a big-endian number, with a port.
func Addr4(ip uint32, port uint16) Addr { return Addr{0, mapped4 | uint64(ip), port} }

// Addr6 returns the IPv6 address of 16 bytes, with a port.
func Addr6(ip []byte, port uint16) Addr {
	return Addr{binary.BigEndian.Uint64(ip), binary.BigEndian.Uint64(ip[8:]), port}
}

// AddrOf converts from the standard library's form. An invalid address gives the zero Addr.
func AddrOf(ap netip.AddrPort) Addr {
	if !ap.IsValid() {
		return Addr{}
	}
	ip := ap.Addr().As16()
	return Addr6(ip[:], ap.Port())
}

// AddrPort converts to the standard library's form.
func (a Addr) AddrPort() netip.AddrPort {
	var ip [16]byte
	binary.BigEndian.PutUint64(ip[:], a.hi)
	binary.BigEndian.PutUint64(ip[8:], a.lo)
	return netip.AddrPortFrom(netip.AddrFrom16(ip).Unmap(), a.port)
}

// Is4 reports whether a is an IPv4 address.
func (a Addr) Is4() bool { return a.hi == 0 && a.lo>>32 == 0xffff }

// IP4 returns the IPv4 address as a big-endian number; meaningful if Is4.
func (a Addr) IP4() uint32 { return uint32(a.lo) }

// IP16 returns the two halves of the 16-byte address.
func (a Addr) IP16() (hi, lo uint64) { return a.hi, a.lo }

// Port returns the port.
func (a Addr) Port() uint16 { return a.port }

// WithPort returns the same host with another port.
func (a Addr) WithPort(port uint16) Addr { return Addr{a.hi, a.lo, port} }

// SameIP reports whether a and b are on the same host address.
func (a Addr) SameIP(b Addr) bool { return a.hi == b.hi && a.lo == b.lo }

// Hash returns 64 bits that depend on every bit of the address and the port.
func (a Addr) Hash() uint64 { return Mix(Mix(a.hi+uint64(a.port)*golden) ^ a.lo*golden) }

// String returns host:port.
func (a Addr) String() string { return a.AddrPort().String() }
