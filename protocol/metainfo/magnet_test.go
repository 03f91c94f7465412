package metainfo_test

import (
	"encoding/base32"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"swarmlab/protocol/metainfo"
)

const (
	helloHash = "7b5e918f364908afab937ecdd84059dfb61102b7"
	hello32   = "PNPJDDZWJEEK7K4TP3G5QQCZ363BCAVX"
	hybrid1   = "84d202e97b814cc1a588f4d9c8d553e13cac512e"
	hybrid2   = "1220dcd9a04fd2f473f9b23001600beaebe0067da39df1b2b3c7ba9013cc362a77bc"
	only2     = "1220f5c45fbdc7ab75176d3e2a6e9b00c3c6d1902ec8bff632ecf3a45a5a8145f379"
)

// The links of the sheet.
func TestLinks(t *testing.T) {
	const whole = "magnet:?xt=urn:btih:" + helloHash + "&dn=hello.txt" +
		"&tr=http%3A%2F%2Ftracker.example%2Fannounce&x.pe=203.0.113.7:6881"
	m, err := metainfo.ParseMagnet(whole)
	require.NoError(t, err)
	require.Equal(t, helloHash, m.Hash.String())
	require.Equal(t, "hello.txt", m.Name)
	require.Equal(t, []string{"http://tracker.example/announce"}, m.Trackers)
	require.Equal(t, []metainfo.Endpoint{{Host: "203.0.113.7", Port: 6881}}, m.Peers)
	require.Equal(t, whole, m.String())
	for _, link := range []string{
		"magnet:?xt=urn:btih:" + hello32,
		"magnet:?xt=urn:btih:" + strings.ToLower(hello32),
		"MAGNET:?XT=URN:BTIH:" + strings.ToUpper(helloHash),
		"magnet:?dn=x&foo&&=&xt.1=urn:btih:" + helloHash + "&xt.2=urn:btih:" + hello32,
		"magnet:?xt=urn%3Abtih%3a" + helloHash + "&xt=urn:sha1:YNCKHTQCWBTRNJIV4WNAE52SJUQCZO5C",
	} {
		m, err := metainfo.ParseMagnet(link)
		require.NoError(t, err, link)
		require.Equal(t, helloHash, m.Hash.String(), link)
		require.True(t, metainfo.IsMagnet(link))
	}
	require.False(t, metainfo.IsMagnet("magnet"))
	require.False(t, metainfo.IsMagnet("a.torrent"))
}

func TestMalformedLinks(t *testing.T) {
	const xt = "magnet:?xt=urn:btih:"
	for _, c := range []struct {
		link, want  string
		unsupported bool
	}{
		{"magnet:?xt=urn:btmh:" + only2, `^byte 11: xt: .* a torrent of version 2`, true},
		{xt + hybrid1 + "&xt=urn:btmh:" + hybrid2, `^byte 64: .* a hybrid torrent of`, true},
		{"magnet:?xt=urn:btmh:" + hybrid2 + "&xt=urn:btih:" + hybrid1, `^byte 11: .*hybrid`, true},
		{xt + helloHash[1:], `^byte 11: xt: "b5e.*is no infohash.*it has 39 characters`, false},
		{xt + helloHash + "0", `it has 41 characters`, false},
		{xt + helloHash[1:] + "g", `is no infohash`, false},
		{xt + hello32[1:], `it has 31 characters`, false},
		{xt + hello32[1:] + "1", `is no infohash`, false},
		{xt + hello32[1:] + "ı", `is no infohash`, false},
		{xt + hello32[2:] + "é", `is no infohash`, false},
		{xt, `is no infohash`, false},
		{"magnet:?xt=urn:btmh:1320" + only2[4:], `is no hash of a version 2 torrent`, false},
		{"magnet:?xt=urn:btmh:" + only2[:44], `is no hash of a version 2 torrent`, false},
		{"magnet:?xt=urn:btmh:" + only2 + "00", `is no hash of a version 2 torrent`, false},
		{"magnet:?dn=x", `^xt: there is no infohash in the link; it needs xt=urn:btih:`, false},
		{"magnet:?xs=urn:btpk:" + only2[4:], `there is no infohash`, false},
		{"magnet:?", `there is no infohash`, false},
		{"magnet:xt=1", `^byte 0: this is no magnet link: it should start with magnet:\?`, false},
		{"http://example.com", `this is no magnet link`, false},
		{"", `this is no magnet link`, false},
		{xt + helloHash + "&xt=urn:btih:" + hybrid1, `^byte 64: xt: .* to two torrents`, false},
		{xt + helloHash + "&dn=%", `^byte 64: dn: a % is not followed by two`, false},
		{xt + helloHash + "&dn=%4", `a % is not followed by`, false},
		{xt + helloHash + "&dn=%4x", `a % is not followed by`, false},
		{xt + helloHash + "&x.pe=h", `^byte 66: x.pe: "h" is no HOST:PORT`, false},
		{xt + helloHash + "&x.pe.1=h:0", `x.pe: "h:0" is no HOST:PORT`, false},
		{xt + helloHash + "&x.pe=h:65536", `is no HOST:PORT`, false},
		{xt + helloHash + "&x.pe=h:-1", `is no HOST:PORT`, false},
		{xt + helloHash + "&x.pe=:1", `is no HOST:PORT`, false},
		{xt + helloHash + "&x.pe=::1:1", `is no HOST:PORT`, false},
		{xt + helloHash + "&x.pe=[::1:1", `is no HOST:PORT`, false},
		{xt + helloHash + "&x.pe=[1.2.3.4]:1", `is no HOST:PORT`, false},
		{xt + helloHash + "&x.pe=[]:1", `is no HOST:PORT`, false},
		{xt + helloHash + "&x.pe=a%0ab:1", `is no HOST:PORT`, false},
		{xt + helloHash + "&dht=1", `dht: "1" is no HOST:PORT`, false},
		{xt + helloHash + "&dn=" + strings.Repeat("x", 1<<16), `is longer than the limit`, false},
	} {
		_, err := metainfo.ParseMagnet(c.link)
		checkVerdict(t, err, c.want, c.unsupported)
	}
}

