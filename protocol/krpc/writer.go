package krpc

import (
	"swarmlab/protocol"
	"swarmlab/protocol/bencode"
)

// Version is our v: the letters of the program and two bytes of version.
const Version = "SM\x00\x01"

// Writer appends messages in canonical form to byte slices, which it never keeps. The zero Writer
// adds nothing of its own; with its fields set, every message it writes carries them.
type Writer struct {
	Version      string // v, in all messages unless empty
	ReadOnly     bool   // ro, in queries: we do not answer queries (BEP 43)
	Want4, Want6 bool   // want, in find_node and get_peers (BEP 32)
}

// Ping appends a ping.
func (w Writer) Ping(dst, t []byte, id ID) []byte {
	dst = id.Append(append(dst, "d1:ad2:id20:"...))
	return w.endQuery(append(dst, "e1:q4:ping"...), t)
}

// FindNode appends a find_node.
func (w Writer) FindNode(dst, t []byte, id, target ID) []byte {
	dst = id.Append(append(dst, "d1:ad2:id20:"...))
	dst = target.Append(append(dst, "6:target20:"...))
	return w.endQuery(append(w.want(dst), "e1:q9:find_node"...), t)
}

// GetPeers appends a get_peers.
func (w Writer) GetPeers(dst, t []byte, id, infoHash ID) []byte {
	dst = id.Append(append(dst, "d1:ad2:id20:"...))
	dst = infoHash.Append(append(dst, "9:info_hash20:"...))
	return w.endQuery(append(w.want(dst), "e1:q9:get_peers"...), t)
}

// Announce appends an announce_peer. With implied the receiver takes the port from the source of
// the datagram; port is sent in any case, for receivers that do not know implied_port.
func (w Writer) Announce(
	dst, t []byte, id, infoHash ID, port uint16, implied bool, token []byte,
) []byte {
	dst = id.Append(append(dst, "d1:ad2:id20:"...))
	if implied {
		dst = append(dst, "12:implied_porti1e"...)
	}
	dst = infoHash.Append(append(dst, "9:info_hash20:"...))
	dst = bencode.AppendInt(append(dst, "4:port"...), int64(port))
	dst = bencode.AppendBytes(append(dst, "5:token"...), token)
	return w.endQuery(append(dst, "e1:q13:announce_peer"...), t)
}

// want appends the address families asked for.
func (w Writer) want(dst []byte) []byte {
	switch {
	case w.Want4 && w.Want6:
		return append(dst, "4:wantl2:n42:n6e"...)
	case w.Want4:
		return append(dst, "4:wantl2:n4e"...)
	case w.Want6:
		return append(dst, "4:wantl2:n6e"...)
	}
	return dst
}

func (w Writer) endQuery(dst, t []byte) []byte {
	if w.ReadOnly {
		dst = append(dst, "2:roi1e"...)
	}
	return append(w.tail(dst, t), "1:y1:qe"...)
}

// tail appends what all messages have between their body and y.
func (w Writer) tail(dst, t []byte) []byte {
	dst = bencode.AppendBytes(append(dst, "1:t"...), t)
	if w.Version != "" {
		dst = bencode.AppendString(append(dst, "1:v"...), w.Version)
	}
	return dst
}

// Reply is what a response says.
type Reply struct {
	T        []byte
	ID       ID            // of the responder
	To       protocol.Addr // ip: the querier as seen by the responder (BEP 42); zero to omit
	Nodes    []byte        // compact nodes, made with AppendNode
	Nodes6   []byte        // likewise; omitted if empty
	Token    []byte        // omitted if empty
	HasNodes bool          // write Nodes even if empty
	Values   []protocol.Addr
}

// Reply appends a response. With T and ID only it is the response to ping and announce_peer.
func (w Writer) Reply(dst []byte, r *Reply) []byte {
	dst = appendIP(append(dst, 'd'), r.To)
	dst = r.ID.Append(append(dst, "1:rd2:id20:"...))
	if r.HasNodes || len(r.Nodes) > 0 {
		dst = bencode.AppendBytes(append(dst, "5:nodes"...), r.Nodes)
	}
	if len(r.Nodes6) > 0 {
		dst = bencode.AppendBytes(append(dst, "6:nodes6"...), r.Nodes6)
	}
	if len(r.Token) > 0 {
		dst = bencode.AppendBytes(append(dst, "5:token"...), r.Token)
	}
	if len(r.Values) > 0 {
		dst = appendValues(dst, r.Values)
	}
	return append(w.tail(append(dst, 'e'), r.T), "1:y1:re"...)
}

// Error appends an error with one of the codes of BEP 5; to is as in Reply.
func (w Writer) Error(dst, t []byte, code int, text string, to protocol.Addr) []byte {
	dst = bencode.AppendInt(append(dst, "d1:el"...), int64(code))
	dst = bencode.AppendString(dst, text)
	dst = appendIP(append(dst, 'e'), to)
	return append(w.tail(dst, t), "1:y1:ee"...)
}

func appendValues(dst []byte, peers []protocol.Addr) []byte {
	dst = append(dst, "6:valuesl"...)
	for _, a := range peers {
		dst = appendAddr(dst, a)
	}
	return append(dst, 'e')
}

// appendAddr appends an address as a string.
func appendAddr(dst []byte, a protocol.Addr) []byte {
	if a.Is4() {
		dst = append(dst, "6:"...)
	} else {
		dst = append(dst, "18:"...)
	}
	return AppendPeer(dst, a)
}

func appendIP(dst []byte, to protocol.Addr) []byte {
	if to == (protocol.Addr{}) {
		return dst
	}
	return appendAddr(append(dst, "2:ip"...), to)
}
