package main

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/cmd/swarmlab/identity"
	"swarmlab/cmd/swarmlab/overlay"
	"swarmlab/cmd/swarmlab/trial"
	"swarmlab/protocol"
	"swarmlab/protocol/dht"
	"swarmlab/protocol/krpc"
	"swarmlab/protocol/live"
)

// ourNode is a node of ours that stays in the network.
type ourNode struct {
	t     *testing.T
	addr  string
	live  *live.Node
	group *dht.Group

	mu      sync.Mutex
	waiting map[uint64]chan found
	tags    uint64
}

// found is how a lookup ended.
type found struct {
	peers  []string
	stored int
}

func (n *ourNode) Done(_ uint32, _ *protocol.Turn, r *dht.Result) {
	f := found{stored: r.Stored}
	for _, p := range r.Peers {
		f.peers = append(f.peers, p.String())
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.waiting[r.Tag] <- f
	delete(n.waiting, r.Tag)
}

func startOurs(t *testing.T, addr string, id krpc.ID, seeds ...string) *ourNode {
	t.Helper()
	n := &ourNode{t: t, addr: addr, waiting: make(map[uint64]chan found)}
	cfg := dht.Default()
	secret := identity.Random()
	copy(cfg.Secret[:], secret[:])
	var err error
	n.group, err = dht.New(cfg, dht.Env{
		Directory: dht.NewBook(), Observer: n,
		Seeds: func(_ uint32, dst []protocol.Addr) []protocol.Addr {
			for _, s := range seeds {
				dst = append(dst, mustAddr(s))
			}
			return dst
		},
	}, 1)
	require.NoError(t, err)
	n.group.Assign(0, id)
	n.live, err = live.Listen(addr)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := n.live.Run(ctx, n.group); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() { cancel(); running.Wait() })
	return n
}

// startAllOurs starts nodes at these numbers of our addresses; the first one is the entry. Every
// quarter of the id space has some of them: every other node knows one outside its own half.
func startAllOurs(t *testing.T, first, count int) (all []*ourNode) {
	t.Helper()
	for n := range count {
		var seeds []string
		if n > 0 {
			seeds = []string{all[0].addr}
		}
		id := identity.New()
		id.Hi = id.Hi>>2 | uint64(n)<<62
		all = append(all, startOurs(t, nodeAddr(ours, first+n), id, seeds...))
		require.Eventually(t, func() bool { return all[n].contacts() >= min(8, n) },
			10*time.Second, 5*time.Millisecond)
	}
	return all
}

func (n *ourNode) contacts() (count int) {
	n.live.Do(func(t *protocol.Turn) {
		n.group.EachContact(0, t.Now, func(int, dht.Contact, bool) { count++ })
	})
	return count
}

// knows reports whether the node's table has a contact at that IP address.
func (n *ourNode) knows(addr string) (known bool) {
	n.live.Do(func(t *protocol.Turn) {
		n.group.EachContact(0, t.Now, func(_ int, c dht.Contact, _ bool) {
			known = known || c.Addr.SameIP(mustAddr(addr))
		})
	})
	return known
}

func (n *ourNode) counter(why dht.Reason) (count uint64) {
	n.live.Do(func(*protocol.Turn) { count = n.group.Counters()[why] })
	return count
}

// lookup looks something up and waits for the end.
func (n *ourNode) lookup(r dht.Request) found {
	end := make(chan found, 1)
	n.mu.Lock()
	n.tags++
	r.Tag = n.tags
	n.waiting[r.Tag] = end
	n.mu.Unlock()
	if err := n.live.Do(func(t *protocol.Turn) { n.group.Lookup(0, t, r) }); err != nil {
		return found{}
	}
	select {
	case f := <-end:
		return f
	case <-time.After(trial.InteropTime):
		return found{}
	}
}

// stranger is a socket that asks single nodes, without a node behind it.
type stranger struct {
	t    *testing.T
	addr string
	conn *net.UDPConn
	krpc.Writer
}

func newStranger(t *testing.T, addr string) *stranger {
	t.Helper()
	conn, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.MustParseAddrPort(addr)))
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close() })
	return &stranger{t, addr, conn, krpc.Writer{ReadOnly: true}}
}

// strangerID is the id in our writers' queries. It is that of no node.
var strangerID = krpc.ID{Hi: 0x7374, Lo: 1}

// strangerTID is the transaction id in them.
const strangerTID = "zz"

// ask sends a query of that transaction id, again if need be, and returns the answer.
func (s *stranger) ask(to string, query []byte) krpc.Message {
	s.t.Helper()
	target := netip.MustParseAddrPort(to)
	b := make([]byte, 2048)
	for range 5 {
		_, err := s.conn.WriteToUDPAddrPort(query, target)
		require.NoError(s.t, err)
		s.conn.SetReadDeadline(time.Now().Add(2 * time.Second))
		for {
			n, from, err := s.conn.ReadFromUDPAddrPort(b)
			if err != nil {
				break
			}
			var m krpc.Message
			if krpc.Decode(b[:n], &m) == krpc.OK && from == target && m.Kind != krpc.Query &&
				string(m.T) == strangerTID {
				return m
			}
		}
	}
	s.t.Fatalf("no answer from %s to %q", to, query)
	panic("unreachable")
}

// answered asks and demands a response.
func (s *stranger) answered(to string, query []byte) krpc.Message {
	s.t.Helper()
	m := s.ask(to, query)
	require.Equal(s.t, krpc.Response, m.Kind, "%s: %d %s to %q", to, m.Code, m.Text, query)
	return m
}

// peers asks one node for the peers that it stores of a key.
func (s *stranger) peers(to string, key krpc.ID) (all []string) {
	s.t.Helper()
	m := s.answered(to, s.GetPeers(nil, []byte(strangerTID), strangerID, key))
	peers := krpc.Peers(m.Values)
	for p, more := peers.Next(); more; p, more = peers.Next() {
		all = append(all, p.String())
	}
	return all
}

// announce has one node store a peer: this host, with that port.
func (s *stranger) announce(to string, key krpc.ID, port uint16) {
	s.t.Helper()
	tid := []byte(strangerTID)
	m := s.answered(to, s.GetPeers(nil, tid, strangerID, key))
	require.NotEmpty(s.t, m.Token, to)
	s.answered(to, s.Announce(nil, tid, strangerID, key, port, false, m.Token))
}

// item asks one node for an item.
func (s *stranger) item(to string, target krpc.ID) krpc.Item {
	s.t.Helper()
	return s.answered(to, s.Get(nil, []byte(strangerTID), strangerID, target, -1)).Item
}

// put has one node store an item, or refuse it.
func (s *stranger) put(to string, it *krpc.Item) krpc.Message {
	s.t.Helper()
	tid := []byte(strangerTID)
	m := s.answered(to, s.Get(nil, tid, strangerID, it.Target(), -1))
	require.NotEmpty(s.t, m.Token, to)
	return s.ask(to, s.Put(nil, tid, strangerID, m.Token, it))
}

// dhtCommand runs `dht ARGS...` of ours to its end and returns its output and exit status.
func dhtCommand(ctx context.Context, args ...string) (out string, code int, err error) {
	return trial.Run(ctx, overlay.NewCommand(), args...)
}
