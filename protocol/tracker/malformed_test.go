package tracker

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

const goodQuery = "info_hash=%00%01%02%03%04%05%06%07%08%09%0A%0B%0C%0D%0E%0F%10%11%12%13" +
	"&peer_id=" + vectorID + "&port=6881"

func TestQueries(t *testing.T) {
	from := protocol.Addr4(77, 5000)
	q := vectorRequest()
	q.Addr = from.WithPort(6881)
	q.Uploaded, q.Downloaded, q.Corrupt, q.Redundant, q.Want = 1, 2, 3, 4, 30
	for _, event := range []Event{Update, Completed, Started, Stopped, Paused} {
		q.Event = event
		for _, q.NoPeerID = range []bool{false, true} {
			q.Dictionary = q.NoPeerID
			url := string(AppendAnnounce(nil, "http://t:80/announce", &q))
			var back Request
			query, found := strings.CutPrefix(url, "http://t:80/announce?")
			require.True(t, found)
			require.Equal(t, OK, ParseAnnounce(query, from, &back))
			require.Equal(t, q, back)
		}
	}
	q = vectorRequest()
	q.Left = UnknownLeft
	url := string(AppendAnnounce(nil, "http://t/announce?pass=1", &q))
	require.True(t, strings.HasPrefix(url, "http://t/announce?pass=1&info_hash="))
	require.Contains(t, url, "&left=9223372036854775807")
	require.Contains(t, url, "&key=DEADBEEF")
	require.NotContains(t, url, "numwant")
	q.TrackerID = []byte("a b")
	require.Contains(t, string(AppendAnnounce(nil, "http://t/announce", &q)), "&trackerid=a%20b")

	var back Request
	require.Equal(t, OK, ParseAnnounce(goodQuery, from, &back))
	require.Equal(t, Totals{Left: UnknownLeft}, back.Totals)
	require.Equal(t, DefaultWant, back.Want)
	for tail, check := range map[string]func(*Request) bool{
		"&numwant=-1":          func(q *Request) bool { return q.Want == DefaultWant },
		"&numwant=0":           func(q *Request) bool { return q.Want == 0 },
		"&numwant=99999999999": func(q *Request) bool { return q.Want > 1_000_000 },
		"&event=":              func(q *Request) bool { return q.Event == Update },
		"&key=12345678":        func(q *Request) bool { return q.Key == 0x12345678 },
		"&key=4294967295":      func(q *Request) bool { return q.Key == 4294967295 },
		"&key=other":           func(q *Request) bool { return q.Key != 0 },
		"&ip=1.2.3.4&ipv6=::1": func(q *Request) bool { return q.Addr.SameIP(from) },
		"&ipv4=9.9.9.9:1":      func(q *Request) bool { return q.Addr == from.WithPort(6881) },
		"&port=7":              func(q *Request) bool { return q.Addr.Port() == 7 },
		"&&x&=&y=%zz":          func(q *Request) bool { return q.Addr.Port() == 6881 },
		"&left=18446744073709551615": func(q *Request) bool {
			return q.Left == UnknownLeft
		},
		"&left=9223372036854775807": func(q *Request) bool { return q.Left == UnknownLeft },
		"&left=9223372036854775806": func(q *Request) bool { return q.Left == 1<<63-2 },
		"&compact=0&no_peer_id=1":   func(q *Request) bool { return q.Dictionary && q.NoPeerID },
	} {
		require.Equal(t, OK, ParseAnnounce(goodQuery+tail, from, &back), tail)
		require.True(t, check(&back), "%s: %+v", tail, back)
	}
}

