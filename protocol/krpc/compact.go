package krpc

import (
	"encoding/binary"

	"swarmlab/protocol"
	"swarmlab/protocol/bencode"
)

// Lengths of the compact forms of BEP 5 and BEP 32, in bytes: IP and port, with an ID in front for
// a node. All numbers are big-endian.
const (
	PeerSize4 = 6
	PeerSize6 = 18
	NodeSize4 = IDSize + PeerSize4
	NodeSize6 = IDSize + PeerSize6
)

// AppendPeer appends the 6 or 18 bytes of an address, by its family.
func AppendPeer(dst []byte, a protocol.Addr) []byte {
	if a.Is4() {
		dst = binary.BigEndian.AppendUint32(dst, a.IP4())
	} else {
		hi, lo := a.IP16()
		dst = binary.BigEndian.AppendUint64(dst, hi)
		dst = binary.BigEndian.AppendUint64(dst, lo)
	}
	return binary.BigEndian.AppendUint16(dst, a.Port())
}

// AppendNode appends the 26 or 38 bytes of a node, by the family of its address. The first form
// belongs in nodes, the second in nodes6.
func AppendNode(dst []byte, id ID, a protocol.Addr) []byte {
	return AppendPeer(id.Append(dst), a)
}

// ParsePeer reads an address of 6 or 18 bytes. Other lengths are no address.
func ParsePeer(b []byte) (a protocol.Addr, ok bool) {
	switch len(b) {
	case PeerSize4:
		return peer4(b), true
	case PeerSize6:
		return peer6(b), true
	}
	return protocol.Addr{}, false
}

func peer4(b []byte) protocol.Addr {
	return protocol.Addr4(binary.BigEndian.Uint32(b), binary.BigEndian.Uint16(b[4:]))
}

func peer6(b []byte) protocol.Addr {
	return protocol.Addr6(b, binary.BigEndian.Uint16(b[16:]))
}

// NodeIter walks the nodes of a compact string. It skips none: whoever uses them filters port 0
// and addresses that make no sense.
type NodeIter struct {
	rest []byte
	size int
}

// Nodes4 returns an iterator over the string nodes of a message.
func Nodes4(nodes []byte) NodeIter { return NodeIter{nodes, NodeSize4} }

// Nodes6 returns an iterator over the string nodes6 of a message.
func Nodes6(nodes6 []byte) NodeIter { return NodeIter{nodes6, NodeSize6} }

// Next returns the next whole entry.
func (it *NodeIter) Next() (id ID, a protocol.Addr, ok bool) {
	if it.size == 0 || len(it.rest) < it.size {
		return ID{}, protocol.Addr{}, false
	}
	b := it.rest[:it.size]
	it.rest = it.rest[it.size:]
	if len(b) == NodeSize4 {
		return IDFromBytes(b), peer4(b[IDSize:]), true
	}
	return IDFromBytes(b), peer6(b[IDSize:]), true
}

// Len returns how many whole entries are left.
func (it *NodeIter) Len() int { return len(it.rest) / max(it.size, 1) }

// Tail returns the number of bytes after the last whole entry. It is 0 in an honest message.
func (it *NodeIter) Tail() int { return len(it.rest) % max(it.size, 1) }

// PeerIter walks the values of a get_peers response.
type PeerIter struct {
	scan    bencode.Scanner
	skipped int
}

// Peers returns an iterator over the field Values of a decoded message.
func Peers(values []byte) PeerIter {
	return PeerIter{scan: scan(values)}
}

// Next returns the next address, IPv4 or IPv6. Entries that are no address are passed over.
func (it *PeerIter) Next() (a protocol.Addr, ok bool) {
	for it.scan.Kind() != bencode.None {
		b, ok := it.scan.Bytes()
		if !ok {
			it.scan.Skip()
		}
		if a, ok = ParsePeer(b); ok {
			return a, true
		}
		it.skipped++
	}
	return protocol.Addr{}, false
}

// Skipped returns how many entries so far were neither 6 nor 18 bytes long.
func (it *PeerIter) Skipped() int { return it.skipped }
