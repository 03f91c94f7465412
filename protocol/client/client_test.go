package client

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/dht"
	"swarmlab/protocol/peerwire"
	"swarmlab/protocol/swarm"
	"swarmlab/protocol/tracker"
	"swarmlab/sim"
)

// sources returns from where client i knows its peers.
func (o *town) connected(i uint32) int {
	p, ok := o.clients.Swarm().Progress(i, o.number(i))
	require.True(o.t, ok)
	return p.Peers
}

// finished says whether all clients have everything.
func (o *town) finished() {
	o.t.Helper()
	require.Len(o.t, o.done, o.plan.clients-o.plan.seeds)
	for i := uint32(0); i < uint32(o.plan.clients); i++ {
		p, ok := o.clients.Swarm().Progress(i, o.number(i))
		require.True(o.t, ok)
		require.True(o.t, p.Known)
		require.Zero(o.t, p.Left)
	}
}

func TestPeersAreFoundByATracker(t *testing.T) {
	o := newTown(t, plan{clients: 13, seeds: 1, tracker: true})
	o.run(60)
	o.finished()
	all, seeds := o.tracker.Tracker(0).Peers(o.world.Now())
	require.Equal(t, 13, all)
	require.Equal(t, 13, seeds)
	require.Equal(t, 13, o.told.of(tracker.Started))
	require.Equal(t, 12, o.told.of(tracker.Completed))
	var up, down uint64
	for _, q := range *o.told {
		require.LessOrEqual(t, q.Left, o.torrent.Geometry.Total)
		require.Equal(t, sim.AddrOf(0).Port(), q.Addr.Port())
		if q.Event == tracker.Completed {
			require.GreaterOrEqual(t, q.Downloaded, o.torrent.Geometry.Total)
			require.Zero(t, q.Left)
			down += q.Downloaded
		}
		up = max(up, q.Uploaded)
	}
	require.GreaterOrEqual(t, down, 12*o.torrent.Geometry.Total)
	st, ok := o.clients.Trackers(3, 0)
	require.True(t, ok)
	require.Empty(t, st.Problem)
	require.Equal(t, 30*time.Minute, st.Interval)

	// Between announces nothing is said, and then it is.
	before := len(*o.told)
	o.run(29 * 60)
	require.Len(t, *o.told, before)
	o.run(2 * 60)
	require.Len(t, *o.told, before+13)

	for i := range uint32(6) {
		o.world.ActAt(i, o.world.Now()+1, actLeave)
	}
	o.run(5)
	require.Equal(t, 6, o.told.of(tracker.Stopped))
	for i := range uint32(13) {
		require.Equal(t, i < 6, o.clients.Left(i, 0))
	}
	all, _ = o.tracker.Tracker(0).Peers(o.world.Now())
	require.Equal(t, 7, all)
}

// TestWhoStopsTellsTheTracker is about a stop without a question: it can be told if the tracker
// was heard of lately.
func TestWhoStopsTellsTheTracker(t *testing.T) {
	o := newTown(t, plan{clients: 4, seeds: 1, tracker: true})
	o.run(20)
	o.finished()
	o.world.StopAt(2, o.world.Now()+1)
	o.world.CrashAt(3, o.world.Now()+1)
	o.run(5)
	require.Equal(t, 1, o.told.of(tracker.Stopped))
	all, _ := o.tracker.Tracker(0).Peers(o.world.Now())
	require.Equal(t, 3, all)
}

func TestTheOwnerLooksTrackersUp(t *testing.T) {
	o := newTown(t, plan{clients: 3, seeds: 1, tracker: true, crossed: true})
	o.run(20)
	require.Empty(t, *o.told, "nobody has an address to announce to")
	require.Equal(t, []uint32{0, 1, 2}, o.asked)
	for _, i := range o.asked {
		o.world.ActAt(i, o.world.Now()+1, actResolve)
	}
	o.run(60)
	o.finished()
	require.Equal(t, 3, o.told.of(tracker.Started))
}

func TestPeersAreFoundInTheDHT(t *testing.T) {
	o := newTown(t, plan{clients: 13, seeds: 1, dht: true})
	o.run(120)
	o.finished()
	for i := range uint32(13) {
		require.Positive(t, o.connected(i))
	}
	begun := o.clients.Counters().Announces
	require.GreaterOrEqual(t, begun, uint64(13+12)) // at the start, and when complete
	o.run(14 * 60)
	require.LessOrEqual(t, o.clients.Counters().Announces, begun+13)
	o.run(16 * 60)
	require.GreaterOrEqual(t, o.clients.Counters().Announces, begun+13)
}

