package httptracker

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"path"
	"strings"
	"sync"
	"syscall"
)

// nearness is how far from the open network an address is.
type nearness int

const (
	open nearness = iota
	private
	loopback
)

func (n nearness) String() string {
	return [...]string{"the open network", "a private network", "this machine"}[n]
}

// nearnessOf says where an address is.
func nearnessOf(a netip.Addr) nearness {
	a = a.Unmap()
	switch {
	case a.IsLoopback(), a.IsUnspecified():
		return loopback
	case a.IsPrivate(), a.IsLinkLocalUnicast(), a.IsMulticast():
		return private
	case a.Is4() && a.As4()[0] == 100 && a.As4()[1]&0xc0 == 64: // shared by a provider's customers
		return private
	}
	return open
}

// guard decides where one fetch may go.
type guard struct {
	mu    sync.Mutex
	path  string // of the present request
	hops  int    // redirections so far
	known bool
	first nearness // of the first request: the farthest that was tried
}

// control is called with each address before it is connected to.
func (g *guard) control(_ context.Context, _, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	near := nearnessOf(at.Addr())
	g.mu.Lock()
	defer g.mu.Unlock()
	if near != open && !asksTracker(g.path) {
		return fmt.Errorf("%v is on %v: there only paths are asked for that end in announce or "+
			"scrape", at, near)
	}
	if g.hops == 0 {
		if !g.known || near < g.first {
			g.first, g.known = near, true
		}
		return nil
	}
	if near > g.first {
		return fmt.Errorf("a redirection leads from %v to %v on %v", g.first, at, near)
	}
	return nil
}

// asksTracker reports whether a path is one that trackers have.
func asksTracker(p string) bool {
	last := path.Base(p)
	return strings.HasPrefix(last, "announce") || strings.HasPrefix(last, "scrape")
}

// redirect decides whether to follow a redirection.
func (g *guard) redirect(q *http.Request, before []*http.Request) error {
	was := before[len(before)-1].URL.Scheme
	switch scheme := q.URL.Scheme; {
	case len(before) > redirections:
		return fmt.Errorf("more than %d redirections", redirections)
	case scheme != "http" && scheme != "https":
		return fmt.Errorf("a redirection leads to the scheme %q", scheme)
	case was == "https" && scheme != "https":
		return errors.New("a redirection leads from https to http")
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.hops, g.path = len(before), q.URL.Path
	q.Header.Del("Referer") // it has the key of the first tracker in it
	return nil
}
