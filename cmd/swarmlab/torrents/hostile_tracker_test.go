package torrents

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol/tracker"
)

// TestTorrentHostileTrackers: whatever a tracker answers, the client says what is wrong with it,
// goes on serving, and ends when it is told to, in good order.
func TestTorrentHostileTrackers(t *testing.T) {
	l := newLoad(t, 1)
	var secrets atomic.Int32
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		secrets.Add(1)
	}))
	defer elsewhere.Close()
	redirect := func(to string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, to, http.StatusFound)
		}
	}
	say := func(body string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { w.Write([]byte(body)) }
	}
	for row, c := range map[string]struct {
		do   http.HandlerFunc
		want string
	}{
		"endless": {func(w http.ResponseWriter, r *http.Request) {
			for b := make([]byte, 1<<16); ; {
				if _, err := w.Write(b); err != nil {
					return
				}
			}
		}, "too long"},
		"oversized":      {say(strings.Repeat("d", tracker.BodyMax+1)), "too long"},
		"junk":           {say("<html>"), "not one of a tracker: not_bencode"},
		"nesting":        {say("d1:x" + strings.Repeat("l", 1<<16)), "not_bencode"},
		"peers of 4 GiB": {say("d5:peers4294967296:"), "not_bencode"},
		"ragged peers":   {say("d5:peers7:aaaaaaae"), "bad_tail"},
		"odd peers":      {say("d5:peersld2:ip9:localhost4:porti1eeee"), "bad_peers"},
		"a refusal":      {say("d14:failure reason7:go \x1b[2Je"), "go ?[2J"},
		"a status": {func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(404)
		}, "the status is 404"},
		"hanging up": {func(http.ResponseWriter, *http.Request) {
			panic(http.ErrAbortHandler)
		}, "EOF"},
		"redirect to another path":   {redirect(elsewhere.URL + "/secret"), "only paths are asked"},
		"redirect to another scheme": {redirect("file:///etc/passwd"), `scheme "file"`},
		"redirect without end":       {redirect("/announce"), "more than 5 redirections"},
	} {
		t.Run(row, func(t *testing.T) {
			site := httptest.NewServer(c.do)
			defer site.Close()
			l := load{l.In(t)}
			file, _ := l.Torrent("--tracker", site.URL+"/announce")
			seed, at := l.Seeding(file, "--listen", "127.0.0.1:0")
			var r TransferReport
			require.Eventually(t, func() bool {
				seed.Last(&r)
				return r.Tracker != nil && r.Tracker.Problem != ""
			}, 20*time.Second, 10*time.Millisecond)
			require.Contains(t, r.Tracker.Problem, c.want)
			require.NotContains(t, r.Tracker.Problem, "info_hash", "what was asked for")
			require.Equal(t, site.URL+"/announce", r.Tracker.URL)
			_, got := l.fetch(file, "--peer", at, "--listen", "127.0.0.1:0")
			require.Len(t, got.Peers, 1)
			code, err := seed.End()
			require.NoError(t, err)
			require.Zero(t, code)
		})
	}
	require.Zero(t, secrets.Load(), "a redirection led to it")
}

// TestTorrentHostilePacketTracker: packets that answer nothing that was asked, or come from another
// port, change nothing, however many there are.
func TestTorrentHostilePacketTracker(t *testing.T) {
	site, err := net.ListenPacket("udp4", "127.0.0.1:0")
	require.NoError(t, err)
	other, err := net.ListenPacket("udp4", "127.0.0.1:0")
	require.NoError(t, err)
	defer other.Close()
	asked := make(chan struct{}, 100)
	ended := make(chan struct{})
	t.Cleanup(func() { site.Close(); <-ended })
	go func() {
		defer close(ended)
		b := make([]byte, 2048)
		for {
			n, from, err := site.ReadFrom(b)
			if err != nil {
				return
			}
			tid := b[min(12, n):min(16, n)]
			for _, p := range [][]byte{nil, make([]byte, 7), []byte(strings.Repeat("\xff", 1400)),
				append([]byte{0, 0, 0, 1}, append(tid, make([]byte, 12+7)...)...), // not asked yet
				append([]byte{0, 0, 0, 0}, append(tid, 1, 2, 3)...),               // short
				append([]byte{0, 0, 0, 9}, append(tid, make([]byte, 8)...)...),
			} {
				for range 50 {
					site.WriteTo(p, from)
				}
			}
			other.WriteTo(append([]byte{0, 0, 0, 0}, append(tid, make([]byte, 8)...)...), from)
			asked <- struct{}{}
		}
	}()
	l := newLoad(t, 1)
	file, _ := l.Torrent("--tracker", "udp://"+site.LocalAddr().String()+"/announce")
	seed, at := l.Seeding(file, "--listen", "127.0.0.1:0")
	<-asked
	_, r := l.fetch(file, "--peer", at, "--listen", "127.0.0.1:0")
	require.Len(t, r.Peers, 1)
	require.Zero(t, r.Tracker.Seeders)
	code, err := seed.End()
	require.NoError(t, err)
	require.Zero(t, code)
}
