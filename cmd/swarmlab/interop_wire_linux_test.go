package main

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// wire sees every datagram and every connection of the isolated network, whoever sends it: what was
// exchanged is not known from those who did.
type wire struct {
	t      *testing.T
	socket int

	mu      sync.Mutex
	flights map[inFlight]krpc.Message
	counts  map[exchange]int
	refused map[refusal]int
	found   map[finding]bool
	stored  map[storing]int                        // announces that were acknowledged
	heard   map[netip.Addr]map[netip.AddrPort]bool // who answered whom
	dials   map[dial]bool
	junk    map[string]int // by the sender's kind
	strange []string       // a few of them
}

type inFlight struct {
	from, to netip.AddrPort
	tid      string
}

// exchange is a query that was answered.
type exchange struct {
	asker, answerer string // kinds
	message         string
}

type refusal struct {
	exchange
	code int64
}

// finding is an answer to get_peers that gave a peer to the asker.
type finding struct {
	seeker netip.Addr
	key    krpc.ID
	peer   netip.AddrPort
}

// storing is a peer that announced itself.
type storing struct {
	owner netip.Addr
	key   krpc.ID
}

// dial is a TCP connection that was tried.
type dial struct {
	from netip.Addr
	to   netip.AddrPort
}

// kinds are the third bytes of the addresses 10.77.x.y of nodes. What is bound to no address has
// that of the device, 10.77.0.1: ours only.
var kinds = []string{ours, ours, libtorrent, bittorrentDHT, anacrolix, aria2, transmission}

// ours is the kind of our nodes.
const ours = "swarmlab"

func kindOf(a netip.Addr) string {
	if ip := a.As4(); ip[0] == 10 && ip[1] == 77 && int(ip[2]) < len(kinds) {
		return kinds[ip[2]]
	}
	return "stranger"
}

// nodeAddr is the address of a node of a kind; numbers start at 1.
func nodeAddr(kind string, number int) string {
	for n := 1; n < len(kinds); n++ {
		if kinds[n] == kind {
			return fmt.Sprintf("10.77.%d.%d:6881", n, number)
		}
	}
	panic("no such kind: " + kind)
}

func watchWire(t *testing.T) *wire {
	t.Helper()
	const ipv4 = 0x0008 // ETH_P_IP in the network's order
	socket, err := syscall.Socket(syscall.AF_PACKET, syscall.SOCK_DGRAM|syscall.SOCK_CLOEXEC, ipv4)
	require.NoError(t, err)
	const room = 64 << 20
	if syscall.SetsockoptInt(socket, syscall.SOL_SOCKET, syscall.SO_RCVBUFFORCE, room) != nil {
		err = syscall.SetsockoptInt(socket, syscall.SOL_SOCKET, syscall.SO_RCVBUF, room)
		require.NoError(t, err) // of an ordinary user's: as much as the system allows
	}
	brief := syscall.Timeval{Usec: 100_000}
	require.NoError(t, syscall.SetsockoptTimeval(socket, syscall.SOL_SOCKET, syscall.SO_RCVTIMEO,
		&brief))
	w := &wire{
		t: t, socket: socket,
		flights: make(map[inFlight]krpc.Message), counts: make(map[exchange]int),
		refused: make(map[refusal]int), found: make(map[finding]bool),
		stored: make(map[storing]int), heard: make(map[netip.Addr]map[netip.AddrPort]bool),
		dials: make(map[dial]bool), junk: make(map[string]int),
	}
	stop := make(chan struct{})
	var reading sync.WaitGroup
	reading.Go(func() { w.read(stop) })
	t.Cleanup(func() {
		close(stop)
		reading.Wait()
		syscall.Close(socket)
	})
	return w
}

func (w *wire) read(stop chan struct{}) {
	b := make([]byte, 1<<16)
	for {
		select {
		case <-stop:
			return
		default:
		}
		n, from, err := syscall.Recvfrom(w.socket, b, 0)
		if err != nil {
			continue // nothing for a while
		}
		// On its way out a packet would be seen for a second time.
		if l, ok := from.(*syscall.SockaddrLinklayer); ok && l.Pkttype == syscall.PACKET_HOST {
			w.packet(b[:n])
		}
	}
}

