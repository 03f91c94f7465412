package auditor

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol/tracker"
	"swarmlab/scenarios/results/observation"
)

// udpTracker answers each packet with what a function makes of it, and returns its URL.
func udpTracker(t *testing.T, answer func(action, tid uint32) [][]byte) string {
	c, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.MustParseAddrPort("127.0.0.1:0")))
	require.NoError(t, err)
	t.Cleanup(func() { c.Close() })
	go func() {
		for p := make([]byte, 2048); ; {
			n, from, err := c.ReadFromUDPAddrPort(p)
			if err != nil {
				return
			}
			if n < 16 {
				continue
			}
			action, tid := binary.BigEndian.Uint32(p[8:]), binary.BigEndian.Uint32(p[12:])
			for _, a := range answer(action, tid) {
				c.WriteToUDPAddrPort(a, from)
			}
		}
	}()
	return "udp://" + c.LocalAddr().String() + "/announce"
}

// connected answers a request for a connection, and others with something else.
func connected(then func(tid uint32) []byte) func(action, tid uint32) [][]byte {
	return func(action, tid uint32) [][]byte {
		if tracker.Action(action) == tracker.ActionConnect {
			return [][]byte{tracker.AppendConnectReply(nil, tid, 7)}
		}
		return [][]byte{then(tid)}
	}
}

// TestAuditAmongHostileTrackers: what trackers answer that is no answer is a problem of theirs, fit
// to be printed, and holds nobody up.
func TestAuditAmongHostileTrackers(t *testing.T) {
	hash := [20]byte{7}
	counts := func(tid uint32) []byte {
		return tracker.AppendCounts(tracker.AppendScrapeHeader(nil, tid),
			tracker.Counts{Seeders: math.MaxUint32, Leechers: 5})
	}
	body := func(text string) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, text)
		}))
		t.Cleanup(s.Close)
		return s.URL + "/announce"
	}
	endless := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for {
			if _, err := w.Write(bytes.Repeat([]byte("d5:files"), 1<<10)); err != nil {
				return
			}
		}
	}))
	t.Cleanup(endless.Close)
	silent := udpTracker(t, func(uint32, uint32) [][]byte { return nil })
	for name, c := range map[string]struct{ url, problem string }{
		"silent": {silent, "no answer within"},
		"junk and others' answers": {udpTracker(t, func(_, tid uint32) [][]byte {
			return [][]byte{nil, {1}, bytes.Repeat([]byte{0xff}, 2000),
				tracker.AppendConnectReply(nil, tid+1, 7), tracker.AppendError(nil, tid^9, "no")}
		}), "no answer within"},
		"an error in colour": {udpTracker(t, func(_, tid uint32) [][]byte {
			return [][]byte{tracker.AppendError(nil, tid, "\x1b[31mgo away\n\x00")}
		}), "?[31mgo away??"},
		"no counts": {udpTracker(t, connected(func(tid uint32) []byte {
			return tracker.AppendScrapeHeader(nil, tid)
		})), "no counts"},
		"half of the counts": {udpTracker(t, connected(func(tid uint32) []byte {
			return counts(tid)[:15]
		})), "no answer within"},
		"many":             {udpTracker(t, connected(counts)), ""},
		"endless":          {endless.URL + "/announce", "too long"},
		"no bencode":       {body("<html>"), "not one of a tracker"},
		"deep":             {body(strings.Repeat("l", 1<<16)), "not one of a tracker"},
		"a failure":        {body("d14:failure reason7:no\x1b[0m!e"), "no?[0m!"},
		"other torrents":   {body("d5:filesd20:aaaaaaaaaaaaaaaaaaaad8:completei9eeee"), ""},
		"no tracker's URL": {"ftp://x", "ftp"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &scraper{urls: []string{c.url}, hash: hash,
				from: netip.MustParseAddr("127.0.0.1")}
			began := time.Now()
			all := s.scrape(t.Context(), 2*time.Second)
			require.Less(t, time.Since(began), 8*time.Second)
			require.Len(t, all, 1)
			if c.problem == "" {
				require.Empty(t, all[0].Problem)
				return
			}
			require.Contains(t, all[0].Problem, c.problem)
			require.NotContains(t, all[0].Problem, "\x1b")
			require.Zero(t, all[0].Seeders+all[0].Leechers)
		})
	}
}

// TestAuditShareOfMany: counts near the end of their numbers do not make the swarm a small one.
func TestAuditShareOfMany(t *testing.T) {
	o := &observation.Observation{Now: 3}
	addScrapes(o, []observation.Scrape{{Tracker: "udp://x", Seeders: math.MaxUint32,
		Leechers: 5, Us: 1}})
	require.InDelta(t, 3/float64(math.MaxUint32), float64(*o.Share), 1e-12)
}
