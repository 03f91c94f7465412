package dht

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"strings"

	"swarmlab/protocol/bencode"
	"swarmlab/protocol/krpc"
)

// flagNames are those of BEP 33 by their bits.
var flagNames = []string{"noseed", "scrape", "seed"}

func flagsOf(w words) (f krpc.Flags) {
	for bit, name := range flagNames {
		if w.has(name) {
			f |= 1 << bit
		}
	}
	return f
}

// readRare shows what BEP 33, 44 and 51 add to a letter. Filters are shown by the number of bits
// that are set, signatures not at all, and keys by their numbers.
func readRare(b *strings.Builder, m *krpc.Message) {
	for bit, name := range flagNames {
		if m.Flags&(1<<bit) != 0 {
			b.WriteString(" " + name)
		}
	}
	if m.SeedFilter != nil || m.PeerFilter != nil {
		fmt.Fprintf(b, " BFsd=%d BFpe=%d", filterOf(m.SeedFilter), filterOf(m.PeerFilter))
	}
	if m.Sample.IDs != nil {
		var names []string
		for ids := m.Sample.IDs; len(ids) >= krpc.IDSize; ids = ids[krpc.IDSize:] {
			names = append(names, idName(krpc.IDFromBytes(ids)))
		}
		fmt.Fprintf(b, " interval=%d num=%d samples=%s", m.Sample.Interval, m.Sample.Num,
			list(names))
	}
	it := &m.Item
	for n := byte(0); it.Key != nil && n < 10; n++ {
		if bytes.Equal(it.Key, keyOf(n).Public().(ed25519.PublicKey)) {
			fmt.Fprintf(b, " key=%d", n)
		}
	}
	if it.Salt != nil {
		fmt.Fprintf(b, " salt=%s", it.Salt)
	}
	if it.HasSeq {
		fmt.Fprintf(b, " seq=%d", it.Seq)
	}
	if it.HasCas {
		fmt.Fprintf(b, " cas=%d", it.Cas)
	}
	if it.V != nil {
		fmt.Fprintf(b, " v=%s", it.V)
	}
}

func filterOf(b []byte) int {
	f := krpc.Filter(b)
	return krpc.FilterBits - f.Zeros()
}

// writeRare is the inverse of readRare. The target of a get is that of the item in the words.
func writeRare(w krpc.Writer, kind string, t []byte, id krpc.ID, token []byte, ws words) []byte {
	if kind == "sample_infohashes" {
		return w.SampleInfohashes(nil, t, id, idOf(ws.get("target", "00")))
	}
	seq, cas := -1, -1
	ws.number("seq", &seq)
	ws.number("cas", &cas)
	it := &krpc.Item{V: []byte(ws.get("v", ""))}
	if key := -1; ws.get("key", "") != "" {
		ws.number("key", &key)
		it = sign(byte(key), ws.get("salt", ""), int64(seq), it.V)
	}
	it.HasCas, it.Cas = cas >= 0, int64(cas)
	if kind == "get" {
		return w.Get(nil, t, id, it.Target(), int64(seq))
	}
	return w.Put(nil, t, id, token, it)
}

// keyOf returns one of a few private keys.
func keyOf(n byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{n}, ed25519.SeedSize))
}

// sign returns a mutable item.
func sign(key byte, salt string, seq int64, v []byte) *krpc.Item {
	private := keyOf(key)
	it := &krpc.Item{V: v, Key: private.Public().(ed25519.PublicKey), Seq: seq, HasSeq: true}
	if salt != "" {
		it.Salt = []byte(salt)
	}
	it.Sig = ed25519.Sign(private, krpc.AppendSigned(nil, it.Salt, seq, v))
	return it
}

// signed returns a mutable item whose value takes size bytes; immutable another kind of the same.
func signed(key byte, salt string, seq int64, size int) *krpc.Item {
	return sign(key, salt, seq, immutable(size).V)
}

func immutable(size int) *krpc.Item {
	for n := max(0, size-5); ; n++ {
		if v := bencode.AppendBytes(nil, bytes.Repeat([]byte{'x'}, n)); len(v) >= size {
			return &krpc.Item{V: v}
		}
	}
}