func TestMalformedQueries(t *testing.T) {
	hash, rest, _ := strings.Cut(goodQuery, "&")
	for query, want := range map[string]Fault{
		"":                          BadHash,
		rest:                        BadHash,
		hash + "&port=1":            BadPeerID,
		hash + "&peer_id=short&p=1": BadPeerID,
		strings.TrimSuffix(goodQuery, "&port=6881"): BadPort,
		goodQuery + "&" + hash:                      BadHash,
		"info_hash=%00&" + rest:                     BadHash,
		hash + "%14&" + rest:                        BadHash,
		hash[:len(hash)-1] + "&" + rest:             BadEscape,
		hash[:len(hash)-2] + "&" + rest:             BadEscape,
		hash[:len(hash)-2] + "g0&" + rest:           BadEscape,
		hash[:len(hash)-2] + "0g&" + rest:           BadEscape,
		goodQuery + "&port=0":                       BadPort,
		goodQuery + "&port=65536":                   BadPort,
		goodQuery + "&port=-1":                      BadPort,
		goodQuery + "&port=":                        BadPort,
		goodQuery + "&uploaded=-1":                  BadNumber,
		goodQuery + "&uploaded=1x":                  BadNumber,
		goodQuery + "&downloaded=":                  BadNumber,
		goodQuery + "&left=18446744073709551616":    BadNumber,
		goodQuery + "&left=99999999999999999999999": BadNumber,
		goodQuery + "&corrupt=%31":                  BadNumber,
		goodQuery + "&redundant=+1":                 BadNumber,
		goodQuery + "&numwant=-":                    BadNumber,
		goodQuery + "&numwant=x":                    BadNumber,
		goodQuery + "&event=begun":                  BadEvent,
	} {
		var q Request
		require.Equal(t, want, ParseAnnounce(query, protocol.Addr4(1, 1), &q), "%q", query)
	}
	for query, want := range map[string]Fault{
		"": BadHash, "x=1": BadHash, "info_hash=1": BadHash, hash + "&info_hash=%0": BadEscape,
	} {
		hashes, f := ParseScrape(query, nil)
		require.Equal(t, want, f, query)
		require.Empty(t, hashes)
	}
	hashes, f := ParseScrape(strings.Repeat(hash+"&", 500), nil)
	require.Equal(t, OK, f)
	require.Len(t, hashes, ScrapeMax)
}

func TestMalformedBodies(t *testing.T) {
	deep := "d1:x" + strings.Repeat("l", 20) + strings.Repeat("e", 20) + "e"
	many := "d1:xl" + strings.Repeat("i1e", bodyItems) + "ee"
	for body, want := range map[string]Fault{
		"":                                      NotBencode,
		"hello":                                 NotBencode,
		"<html>":                                NotBencode,
		"i1e":                                   NotBencode,
		"le":                                    NotBencode,
		"d":                                     NotBencode,
		"d8:intervali1800e":                     NotBencode,
		"d8:intervali1800ee ":                   NotBencode,
		"d8:intervali1800e8:intervali1ee":       NotBencode,
		"d5:peers9999999:abce":                  NotBencode,
		"d5:peers18446744073709551617:e":        NotBencode,
		deep:                                    NotBencode,
		many:                                    NotBencode,
		"d5:peers5:aaaaae":                      BadTail,
		"d5:peers7:aaaaaaae":                    BadTail,
		"d6:peers617:aaaaaaaaaaaaaaaaae":        BadTail,
		"d5:peersi1ee":                          BadPeers,
		"d5:peersdee":                           BadPeers,
		"d6:peers6lee":                          BadPeers,
		"d5:peersli1eee":                        BadPeers,
		"d5:peersldeee":                         BadPeers,
		"d5:peersld2:ip9:localhost4:porti1eeee": BadPeers,
		"d5:peersld2:ip7:1.2.3.44:porti0eeee":   BadPeers,
		"d5:peersld2:ip7:1.2.3.44:porti70000eeee":         BadPeers,
		"d5:peersld2:ip7:1.2.3.44:porti-1eeee":            BadPeers,
		"d5:peersld2:ip9:fe80::1%14:porti1eeee":           BadPeers,
		"d5:peersld2:ip7:0.0.0.04:porti1eeee":             BadPeers,
		"d5:peersld2:ip3:1.24:porti1eeee":                 BadPeers,
		"d" + strings.Repeat(" ", BodyMax):                TooLong,
		"d5:peersle":                                      NotBencode,
		"d5:peersld2:ip7:1.2.3.44:porti6e":                NotBencode,
		"d14:failure reason3:No":                          NotBencode,
		"d14:failure reason3:abce5:peers0:":               NotBencode,
		"d5:peersld2:ip7:1.2.3.42:ip7:1.2.3.54:porti1eee": NotBencode,
	} {
		var r Reply
		require.Equal(t, want, ParseReply([]byte(body), &r), "%.60q", body)
	}
	for _, body := range []string{"", "i1e", "d5:filesd", "d5:filesdee1", deep, many} {
		var s Scrape
		require.Equal(t, NotBencode, ParseScrapeReply([]byte(body), &s), "%.60q", body)
	}
	var s Scrape
	require.Equal(t, TooLong, ParseScrapeReply(make([]byte, BodyMax+1), &s))
	odd := "d5:filesd3:abcd8:completei1ee20:xxxxxxxxxxxxxxxxxxxxi1e20:yyyyyyyyyyyyyyyyyyyyd" +
		"8:completei-5e10:downloaded1:xe20:zzzzzzzzzzzzzzzzzzzzd10:incomplete" +
		"i99999999999eee5:flagsi1ee"
	require.Equal(t, OK, ParseScrapeReply([]byte(odd), &s))
	require.Len(t, s.Files, 2)
	require.Zero(t, s.Files[0].Seeders)
	require.EqualValues(t, 1<<32-1, s.Files[1].Leechers)
}

