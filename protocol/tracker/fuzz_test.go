package tracker

import (
	"bytes"
	"encoding/binary"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	zeebo "github.com/zeebo/bencode"

	"swarmlab/protocol"
	"swarmlab/protocol/bencode"
)

// FuzzReply reads any body as an answer to an announce. Those in canonical form are compared with
// what a decoder into maps makes of them, and what was read is written and read again.
func FuzzReply(f *testing.F) {
	for _, body := range []string{
		"d8:intervali1800e5:peers6:iiiipp6:peers618:iiiiiiiiiiiiiiiippe",
		"d14:failure reason10:Overloaded8:retry in1:5e",
		"d8:intervali1800e5:peersld2:ip11:203.0.113.77:peer id20:" + vectorID + "4:porti6881eeee",
		"d8:completei2e10:downloadedi7e11:external ip4:aaaa10:incompletei1e12:min intervali9ee",
		"d5:peersli1ed2:ip3:::14:porti5eeee", "d15:warning message1:x10:tracker id1:ye",
		"d5:peers5:aaaaae", "d5:peersi1ee", "le", "",
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var r, back Reply
		fault := ParseReply(body, &r)
		n, _, bad := bencode.Check(body, bencode.Limits{Depth: bodyDepth, Items: bodyItems},
			bencode.Strict)
		if bad == bencode.OK && n == len(body) {
			compareBody(t, body, fault, &r)
		}
		if fault != OK {
			return
		}
		require.LessOrEqual(t, len(r.Peers), PeersMax)
		for _, dictionary := range []bool{false, true} {
			q := Request{Dictionary: dictionary}
			require.Equal(t, OK, ParseReply(AppendReply(nil, &r, &q), &back))
			require.Equal(t, r.Failure, back.Failure)
			require.Len(t, back.Peers, len(r.Peers))
			require.Equal(t, r.Seeders, back.Seeders)
		}
	})
}

// compareBody holds a body in canonical form against zeebo/bencode.
func compareBody(t *testing.T, body []byte, fault Fault, r *Reply) {
	var v any
	require.NoError(t, zeebo.DecodeBytes(body, &v))
	top, dict := v.(map[string]any)
	require.Equal(t, dict, fault != NotBencode, "%q", body)
	if !dict {
		return
	}
	reason, refused := top["failure reason"].(string)
	require.Equal(t, refused, r.Failure != "")
	if refused {
		require.Equal(t, OK, fault)
		if reason != "" {
			require.Equal(t, Text([]byte(reason)), r.Failure)
		}
		return
	}
	if fault != OK {
		return
	}
	if n, ok := top["complete"].(int64); ok {
		require.Equal(t, clamp(n), r.Seeders)
	}
	if n, ok := top["interval"].(int64); ok {
		require.Equal(t, seconds(n), r.Interval)
	}
	all := 0
	if s, ok := top["peers"].(string); ok {
		all += len(s) / peerSize4
	} else if l, ok := top["peers"].([]any); ok {
		all += len(l)
	}
	s6, _ := top["peers6"].(string)
	require.Equal(t, all+len(s6)/peerSize6, len(r.Peers)+r.Skipped)
}

// FuzzScrapeReply reads any body as an answer to a scrape, and what it wrote of it.
func FuzzScrapeReply(f *testing.F) {
	f.Add([]byte("d5:filesd20:xxxxxxxxxxxxxxxxxxxxd8:completei11e10:downloadedi13772e" +
		"10:incompletei19eeee"))
	f.Add([]byte("d5:filesde5:flagsd20:min_request_intervali60eee"))
	f.Add([]byte("d14:failure reason2:Noe"))
	f.Fuzz(func(t *testing.T, body []byte) {
		var s, back Scrape
		if ParseScrapeReply(body, &s) != OK {
			return
		}
		require.Equal(t, OK, ParseScrapeReply(AppendScrapeReply(nil, &s), &back))
		if s.Failure == "" {
			require.Equal(t, s.MinInterval, back.MinInterval)
			require.Equal(t, len(s.Files) == 0, len(back.Files) == 0)
		}
	})
}

// FuzzQuery reads any text as the query of an announce, and what it wrote of it.
func FuzzQuery(f *testing.F) {
	f.Add(goodQuery)
	f.Add(goodQuery + "&uploaded=1&downloaded=2&left=3&event=started&numwant=5&key=ab&compact=0")
	f.Add("info_hash=%zz&port=1")
	f.Fuzz(func(t *testing.T, query string) {
		from := protocol.Addr4(1<<24, 9)
		var q, back Request
		_, _ = ParseScrape(query, nil)
		_, _ = ParseURL(query)
		_, _ = ScrapeURL(query)
		if ParseAnnounce(query, from, &q) != OK {
			return
		}
		require.NotZero(t, q.Addr.Port())
		require.True(t, q.Addr.SameIP(from))
		url := AppendAnnounce(nil, "http://t?", &q)
		require.Equal(t, OK, ParseAnnounce(string(url[len("http://t?"):]), from, &back))
		require.Equal(t, q, back)
	})
}

