package krpc_test

import (
	"maps"
	"slices"
	"strings"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// shape lists the keys that the Writer can write.
var shape = map[krpc.Method]string{
	krpc.Ping: "id", krpc.FindNode: "id target want",
	krpc.GetPeers:     "id info_hash noseed scrape want",
	krpc.AnnouncePeer: "id implied_port info_hash port seed token",
	krpc.Get:          "id seq target want", krpc.SampleInfohashes: "id target want",
	krpc.Put: "cas id k salt seq sig token v",
}

const replyShape = "BFpe BFsd id interval k nodes nodes6 num samples seq sig token v values"

// empty reports whether one of the keys has an empty string, which the Writer leaves out.
func empty(dict map[string]any, keys ...string) bool {
	return slices.ContainsFunc(keys, func(key string) bool { return dict[key] == "" })
}

// rewritableRare judges the filters and the sample of a response: filters have the right length,
// and a sample is there with all its parts or none.
func rewritableRare(r map[string]any, m *krpc.Message) bool {
	_, seeds := r["BFsd"]
	_, peers := r["BFpe"]
	_, interval := r["interval"]
	_, number := r["num"]
	_, ids := r["samples"]
	return seeds == (m.SeedFilter != nil) && peers == (m.PeerFilter != nil) &&
		interval == ids && number == ids
}

func only(dict map[string]any, keys string) bool {
	for key := range maps.Keys(dict) {
		if !slices.Contains(strings.Fields(keys), key) {
			return false
		}
	}
	return true
}

// exact reports whether the compact form of an address is the one that Addr is written as.
func exact(compact []byte) bool {
	a, ok := krpc.ParsePeer(compact)
	return ok && a != (protocol.Addr{}) && string(krpc.AppendPeer(nil, a)) == string(compact)
}

// rewritable reports whether the Writer can write the packet. It is defined by the map rather than
// by the message, which does not show what it passed over.
func rewritable(top map[string]any, m *krpc.Message) bool {
	if v, has := top["v"]; has && v == "" {
		return false
	}
	if _, has := top["ip"]; has && !exact(m.IP) {
		return false
	}
	switch m.Kind {
	case krpc.Query:
		return only(top, "a q ro t v y") && rewritableQuery(top, m)
	case krpc.Response:
		r := top["r"].(map[string]any)
		if empty(r, "nodes6", "token", "k", "sig") || !rewritableRare(r, m) {
			return false
		}
		values, has := r["values"].([]any)
		for _, v := range values {
			if s, ok := v.(string); !ok || !exact([]byte(s)) {
				return false
			}
		}
		return only(top, "ip r t v y") && only(r, replyShape) && (!has || len(values) > 0)
	}
	e := top["e"].([]any)
	return only(top, "e ip t v y") && len(e) == 2
}

func rewritableQuery(top map[string]any, m *krpc.Message) bool {
	a := top["a"].(map[string]any)
	if ro, has := top["ro"]; has && ro != int64(1) || m.Method == krpc.UnknownMethod {
		return false
	}
	for _, key := range []string{"implied_port", "seed", "noseed", "scrape"} {
		if flag, has := a[key]; has && flag != int64(1) {
			return false
		}
	}
	if want, has := a["want"].([]any); has {
		sorted := len(want) == 1 && m.WantV4 != m.WantV6 ||
			len(want) == 2 && want[0] == "n4" && want[1] == "n6"
		if !sorted {
			return false
		}
	}
	if m.Method != krpc.Ping && m.Method != krpc.Put && !m.HasTarget ||
		!only(a, shape[m.Method]) {
		return false
	}
	switch m.Method {
	case krpc.AnnouncePeer:
		return m.HasToken && m.HasPort && m.Port == int64(uint16(m.Port))
	case krpc.Get:
		return m.Item.Seq >= 0
	case krpc.Put:
		return m.HasToken && !empty(a, "k", "salt", "sig")
	}
	return true
}

// rewrite writes a message again.
func rewrite(m *krpc.Message) []byte {
	w := krpc.Writer{
		Version: string(m.Version), ReadOnly: m.ReadOnly, Want4: m.WantV4, Want6: m.WantV6,
		Flags: m.Flags,
	}
	to, _ := krpc.ParsePeer(m.IP)
	switch m.Kind {
	case krpc.Error:
		return w.Error(nil, m.T, int(m.Code), string(m.Text), to)
	case krpc.Response:
		r := krpc.Reply{
			T: m.T, ID: m.ID, To: to, Nodes: m.Nodes, Nodes6: m.Nodes6, Token: m.Token,
			HasNodes: m.Nodes != nil, Item: &m.Item,
			SeedFilter: filterOf(m.SeedFilter), PeerFilter: filterOf(m.PeerFilter),
		}
		if m.Sample.IDs != nil {
			r.Sample = &m.Sample
		}
		it := krpc.Peers(m.Values)
		for a, ok := it.Next(); ok; a, ok = it.Next() {
			r.Values = append(r.Values, a)
		}
		return w.Reply(nil, &r)
	}
	switch m.Method {
	case krpc.FindNode:
		return w.FindNode(nil, m.T, m.ID, m.Target)
	case krpc.GetPeers:
		return w.GetPeers(nil, m.T, m.ID, m.Target)
	case krpc.AnnouncePeer:
		return w.Announce(nil, m.T, m.ID, m.Target, uint16(m.Port), m.ImpliedPort, m.Token)
	case krpc.Get:
		seq := int64(-1)
		if m.Item.HasSeq {
			seq = m.Item.Seq
		}
		return w.Get(nil, m.T, m.ID, m.Target, seq)
	case krpc.Put:
		return w.Put(nil, m.T, m.ID, m.Token, &m.Item)
	case krpc.SampleInfohashes:
		return w.SampleInfohashes(nil, m.T, m.ID, m.Target)
	}
	return w.Ping(nil, m.T, m.ID)
}

func filterOf(b []byte) *krpc.Filter {
	if b == nil {
		return nil
	}
	return (*krpc.Filter)(b)
}
