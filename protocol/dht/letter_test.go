package dht

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// The ids of scripts differ in the first byte only, so that distances can be seen: two hexadecimal
// digits are an id. Random ids, which refreshes draw, are shown by their first byte and dots.

func idName(id krpc.ID) string {
	if id == byteID(byte(id.Hi>>56)) {
		return fmt.Sprintf("%02x", id.Hi>>56)
	}
	return fmt.Sprintf("%02x..", id.Hi>>56)
}

func byteID(b byte) krpc.ID { return krpc.ID{Hi: uint64(b) << 56} }

func idOf(digits string) krpc.ID {
	b, err := hex.DecodeString(digits)
	must(err)
	if len(b) != 1 {
		panic(fmt.Sprintf("%q is no id: they are two digits", digits))
	}
	return byteID(b[0])
}

func contactName(id krpc.ID, a protocol.Addr) string { return idName(id) + "@" + nameOf(a) }

func contactOf(name string) (krpc.ID, protocol.Addr) {
	id, host, ok := strings.Cut(name, "@")
	if !ok {
		panic(fmt.Sprintf("%q is no contact: they are like 80@B", name))
	}
	return idOf(id), hostOf(host)
}

// read shows a letter as one line.
func (s *stage) read(l letter) string {
	from, to := nameOf(l.from), nameOf(l.to)
	var m krpc.Message
	fault := krpc.Decode([]byte(l.bytes), &m)
	b := &strings.Builder{}
	fmt.Fprintf(b, "%s>%s ", from, to)
	if fault != krpc.OK {
		fmt.Fprintf(b, "(%v) %.60q", fault, l.bytes)
		return b.String()
	}
	asker := from
	switch m.Kind {
	case krpc.Query:
		fmt.Fprintf(b, "%v", m.Method)
	case krpc.Response:
		b.WriteString("reply")
		asker = to
	case krpc.Error:
		fmt.Fprintf(b, "error %d %q", m.Code, m.Text)
		asker = to
	}
	fmt.Fprintf(b, " t=%s", s.tids.name(asker[:1], string(m.T),
		m.Kind == krpc.Query && s.speaks(l.from)))
	s.readBody(b, l, &m)
	return b.String()
}

func (s *stage) readBody(b *strings.Builder, l letter, m *krpc.Message) {
	if m.HasID {
		fmt.Fprintf(b, " id=%s", idName(m.ID))
	}
	if m.HasTarget {
		fmt.Fprintf(b, " target=%s", idName(m.Target))
	}
	if m.HasPort {
		fmt.Fprintf(b, " port=%d", m.Port)
	}
	if m.ImpliedPort {
		b.WriteString(" implied")
	}
	if m.WantV4 {
		b.WriteString(" n4")
	}
	if m.WantV6 {
		b.WriteString(" n6")
	}
	if m.ReadOnly {
		b.WriteString(" ro")
	}
	if m.HasToken {
		issuer := l.to // an announce brings it back
		if m.Kind == krpc.Response {
			issuer = l.from
		}
		fmt.Fprintf(b, " token=%s", s.tokens.name("t"+nameOf(issuer)[:1], string(m.Token),
			m.Kind == krpc.Response && s.speaks(issuer)))
	}
	if m.Kind == krpc.Response && m.Nodes != nil {
		nodes, names := krpc.Nodes4(m.Nodes), []string(nil)
		for id, a, ok := nodes.Next(); ok; id, a, ok = nodes.Next() {
			names = append(names, contactName(id, a))
		}
		fmt.Fprintf(b, " nodes=%s", list(names))
	}
	if len(m.Nodes6) > 0 {
		nodes, names := krpc.Nodes6(m.Nodes6), []string(nil)
		for id, a, ok := nodes.Next(); ok; id, a, ok = nodes.Next() {
			names = append(names, contactName(id, a))
		}
		fmt.Fprintf(b, " nodes6=%s", list(names))
	}
	readRare(b, m)
	if m.NumValues > 0 {
		values, names := krpc.Peers(m.Values), []string(nil)
		for a, ok := values.Next(); ok; a, ok = values.Next() {
			names = append(names, nameOf(a))
		}
		fmt.Fprintf(b, " values=%s", list(names))
	}
}

// write is the inverse of read: it makes a packet of the words of a send command.
func (s *stage) write(kind string, w words) string {
	if kind == "junk" {
		return w.get("bytes", "junk")
	}
	writer := krpc.Writer{ReadOnly: w.has("ro"), Flags: flagsOf(w), Want4: w.has("n4"),
		Want6: w.has("n6")}
	t, id := []byte(s.tids.resolve(w.get("t", "x"))), idOf(w.get("id", "00"))
	token := []byte(s.tokens.resolve(w.get("token", "")))
	port, err := strconv.ParseUint(w.get("port", "0"), 10, 16)
	must(err)
	switch kind {
	case "get", "put", "sample_infohashes":
		return string(writeRare(writer, kind, t, id, token, w))
	case "ping":
		return string(writer.Ping(nil, t, id))
	case "find_node":
		return string(writer.FindNode(nil, t, id, idOf(w.get("target", "00"))))
	case "get_peers":
		return string(writer.GetPeers(nil, t, id, idOf(w.get("target", "00"))))
	case "announce_peer":
		return string(writer.Announce(nil, t, id, idOf(w.get("target", "00")), uint16(port),
			w.has("implied"), token))
	case "error":
		return string(writer.Error(nil, t, codeOf(w), "no", protocol.Addr{}))
	case "reply":
		r := krpc.Reply{T: t, ID: id, Token: token}
		for _, name := range w.list("nodes") {
			id, a := contactOf(name)
			if a.Is4() {
				r.Nodes = krpc.AppendNode(r.Nodes, id, a)
			} else {
				r.Nodes6 = krpc.AppendNode(r.Nodes6, id, a)
			}
		}
		for _, name := range w.list("values") {
			r.Values = append(r.Values, hostOf(name))
		}
		replyRare(&r, w)
		return string(writer.Reply(nil, &r))
	}
	panic(fmt.Sprintf("nobody can send a %q", kind))
}
