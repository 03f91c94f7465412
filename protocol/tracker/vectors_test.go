package tracker

import (
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

const (
	vectorID  = "-XX0001-abcdefghijkl"
	otherHash = "123456789abcdef123456789abcdef123456789a"
)

var (
	vectorPeers = []Peer{
		{Addr: protocol.Addr4(203<<24|113<<8|7, 6881)},
		{Addr: protocol.Addr4(198<<24|51<<16|100<<8|9, 51413)},
	}
	vectorPeer6 = Peer{Addr: protocol.Addr6(
		[]byte("\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x07"), 6881)}
)

func vectorRequest() Request {
	return Request{InfoHash: vectorHash(), PeerID: [20]byte([]byte(vectorID)),
		Addr: protocol.Addr4(1, 6881), Totals: Totals{Left: 1048576}, Event: Started,
		Key: 0xdeadbeef, Want: DefaultWant}
}

func TestEscapedVectors(t *testing.T) {
	for octets, want := range map[string]string{
		otherHash: "%124Vx%9A%BC%DE%F1%23Eg%89%AB%CD%EF%124Vx%9A",
		"000102030405060708090a0b0c0d0e0f10111213": "%00%01%02%03%04%05%06%07%08%09%0A%0B%0C" +
			"%0D%0E%0F%10%11%12%13",
	} {
		require.Equal(t, want, string(AppendEscaped(nil, unhex(t, octets))))
		raw := string(unhex(t, octets))
		for _, form := range []string{want, lowerHex(want), strings.ReplaceAll(raw, "%", "%25")} {
			var back [20]byte
			n, f := unescape(back[:], form)
			require.Equal(t, OK, f)
			require.Equal(t, 20, n)
			require.Equal(t, octets, hex.EncodeToString(back[:]), form)
		}
	}
	var all [256]byte
	for k := range all {
		all[k] = byte(k)
	}
	escaped := AppendEscaped(nil, all[:])
	require.Equal(t, 66+3*190, len(escaped), "66 bytes stand for themselves")
	require.NotContains(t, string(escaped), "+")
	var back [256]byte
	n, f := unescape(back[:], string(escaped))
	require.Equal(t, OK, f)
	require.Equal(t, all[:], back[:n])
	n, _ = unescape(back[:], "a+b")
	require.Equal(t, "a+b", string(back[:n]), "a plus is a plus")
}

// lowerHex writes the digits of escapes in lower case.
func lowerHex(s string) string {
	parts := strings.Split(s, "%")
	for k := range parts[1:] {
		parts[k+1] = strings.ToLower(parts[k+1][:2]) + parts[k+1][2:]
	}
	return strings.Join(parts, "%")
}

func TestBodyVectors(t *testing.T) {
	const both = "64383a636f6d706c65746569326531303a646f776e6c6f6164656469376531313a657874657" +
		"26e616c206970343ac000023731303a696e636f6d706c657465693165383a696e74657276616c6931" +
		"3830306531323a6d696e20696e74657276616c693930306535" +
		"3a706565727331323acb0071071ae1c6336409c8d5363a70656572733631383a" +
		"20010db80000000000000000000000071ae165"
	want := Reply{Seeders: 2, Completed: 7, External: protocol.Addr4(192<<24|2<<8|55, 0),
		Leechers: 1, Interval: 30 * time.Minute, MinInterval: 15 * time.Minute,
		Peers: append(append([]Peer{}, vectorPeers...), vectorPeer6)}
	body := unhex(t, both)
	require.Len(t, body, 154)
	require.Equal(t, body, AppendReply(nil, &want, &Request{}))
	var r Reply
	require.Equal(t, OK, ParseReply(body, &r))
	require.Equal(t, want, r)

	dictionary := "d8:intervali1800e5:peersld2:ip11:203.0.113.77:peer id20:" + vectorID +
		"4:porti6881eeee"
	require.Equal(t, OK, ParseReply([]byte(dictionary), &r))
	one := Peer{Addr: vectorPeers[0].Addr, ID: [20]byte([]byte(vectorID)), HasID: true}
	require.Equal(t, []Peer{one}, r.Peers)
	require.Equal(t, 30*time.Minute, r.Interval)
	made := AppendReply(nil, &Reply{Interval: 30 * time.Minute, Peers: []Peer{one}},
		&Request{Dictionary: true})
	require.Contains(t, string(made), dictionary[20:len(dictionary)-1])
	made = AppendReply(nil, &r, &Request{Dictionary: true, NoPeerID: true})
	require.NotContains(t, string(made), "peer id")

	bep7 := "d8:intervali1800e5:peers6:iiiipp6:peers618:iiiiiiiiiiiiiiiippe"
	require.Equal(t, OK, ParseReply([]byte(bep7), &r))
	require.Equal(t, "105.105.105.105:28784", r.Peers[0].Addr.String())
	require.Equal(t, "[6969:6969:6969:6969:6969:6969:6969:6969]:28784", r.Peers[1].Addr.String())

	for body, want := range map[string]Reply{
		"d14:failure reason10:Overloaded8:retry in1:5e": {Failure: "Overloaded",
			RetryIn: 5 * time.Minute},
		"d14:failure reason13:Not a tracker8:retry in5:nevere": {Failure: "Not a tracker",
			RetryIn: Forever},
	} {
		r = Reply{}
		require.Equal(t, OK, ParseReply([]byte(body), &r))
		require.Equal(t, want, r)
		require.Equal(t, body, string(AppendReply(nil, &want, &Request{})))
	}
	require.Equal(t, OK, ParseReply([]byte("d14:failure reason2:No8:retry ini5ee"), &r))
	require.Equal(t, 5*time.Minute, r.RetryIn, "a number is as good as a string")
}

func TestScrapeVectors(t *testing.T) {
	const text = "d5:filesd20:xxxxxxxxxxxxxxxxxxxxd8:completei11e10:downloadedi13772e" +
		"10:incompletei19ee20:yyyyyyyyyyyyyyyyyyyyd8:completei21e10:downloadedi206e" +
		"10:incompletei20eeee"
	x := Counts{[20]byte([]byte(strings.Repeat("x", 20))), 11, 13772, 19, 19}
	y := Counts{[20]byte([]byte(strings.Repeat("y", 20))), 21, 206, 20, 20}
	var s Scrape
	require.Equal(t, OK, ParseScrapeReply([]byte(text), &s))
	require.Equal(t, []Counts{x, y}, s.Files)
	unsorted := Scrape{Files: []Counts{y, x, y}}
	require.Equal(t, text, string(AppendScrapeReply(nil, &unsorted)))

	y.Downloaders = 15
	s = Scrape{Files: []Counts{y}, MinInterval: time.Minute}
	body := AppendScrapeReply(nil, &s)
	require.Contains(t, string(body), "11:downloadersi15e")
	require.Contains(t, string(body), "5:flagsd20:min_request_intervali60ee")
	var back Scrape
	require.Equal(t, OK, ParseScrapeReply(body, &back))
	require.Equal(t, s, back)
	require.Equal(t, OK, ParseScrapeReply([]byte("d14:failure reason2:Noe"), &back))
	require.Equal(t, "No", back.Failure)

	url := AppendScrape(nil, "http://t/scrape?k=1", vectorHash(), x.InfoHash)
	require.Equal(t, "http://t/scrape?k=1&info_hash=%00%01%02%03%04%05%06%07%08%09%0A%0B%0C%0D"+
		"%0E%0F%10%11%12%13&info_hash=xxxxxxxxxxxxxxxxxxxx", string(url))
	hashes, f := ParseScrape(strings.SplitN(string(url), "?", 2)[1], nil)
	require.Equal(t, OK, f)
	require.Equal(t, [][20]byte{vectorHash(), x.InfoHash}, hashes)
}

// The packets of the sheet.
const (
	packetID       = 0x0123456789abcdef
	packetConnect  = "0000041727101980000000001a2b3c4d"
	packetMade     = "000000001a2b3c4d0123456789abcdef"
	packetAnnounce = "0123456789abcdef0000000155667788000102030405060708090a0b0c0d0e0f10111213" +
		"2d5858303030312d6162636465666768696a6b6c0000000000000000000000000010000000000000" +
		"000000000000000200000000deadbeefffffffff1ae1"
	packetOption  = "020c2f6469723f613d6226633d64"
	packetReply4  = "0000000155667788000007080000000100000002cb0071071ae1c6336409c8d5"
	packetReply6  = "000000015566778800000708000000010000000220010db80000000000000000000000071ae1"
	packetScrape  = "0123456789abcdef000000020badcafe000102030405060708090a0b0c0d0e0f10111213"
	packetScraped = "000000020badcafe000000020000000700000001"
	packetError   = "000000030badcafe756e7265676973746572656420746f7272656e74"
)

func TestRequestVectors(t *testing.T) {
	from := protocol.Addr4(1, 9)
	var p Packet
	require.Equal(t, packetConnect, hex.EncodeToString(AppendConnect(nil, 0x1a2b3c4d)))
	require.Equal(t, OK, ParsePacket(unhex(t, packetConnect), from, &p))
	require.Equal(t, Packet{Action: ActionConnect, Transaction: 0x1a2b3c4d, Connection: magic}, p)

	q := vectorRequest()
	require.Len(t, unhex(t, packetAnnounce), announceSize)
	require.Equal(t, packetAnnounce,
		hex.EncodeToString(AppendAnnounceRequest(nil, packetID, 0x55667788, &q, "")))
	const path, option = "/dir?a=b&c=d", packetOption
	require.Equal(t, packetAnnounce+option,
		hex.EncodeToString(AppendAnnounceRequest(nil, packetID, 0x55667788, &q, path)))
	for _, tail := range []string{"", option, option + "010100", "01" + option + "00ffff", "00"} {
		require.Equal(t, OK, ParsePacket(unhex(t, packetAnnounce+tail), from, &p))
		require.EqualValues(t, packetID, p.Connection)
		require.EqualValues(t, 0x55667788, p.Transaction)
		require.Equal(t, q, p.Announce)
		data, f := URLData(nil, p.Options, true)
		require.Equal(t, OK, f)
		if strings.Contains(tail, option) {
			require.Equal(t, path, string(data))
		} else {
			require.Empty(t, data)
		}
	}

	require.Equal(t, packetScrape,
		hex.EncodeToString(AppendScrapeRequest(nil, packetID, 0x0badcafe, vectorHash())))
	require.Equal(t, OK, ParsePacket(unhex(t, packetScrape), from, &p))
	require.Equal(t, unhex(t, packetScrape)[16:], p.Hashes)
	many := make([][20]byte, ScrapeMax)
	require.Len(t, AppendScrapeRequest(nil, packetID, 0, many...), 1496)
}

func TestAnswerVectors(t *testing.T) {
	var a Answer
	require.Equal(t, packetMade,
		hex.EncodeToString(AppendConnectReply(nil, 0x1a2b3c4d, packetID)))
	require.Equal(t, OK, ParseAnswer(unhex(t, packetMade), false, &a))
	require.Equal(t, Answer{Transaction: 0x1a2b3c4d, Connection: packetID}, a)

	var back Reply
	for packet, peers := range map[string][]Peer{
		packetReply4: vectorPeers, packetReply6: {vectorPeer6},
	} {
		r := Reply{Interval: 30 * time.Minute, Leechers: 1, Seeders: 2, Peers: peers}
		require.Equal(t, packet, hex.EncodeToString(AppendAnnounceReply(nil, 0x55667788, &r)))
		six := packet == packetReply6
		require.Equal(t, OK, ParseAnswer(unhex(t, packet), six, &a))
		a.reply(&back, six)
		require.Equal(t, r, back)
	}

	scraped := AppendScrapeHeader(nil, 0x0badcafe)
	scraped = AppendCounts(scraped, Counts{Seeders: 2, Completed: 7, Leechers: 1})
	require.Equal(t, packetScraped, hex.EncodeToString(scraped))
	require.Equal(t, OK, ParseAnswer(scraped, false, &a))
	c, ok := a.CountsAt(0)
	require.True(t, ok)
	require.Equal(t, Counts{Seeders: 2, Completed: 7, Leechers: 1, Downloaders: 1}, c)
	_, ok = a.CountsAt(1)
	require.False(t, ok)
	for range ScrapeMax - 1 {
		scraped = AppendCounts(scraped, c)
	}
	require.Len(t, scraped, 896)

	require.Equal(t, packetError, hex.EncodeToString(AppendError(nil, 0x0badcafe, notTracked)))
	require.Equal(t, OK, ParseAnswer(unhex(t, packetError), false, &a))
	require.Equal(t, notTracked, string(a.Text))
}

func TestPathsOfAnyLength(t *testing.T) {
	for _, n := range []int{0, 1, 254, 255, 256, 510, 700} {
		path := strings.Repeat("p", n)
		q := vectorRequest()
		b := AppendAnnounceRequest(nil, 1, 2, &q, path)
		var p Packet
		require.Equal(t, OK, ParsePacket(b, protocol.Addr4(1, 9), &p))
		data, f := URLData(nil, p.Options, true)
		require.Equal(t, OK, f)
		require.Equal(t, path, string(data))
	}
}
