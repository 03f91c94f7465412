package dht

import (
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// TestLookupsEnd lets one attacker answer every query with contacts of his that are nearer to the
// target than all before, at addresses that are never the same. The lookup ends all the same, with
// bounded memory.
func TestLookupsEnd(t *testing.T) {
	methods := []krpc.Method{krpc.FindNode, krpc.AnnouncePeer, krpc.SampleInfohashes}
	for _, name := range Profiles() {
		for _, method := range methods {
			cfg, _ := Profile(name)
			cfg.Refresh = 0
			d := newDriven(t, cfg, somebody(1))
			target, made := ownID.RandomInBucket(0, d.turn.Rand), 0
			ids := map[protocol.Addr]krpc.ID{somebody(1).Addr: somebody(1).ID}
			d.Lookup(0, &d.turn, Request{Method: method, Target: target, Port: 1})
			l := d.searches.at(d.nodes[0].lookups)
			asked := 0
			for waiting := d.sends(t); len(waiting) > 0; waiting = waiting[1:] {
				q := waiting[0]
				if q.m.Method == krpc.Ping || q.m.Method == krpc.AnnouncePeer {
					continue
				}
				asked++
				r := krpc.Reply{T: q.m.T, ID: ids[q.to], Token: []byte("token")}
				for range 20 {
					made++
					id := target.Xor(krpc.ID{Hi: 1<<40 - uint64(made)})
					a := protocol.Addr4(uint32(60<<24+made<<8), 6881)
					ids[a] = id
					r.Nodes = krpc.AppendNode(r.Nodes, id, a)
				}
				d.gets(q.to, krpc.Writer{}.Reply(nil, &r))
				waiting = append(waiting, d.sends(t)...)
				if asked > 2*sentMax {
					break
				}
			}
			require.GreaterOrEqual(t, asked, sentMax, "the attack works")
			require.LessOrEqual(t, asked, sentMax+cfg.Alpha, name)
			require.LessOrEqual(t, len(l.tokens), asked)
			require.LessOrEqual(t, len(l.networks), made)
		}
	}
}
