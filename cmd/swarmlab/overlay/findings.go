package overlay

import (
	"encoding/hex"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"swarmlab/protocol/bencode"
	"swarmlab/protocol/dht"
	"swarmlab/protocol/krpc"
)

// itemReport is an item of BEP 44.
type itemReport struct {
	Value     string `json:"value"`             // for people
	Bencoded  string `json:"bencoded_hex"`      // the same, exactly
	Mutable   bool   `json:"mutable"`           //
	PublicKey string `json:"key_hex,omitempty"` // of a mutable item, as are the next two
	Salt      string `json:"salt,omitempty"`
	Seq       *int64 `json:"seq,omitempty"`
	Pointer   string `json:"infohash,omitempty"` // where it points, if it does (BEP 46)
	Magnet    string `json:"magnet,omitempty"`   // the link to it (BEP 46)
	Copies    *int   `json:"copies,omitempty"`   // nodes that returned it; of get
}

func reportItem(it *krpc.Item) *itemReport {
	r := &itemReport{Value: readable(it.V), Bencoded: hex.EncodeToString(it.V)}
	if infoHash, ok := krpc.ParsePointer(it.V); ok {
		r.Pointer = infoHash.String()
	}
	if it.Key == nil {
		return r
	}
	seq := it.Seq
	r.Mutable, r.PublicKey, r.Salt, r.Seq = true, hex.EncodeToString(it.Key), string(it.Salt), &seq
	if r.Pointer != "" {
		r.Magnet = "magnet:?xs=" + magnetKey + r.PublicKey
		if len(it.Salt) > 0 {
			r.Magnet += "&s=" + hex.EncodeToString(it.Salt)
		}
	}
	return r
}

func (r *itemReport) print(w io.Writer) {
	fmt.Fprintf(w, "value %s\n", r.Value)
	if r.Mutable {
		fmt.Fprintf(w, "key %s, seq %d", r.PublicKey, *r.Seq)
		if r.Salt != "" {
			fmt.Fprintf(w, ", salt %q", r.Salt)
		}
		fmt.Fprintln(w)
	}
	if r.Magnet != "" {
		fmt.Fprintf(w, "%s\n", r.Magnet)
	}
	if r.Copies != nil {
		fmt.Fprintf(w, "returned by %s\n", countOf(*r.Copies, "node"))
	}
}

// swarmReport is what scrape found.
type swarmReport struct {
	Seeds   float64 `json:"seeds"`   // estimated
	Peers   float64 `json:"peers"`   // estimated, without seeds
	Filters int     `json:"filters"` // nodes that returned any
}

// reportSwarm estimates. An empty filter's estimate is half a host, by the formula of BEP 33: that
// is none.
func reportSwarm(r *dht.Result) *swarmReport {
	estimate := func(f *krpc.Filter) float64 {
		if f.Zeros() == krpc.FilterBits {
			return 0
		}
		return float64(f.Estimate()) / 1000
	}
	return &swarmReport{estimate(r.SeedFilter), estimate(r.PeerFilter), r.Scraped}
}

// samplesReport is what sample found.
type samplesReport struct {
	InfoHashes []string `json:"infohashes"`
	Nodes      int      `json:"nodes"` // that returned samples
	Held       int64    `json:"held"`  // infohashes that these hold, in sum, as they say
}

func reportSamples(r *dht.Result) *samplesReport {
	s := &samplesReport{InfoHashes: []string{}, Nodes: r.Sampled, Held: r.Held}
	for _, id := range r.Samples {
		s.InfoHashes = append(s.InfoHashes, id.String())
	}
	return s
}

func (s *samplesReport) print(w io.Writer) {
	for _, infoHash := range s.InfoHashes {
		fmt.Fprintf(w, "infohash %s\n", infoHash)
	}
	fmt.Fprintf(w, "%s of %d that %s hold\n", countOf(len(s.InfoHashes), "sample"), s.Held,
		countOf(s.Nodes, "node"))
}

// readable writes a bencoded value for people: like JSON, octets that are no text in hexadecimal.
func readable(v []byte) string {
	s := bencode.NewScanner(v, bencode.Limits{Depth: 10, Items: 500}, bencode.Tolerant)
	var b strings.Builder
	appendReadable(&b, &s)
	if s.End() != bencode.OK {
		return "0x" + hex.EncodeToString(v) // too deep, or too large a number
	}
	return b.String()
}

func appendReadable(b *strings.Builder, s *bencode.Scanner) {
	apart := ""
	switch s.Kind() {
	case bencode.Int:
		n, _ := s.Int()
		b.WriteString(strconv.FormatInt(n, 10))
	case bencode.String:
		octets, _ := s.Bytes()
		b.WriteString(readableOctets(octets))
	case bencode.List:
		b.WriteByte('[')
		for s.List(); s.More(); apart = ", " {
			b.WriteString(apart)
			appendReadable(b, s)
		}
		b.WriteByte(']')
	case bencode.Dict:
		b.WriteByte('{')
		keys, _ := s.Dict()
		for key, more := keys.Next(s); more; key, more = keys.Next(s) {
			b.WriteString(apart + readableOctets(key) + ": ")
			appendReadable(b, s)
			apart = ", "
		}
		b.WriteByte('}')
	}
}

func readableOctets(octets []byte) string {
	if utf8.Valid(octets) && !strings.ContainsFunc(string(octets), func(r rune) bool {
		return !strconv.IsPrint(r)
	}) {
		return strconv.Quote(string(octets))
	}
	return "0x" + hex.EncodeToString(octets)
}
