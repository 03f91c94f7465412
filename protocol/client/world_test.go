package client

import (
	"bytes"
	"crypto/sha1"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/dht"
	"swarmlab/protocol/krpc"
	"swarmlab/protocol/swarm"
	"swarmlab/protocol/tracker"
	"swarmlab/sim"
)

// town is a simulated world of clients, the first of which has everything, and a tracker.
type town struct {
	t       *testing.T
	clients *Group
	tracker *tracker.Group
	told    *announces
	world   *sim.World
	asked   []uint32 // clients whose owner is to look a tracker up
	done    map[uint32]protocol.Time
	torrent Torrent
	plan    plan
}

// plan is what differs between towns.
type plan struct {
	clients  int
	seeds    int
	tracker  bool
	dht      bool
	seedless bool // who has not everything knows no node of the DHT to enter by
	private  bool
	magnet   bool // all but the seeds have only the infohash
	pex      bool
	bytes    bool // bodies travel as bytes
	crossed  bool // the owner is asked for the hosts of trackers
}

// announces remembers what the tracker was told.
type announces []tracker.Request

func (a *announces) Announced(_ protocol.Time, q *tracker.Request, _ *tracker.Totals) {
	*a = append(*a, *q)
}

// of returns how many announces had an event.
func (a announces) of(e tracker.Event) (n int) {
	for _, q := range a {
		if q.Event == e {
			n++
		}
	}
	return n
}

type wire struct{}

func (wire) Path(uint32, uint32, uint32, int) (time.Duration, bool) {
	return 20 * time.Millisecond, false
}
func (wire) MinDelay() time.Duration { return 20 * time.Millisecond }

// blocks is a store in which every block is right, if it is where it belongs.
type blocks struct {
	t   *testing.T
	geo swarm.Geometry
}

func (b blocks) Write(_ uint32, _, piece, begin uint32, ch protocol.Chunk) {
	at := uint64(piece)*uint64(b.geo.PieceLength) + uint64(begin)
	if ch.Body.Length > 0 {
		require.Equal(b.t, at, ch.Body.Offset)
	}
	want := make([]byte, len(ch.Bytes))
	b.ReadBody(protocol.Body{Offset: at}, want)
	require.True(b.t, bytes.Equal(want, ch.Bytes))
}
func (blocks) Verify(uint32, uint32, uint32) bool { return true }
func (blocks) ReadBody(b protocol.Body, p []byte) error {
	for n := range p {
		p[n] = byte(b.Offset + uint64(n))
	}
	return nil
}

// newTown builds a town. Clients have the numbers from 0; the tracker follows.
func newTown(t *testing.T, p plan) *town {
	geo := swarm.Geometry{Total: 40*65536 + 777, PieceLength: 65536}
	info := []byte(fmt.Sprintf("d6:lengthi%de4:name1:x12:piece lengthi%dee", geo.Total,
		geo.PieceLength))
	o := &town{t: t, plan: p, done: map[uint32]protocol.Time{}, told: &announces{}}
	o.torrent.Torrent = swarm.Torrent{InfoHash: sha1.Sum(info), Geometry: geo, Metadata: info,
		Private: p.private}
	at := sim.AddrOf(uint32(p.clients))
	switch {
	case p.tracker && p.crossed:
		o.torrent.Trackers = [][]string{{fmt.Sprintf("udp://tracker.example:%d", at.Port())}}
	case p.tracker:
		o.torrent.Trackers = [][]string{{"udp://" + at.String()}}
	}
	cfg := Default()
	cfg.Swarm.PEX = p.pex
	if !p.dht {
		cfg.DHT = nil
	}
	env := Env{}
	env.Swarm = swarm.Env{Store: blocks{t, geo}, Observer: o, Describe: o.describe}
	env.DHT = dht.Env{Directory: dht.NewBook(), Seeds: o.entries}
	env.Resolve = o.resolve
	var err error
	o.clients, err = New(cfg, env, p.clients)
	require.NoError(t, err)
	open := o.torrent
	if p.magnet {
		open.Geometry, open.Metadata, open.Private = swarm.Geometry{}, nil, false
	}
	require.Zero(t, o.clients.Register(o.torrent))
	require.EqualValues(t, 1, o.clients.Register(open))
	for i := range uint32(p.clients) {
		o.clients.Assign(i, [20]byte{'-', byte(i), byte(i >> 8)}, sim.AddrOf(i))
		if p.dht {
			id := sha1.Sum([]byte{byte(i), byte(i >> 8)})
			o.clients.DHT().Assign(i, krpc.IDFromBytes(id[:]))
		}
	}
	settings := tracker.Defaults()
	settings.Observer = o.told
	o.tracker, err = tracker.NewGroup(settings, 1)
	require.NoError(t, err)
	o.world = sim.New(sim.Config{Seed: 7, Network: wire{}, Actor: o, FullBytes: p.bytes,
		Contents: blocks{t, geo}, Groups: []protocol.Datagrams{watched{o.clients, t}, o.tracker}})
	o.world.StartAt(uint32(p.clients), 0)
	for i := range uint32(p.clients) {
		start := protocol.Time(i+1) * protocol.Time(300*time.Millisecond)
		o.world.StartAt(i, start)
		o.world.ActAt(i, start+1, actAdd)
	}
	return o
}

