package krpc_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/bencode"
	"swarmlab/protocol/krpc"
)

// mutable is an item with all parts that a put may have. Its signature is none.
func mutable() krpc.Item {
	return krpc.Item{
		V: []byte("d1:ali1eee"), Key: []byte(key32), Sig: []byte(sig64), Salt: []byte("foobar"),
		Seq: 4, HasSeq: true, Cas: 3, HasCas: true,
	}
}

// rareQueries are those of BEP 33 and BEP 44, made by hand.
func rareQueries() []packet {
	about := krpc.Message{
		Kind: krpc.Query, T: aa, ID: idA, HasID: true, Target: idB, HasTarget: true,
	}
	scrape, get := about, about
	scrape.Method, scrape.Flags = krpc.GetPeers, krpc.NoSeed|krpc.Scrape
	get.Method, get.WantV4 = krpc.Get, true
	newer := get
	newer.WantV4, newer.Item = false, krpc.Item{Seq: 7, HasSeq: true}
	put := krpc.Message{
		Kind: krpc.Query, Method: krpc.Put, T: aa, ID: idA, HasID: true,
		Token: []byte("aoeusnth"), HasToken: true,
	}
	update := put
	update.Item = mutable()
	put.Item.V = []byte("12:Hello World!")
	scraper := krpc.Writer{Flags: krpc.NoSeed | krpc.Scrape}
	const envelope = "1:t2:aa1:y1:qe"
	return []packet{
		{"get_peers with noseed and scrape", "d1:ad2:id20:" + textA + "9:info_hash20:" + textB +
			"6:noseedi1e6:scrapei1ee1:q9:get_peers" + envelope, 95 + 2*11, scrape,
			func() []byte { return scraper.GetPeers(nil, aa, idA, idB) }},
		{"get with want", "d1:ad2:id20:" + textA + "6:target20:" + textB +
			"4:wantl2:n4ee1:q3:get" + envelope, 86 + 12, get,
			func() []byte { return krpc.Writer{Want4: true}.Get(nil, aa, idA, idB, -1) }},
		{"get with seq", "d1:ad2:id20:" + textA + "3:seqi7e6:target20:" + textB +
			"e1:q3:get" + envelope, 86 + 8, newer,
			func() []byte { return plain.Get(nil, aa, idA, idB, 7) }},
		{"put, immutable", "d1:ad2:id20:" + textA + "5:token8:aoeusnth1:v12:Hello World!" +
			"e1:q3:put" + envelope, 55 + 17 + 18, put,
			func() []byte { return plain.Put(nil, aa, idA, put.Token, &put.Item) }},
		{"put, mutable", "d1:ad3:casi3e2:id20:" + textA + "1:k32:" + key32 + "4:salt6:foobar" +
			"3:seqi4e3:sig64:" + sig64 + "5:token8:aoeusnth1:vd1:ali1eeee1:q3:put" + envelope,
			55 + 8 + 38 + 14 + 8 + 72 + 17 + 13, update,
			func() []byte { return plain.Put(nil, aa, idA, update.Token, &update.Item) }},
	}
}

