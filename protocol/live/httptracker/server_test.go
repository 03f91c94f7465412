package httptracker

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"swarmlab/protocol"
	"swarmlab/protocol/tracker"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// served starts a tracker and returns its announce URL.
func served(t *testing.T, change func(*tracker.Config)) (*Server, *tracker.Tracker, string) {
	t.Helper()
	cfg := tracker.Defaults()
	if change != nil {
		change(&cfg)
	}
	k, err := tracker.New(cfg)
	require.NoError(t, err)
	s, err := Listen("127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx, NewClock(), k) }()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-ended:
			require.NoError(t, err)
		case <-time.After(5 * time.Second):
			panic("Run did not end")
		}
	})
	return s, k, "http://" + s.Addr().String() + "/announce"
}

func asking(n byte) tracker.Request {
	return tracker.Request{InfoHash: [20]byte{1, 0xff, '%', '+', ' '}, PeerID: [20]byte{n},
		Addr: protocol.Addr4(0, 1000+uint16(n)), Totals: tracker.Totals{Left: uint64(n)},
		Event: tracker.Started, Want: tracker.DefaultWant}
}

func TestAnnounceAndScrape(t *testing.T) {
	s, _, url := served(t, nil)
	ctx := context.Background()
	var r tracker.Reply
	for n := range byte(4) {
		q := asking(n)
		q.Dictionary = n == 3
		require.NoError(t, Announce(ctx, url, &q, &r))
		require.Empty(t, r.Failure)
		require.Len(t, r.Peers, int(n))
		require.Equal(t, 30*time.Minute, r.Interval)
		require.Equal(t, "127.0.0.1:0", r.External.String())
		for _, p := range r.Peers {
			require.Equal(t, q.Dictionary, p.HasID)
			require.Equal(t, "127.0.0.1", p.Addr.AddrPort().Addr().String())
		}
	}
	q := asking(2)
	q.Event, q.Left = tracker.Completed, 0
	require.NoError(t, Announce(ctx, url, &q, &r))
	var sc tracker.Scrape
	require.NoError(t, Scrape(ctx, url, &sc, q.InfoHash, [20]byte{9}))
	require.Equal(t, []tracker.Counts{
		{InfoHash: q.InfoHash, Seeders: 2, Completed: 1, Leechers: 2, Downloaders: 2},
		{InfoHash: [20]byte{9}}}, sc.Files)
	require.Equal(t, 15*time.Minute, sc.MinInterval)
	require.EqualValues(t, 6, s.Stats().Requests)

	require.NoError(t, Announce(ctx, url+"?event=begun", &tracker.Request{}, &r))
	require.Equal(t, "not accepted: bad_event", r.Failure)
	require.EqualValues(t, 1, s.Stats().Drops[tracker.BadEvent])
	require.ErrorContains(t, Scrape(ctx, "http://127.0.0.1:1/x", &sc), "cannot be scraped")
}

func TestOtherRequests(t *testing.T) {
	s, _, url := served(t, nil)
	base := strings.TrimSuffix(url, "/announce")
	get := func(path string) (int, string) {
		a, err := http.Get(base + path)
		require.NoError(t, err)
		defer a.Body.Close()
		b, err := io.ReadAll(a.Body)
		require.NoError(t, err)
		return a.StatusCode, string(b)
	}
	code, text := get("/")
	require.Equal(t, http.StatusNotFound, code)
	require.Contains(t, text, "BitTorrent tracker")
	code, _ = get("/announce/../x")
	require.Equal(t, http.StatusNotFound, code)
	a, err := http.Post(url, "text/plain", strings.NewReader("x"))
	require.NoError(t, err)
	a.Body.Close()
	require.Equal(t, http.StatusNotFound, a.StatusCode)
	code, text = get("/scrape")
	require.Equal(t, http.StatusOK, code)
	require.Contains(t, text, "bad_hash")
	code, text = get("/announce?info_hash=%zz")
	require.Equal(t, http.StatusOK, code)
	require.Contains(t, text, "bad_escape")
	long, err := http.Get(url + "?" + strings.Repeat("x", 2*headersMax))
	if err == nil { // the connection may be gone before the answer is read
		long.Body.Close()
		require.Equal(t, http.StatusRequestHeaderFieldsTooLarge, long.StatusCode)
	}
	require.EqualValues(t, 3, s.Stats().Other)
}

func TestHostsAreLimited(t *testing.T) {
	_, _, url := served(t, func(c *tracker.Config) { c.HostRate, c.HostBurst = 1, 3 })
	q := asking(1)
	var r tracker.Reply
	for range 3 {
		require.NoError(t, Announce(context.Background(), url, &q, &r))
		require.Empty(t, r.Failure)
	}
	require.NoError(t, Announce(context.Background(), url, &q, &r))
	require.Equal(t, "not accepted: flood", r.Failure)
	require.Equal(t, time.Minute, r.RetryIn)
}

