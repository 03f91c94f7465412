package endpoint

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"syscall"

	"swarmlab/cmd/swarmlab/command"
	"swarmlab/protocol"
	"swarmlab/protocol/live"
)

// Endpoint is a HOST:PORT that was read but, if the host is a name, not looked up yet.
type Endpoint struct {
	flag, Text string // where it was given, and how
	host       string
	ip         netip.Addr // invalid if the host is a name
	Port       uint16
}

// Parse reads HOST:PORT; flag is the name of what it was given for.
func Parse(flag, text string, portZero bool) (Endpoint, error) {
	const form = "write HOST:PORT, for example 127.0.0.1:6881 or [::1]:6881"
	host, digits, err := net.SplitHostPort(text)
	if err != nil || host == "" {
		return Endpoint{}, command.Refuse("%s %q is not a host and a port; %s", flag, text, form)
	}
	port, err := strconv.ParseUint(digits, 10, 16)
	if err != nil || port == 0 && !portZero {
		return Endpoint{}, command.Refuse("%s %q: port %q is not a number from 1 to 65535; %s",
			flag, text, digits, form)
	}
	ip, _ := netip.ParseAddr(host)
	return Endpoint{flag, text, host, ip.Unmap(), uint16(port)}, nil
}

// Is6 reports whether the endpoint is an IPv6 address; names are taken for IPv4.
func (e Endpoint) Is6() bool { return e.ip.Is6() }

// Resolve returns the endpoint's address in the family of the socket.
func (e Endpoint) Resolve(ctx context.Context, six bool) (protocol.Addr, error) {
	family, other := "IPv4", "IPv6"
	if six {
		family, other = other, family
	}
	if !e.ip.IsValid() {
		network := map[bool]string{false: "ip4", true: "ip6"}[six]
		ips, err := net.DefaultResolver.LookupNetIP(ctx, network, e.host)
		if err != nil || len(ips) == 0 {
			return protocol.Addr{}, command.Refuse("%s %q: no %s address is known for this "+
				"name (%v)", e.flag, e.Text, family, err)
		}
		e.ip = ips[0].Unmap()
	}
	if e.Is6() != six {
		return protocol.Addr{}, command.Refuse("%s %q is %s, but this node's socket is %s; the "+
			"two are separate networks: choose one, with --listen or by the first address",
			e.flag, e.Text, other, family)
	}
	return protocol.AddrOf(netip.AddrPortFrom(e.ip, e.Port)), nil
}

// DefaultListen is where a node listens that was not told: on any port, and on loopback if all of
// those that it is to enter by are.
func DefaultListen(six bool, seeds []protocol.Addr) string {
	loopback := len(seeds) > 0
	for _, a := range seeds {
		loopback = loopback && a.AddrPort().Addr().IsLoopback()
	}
	switch {
	case six && loopback:
		return "[::1]:0"
	case six:
		return "[::]:0"
	case loopback:
		return "127.0.0.1:0"
	}
	return "0.0.0.0:0"
}

// BothFamilies reads several --listen: there must be one of IPv4, which comes first then, and one
// of IPv6.
func BothFamilies(texts []string) (points [2]Endpoint, err error) {
	if len(texts) > 2 {
		return points, command.Refuse("--listen is given %d times; a node can use one "+
			"address of IPv4 and one of IPv6", len(texts))
	}
	for n, text := range texts {
		if points[n], err = Parse("--listen", text, true); err != nil {
			return points, err
		}
	}
	if points[0].Is6() {
		points[0], points[1] = points[1], points[0]
	}
	if points[0].Is6() || !points[1].Is6() {
		return points, command.Refuse("--listen %q and %q are of one address family; give "+
			"one of IPv4 and one of IPv6", texts[0], texts[1])
	}
	return points, nil
}

// Addresses names all addresses of a node.
func Addresses(node *live.Node) string {
	var texts []string
	for _, a := range node.Addrs() {
		texts = append(texts, a.String())
	}
	return strings.Join(texts, " and ")
}

// Cause is the reason of an error of the network, without what was asked of whom.
func Cause(err error) string {
	var number syscall.Errno
	var asked *url.Error
	switch {
	case errors.As(err, &number):
		return number.Error()
	case errors.As(err, &asked):
		return asked.Err.Error()
	}
	return err.Error()
}