// packet takes an IPv4 packet apart.
func (w *wire) packet(b []byte) {
	if len(b) < 20 || b[0]>>4 != 4 || int(b[0]&15)*4 > len(b) {
		return
	}
	source, _ := netip.AddrFromSlice(b[12:16])
	target, _ := netip.AddrFromSlice(b[16:20])
	protocol, b := b[9], b[int(b[0]&15)*4:]
	if len(b) < 20 && (protocol != syscall.IPPROTO_UDP || len(b) < 8) {
		return
	}
	from := netip.AddrPortFrom(source, binary.BigEndian.Uint16(b))
	to := netip.AddrPortFrom(target, binary.BigEndian.Uint16(b[2:]))
	w.mu.Lock()
	defer w.mu.Unlock()
	switch protocol {
	case syscall.IPPROTO_UDP:
		w.datagram(from, to, b[8:])
	case syscall.IPPROTO_TCP:
		const syn, ack = 2, 16
		if b[13]&(syn|ack) == syn {
			w.dials[dial{source, to}] = true
		}
	}
}

func (w *wire) datagram(from, to netip.AddrPort, b []byte) {
	var m krpc.Message
	if krpc.Decode(append([]byte(nil), b...), &m) != krpc.OK {
		w.junk[kindOf(from.Addr())]++
		if len(w.strange) < 10 {
			w.strange = append(w.strange, fmt.Sprintf("%v %q", from, b))
		}
		return
	}
	if m.Kind == krpc.Query {
		w.flights[inFlight{from, to, string(m.T)}] = m
		return
	}
	f := inFlight{to, from, string(m.T)}
	query, asked := w.flights[f]
	if !asked {
		return
	}
	delete(w.flights, f)
	e := exchange{kindOf(to.Addr()), kindOf(from.Addr()), messageName(&query, &m)}
	if m.Kind == krpc.Error {
		w.refused[refusal{e, m.Code}]++
		return
	}
	w.counts[e]++
	for _, more := range extraNames(&query, &m) {
		w.counts[exchange{e.asker, e.answerer, more}]++
	}
	if w.heard[to.Addr()] == nil {
		w.heard[to.Addr()] = make(map[netip.AddrPort]bool)
	}
	w.heard[to.Addr()][from] = true
	switch query.Method {
	case krpc.AnnouncePeer:
		w.stored[storing{to.Addr(), query.Target}]++
	case krpc.GetPeers:
		peers := krpc.Peers(m.Values)
		for p, more := peers.Next(); more; p, more = peers.Next() {
			w.found[finding{to.Addr(), query.Target, p.AddrPort()}] = true
		}
	}
}

// The messages that are told apart, besides the methods' names.
const (
	getImmutable = "get immutable"
	getMutable   = "get mutable"
	putImmutable = "put immutable"
	putMutable   = "put mutable"
	putSalted    = "put with salt"
	scrapes      = "scrape"
	samples      = "sample_infohashes"
	readOnly     = "read-only"
	wants        = "want"
)

func messageName(q, r *krpc.Message) string {
	switch {
	case q.Method == krpc.Put && len(q.Item.Salt) > 0:
		return putSalted
	case q.Method == krpc.Put && len(q.Item.Key) > 0:
		return putMutable
	case q.Method == krpc.Put:
		return putImmutable
	case q.Method == krpc.Get && len(r.Item.V) == 0:
		return "get of nothing"
	case q.Method == krpc.Get && r.Item.Key != nil && krpc.ImmutableTarget(r.Item.V) != q.Target:
		return getMutable
	case q.Method == krpc.Get:
		return getImmutable
	}
	return q.Method.String()
}

// extraNames are those of extensions that an exchange made use of.
func extraNames(q, r *krpc.Message) (names []string) {
	if q.Flags&krpc.Scrape != 0 && r.SeedFilter != nil && r.PeerFilter != nil {
		names = append(names, scrapes)
	}
	if q.ReadOnly {
		names = append(names, readOnly)
	}
	if q.WantV4 || q.WantV6 {
		names = append(names, wants)
	}
	return names
}

func (w *wire) count(e exchange) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.counts[e]
}

// gave reports whether somebody gave a seeker that peer of a key.
func (w *wire) gave(seeker, peer string, key krpc.ID) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.found[finding{netip.MustParseAddrPort(seeker).Addr(), key,
		netip.MustParseAddrPort(peer)}]
}

// keepers returns how many announces of a key by the node at an address were acknowledged.
func (w *wire) keepers(owner string, key krpc.ID) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.stored[storing{netip.MustParseAddrPort(owner).Addr(), key}]
}

// degree returns how many nodes have answered the node at an address.
func (w *wire) degree(addr string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.heard[netip.MustParseAddrPort(addr).Addr()])
}

// dialed reports whether a node at from tried a TCP connection to a peer.
func (w *wire) dialed(from, peer string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.dials[dial{netip.MustParseAddrPort(from).Addr(), netip.MustParseAddrPort(peer)}]
}

func mustAddr(text string) protocol.Addr { return protocol.AddrOf(netip.MustParseAddrPort(text)) }
