package crawl

import (
	"encoding/binary"
	"time"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

const (
	nilIndex = ^uint32(0)

	activeMax  = 1024    // addresses whose tables are being read at the same time
	idsMax     = 16      // ids remembered of one address
	hashesMax  = 1 << 20 // infohashes remembered
	samplesMax = 100     // infohashes that are read in one answer
)

// contact is an id that was told for an address, or answered there.
type contact struct {
	id   krpc.ID
	host uint32
	next uint32 // of the same address
	hop  uint16 // 1: an address to start from; n+1: first told by one of hop n
}

// host is an address, and how far it has been asked.
type host struct {
	addr     protocol.Addr
	id       krpc.ID // of whoever is asked here: as it was told, then as it answered
	contacts uint32  // first of a list
	hop      uint16
	ids      uint8 // contacts in the list

	known    bool // id is
	answered bool // with a response, and so id is its own
	flying   bool // a query is on its way
	sampling bool // and asks for a sample
	sampled  bool // it was asked for one
	done     bool // nothing more will be asked
	complete bool // because its whole table was seen

	depth    uint8 // buckets asked for
	misses   uint8 // timeouts in a row
	queries  uint16
	timeouts uint16
	errors   uint16
	learned  uint16 // distinct contacts that it showed
	taught   uint16 // of them, those that were new to us
	tid      uint32
	asked    protocol.Time // when the last query left
	rtt      time.Duration // least
	shown    uint32        // its list in Crawler.shown while its table is being read
	fills    uint32        // its place in Crawler.fills, once it answered
	sample   sample
	version  [8]byte
	lettered uint8 // bytes of version
}

// sample is what a host told of its infohashes.
type sample struct {
	num      uint32
	interval uint16 // seconds
	told     uint16
	good     bool // it answered with a sample
}

// origin is a public host (IPv6: a /64), or an address that is not public, as a source of claims.
type origin struct {
	hosts  uint16 // addresses to ask there
	taught uint16 // new nodes that it told of
}

// originOf returns the key of an address's origin. Whoever has a public host has all its ports, and
// in IPv6 all hosts of its /64; in private networks and on loopback many may share one.
func originOf(a protocol.Addr) protocol.Addr {
	switch {
	case !public(a):
		return a
	case a.Is4():
		return a.WithPort(0)
	}
	hi, _ := a.IP16()
	var network [16]byte
	binary.BigEndian.PutUint64(network[:], hi)
	return protocol.Addr6(network[:], 0)
}

// askable reports whether an address can belong to one node: it is not unspecified, multicast,
// broadcast or reserved.
func askable(a protocol.Addr) bool {
	if a.Is4() {
		top := a.IP4() >> 24
		return top != 0 && top < 224
	}
	hi, lo := a.IP16()
	return hi>>56 != 0xff && (hi != 0 || lo == 1)
}

// public reports whether an address belongs to the open network: not to loopback (127/8, ::1), a
// private one (RFC 1918, RFC 4193 fc00::/7), link-local (169.254/16, fe80::/10), or a carrier's
// (100.64/10, RFC 6598).
func public(a protocol.Addr) bool {
	if !a.Is4() {
		hi, _ := a.IP16()
		return hi != 0 && hi>>57 != 0xfc>>1 && hi>>54 != 0xfe80>>6
	}
	ip := a.IP4()
	return ip>>24 != 127 && ip>>24 != 10 && ip>>20 != 172<<4|1 && ip>>16 != 192<<8|168 &&
		ip>>16 != 169<<8|254 && ip>>22 != 100<<2|1
}