// rareResponses are those of BEP 33, BEP 44 and BEP 51.
func rareResponses() []packet {
	r := krpc.Message{
		Kind: krpc.Response, T: aa, ID: idB, HasID: true, Token: []byte("aoeusnth"), HasToken: true,
	}
	immutable, found, old, scraped, sampled := r, r, r, r, r
	immutable.Item.V = []byte("12:Hello World!")
	found.Item = mutable()
	found.Item.Salt, found.Item.Cas, found.Item.HasCas = nil, 0, false
	old.Item = krpc.Item{Seq: -9, HasSeq: true}
	scraped.SeedFilter, scraped.PeerFilter = []byte(filter), make([]byte, krpc.FilterSize)
	sampled.Token, sampled.HasToken = nil, false
	sampled.Nodes = krpc.AppendNode(nil, idC, protocol.Addr4(0xcb007107, 6881))
	sampled.Sample = krpc.Sample{Interval: 21600, Num: 37, IDs: []byte(textA + textC)}
	reply := func(r krpc.Reply) func() []byte {
		return func() []byte { r.T, r.ID = aa, idB; return plain.Reply(nil, &r) }
	}
	salted := mutable() // the Writer keeps the salt to itself
	const envelope = "e1:t2:aa1:y1:re"
	return []packet{
		{"get, immutable", "d1:rd2:id20:" + textB + "5:token8:aoeusnth1:v12:Hello World!" +
			envelope, 47 + 17 + 18, immutable,
			reply(krpc.Reply{Token: r.Token, Item: &immutable.Item})},
		{"get, mutable", "d1:rd2:id20:" + textB + "1:k32:" + key32 + "3:seqi4e3:sig64:" + sig64 +
			"5:token8:aoeusnth1:vd1:ali1eee" + envelope, 47 + 38 + 8 + 72 + 17 + 13, found,
			reply(krpc.Reply{Token: r.Token, Item: &salted})},
		{"get, nothing newer", "d1:rd2:id20:" + textB + "3:seqi-9e5:token8:aoeusnth" + envelope,
			47 + 9 + 17, old, reply(krpc.Reply{Token: r.Token, Item: &old.Item})},
		{"get_peers, scrape", "d1:rd4:BFpe256:" + string(scraped.PeerFilter) + "4:BFsd256:" +
			filter + "2:id20:" + textB + "5:token8:aoeusnth" + envelope, 47 + 2*266 + 17, scraped,
			reply(krpc.Reply{Token: r.Token, SeedFilter: filterOf(scraped.SeedFilter),
				PeerFilter: new(krpc.Filter)})},
		{"sample_infohashes", "d1:rd2:id20:" + textB + "8:intervali21600e5:nodes26:" + textC +
			"\xcb\x00\x71\x07\x1a\xe13:numi37e7:samples40:" + textA + textC + envelope, 161,
			sampled, reply(krpc.Reply{Nodes: sampled.Nodes, Sample: &sampled.Sample})},
	}
}

// TestOtherLengths reads keys of the right type that cannot be what they should: filters are then
// not there, and parts of an item are for the caller.
func TestOtherLengths(t *testing.T) {
	p := "d1:rd4:BFpe3:abc4:BFsd255:" + filter[1:] + "2:id20:" + textB + "1:k0:3:sig2:no1:vle" +
		"e1:t2:aa1:y1:re"
	var m krpc.Message
	require.Equal(t, krpc.OK, check(t, []byte(p)))
	require.Equal(t, krpc.OK, krpc.Decode([]byte(p), &m))
	require.Nil(t, m.SeedFilter)
	require.Nil(t, m.PeerFilter)
	require.Nil(t, m.Sample.IDs)
	require.Equal(t, krpc.Item{V: []byte("le"), Key: []byte{}, Sig: []byte("no")}, m.Item)
	require.False(t, m.Item.Verify())
}

// TestWrongTypes gives every key of these BEPs a list where none has one.
func TestWrongTypes(t *testing.T) {
	for _, key := range []string{
		"noseed", "scrape", "seed", "seq", "cas", "k", "sig", "salt",
	} {
		p := "d1:ad2:id20:" + textA + bencodeKey(key) + "lee1:q3:put1:t2:aa1:y1:qe"
		require.Equal(t, krpc.BadArgument, krpc.Decode([]byte(p), new(krpc.Message)), key)
		p = "d1:ad2:id20:" + textA + bencodeKey(key) + "e1:q3:put1:t2:aa1:y1:qe"
		require.Equal(t, krpc.BadBencode, krpc.Decode([]byte(p), new(krpc.Message)), key)
	}
	for _, key := range []string{
		"BFsd", "BFpe", "interval", "num", "samples", "seq", "k", "sig",
	} {
		p := "d1:rd2:id20:" + textA + bencodeKey(key) + "lee1:t2:aa1:y1:re"
		require.Equal(t, krpc.BadResult, krpc.Decode([]byte(p), new(krpc.Message)), key)
	}
}