// Bodies that are good as a whole though something in them is odd.
func TestOddBodies(t *testing.T) {
	const day = 24 * time.Hour
	var nobody protocol.Addr
	for body, check := range map[string]func(*Reply) bool{
		"d8:intervali-5ee":                   func(r *Reply) bool { return r.Interval == 0 },
		"d8:interval4:1800e":                 func(r *Reply) bool { return r.Interval == 0 },
		"d8:intervali9999999999999ee":        func(r *Reply) bool { return r.Interval == day },
		"d8:completei-1ee":                   func(r *Reply) bool { return r.Seeders == 0 },
		"d11:external ip3:abce":              func(r *Reply) bool { return r.External == nobody },
		"d11:external ip4:abcde":             func(r *Reply) bool { return r.External.Is4() },
		"d10:tracker idi1ee":                 func(r *Reply) bool { return len(r.TrackerID) == 0 },
		"d10:tracker id2:xye":                func(r *Reply) bool { return len(r.TrackerID) == 2 },
		"d14:failure reason0:e":              func(r *Reply) bool { return r.Failure != "" },
		"d14:failure reasoni1ee":             func(r *Reply) bool { return r.Failure == "" },
		"d15:warning message4:a\x1b[b" + "e": func(r *Reply) bool { return r.Warning == "a?[b" },
		"d5:peers0:14:failure reason1:xe":    func(r *Reply) bool { return r.Failure == "x" },
		"d14:failure reason1:x5:peersi1ee":   func(r *Reply) bool { return r.Failure == "x" },
		"d5:peers12:aaaapp\x01\x02\x03\x04\x00\x00e": func(r *Reply) bool {
			return len(r.Peers) == 1 && r.Skipped == 1
		},
		"d5:peers12:\x00\x00\x00\x00pp\xe0\x00\x00\x01ppe": func(r *Reply) bool {
			return r.Skipped == 2
		},
		"d5:peersli1ed2:ip7:1.2.3.44:porti6881e7:unknownleeee": func(r *Reply) bool {
			return len(r.Peers) == 1 && r.Skipped == 1
		},
		"d5:peersld2:ip3:::54:porti6881eeee": func(r *Reply) bool { return !r.Peers[0].Addr.Is4() },
		"d5:peersld2:ip16:::ffff:1.2.3.4567:peer id3:abc4:porti1eeee": func(r *Reply) bool {
			return len(r.Peers) == 0
		},
		"d5:peersld7:peer id3:abc2:ip7:1.2.3.44:porti1eeee": func(r *Reply) bool {
			return !r.Peers[0].HasID && r.Peers[0].ID == [20]byte{}
		},
		"d14:failure reason1:x8:retry in3:abce": func(r *Reply) bool { return r.RetryIn == 0 },
		"d14:failure reason1:x8:retry inlee":    func(r *Reply) bool { return r.RetryIn == 0 },
		"d14:failure reason1:x8:retry ini-3ee":  func(r *Reply) bool { return r.RetryIn == 0 },
		"d14:failure reason1:x8:retry in19:9223372036854775807e": func(r *Reply) bool {
			return r.RetryIn == 24*time.Hour
		},
	} {
		var r Reply
		f := ParseReply([]byte(body), &r)
		if f == BadPeers && len(r.Peers) == 0 {
			f = OK // the one where all peers are broken
		}
		require.Equal(t, OK, f, "%q", body)
		require.True(t, check(&r), "%q: %+v", body, r)
	}
	huge := append([]byte("d5:peers60000:"), bytes.Repeat([]byte("aaaapp"), 10000)...)
	var r Reply
	require.Equal(t, OK, ParseReply(append(huge, 'e'), &r))
	require.Len(t, r.Peers, PeersMax)
	require.Equal(t, 10000-PeersMax, r.Skipped)
}

