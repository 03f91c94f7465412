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
	Want4, Want6 bool   // want, in the queries that are answered with nodes (BEP 32)
	Flags        Flags  // each in the queries that it belongs to (BEP 33)
}

// Flags are the flags of BEP 33. They are one byte rather than three fields, since then a Writer
// still fits into registers together with what it appends to.
type Flags uint8

// The flags.
const (
	NoSeed Flags = 1 << iota // noseed, in get_peers: leave out the seeds
	Scrape                   // scrape, in get_peers: answer with filters
	Seed                     // seed, in announce_peer: we are a seed
)

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
	if w.Flags&NoSeed != 0 {
		dst = append(dst, "6:noseedi1e"...)
	}
	if w.Flags&Scrape != 0 {
		dst = append(dst, "6:scrapei1e"...)
	}
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
	if w.Flags&Seed != 0 {
		dst = append(dst, "4:seedi1e"...)
	}
	dst = bencode.AppendBytes(append(dst, "5:token"...), token)
	return w.endQuery(append(dst, "e1:q13:announce_peer"...), t)
}

// Get appends a get. A value whose Seq is not above seq need not be sent again; a negative seq is
// left out, which asks for any value.
func (w Writer) Get(dst, t []byte, id, target ID, seq int64) []byte {
	dst = id.Append(append(dst, "d1:ad2:id20:"...))
	if seq >= 0 {
		dst = bencode.AppendInt(append(dst, "3:seq"...), seq)
	}
	dst = target.Append(append(dst, "6:target20:"...))
	return w.endQuery(append(w.want(dst), "e1:q3:get"...), t)
}

// Put appends a put with the parts of the item that are there. Its V must be one bencoded value.
func (w Writer) Put(dst, t []byte, id ID, token []byte, it *Item) []byte {
	dst = append(dst, "d1:ad"...)
	if it.HasCas {
		dst = bencode.AppendInt(append(dst, "3:cas"...), it.Cas)
	}
	dst = id.Append(append(dst, "2:id20:"...))
	dst = appendPart(dst, "1:k", it.Key)
	dst = appendPart(dst, "4:salt", it.Salt)
	dst = appendProof(dst, it)
	dst = bencode.AppendBytes(append(dst, "5:token"...), token)
	dst = appendValue(dst, it)
	return w.endQuery(append(dst, "e1:q3:put"...), t)
}

// SampleInfohashes appends a sample_infohashes. The target matters only for the nodes in the
// answer.
func (w Writer) SampleInfohashes(dst, t []byte, id, target ID) []byte {
	dst = id.Append(append(dst, "d1:ad2:id20:"...))
	dst = target.Append(append(dst, "6:target20:"...))
	return w.endQuery(append(w.want(dst), "e1:q17:sample_infohashes"...), t)
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

	SeedFilter, PeerFilter *Filter // to a scrape (BEP 33); nil to omit, also what follows

	Item   *Item   // to get: the parts that are there, but never the salt (BEP 44)
	Sample *Sample // to sample_infohashes (BEP 51)
}

// Reply appends a response. With T and ID only it is the response to ping and announce_peer.
func (w Writer) Reply(dst []byte, r *Reply) []byte {
	dst = appendIP(append(dst, 'd'), r.To)
	dst = appendFilters(append(dst, "1:rd"...), r)
	dst = r.ID.Append(append(dst, "2:id20:"...))
	if r.Sample != nil {
		dst = bencode.AppendInt(append(dst, "8:interval"...), r.Sample.Interval)
	}
	if r.Item != nil {
		dst = appendPart(dst, "1:k", r.Item.Key)
	}
	if r.HasNodes || len(r.Nodes) > 0 {
		dst = bencode.AppendBytes(append(dst, "5:nodes"...), r.Nodes)
	}
	if len(r.Nodes6) > 0 {
		dst = bencode.AppendBytes(append(dst, "6:nodes6"...), r.Nodes6)
	}
	if r.Sample != nil {
		dst = bencode.AppendInt(append(dst, "3:num"...), r.Sample.Num)
		dst = bencode.AppendBytes(append(dst, "7:samples"...), r.Sample.IDs)
	}
	if r.Item != nil {
		dst = appendProof(dst, r.Item)
	}
	if len(r.Token) > 0 {
		dst = bencode.AppendBytes(append(dst, "5:token"...), r.Token)
	}
	if r.Item != nil {
		dst = appendValue(dst, r.Item)
	}
	if len(r.Values) > 0 {
		dst = appendValues(dst, r.Values)
	}
	return append(w.tail(append(dst, 'e'), r.T), "1:y1:re"...)
}

// Error appends an error with one of the codes above; to is as in Reply.
func (w Writer) Error(dst, t []byte, code int, text string, to protocol.Addr) []byte {
	dst = bencode.AppendInt(append(dst, "d1:el"...), int64(code))
	dst = bencode.AppendString(dst, text)
	dst = appendIP(append(dst, 'e'), to)
	return append(w.tail(dst, t), "1:y1:ee"...)
}

func appendFilters(dst []byte, r *Reply) []byte {
	if r.PeerFilter != nil {
		dst = append(append(dst, "4:BFpe256:"...), r.PeerFilter[:]...)
	}
	if r.SeedFilter != nil {
		dst = append(append(dst, "4:BFsd256:"...), r.SeedFilter[:]...)
	}
	return dst
}

// appendPart appends a bencoded key and a string, unless the string is empty.
func appendPart(dst []byte, key string, octets []byte) []byte {
	if len(octets) == 0 {
		return dst
	}
	return bencode.AppendBytes(append(dst, key...), octets)
}

// appendProof appends the number and the signature of an item.
func appendProof(dst []byte, it *Item) []byte {
	if it.HasSeq {
		dst = bencode.AppendInt(append(dst, "3:seq"...), it.Seq)
	}
	return appendPart(dst, "3:sig", it.Sig)
}

func appendValue(dst []byte, it *Item) []byte {
	if len(it.V) == 0 {
		return dst
	}
	return append(append(dst, "1:v"...), it.V...)
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