// Many clients at a time: every one of them is answered, and known in the end.
func TestManyAtATime(t *testing.T) {
	_, k, url := served(t, func(c *tracker.Config) { c.HostRate = 0 })
	var all sync.WaitGroup
	for n := range byte(100) {
		all.Go(func() {
			q := asking(n)
			var r tracker.Reply
			if err := Announce(context.Background(), url, &q, &r); err != nil || r.Failure != "" {
				t.Errorf("%v %s", err, r.Failure)
			}
		})
	}
	all.Wait()
	c := k.Scrape(0, [20]byte{1, 0xff, '%', '+', ' '})
	require.EqualValues(t, 100, c.Seeders+c.Leechers)
}

// A host that holds connections without a word keeps others from nothing.
func TestConnectionsAreLimited(t *testing.T) {
	s, _, _ := served(t, nil)
	var held []net.Conn
	defer func() {
		for _, c := range held {
			c.Close()
		}
	}()
	for range connsHostMax + 10 {
		c, err := net.Dial("tcp", s.Addr().String())
		require.NoError(t, err)
		held = append(held, c)
	}
	require.Eventually(t, func() bool { return s.Stats().Turned == 10 }, 5*time.Second,
		time.Millisecond)
	last := held[len(held)-1]
	last.SetReadDeadline(time.Now().Add(5 * time.Second))
	_, err := last.Read(make([]byte, 1))
	require.Error(t, err, "it was closed")
	require.NotErrorIs(t, err, os.ErrDeadlineExceeded)
}

func TestListenersCount(t *testing.T) {
	l := newListener(nil)
	host := netip.MustParsePrefix("10.0.0.1/32")
	for range connsHostMax {
		require.True(t, l.enter(host))
	}
	require.False(t, l.enter(host))
	for n := range connsMax - connsHostMax {
		other := netip.AddrFrom4([4]byte{11, 0, byte(n >> 8), byte(n)})
		require.True(t, l.enter(netip.PrefixFrom(other, 32)))
	}
	require.False(t, l.enter(netip.MustParsePrefix("12.0.0.0/32")), "too many of all")
	l.leave(host)
	require.True(t, l.enter(host))
	require.Equal(t, netip.MustParsePrefix("2001:db8::/64"),
		hostOf(&net.TCPAddr{IP: net.ParseIP("2001:db8::5")}))
}

// hostile starts an HTTP server that does what a test says.
func hostile(t *testing.T, f http.HandlerFunc) string {
	s := httptest.NewServer(f)
	t.Cleanup(s.Close)
	return s.URL + "/announce"
}

// zip compresses.
func zip(b []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	w.Write(b)
	w.Close()
	return out.Bytes()
}

func TestHostileBodies(t *testing.T) {
	bomb, nothing := zip(make([]byte, 10*tracker.BodyMax)), bytes.Repeat(zip(nil), 1000)
	for name, c := range map[string]struct {
		do   http.HandlerFunc
		hint string
	}{
		"endless": {func(w http.ResponseWriter, r *http.Request) {
			for {
				if _, err := w.Write(make([]byte, 1<<16)); err != nil {
					return
				}
			}
		}, "too long"},
		"too long": {func(w http.ResponseWriter, r *http.Request) {
			w.Write(make([]byte, tracker.BodyMax+1))
		}, "too long"},
		"a bomb": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(bomb)
		}, "too long"},
		"endless empty members": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			for {
				if _, err := w.Write(nothing); err != nil {
					return
				}
			}
		}, "too long"},
		"no gzip": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			w.Write([]byte("d5:peers0:e"))
		}, "not compressed"},
		"a coding": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "br")
			w.Write([]byte("d5:peers0:e"))
		}, "was not asked for"},
		"cut off": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "100")
			w.Write([]byte("d5:peers0:e"))
		}, "unexpected EOF"},
		"junk": {func(w http.ResponseWriter, r *http.Request) { w.Write([]byte("<html>")) },
			"not_bencode"},
		"a status": {func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(500) },
			"the status is 500"},
		"headers": {func(w http.ResponseWriter, r *http.Request) {
			for n := range 1000 {
				w.Header().Set(fmt.Sprintf("X-%d", n), strings.Repeat("x", 1000))
			}
		}, "header"},
		"silence": {func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
			"deadline exceeded"},
	} {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		if name == "silence" {
			ctx, cancel = context.WithTimeout(context.Background(), 50*time.Millisecond)
		}
		q := asking(1)
		var r tracker.Reply
		require.ErrorContains(t, Announce(ctx, hostile(t, c.do), &q, &r), c.hint, name)
		cancel()
	}
}