func bencodeKey(key string) string { return string(bencode.AppendString(nil, key)) }

// TestFlags: only 1 sets the flags of BEP 33, and the order of keys matters as ever.
func TestFlags(t *testing.T) {
	const noSeed, scrape, seed = krpc.NoSeed, krpc.Scrape, krpc.Seed
	for flags, want := range map[string]krpc.Flags{
		"":                                   0,
		"6:noseedi1e":                        noSeed,
		"6:scrapei1e":                        scrape,
		"4:seedi1e":                          seed,
		"6:noseedi0e":                        0,
		"6:scrapei2e4:seedi-1e":              0,
		"4:porti1e4:seedi0e":                 0,
		"4:porti1e4:seedi1e":                 seed,
		"4:porti1e6:scrapei1e":               scrape,
		"6:noseedi1e4:porti1e6:scrapei1e":    noSeed | scrape,
		"6:noseedi1e6:scrapei1e4:seedi1e":    noSeed | scrape | seed,
		"6:noseedi1e6:scrapei1e4:wantl2:n4e": noSeed | scrape,
	} {
		p := "d1:ad2:id20:" + textA + "9:info_hash20:" + textB + flags +
			"e1:q9:get_peers1:t2:aa1:y1:qe"
		var m krpc.Message
		require.Equal(t, krpc.OK, check(t, []byte(p)), flags)
		require.Equal(t, krpc.OK, krpc.Decode([]byte(p), &m))
		require.Equal(t, want, m.Flags, flags)
		require.False(t, m.NonCanonical, flags)
	}
	for _, flags := range []string{
		"6:scrapei1e6:noseedi1e", "6:scrapei1e4:porti1e", "4:seedi1e4:porti1e",
	} {
		p := "d1:ad2:id20:" + textA + "9:info_hash20:" + textB + flags +
			"e1:q9:get_peers1:t2:aa1:y1:qe"
		var m krpc.Message
		require.Equal(t, krpc.OK, check(t, []byte(p)), flags)
		require.Equal(t, krpc.OK, krpc.Decode([]byte(p), &m))
		require.True(t, m.NonCanonical, flags)
	}
}

// TestPassedOver reads the keys of libtorrent that are in no BEP, whatever they hold.
func TestPassedOver(t *testing.T) {
	p := "d1:ad2:bsi1e2:id20:" + textA + "9:info_hash20:" + textB + "1:n4:name4:porti1e4:seedi0e" +
		"5:token1:xe1:q13:announce_peer1:t2:aa1:y1:qe"
	require.Equal(t, krpc.OK, check(t, []byte(p)))
	r := "d1:rd2:id20:" + textA + "1:pi6881ee1:t2:aa1:y1:re"
	require.Equal(t, krpc.OK, check(t, []byte(r)))
}

// TestScrapeReplySize: eight nodes and both filters leave room for 22 peers within 1024 bytes.
func TestScrapeReplySize(t *testing.T) {
	r := reply8
	r.Token = []byte("aoeusnth")
	require.Len(t, ours.Reply(nil, &krpc.Reply{T: aa, ID: idA, To: r.To, Nodes: r.Nodes}), 304-17)
	require.Len(t, ours.Reply(nil, &r), 304)
	r.SeedFilter, r.PeerFilter = new(krpc.Filter), new(krpc.Filter)
	require.Len(t, ours.Reply(nil, &r), 836)
	r.Values = make([]protocol.Addr, 22)
	for i := range r.Values {
		r.Values[i] = protocol.Addr4(uint32(i), 1)
	}
	require.LessOrEqual(t, len(ours.Reply(nil, &r)), 1024)
}

func TestRareNames(t *testing.T) {
	require.Equal(t, "get", krpc.Get.String())
	require.Equal(t, "put", krpc.Put.String())
	require.Equal(t, "sample_infohashes", krpc.SampleInfohashes.String())
	require.Equal(t, []int{205, 206, 207, 301, 302}, []int{krpc.ValueSizeError,
		krpc.SignatureError, krpc.SaltSizeError, krpc.CasError, krpc.SeqError})
}
