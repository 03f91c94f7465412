package httptracker

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"swarmlab/protocol/tracker"
)

const (
	fetchTime    = 30 * time.Second // for all of it, as in libtorrent
	redirections = 5
	agent        = "swarmlab"
)

// Fetch gets the body at a URL, within the bounds of the package comment. The error says what went
// wrong; of a body that ends too early nothing is returned.
func Fetch(ctx context.Context, url string) ([]byte, error) {
	return FetchFrom(ctx, netip.Addr{}, url)
}

// FetchFrom is Fetch by a connection that leaves from an address of this host, which a tracker
// takes for that of the peer. The system chooses one if it is the zero address or unspecified.
func FetchFrom(ctx context.Context, from netip.Addr, url string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, fetchTime)
	defer cancel()
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	if q.URL.Scheme != "http" && q.URL.Scheme != "https" {
		return nil, fmt.Errorf("the scheme %q is neither http nor https", q.URL.Scheme)
	}
	q.Header.Set("User-Agent", agent)
	q.Header.Set("Accept-Encoding", "gzip")
	g := &guard{path: q.URL.Path}
	dialer := &net.Dialer{ControlContext: g.control}
	if from.IsValid() && !from.IsUnspecified() {
		dialer.LocalAddr = net.TCPAddrFromAddrPort(netip.AddrPortFrom(from, 0))
	}
	transport := &http.Transport{
		DialContext:            dialer.DialContext,
		DisableKeepAlives:      true,
		MaxResponseHeaderBytes: headersMax,
	}
	defer transport.CloseIdleConnections()
	client := http.Client{Transport: transport, CheckRedirect: g.redirect}
	a, err := client.Do(q)
	if err != nil {
		return nil, err
	}
	defer a.Body.Close()
	if a.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the status is %d, not 200", a.StatusCode)
	}
	return readBody(a)
}

// readBody reads a body and decompresses it, if it has to be.
func readBody(a *http.Response) ([]byte, error) {
	var from io.Reader = &limited{inner: a.Body, left: tracker.BodyMax}
	switch coding := strings.ToLower(a.Header.Get("Content-Encoding")); coding {
	case "", "identity":
	case "gzip", "x-gzip":
		unzip, err := gzip.NewReader(from)
		if err != nil {
			return nil, fmt.Errorf("the body is not compressed as it says: %w", err)
		}
		from = &limited{inner: unzip, left: tracker.BodyMax}
	default:
		return nil, fmt.Errorf("the body is in the coding %.20q, which was not asked for", coding)
	}
	return io.ReadAll(from)
}

var errTooLong = errors.New("the body is too long")

// limited reads so many bytes, and fails if there are more.
type limited struct {
	inner io.Reader
	left  int
}

// Read implements io.Reader.
func (l *limited) Read(p []byte) (int, error) {
	if len(p) > l.left+1 {
		p = p[:l.left+1]
	}
	n, err := l.inner.Read(p)
	if l.left -= n; l.left < 0 {
		return 0, errTooLong
	}
	return n, err
}

// Announce announces q to the tracker at url and reads its answer into r. A tracker that refuses
// is no error: then r has a Failure.
func Announce(ctx context.Context, url string, q *tracker.Request, r *tracker.Reply) error {
	body, err := Fetch(ctx, string(tracker.AppendAnnounce(nil, url, q)))
	if err != nil {
		return err
	}
	if f := tracker.ParseReply(body, r); f != tracker.OK {
		return fmt.Errorf("the answer is not one of a tracker: %v", f)
	}
	return nil
}

// Scrape asks the tracker with the announce URL url for torrents.
func Scrape(ctx context.Context, url string, s *tracker.Scrape, hashes ...[20]byte) error {
	at, ok := tracker.ScrapeURL(url)
	if !ok {
		return errors.New("this tracker cannot be scraped: its URL does not end in announce")
	}
	body, err := Fetch(ctx, string(tracker.AppendScrape(nil, at, hashes...)))
	if err != nil {
		return err
	}
	if f := tracker.ParseScrapeReply(body, s); f != tracker.OK {
		return fmt.Errorf("the answer is not one of a tracker: %v", f)
	}
	return nil
}