func TestCompressedBody(t *testing.T) {
	good := hostile(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Write(zip([]byte("d5:peers6:aaaappe")))
	})
	q := asking(1)
	var r tracker.Reply
	require.NoError(t, Announce(context.Background(), good, &q, &r))
	require.Len(t, r.Peers, 1)
}

func TestRedirections(t *testing.T) {
	_, _, url := served(t, nil)
	to := func(target string) string {
		return hostile(t, func(w http.ResponseWriter, r *http.Request) {
			at := strings.ReplaceAll(target, "QUERY", r.URL.RawQuery)
			http.Redirect(w, r, at, http.StatusFound)
		})
	}
	q := asking(1)
	var r tracker.Reply
	ctx := context.Background()
	require.NoError(t, Announce(ctx, to(url+"?QUERY"), &q, &r))
	require.Empty(t, r.Failure)
	require.NoError(t, Announce(ctx, to(to(to(url+"?QUERY"))), &q, &r))
	require.Contains(t, r.Failure, "bad_hash", "the last redirection had no query")
	chain := url
	for range redirections + 1 {
		chain = to(chain)
	}
	for target, hint := range map[string]string{
		chain:                  "more than 5 redirections",
		"file:///etc/passwd":   "scheme \"file\"",
		"gopher://127.0.0.1/":  "scheme \"gopher\"",
		"//127.0.0.1:1/secret": "only paths are asked for",
	} {
		require.ErrorContains(t, Announce(ctx, to(target), &q, &r), hint, target)
	}
	for url, hint := range map[string]string{
		"http://127.0.0.1:1/delete?all":   "only paths are asked for",
		"http://localhost:1/":             "only paths are asked for",
		"http://0.0.0.0:1/x":              "only paths are asked for",
		"http://127.0.0.1:1/x/announce":   "refused",
		"ftp://127.0.0.1/announce":        "neither http nor https",
		"http://127.0.0.1:1/%zz/announce": "invalid URL escape",
	} {
		require.ErrorContains(t, Announce(ctx, url, &q, &r), hint, url)
	}
}

func TestGuard(t *testing.T) {
	for text, want := range map[string]nearness{
		"127.0.0.1": loopback, "::1": loopback, "0.0.0.0": loopback, "::ffff:127.0.0.1": loopback,
		"10.1.2.3": private, "192.168.1.1": private, "169.254.169.254": private, "fe80::1": private,
		"fd00::1": private, "100.64.0.1": private, "100.127.255.255": private, "224.0.0.1": private,
		"100.128.0.1": open, "8.8.8.8": open, "2001:db8::1": open,
	} {
		require.Equal(t, want, nearnessOf(netip.MustParseAddr(text)), text)
	}
	visit := func(places ...string) error {
		g := guard{path: "/announce"}
		for n, at := range places {
			g.hops = n
			if err := g.control(context.Background(), "tcp", at+":80", nil); err != nil {
				return err
			}
		}
		return nil
	}
	require.NoError(t, visit("8.8.8.8", "9.9.9.9"))
	require.NoError(t, visit("10.0.0.1", "10.0.0.2", "8.8.8.8", "10.0.0.3"))
	require.ErrorContains(t, visit("8.8.8.8", "127.0.0.1"), "from the open network to 127.0.0.1:80")
	require.ErrorContains(t, visit("8.8.8.8", "9.9.9.9", "10.0.0.1"), "on a private network")
	require.ErrorContains(t, visit("10.0.0.1", "127.0.0.1"), "on this machine")
	g := guard{path: "/announce"} // a name with addresses near and far is taken for far
	for _, at := range []string{"127.0.0.1:80", "8.8.8.8:80"} {
		require.NoError(t, g.control(context.Background(), "tcp", at, nil))
	}
	require.Equal(t, open, g.first)

	secure, err := http.NewRequest("GET", "https://a/announce", nil)
	require.NoError(t, err)
	plain, err := http.NewRequest("GET", "http://a/announce", nil)
	require.NoError(t, err)
	require.ErrorContains(t, g.redirect(plain, []*http.Request{secure}), "from https to http")
	require.NoError(t, g.redirect(secure, []*http.Request{plain}))
}

func TestListenFails(t *testing.T) {
	s, _, _ := served(t, nil)
	_, err := Listen(s.Addr().String())
	require.ErrorContains(t, err, "address already in use")
	_, err = Listen("nonsense")
	require.ErrorContains(t, err, "write HOST:PORT")
	unused, err := Listen("127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, unused.Close())
}
