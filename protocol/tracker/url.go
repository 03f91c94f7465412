package tracker

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"swarmlab/protocol"
)

// urlMax is how long a tracker's URL may be, in bytes.
const urlMax = 2048

// URL is the address of a tracker, taken apart.
type URL struct {
	Scheme string // udp, http or https
	Host   string // a name, or an IP address without brackets
	Port   uint16
	Path   string // with the query: what is after host and port, without a fragment
}

// ParseURL takes the announce URL of a tracker apart. The error says what is wrong with it.
func ParseURL(s string) (u URL, err error) {
	bad := func(what string) (URL, error) {
		return URL{}, fmt.Errorf("tracker URL %.100q: %s", s, what)
	}
	if len(s) > urlMax {
		return bad(fmt.Sprintf("it is longer than %d bytes", urlMax))
	}
	if strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return bad("it has spaces or control characters in it")
	}
	scheme, rest, found := strings.Cut(s, "://")
	u.Scheme = strings.ToLower(scheme)
	if port, ok := defaultPort(u.Scheme); !found || !ok {
		return bad("it must start with udp://, http:// or https://")
	} else {
		u.Port = port
	}
	rest, _, _ = strings.Cut(rest, "#")
	host := rest
	if k := strings.IndexAny(rest, "/?"); k >= 0 {
		host, u.Path = rest[:k], rest[k:]
	}
	if strings.Contains(host, "@") {
		return bad("it must not have a user in it")
	}
	if what := u.place(host); what != "" {
		return bad(what)
	}
	return u, nil
}

// defaultPort returns the port of a scheme, which for UDP must be given, and whether we know it.
func defaultPort(scheme string) (port uint16, ok bool) {
	switch scheme {
	case "udp":
		return 0, true
	case "http":
		return 80, true
	case "https":
		return 443, true
	}
	return 0, false
}

// place reads HOST:PORT and returns what is wrong with it.
func (u *URL) place(host string) (wrong string) {
	port, hasPort := "", false
	if inner, after, ok := strings.Cut(host, "]"); ok && strings.HasPrefix(inner, "[") {
		u.Host = inner[1:]
		port, hasPort = strings.CutPrefix(after, ":")
		if a, err := netip.ParseAddr(u.Host); err != nil || !a.Is6() || a.Zone() != "" {
			return "in its brackets is no IPv6 address"
		}
		if after != "" && !hasPort {
			return "after the bracket comes neither a port nor a path"
		}
	} else {
		u.Host, port, hasPort = strings.Cut(host, ":")
	}
	if u.Host == "" {
		return "it has no host"
	}
	if hasPort {
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil || n == 0 {
			return "its port is not a number from 1 to 65535"
		}
		u.Port = uint16(n)
	}
	if u.Port == 0 {
		return "a UDP tracker must have a port"
	}
	return ""
}

// Addr returns the tracker's address if its host is one, and not a name that is to be looked up.
func (u *URL) Addr() (a protocol.Addr, ok bool) {
	ip, err := netip.ParseAddr(u.Host)
	if err != nil {
		return protocol.Addr{}, false
	}
	return protocol.AddrOf(netip.AddrPortFrom(ip, u.Port)), true
}

// ScrapeURL makes the URL for scraping of one for announcing (BEP 48): where the last part of the
// path begins with announce, it begins with scrape. Of other trackers nothing can be scraped.
func ScrapeURL(announce string) (scrape string, ok bool) {
	path, query, _ := strings.Cut(announce, "?")
	slash := strings.LastIndexByte(path, '/') + 1
	rest, ok := strings.CutPrefix(path[slash:], "announce")
	if !ok || slash <= strings.Index(path, "://")+len("://") { // the last slash is no path's
		return "", false
	}
	scrape = path[:slash] + "scrape" + rest
	if query != "" {
		scrape += "?" + query
	}
	return scrape, true
}