func TestPrivateTorrentsAreNotAnnouncedInTheDHT(t *testing.T) {
	for _, magnet := range []bool{false, true} {
		o := newTown(t, plan{clients: 6, seeds: 1, dht: true, tracker: true, private: true,
			magnet: magnet, pex: true})
		o.run(60)
		o.finished()
		before := o.clients.Counters().Announces
		if !magnet {
			require.Zero(t, before)
		}
		o.run(3600)
		require.Equal(t, before, o.clients.Counters().Announces)
		require.Zero(t, o.clients.Swarm().Counters().PexSent)
		require.Equal(t, 5, o.told.of(tracker.Completed))
	}
}

func TestMagnetLinks(t *testing.T) {
	for _, p := range []plan{
		{clients: 8, seeds: 1, magnet: true, tracker: true},
		{clients: 8, seeds: 1, magnet: true, dht: true},
	} {
		o := newTown(t, p)
		o.run(90)
		o.finished()
		for i := uint32(1); i < 8; i++ {
			require.Equal(t, o.torrent.Metadata, o.clients.Swarm().Metadata(i, 1))
		}
		if p.tracker { // before it knew how much there was
			require.Equal(t, uint64(leftLibtorrent), (*o.told)[1].Left)
		}
	}
}

// TestPeersIntroduceToTheDHT is about the message port: who knows a peer, but no node, gets into
// the DHT by it, and finds the others there.
func TestPeersIntroduceToTheDHT(t *testing.T) {
	o := newTown(t, plan{clients: 9, seeds: 2, dht: true, seedless: true})
	o.run(20)
	require.Empty(t, o.done)
	for i := uint32(2); i < 9; i++ {
		require.Zero(t, o.contacts(i))
		o.world.ActAt(i, o.world.Now()+1, actMeet)
	}
	o.run(200)
	o.finished()
	require.Positive(t, o.clients.Counters().Nodes)
	for i := uint32(2); i < 9; i++ {
		require.Positive(t, o.contacts(i))
		require.Greater(t, o.connected(i), 1, "it knows others than the one it was told of")
	}
}

// contacts returns how many client i has in its table.
func (o *town) contacts(i uint32) (n int) {
	o.clients.DHT().EachContact(i, o.world.Now(), func(int, dht.Contact, bool) { n++ })
	return n
}

func TestARunIsAFunctionOfItsSeed(t *testing.T) {
	var prints []sim.Fingerprint
	for _, bytes := range []bool{false, false, true} {
		o := newTown(t, plan{clients: 10, seeds: 1, dht: true, tracker: true, magnet: true,
			pex: true, bytes: bytes})
		o.run(100)
		o.finished()
		prints = append(prints, o.world.Fingerprint())
	}
	require.Equal(t, prints[0], prints[1])
	require.Equal(t, prints[0], prints[2], "with bodies as bytes the trace is another one")
}

func TestRestartedClientsBeginAnew(t *testing.T) {
	o := newTown(t, plan{clients: 5, seeds: 1, dht: true, tracker: true})
	o.run(30)
	o.finished()
	o.world.CrashAt(2, o.world.Now()+1)
	o.world.StartAt(2, o.world.Now().Add(time.Second))
	o.world.ActAt(2, o.world.Now().Add(2*time.Second), actAdd)
	delete(o.done, 2)
	o.run(30)
	o.finished()
}

// alone returns a client that has started, with a torrent of which it has nothing.
func alone(t testing.TB, env Env, tiers ...[]string) (*Group, *protocol.Turn) {
	return aloneAs(t, Default(), env, tiers...)
}

// aloneAs is so by some configuration, and enrolled.
func aloneAs(t testing.TB, cfg Config, env Env, tiers ...[]string) (*Group, *protocol.Turn) {
	env.Swarm.Store = blocks{}
	env.DHT = dht.Env{Directory: dht.NewBook(),
		Seeds: func(_ uint32, dst []protocol.Addr) []protocol.Addr { return dst }}
	g, err := New(cfg, env, 1)
	require.NoError(t, err)
	g.Register(Torrent{Trackers: tiers, Torrent: swarm.Torrent{InfoHash: [20]byte{1},
		Geometry: swarm.Geometry{Total: 1 << 20, PieceLength: 1 << 16}}})
	g.Assign(0, [20]byte{'c'}, protocol.Addr4(0x7f000001, 6881))
	g.Enrol(0, keyOf(0), stageOffice)
	rand := protocol.NewRand(1, 2, 3)
	turn := &protocol.Turn{Rand: &rand, Out: new(protocol.Outbox), Now: 1}
	g.Start(0, turn)
	return g, turn
}

