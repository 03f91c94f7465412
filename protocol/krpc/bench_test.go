package krpc_test

import (
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