const (
	actAdd = iota
	actLeave
	actMeet // the first client
	actResolve
)

// Act implements sim.Actor.
func (o *town) Act(i uint32, t *protocol.Turn, code uint32) {
	switch code {
	case actAdd:
		o.clients.Add(i, t, swarm.Entry{Torrent: o.number(i), All: i < uint32(o.plan.seeds),
			Magnet: o.number(i) == 1})
	case actLeave:
		o.clients.Leave(i, t, o.number(i))
	case actResolve:
		o.clients.Resolved(i, t, o.number(i), "tracker.example", sim.AddrOf(uint32(o.plan.clients)))
	case actMeet:
		o.clients.Found(i, t, o.number(i), []protocol.Addr{sim.AddrOf(0)}, swarm.FromManual)
	}
}

// number is that of the torrent, as client i knows it.
func (o *town) number(i uint32) uint32 {
	if o.plan.magnet && i >= uint32(o.plan.seeds) {
		return 1
	}
	return 0
}

// entries is how the DHT is entered: through the first client.
func (o *town) entries(i uint32, dst []protocol.Addr) []protocol.Addr {
	if i == 0 || o.plan.seedless && i >= uint32(o.plan.seeds) {
		return dst
	}
	return append(dst, sim.AddrOf(0))
}

func (o *town) describe(_, _ uint32, info []byte) (swarm.Geometry, bool, bool) {
	require.Equal(o.t, o.torrent.Metadata, info)
	return o.torrent.Geometry, o.plan.private, true
}

// resolve answers in another turn, as real owners do.
func (o *town) resolve(i, _ uint32, host string) {
	require.Equal(o.t, "tracker.example", host)
	o.asked = append(o.asked, i)
}

// Completed implements swarm.Observer.
func (o *town) Completed(i uint32, t *protocol.Turn, _ uint32) { o.done[i] = t.Now }

// Verified implements swarm.Observer.
func (o *town) Verified(uint32, *protocol.Turn, uint32, uint32) {}

// run lets so many seconds pass.
func (o *town) run(seconds int) {
	o.world.Run(o.world.Now().Add(time.Duration(seconds) * time.Second))
	o.world.Audit()
}

// watched checks after each turn that the deadline is that of the earliest part.
type watched struct {
	*Group
	t *testing.T
}

func (w watched) check(i uint32, t *protocol.Turn) {
	at, set := t.Out.Deadline()
	c := &w.clients[i]
	require.True(w.t, set)
	require.Equal(w.t, c.due.first(), at)
	require.False(w.t, c.stale)
	for _, m := range c.members {
		require.LessOrEqual(w.t, c.due[ofMembers], min(m.askAt, m.lookAt))
	}
}

func (w watched) Start(i uint32, t *protocol.Turn) { w.Group.Start(i, t); w.check(i, t) }
func (w watched) Wake(i uint32, t *protocol.Turn)  { w.Group.Wake(i, t); w.check(i, t) }
func (w watched) Datagram(i uint32, t *protocol.Turn, from protocol.Addr, p []byte) {
	w.Group.Datagram(i, t, from, p)
	w.check(i, t)
}
func (w watched) Data(i uint32, t *protocol.Turn, c protocol.Conn, ch protocol.Chunk) {
	w.Group.Data(i, t, c, ch)
	w.check(i, t)
}
func (w watched) Closed(i uint32, t *protocol.Turn, c protocol.Conn, why protocol.Reason) {
	w.Group.Closed(i, t, c, why)
	w.check(i, t)
}