func TestTrackersOfHTTPAreFetchedByTheOwner(t *testing.T) {
	var urls []string
	var numbers []uint32
	env := Env{Fetch: func(i, torrent, number uint32, url string) {
		require.Zero(t, i+torrent)
		urls, numbers = append(urls, url), append(numbers, number)
	}}
	g, turn := alone(t, env, []string{"http://tracker.example/announce"})
	g.Add(0, turn, swarm.Entry{})
	require.Len(t, urls, 1)
	require.Contains(t, urls[0], "http://tracker.example/announce?info_hash=")
	require.Contains(t, urls[0], "event=started")
	turn.Out.Reset()
	body := "d8:intervali600e5:peers6:\x7f\x00\x00\x09\x1a\xe1e"
	g.Fetched(0, turn, 0, numbers[0]+1, []byte(body), "")
	require.Zero(t, turn.Out.Calls(), "that was not asked for")
	g.Fetched(0, turn, 0, numbers[0], []byte(body), "")
	require.Equal(t, 1, turn.Out.Calls())
	require.Equal(t, protocol.Addr4(0x7f000009, 6881), turn.Out.Call(0).To)
	require.Len(t, urls, 1)
	turn.Now = turn.Now.Add(601 * time.Second)
	g.Wake(0, turn)
	require.Len(t, urls, 2)
	g.Fetched(0, turn, 0, numbers[1], nil, "it is on fire")
	st, _ := g.Trackers(0, 0)
	require.Equal(t, "it is on fire", st.Problem)
	g.Leave(0, turn, 0)
	require.Len(t, urls, 3)
	require.Contains(t, urls[2], "event=stopped")
	require.False(t, g.Left(0, 0))
	turn.Now = turn.Now.Add(10 * time.Second) // nobody answers
	g.Wake(0, turn)
	require.True(t, g.Left(0, 0))
}

func TestTorrentsWithoutUsableTrackers(t *testing.T) {
	g, turn := alone(t, Env{}, []string{"wss://tracker.example", "nonsense"})
	g.Add(0, turn, swarm.Entry{})
	_, ok := g.Trackers(0, 0)
	require.False(t, ok)
	g.Add(0, turn, swarm.Entry{}) // twice is once
	g.Leave(0, turn, 0)
	require.True(t, g.Left(0, 0))
	g.Leave(0, turn, 0)
}

func TestStrayDatagrams(t *testing.T) {
	g, turn := alone(t, Env{}, []string{"udp://127.0.0.1:9"})
	g.Add(0, turn, swarm.Entry{})
	from := protocol.Addr4(0x7f000001, 9)
	for _, p := range [][]byte{nil, {0}, make([]byte, 16), []byte("hello"), []byte("d")} {
		g.Datagram(0, turn, from, p)
	}
	require.EqualValues(t, 1, g.Counters().Strays, "junk of the tracker is counted with it")
	g.Datagram(0, turn, from.WithPort(10), []byte("hello"))
	require.EqualValues(t, 2, g.Counters().Strays)
	g.Drop(0)
	g.Datagram(0, turn, from, []byte{1})
	g.Wake(0, turn)
	g.Stop(0, turn)
}

func TestSettingsOutOfRange(t *testing.T) {
	for _, spoil := range []func(c *Config){
		func(c *Config) { c.Renew = 0 },
		func(c *Config) { c.Seek = 48 * time.Hour },
		func(c *Config) { c.Least = time.Millisecond },
		func(c *Config) { c.Swarm.MaxConns = 0 },
		func(c *Config) { c.DHT.K = 0 },
	} {
		cfg := Default()
		spoil(&cfg)
		_, err := New(cfg, Env{}, 1)
		require.Error(t, err)
	}
}

// TestMessagesDoNotAllocate is the steady path through the client: messages and datagrams.
func TestMessagesDoNotAllocate(t *testing.T) {
	g, turn := alone(t, Env{})
	g.Add(0, turn, swarm.Entry{})
	c, ok := g.Accept(0, turn, protocol.Addr4(0x7f000002, 5))
	require.True(t, ok)
	h := peerwire.Handshake{InfoHash: [20]byte{1}, PeerID: [20]byte{'d'}}
	g.Data(0, turn, c, protocol.Chunk{Bytes: peerwire.AppendHandshake(nil, &h)})
	message := peerwire.AppendKeepAlive(nil)
	ping := []byte("d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe")
	from := protocol.Addr4(0x7f000003, 6)
	before := g.Swarm().Counters().Messages
	step := func() {
		turn.Out.Reset()
		turn.Now = turn.Now.Add(time.Millisecond)
		g.Data(0, turn, c, protocol.Chunk{Bytes: message})
		g.Datagram(0, turn, from, ping)
		g.Sent(0, turn, c, 0)
		g.Wake(0, turn)
	}
	for range 100 {
		step()
	}
	require.Zero(t, testing.AllocsPerRun(500, step))
	require.Greater(t, g.Swarm().Counters().Messages, before+500)
}
