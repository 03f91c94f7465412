package client

import (
	"testing"

	"swarmlab/protocol"
	"swarmlab/protocol/peerwire"
	"swarmlab/protocol/swarm"
)

// BenchmarkMessage is what a message costs that a peer alone, or a client, takes in a turn.
func BenchmarkMessage(b *testing.B) {
	g, turn := alone(b, Env{})
	g.Add(0, turn, swarm.Entry{})
	c, _ := g.Accept(0, turn, protocol.Addr4(0x7f000002, 5))
	h := peerwire.Handshake{InfoHash: [20]byte{1}, PeerID: [20]byte{'d'}}
	g.Data(0, turn, c, protocol.Chunk{Bytes: peerwire.AppendHandshake(nil, &h)})
	ch := protocol.Chunk{Bytes: peerwire.AppendIndex(nil, peerwire.Have, 3)}
	for name, peer := range map[string]protocol.Streams{"peer": g.Swarm(), "client": g} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				turn.Out.Reset()
				peer.Data(0, turn, c, ch)
			}
		})
	}
}
