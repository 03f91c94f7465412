package krpc_test

import (
	"crypto/ed25519"
	"testing"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// eight returns the nodes of a full find_node response.
func eight() (nodes []byte) {
	r := protocol.NewRand(1, 2, 3)
	for i := range 8 {
		a := protocol.Addr4(uint32(r.Uint64()), uint16(6881+i))
		nodes = krpc.AppendNode(nodes, krpc.RandomID(&r), a)
	}
	return nodes
}

var (
	ours     = krpc.Writer{Version: krpc.Version}
	idA      = krpc.IDFromBytes([]byte("abcdefghij0123456789"))
	idB      = krpc.IDFromBytes([]byte("mnopqrstuvwxyz123456"))
	aa       = []byte("aa")
	reply8   = krpc.Reply{T: aa, ID: idA, To: protocol.Addr4(0xc0000237, 51413), Nodes: eight()}
	decodeIn = map[string][]byte{
		"Ping":     ours.Ping(nil, aa, idA),
		"FindNode": ours.FindNode(nil, aa, idA, idB),
		"Reply8":   ours.Reply(nil, &reply8),
		"Announce": ours.Announce(nil, aa, idA, idB, 6881, true, []byte("aoeusnth")),
	}
)

func BenchmarkDecode(b *testing.B) {
	for _, name := range []string{"Ping", "FindNode", "Announce", "Reply8"} {
		p := decodeIn[name]
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			var m krpc.Message
			for b.Loop() {
				if krpc.Decode(p, &m) != krpc.OK {
					b.Fatal("not decoded")
				}
			}
		})
	}
}

// BenchmarkRare shows what messages of other BEPs cost, which are decoded the general way, and what
// is computed about them.
func BenchmarkRare(b *testing.B) {
	item, genuine := mutable(), mutable()
	genuine.Key = ourKey().Public().(ed25519.PublicKey)
	genuine.Sig = ed25519.Sign(ourKey(),
		krpc.AppendSigned(nil, genuine.Salt, genuine.Seq, genuine.V))
	if !genuine.Verify() {
		b.Fatal("not signed")
	}
	sample := krpc.Sample{Interval: 21600, Num: 37, IDs: make([]byte, 20*krpc.IDSize)}
	var f, g krpc.Filter
	to := reply8.To
	id := krpc.ID{}
	packets := map[string][]byte{
		"Put": ours.Put(nil, aa, idA, aa, &item),
		"Sampled": ours.Reply(nil, &krpc.Reply{
			T: aa, ID: idA, To: to, Nodes: reply8.Nodes, Sample: &sample}),
		"Scraped": ours.Reply(nil, &krpc.Reply{
			T: aa, ID: idA, To: to, Nodes: reply8.Nodes, SeedFilter: &f, PeerFilter: &g}),
	}
	work := []struct {
		name string
		do   func()
	}{
		{"ValidID", func() { krpc.ValidID(idA, to) }},
		{"Insert", func() { f.Insert(to) }},
		{"Union", func() { f.Union(&g) }},
		{"Estimate", func() { f.Estimate() }},
		{"Target", func() { id = item.Target() }},
		{"Verify", func() { genuine.Verify() }},
	}
	for _, name := range []string{"Put", "Sampled", "Scraped"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			var m krpc.Message
			for b.Loop() {
				krpc.Decode(packets[name], &m)
			}
		})
	}
	for _, w := range work {
		b.Run(w.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				w.do()
			}
		})
	}
	_ = id
}

// BenchmarkGeneral shows what a message costs that has not the usual layout.
func BenchmarkGeneral(b *testing.B) {
	p := decodeIn["Reply8"]
	b.ReportAllocs()
	var m krpc.Message
	for b.Loop() {
		m = krpc.Message{}
		if krpc.General(p, &m) != krpc.OK {
			b.Fatal("not decoded")
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	dst := make([]byte, 0, 1024)
	b.Run("FindNode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			dst = ours.FindNode(dst[:0], aa, idA, idB)
		}
	})
	b.Run("Reply8", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			dst = ours.Reply(dst[:0], &reply8)
		}
	})
	b.Run("Announce", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			dst = ours.Announce(dst[:0], aa, idA, idB, 6881, true, []byte("aoeusnth"))
		}
	})
}