func TestSelection(t *testing.T) {
	for text, want := range map[string][]metainfo.Range{
		"0,2,4,6-8":         {{0, 0}, {2, 2}, {4, 4}, {6, 8}},
		"3-1":               nil,
		"-1":                nil,
		"1-":                nil,
		"a":                 nil,
		"0,a":               nil, // a foreign character spoils all
		"0,3-1,5":           {{0, 0}, {5, 5}},
		"":                  nil,
		",,":                nil,
		"1-2-3":             nil,
		"10000":             {{10000, 10000}},
		"10001,3":           {{3, 3}},
		"0-10001":           nil,
		"4294967296":        nil,
		"5,4,3,1":           {{1, 1}, {3, 5}},
		"0-9,2-3,7-12,14":   {{0, 12}, {14, 14}},
		"0%2C1":             {{0, 1}},
		"9&so=1&so.2=2&so=": {{1, 2}, {9, 9}},
	} {
		m, err := metainfo.ParseMagnet("magnet:?so=" + text + "&xt=urn:btih:" + helloHash)
		require.NoError(t, err)
		if want == nil {
			require.Empty(t, m.Select, text)
			require.True(t, m.Selected(77))
			continue
		}
		require.Equal(t, want, m.Select, text)
		for n := range 20 {
			in := false
			for _, r := range want {
				in = in || r.First <= n && n <= r.Last
			}
			require.Equal(t, in, m.Selected(n))
		}
	}
}

// A link that is written is read as the same, whatever is in it.
func TestLinkRoundTrip(t *testing.T) {
	text := rapid.StringN(1, 20, 60)
	endpoint := rapid.SampledFrom([]metainfo.Endpoint{{Host: "203.0.113.7", Port: 1},
		{Host: "2001:db8::7", Port: 65535}, {Host: "peer.example", Port: 6881}})
	rapid.Check(t, func(r *rapid.T) {
		m := &metainfo.Magnet{
			Hash:     metainfo.Hash(rapid.SliceOfN(rapid.Byte(), 20, 20).Draw(r, "hash")),
			Name:     rapid.String().Draw(r, "name"),
			Trackers: rapid.SliceOfN(text, 1, 3).Draw(r, "trackers"),
			WebSeeds: rapid.SliceOfN(text, 1, 3).Draw(r, "seeds"),
			Peers:    rapid.SliceOfN(endpoint, 1, 3).Draw(r, "peers"),
			Nodes:    rapid.SliceOfN(endpoint, 1, 3).Draw(r, "nodes"),
			Select:   []metainfo.Range{{First: 1, Last: 1}, {First: 3, Last: 9}},
		}
		again, err := metainfo.ParseMagnet(m.String())
		require.NoError(r, err)
		require.Equal(r, m, again)
		in32 := base32.StdEncoding.EncodeToString(m.Hash[:])
		again, err = metainfo.ParseMagnet("magnet:?xt=urn:btih:" + in32)
		require.NoError(r, err)
		require.Equal(r, m.Hash, again.Hash)
	})
}

func TestLinkOfTorrent(t *testing.T) {
	plan := helloPlan()
	plan.Trackers = [][]string{{"http://a.example/x?y=1&z", "udp://b.example:1"},
		{"http://c.example"}}
	plan.WebSeeds = []string{"http://d.example/"}
	_, torrent := build(t, plan, []byte(hello))
	link := torrent.Magnet()
	require.Equal(t, "magnet:?xt=urn:btih:"+helloHash+"&dn=hello.txt"+
		"&tr=http%3A%2F%2Fa.example%2Fx%3Fy%3D1%26z&tr=udp%3A%2F%2Fb.example%3A1"+
		"&tr=http%3A%2F%2Fc.example&ws=http%3A%2F%2Fd.example%2F", link.String())
}