// FuzzAnswer reads any packet as an answer by UDP.
func FuzzAnswer(f *testing.F) {
	f.Add(AppendConnectReply(nil, 1, 2), false)
	f.Add(AppendAnnounceReply(nil, 1, &Reply{Peers: vectorPeers}), false)
	f.Add(AppendAnnounceReply(nil, 1, &Reply{Peers: []Peer{vectorPeer6}}), true)
	f.Add(AppendCounts(AppendScrapeHeader(nil, 1), Counts{}), false)
	f.Add(AppendError(nil, 1, "no"), false)
	f.Fuzz(func(t *testing.T, p []byte, six bool) {
		var a Answer
		if ParseAnswer(p, six, &a) != OK {
			return
		}
		var r Reply
		a.reply(&r, six)
		require.Equal(t, len(a.Peers)/sizeOf(six), len(r.Peers)+r.Skipped)
		for n := range len(a.Counts)/countsSize + 1 {
			_, ok := a.CountsAt(n)
			require.Equal(t, n < len(a.Counts)/countsSize, ok)
		}
	})
}

// FuzzTracker has many hosts send any packets to a tracker, all of them with good connection ids
// where there should be one, and then looks whether its memory is in order.
func FuzzTracker(f *testing.F) {
	q := vectorRequest()
	f.Add(append([]byte{1, 98}, AppendAnnounceRequest(nil, 0, 2, &q, "")...))
	f.Add(append([]byte{3, 36}, AppendScrapeRequest(nil, 0, 2, vectorHash())...))
	f.Add(append([]byte{5, 16}, AppendConnect(nil, 1)...))
	q.Event = Stopped
	stop := append([]byte{1, 112}, AppendAnnounceRequest(nil, 0, 2, &q, "/dir?a=b&c=d")...)
	f.Add(append(append([]byte{1, 98}, AppendAnnounceRequest(nil, 0, 2, &q, "")...), stop...))
	f.Fuzz(func(t *testing.T, script []byte) {
		w := newWire(t, func(c *Config) {
			c.Torrents, c.Peers, c.SwarmPeers, c.HostRate = 3, 5, 3, 0
			c.Interval, c.MinInterval, c.Expiry = time.Second, 0, 4*time.Second
		})
		for now := time.Duration(0); len(script) >= 2; now += 500 * time.Millisecond {
			host, n := script[0], min(int(script[1]), len(script)-2)
			p := bytes.Clone(script[2 : 2+n])
			script = script[2+n:]
			from := protocol.Addr4(10<<24|uint32(host&7), 1000)
			if host&8 != 0 {
				from = protocol.Addr6([]byte{0x20, 1, 15: host}, 7)
			}
			if len(p) >= 16 && p[11] != 0 {
				id := w.g.Tracker(0).connection(from, protocol.Time(now), 0)
				binary.BigEndian.PutUint64(p, id)
			}
			if a := w.ask(now, from, p); a != nil {
				var answer Answer
				require.Equal(t, OK, ParseAnswer(a, !from.Is4(), &answer))
				require.Equal(t, binary.BigEndian.Uint32(p[12:]), answer.Transaction)
			}
			verify(t, w.g.Tracker(0))
			k := w.g.Tracker(0)
			require.LessOrEqual(t, k.peers.len(), 5)
			require.LessOrEqual(t, k.swarms.len(), 3)
		}
	})
}

// FuzzClient has a client's tracker say anything. Whatever that is, the client goes on asking, and
// at last it leaves.
func FuzzClient(f *testing.F) {
	f.Add([]byte{16, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 30,
		20, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 1, 0, 0, 0, 1, 30})
	f.Add([]byte{10, 0, 0, 0, 3, 0, 0, 0, 0, 'n', 'o', 200})
	f.Fuzz(func(t *testing.T, script []byte) {
		rand := protocol.NewRand(1, 2, 3)
		c, err := NewClient(ClientConfig{Port: 1, IntervalMin: time.Minute, HTTP: true,
			Tiers: [][]string{{udp1}, {"http://b/announce"}}}, &rand)
		require.NoError(t, err)
		var out protocol.Outbox
		turn := protocol.Turn{Rand: &rand, Out: &out}
		due := c.Start(&turn, Totals{})
		for len(script) >= 2 {
			n := min(int(script[0]), len(script)-2)
			p := bytes.Clone(script[1 : 1+n])
			if len(p) >= 8 { // the right transaction, so that more than that is tried
				binary.BigEndian.PutUint32(p[4:], c.tid)
			}
			wait := time.Duration(script[1+n]) * time.Second
			script = script[2+n:]
			turn.Now = max(turn.Now, min(due, turn.Now.Add(wait)))
			out.Reset()
			if number, _, ok := c.Fetch(); ok {
				c.Fetched(&turn, number, p, "", Totals{})
			} else {
				c.Datagram(&turn, protocol.Addr4(10<<24|1, 80), p, Totals{})
			}
			due = c.Wake(&turn, Totals{})
			require.Greater(t, due, turn.Now)
			require.Less(t, due, turn.Now.Add(25*time.Hour))
			require.LessOrEqual(t, out.Sends(), 2)
		}
		due = c.Leave(&turn, Totals{})
		for range 10 {
			turn.Now = max(turn.Now, due)
			if due == protocol.Never {
				break
			}
			due = c.Wake(&turn, Totals{})
		}
		require.True(t, c.Left())
	})
}
