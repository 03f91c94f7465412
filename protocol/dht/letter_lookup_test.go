package dht

import (
	"fmt"
	"strconv"
	"strings"

	"swarmlab/protocol/krpc"
)

// requestOf reads what a node is to look up:
//
//	find_node, get_peers target=c0          with noseed, scrape
//	announce_peer target=c0 port=N implied  with seed
//	sample_infohashes target=c0
//	get v=1:a                               the immutable item
//	get key=1 salt=s seq=2                  of a mutable one; seq is what is known already
//	put v=1:a key=1 salt=s seq=2 cas=1      immutable without a key
func requestOf(method string, w words) Request {
	methods := map[string]krpc.Method{"find_node": krpc.FindNode, "get_peers": krpc.GetPeers,
		"announce_peer": krpc.AnnouncePeer, "get": krpc.Get, "put": krpc.Put,
		"sample_infohashes": krpc.SampleInfohashes}
	r := Request{Method: methods[method], Implied: w.has("implied"), Seed: w.has("seed"),
		NoSeed: w.has("noseed"), Scrape: w.has("scrape")}
	port := 0
	w.number("port", &port)
	r.Port = uint16(port)
	switch r.Method {
	case krpc.Get, krpc.Put:
		it := itemOf(w)
		r.Target = it.Target()
		if r.Item = it; r.Method == krpc.Get {
			it.V, it.HasSeq = nil, w.get("seq", "") != ""
		}
	default:
		r.Target = idOf(w.get("target", ""))
	}
	return r
}

// itemOf reads an item; it is mutable if there is a key, and forged if the words say so.
func itemOf(w words) *krpc.Item {
	seq, cas, key := 0, -1, -1
	w.number("seq", &seq)
	w.number("cas", &cas)
	w.number("key", &key)
	it := &krpc.Item{V: []byte(w.get("v", ""))}
	if key >= 0 {
		it = sign(byte(key), w.get("salt", ""), int64(seq), it.V)
	}
	if w.has("forged") {
		it.Sig[0] ^= 1
	}
	it.HasCas, it.Cas = cas >= 0, int64(cas)
	return it
}

// replyRare adds what BEP 33, 44 and 51 add to a reply: an item in the words of itemOf, or its seq
// alone; BFsd and BFpe with the hosts that are in them; samples, and num.
func replyRare(r *krpc.Reply, w words) {
	if w.get("v", "") != "" {
		r.Item = itemOf(w)
	} else if w.get("seq", "") != "" {
		r.Item = &krpc.Item{Seq: itemOf(append(w, "key=0", "v=le")).Seq, HasSeq: true}
	}
	if hosts := w.list("BFsd"); w.get("BFsd", "none") != "none" {
		r.SeedFilter = filterWith(hosts)
	}
	if hosts := w.list("BFpe"); w.get("BFpe", "none") != "none" {
		r.PeerFilter = filterWith(hosts)
	}
	if w.get("num", "") != "" {
		num := 0
		w.number("num", &num)
		r.Sample = &krpc.Sample{Num: int64(num), IDs: []byte{}}
		for _, id := range w.list("samples") {
			r.Sample.IDs = idOf(id).Append(r.Sample.IDs)
		}
	}
}

func filterWith(hosts []string) *krpc.Filter {
	f := &krpc.Filter{}
	for _, host := range hosts {
		f.Insert(hostOf(host))
	}
	return f
}

func codeOf(w words) int {
	code := krpc.GenericError
	w.number("code", &code)
	return code
}

// patienceOf reads the settings of lookups.
func patienceOf(c *Config, w words) {
	w.duration("soft", &c.SoftTimeout)
	w.number("tries", &c.Tries)
	w.number("candidates", &c.Candidates)
	c.Diverse = w.has("diverse")
}

// rareOf shows what a lookup found besides contacts and peers.
func rareOf(r *Result) string {
	b := &strings.Builder{}
	if r.Refused > 0 {
		fmt.Fprintf(b, " refused=%d(%d %q)", r.Refused, r.RefusedCode, r.RefusedText)
	}
	switch {
	case r.Method == krpc.Get || r.Method == krpc.Put:
		seq, v := "none", "none"
		if it := r.Item; it != nil {
			v = string(it.V)
			if it.HasSeq {
				seq = strconv.FormatInt(it.Seq, 10)
			}
		}
		fmt.Fprintf(b, " seq=%s v=%s copies=%d", seq, v, r.Copies)
	case r.Method == krpc.SampleInfohashes:
		var names []string
		for _, id := range r.Samples {
			names = append(names, idName(id))
		}
		fmt.Fprintf(b, " samples=%s sampled=%d held=%d", list(names), r.Sampled, r.Held)
	case r.Scrape:
		fmt.Fprintf(b, " BFsd=%d BFpe=%d scraped=%d", krpc.FilterBits-r.SeedFilter.Zeros(),
			krpc.FilterBits-r.PeerFilter.Zeros(), r.Scraped)
	}
	return b.String()
}
