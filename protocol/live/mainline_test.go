package live_test

import (
	"context"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/dht"
	"swarmlab/protocol/krpc"
	"swarmlab/protocol/live"
)

// member is a Mainline node on a real socket.
type member struct {
	t     *testing.T
	live  *live.Node
	group *dht.Group
	id    krpc.ID
	found chan dht.Result
}

func (m *member) Done(_ uint32, _ *protocol.Turn, r *dht.Result) {
	result := *r
	result.Closest = append([]dht.Contact(nil), r.Closest...)
	result.Peers = append([]protocol.Addr(nil), r.Peers...)
	m.found <- result
}

// newMember starts a node that joins through seeds.
func newMember(t *testing.T, addr string, number uint64, seeds ...protocol.Addr) *member {
	t.Helper()
	m := &member{t: t, found: make(chan dht.Result, 1)}
	stream := protocol.NewRand(1, 2, number)
	m.id = krpc.RandomID(&stream)
	cfg := dht.Default()
	cfg.Secret[0] = byte(number)
	cfg.QueryTimeout = 500 * time.Millisecond
	var err error
	m.group, err = dht.New(cfg, dht.Env{
		Directory: dht.NewBook(), Observer: m,
		Seeds: func(_ uint32, dst []protocol.Addr) []protocol.Addr { return append(dst, seeds...) },
	}, 1)
	require.NoError(t, err)
	m.group.Assign(0, m.id)
	m.live, err = live.Listen(addr)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := m.live.Run(ctx, m.group); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() { cancel(); running.Wait() })
	return m
}

func (m *member) contact() dht.Contact { return dht.Contact{ID: m.id, Addr: m.live.Addr()} }

func (m *member) known() (count int) {
	require.NoError(m.t, m.live.Do(func(t *protocol.Turn) {
		m.group.EachContact(0, t.Now, func(int, dht.Contact, bool) { count++ })
	}))
	return count
}

func (m *member) lookup(r dht.Request) dht.Result {
	m.t.Helper()
	require.NoError(m.t, m.live.Do(func(t *protocol.Turn) { m.group.Lookup(0, t, r) }))
	select {
	case found := <-m.found:
		return found
	case <-time.After(10 * time.Second):
		m.t.Fatal("a lookup did not end")
		panic("unreachable")
	}
}

// mesh starts nodes one after the other, each when the one before it has joined: a lookup of its
// own id has shown it the eight closest of those that are there.
func mesh(t *testing.T, addr string, size int) []*member {
	t.Helper()
	all := []*member{newMember(t, addr, 0)}
	for n := 1; n < size; n++ {
		m := newMember(t, addr, uint64(n), all[0].live.Addr())
		require.Eventually(t, func() bool { return m.known() >= min(8, n) },
			10*time.Second, time.Millisecond, "node %d did not join", n)
		all = append(all, m)
	}
	return all
}

func TestSixteenNodesFindEachOther(t *testing.T) {
	all := mesh(t, "127.0.0.1:0", 16)
	for _, seeker := range all {
		for _, wanted := range all {
			if seeker == wanted {
				continue
			}
			r := seeker.lookup(dht.Request{Method: krpc.FindNode, Target: wanted.id})
			require.NotEmpty(t, r.Closest)
			require.Equal(t, wanted.contact(), r.Closest[0])
			require.Zero(t, r.Timeouts)
		}
	}
}

func TestAnnouncedPeerIsFound(t *testing.T) {
	all := mesh(t, "127.0.0.1:0", 16)
	announceAndFind(t, all)
}

func TestIPv6(t *testing.T) {
	if probe, err := net.ListenUDP("udp6", &net.UDPAddr{IP: net.IPv6loopback}); err != nil {
		t.Skip("this machine has no IPv6 loopback address")
	} else {
		probe.Close()
	}
	announceAndFind(t, mesh(t, "[::1]:0", 8))
}

func announceAndFind(t *testing.T, all []*member) {
	infoHash := krpc.ID{Hi: 1, Mid: 2, Lo: 3}
	for n, m := range all {
		before := m.lookup(dht.Request{Method: krpc.GetPeers, Target: infoHash})
		require.Empty(t, before.Peers, "node %d", n)
	}
	owner := all[len(all)-1]
	stored := owner.lookup(dht.Request{
		Method: krpc.AnnouncePeer, Target: infoHash, Port: 4321,
	})
	require.Equal(t, min(8, len(all)-1), stored.Stored)
	for n, m := range all[:len(all)-1] {
		r := m.lookup(dht.Request{Method: krpc.GetPeers, Target: infoHash})
		require.Equal(t, []protocol.Addr{owner.live.Addr().WithPort(4321)}, r.Peers, "node %d", n)
	}
}

func TestMalformedFloodDoesNotStopIt(t *testing.T) {
	m := newMember(t, "127.0.0.1:0", 7)
	conn, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(m.live.Addr().AddrPort()))
	require.NoError(t, err)
	defer conn.Close()
	ping := krpc.Writer{}.Ping(nil, []byte("aa"), krpc.ID{Hi: 9})
	junk := [][]byte{
		nil, []byte("d"), []byte("de"), make([]byte, 1400), make([]byte, live.MaxDatagram+1),
		[]byte("d1:ad2:id20:aaaaaaaaaaaaaaaaaaaae1:q4:ping1:t99999999999:"), ping[:len(ping)-3],
		append(append([]byte(nil), ping...), "trailing"...),
	}
	for k := range 20_000 {
		conn.Write(junk[k%len(junk)])
	}
	answer := make([]byte, 2048)
	require.Eventually(t, func() bool { // its receive queue may still be full of junk
		conn.Write(ping)
		conn.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
		size, err := conn.Read(answer)
		var reply krpc.Message
		return err == nil && krpc.Decode(answer[:size], &reply) == krpc.OK && reply.ID == m.id
	}, 10*time.Second, time.Millisecond)
	var c dht.Counters
	require.NoError(t, m.live.Do(func(*protocol.Turn) { c = m.group.Counters() }))
	require.Positive(t, c[dht.Junk])
	require.LessOrEqual(t, c[dht.Junk], uint64(20_000))
	require.Positive(t, m.live.Stats().Oversize)
}