func TestMalformedPackets(t *testing.T) {
	q := vectorRequest()
	good := AppendAnnounceRequest(nil, 1, 2, &q, "")
	with := func(at int, b ...byte) []byte {
		c := bytes.Clone(good)
		copy(c[at:], b)
		return c
	}
	connect := AppendConnect(nil, 1)
	for _, c := range []struct {
		p    []byte
		want Fault
	}{
		{nil, Short}, {connect[:7], Short}, {connect[:15], Short}, {good[:97], Short},
		{append(make([]byte, 8), connect[8:]...), BadMagic},
		{with(8, 0, 0, 0, 3), BadAction}, {with(8, 0, 0, 0, 4), BadAction},
		{with(80, 0, 0, 0, 5), BadEvent}, {with(80, 1, 0, 0, 0), BadEvent},
		{with(96, 0, 0), BadPort},
		{append(bytes.Clone(good), 2), BadOption}, {append(bytes.Clone(good), 2, 1), BadOption},
		{append(bytes.Clone(good), 1, 1, 9, 3, 1, 2), BadOption},
		{AppendScrapeRequest(nil, 1, 2, vectorHash())[:35], BadTail},
		{append(connect, "and more of it"...), OK},
		{append(bytes.Clone(good), 0, 2, 255), OK},
		{append(bytes.Clone(good), 9, 2, 255, 255), OK},
		{AppendScrapeRequest(nil, 1, 2), OK},
	} {
		var p Packet
		require.Equal(t, c.want, ParsePacket(c.p, protocol.Addr4(1, 1), &p), "%x", c.p)
	}
	reply := AppendAnnounceReply(nil, 1, &Reply{Peers: vectorPeers})
	for _, c := range []struct {
		p    []byte
		six  bool
		want Fault
	}{
		{nil, false, Short}, {reply[:7], false, Short}, {reply[:19], false, Short},
		{reply[:27], false, BadTail}, {reply, true, BadTail}, {reply[:26], false, OK},
		{AppendConnectReply(nil, 1, 2)[:15], false, Short},
		{append(AppendConnectReply(nil, 1, 2), 1, 2, 3), false, OK},
		{append(AppendScrapeHeader(nil, 1), 1), false, BadTail},
		{AppendScrapeHeader(nil, 1), false, OK},
		{AppendError(nil, 1, ""), false, OK},
		{[]byte{0, 0, 0, 4, 0, 0, 0, 1}, false, BadAction},
	} {
		var a Answer
		require.Equal(t, c.want, ParseAnswer(c.p, c.six, &a), "%x", c.p)
	}
}

func TestURLs(t *testing.T) {
	for text, want := range map[string]URL{
		"udp://t.example:80/announce": {"udp", "t.example", 80, "/announce"},
		"UDP://1.2.3.4:1":             {"udp", "1.2.3.4", 1, ""},
		"http://t.example/a?b=c#d":    {"http", "t.example", 80, "/a?b=c"},
		"https://[2001:db8::1]?x":     {"https", "2001:db8::1", 443, "?x"},
		"http://[::1]:8080/":          {"http", "::1", 8080, "/"},
	} {
		u, err := ParseURL(text)
		require.NoError(t, err, text)
		require.Equal(t, want, u)
		a, ok := u.Addr()
		require.Equal(t, u.Host != "t.example", ok)
		require.True(t, !ok || a.Port() == u.Port)
	}
	for text, hint := range map[string]string{
		"":                                    "must start with",
		"t.example:80":                        "must start with",
		"file:///etc/passwd":                  "must start with",
		"wss://t.example":                     "must start with",
		"udp://t.example":                     "must have a port",
		"udp://t.example:0":                   "port is not a number",
		"udp://t.example:65536":               "port is not a number",
		"http://:80/":                         "no host",
		"http:///announce":                    "no host",
		"http://a:b:c/":                       "port is not a number",
		"http://u:p@t/":                       "user",
		"http://[::1/":                        "port is not a number",
		"http://[1.2.3.4]/":                   "no IPv6 address",
		"http://[fe80::1%eth0]/":              "no IPv6 address",
		"http://[::1]x/":                      "after the bracket",
		"http://t/a b":                        "spaces",
		"http://t/\x00":                       "spaces",
		"http://t/\r\nX: y":                   "spaces",
		"http://" + strings.Repeat("a", 3000): "longer than",
	} {
		_, err := ParseURL(text)
		require.ErrorContains(t, err, hint, "%.50q", text)
	}
	for text, want := range map[string]string{
		"http://e.com/announce":             "http://e.com/scrape",
		"http://e.com/x/announce":           "http://e.com/x/scrape",
		"http://e.com/announce.php":         "http://e.com/scrape.php",
		"http://e.com/announce?x2%0644":     "http://e.com/scrape?x2%0644",
		"http://e.com/a":                    "",
		"http://e.com/announce?x=2/4":       "http://e.com/scrape?x=2/4",
		"http://e.com/x%064announce":        "",
		"http://announce":                   "",
		"http://e.com/announce/secret":      "",
		"http://announce.com/announce?a=/b": "http://announce.com/scrape?a=/b",
	} {
		got, ok := ScrapeURL(text)
		require.Equal(t, want, got, text)
		require.Equal(t, want != "", ok)
	}
}
