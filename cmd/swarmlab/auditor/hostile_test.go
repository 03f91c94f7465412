package auditor

import (
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/cmd/swarmlab/torrents"
	"swarmlab/cmd/swarmlab/trial"
	"swarmlab/protocol/metainfo"
	"swarmlab/protocol/peerwire"
	"swarmlab/scenarios/results/observation"
)

// actor is a peer with one part to play: it dials the observer, says who it is, and then what is in
// its script.
type actor struct {
	t    *testing.T
	tor  *metainfo.Torrent
	at   string // the observer
	name string // of its id
}

// enter connects. The actor says that it listens on a port of its own.
func (a *actor) enter(port uint16) net.Conn {
	c, err := net.Dial("tcp", a.at)
	require.NoError(a.t, err)
	a.t.Cleanup(func() { c.Close() })
	h := peerwire.Handshake{InfoHash: a.tor.Info.Hash}
	h.Offer(peerwire.FeatureExtensions)
	copy(h.PeerID[:], "-TR3000-"+a.name+"            ")
	hello := peerwire.ExtHandshake{Port: port}
	hello.Support(peerwire.ExtDontHave)
	a.say(c, hello.Append(peerwire.AppendHandshake(nil, &h)))
	go func() { // what the observer says is of no interest
		for b := make([]byte, 4096); ; {
			if _, err := c.Read(b); err != nil {
				return
			}
		}
	}()
	return c
}

func (a *actor) say(c net.Conn, p []byte) { c.Write(p) } // it may be closed already

// field is the bitfield of pieces from one on to before another.
func (a *actor) field(from, to uint32) []byte {
	b := make([]byte, (a.tor.Info.Count()+7)/8)
	for piece := from; piece < to; piece++ {
		b[piece/8] |= 0x80 >> (piece % 8)
	}
	return peerwire.AppendBitfield(nil, b)
}

// haves are messages for the same pieces, in p.
func haves(p []byte, from, to uint32) []byte {
	for piece := from; piece < to; piece++ {
		p = peerwire.AppendIndex(p, peerwire.Have, piece)
	}
	return p
}

// settled waits until what a peer says is news.
func settled() { time.Sleep(Settle + 200*time.Millisecond) }

// hostileParts are what peers do to an audit of 64 pieces of 64 KiB and one shorter, which believes
// nobody to gain more than 1 MiB in a second, and allows for one piece begun; and what it says of
// them then.
var hostileParts = map[string]struct {
	play func(a *actor)
	says func(t *testing.T, p *observation.Peer, all uint64)
}{
	"flood": {func(a *actor) { // everything at once
		c := a.enter(1)
		a.say(c, a.field(0, 0))
		settled()
		a.say(c, haves(nil, 0, 65))
	}, func(t *testing.T, p *observation.Peer, all uint64) {
		require.LessOrEqual(t, p.Gained, uint64(4<<20))
		require.Less(t, p.Gained, all)
		require.Equal(t, all, p.Gained+p.Doubted)
		require.Equal(t, all, p.High)
	}},
	"liar": {func(a *actor) { // it says that it is a seed
		a.say(a.enter(2), a.field(0, 65))
	}, func(t *testing.T, p *observation.Peer, all uint64) {
		require.True(t, p.Seed)
		require.Equal(t, all, p.Held)
		require.Zero(t, p.Gained+p.High)
	}},
	"faker": {func(a *actor) { // it invents pieces slowly, and is believed (A10)
		c := a.enter(3)
		a.say(c, a.field(0, 0))
		settled()
		a.say(c, haves(nil, 3, 5))
	}, func(t *testing.T, p *observation.Peer, all uint64) {
		require.EqualValues(t, 2*65536, p.Gained)
		require.Zero(t, p.Doubted)
	}},
	"lazy": {func(a *actor) { // it leaves out what it announces at once
		a.say(a.enter(4), haves(a.field(0, 20), 20, 23))
	}, func(t *testing.T, p *observation.Peer, all uint64) {
		require.EqualValues(t, 23*65536, p.Held)
		require.Zero(t, p.Gained+p.Doubted)
	}},
	"silent": {func(a *actor) { // it gets pieces and does not say so
		a.say(a.enter(5), a.field(0, 10))
	}, func(t *testing.T, p *observation.Peer, all uint64) {
		require.EqualValues(t, 10*65536, p.Held)
		require.Zero(t, p.Gained)
		require.Equal(t, all, p.SessionHigh, "but it may have got all")
		require.Equal(t, all-p.Held, p.Rest)
	}},
	"returner": {func(a *actor) { // it is cut off, and comes back with more, from another port
		c := a.enter(6)
		a.say(c, a.field(0, 10))
		settled()
		a.say(c, haves(nil, 10, 11))
		time.Sleep(100 * time.Millisecond)
		c.Close()
		time.Sleep(200 * time.Millisecond)
		a.say(a.enter(6), a.field(0, 14))
	}, func(t *testing.T, p *observation.Peer, all uint64) {
		require.EqualValues(t, 10*65536, p.Held)
		require.EqualValues(t, 4*65536, p.Gained)
		require.EqualValues(t, 1, p.Gaps)
		require.Equal(t, 2, p.Sessions)
		require.Zero(t, p.Lost)
	}},
	"restarted": {func(a *actor) { // another id at the same place, and without what it had
		c := a.enter(7)
		a.say(c, a.field(0, 10))
		time.Sleep(100 * time.Millisecond)
		c.Close()
		time.Sleep(200 * time.Millisecond)
		a.name = "restarted2"
		a.say(a.enter(7), a.field(8, 12))
	}, func(t *testing.T, p *observation.Peer, all uint64) {
		require.EqualValues(t, 8, p.Lost)
		require.EqualValues(t, 2*65536, p.Gained)
		require.Equal(t, 2, p.Sessions)
	}},
	"flapper": {func(a *actor) { // it has a piece, and has it not, again and again
		c := a.enter(8)
		a.say(c, a.field(0, 0))
		settled()
		var p []byte
		for range 10_000 {
			p = haves(p, 1, 2)
			p = peerwire.AppendExtended(p, 7, []byte{0, 0, 0, 1}) // lt_donthave
		}
		a.say(c, haves(p, 1, 2))
	}, func(t *testing.T, p *observation.Peer, all uint64) {
		require.EqualValues(t, 65536, p.Gained, "once")
		require.Positive(t, p.Doubted)
		require.Less(t, p.Lost, uint32(5_000), "it is not heard any more")
	}},
	"nothing": {func(a *actor) { a.enter(9) }, nil}, // not even a bitfield
	"short": {func(a *actor) {
		a.say(a.enter(10), peerwire.AppendBitfield(nil, []byte{0xff}))
	}, nil},
	"long": {func(a *actor) {
		a.say(a.enter(11), peerwire.AppendBitfield(nil, make([]byte, 10)))
	}, nil},
	"beyond": {func(a *actor) {
		a.say(a.enter(12), haves(a.field(0, 0), 65, 66))
	}, nil},
}

// TestAuditAmongHostilePeers: what peers invent, hide, flood or break does not touch what is said
// of others, and is told as what it is.
func TestAuditAmongHostilePeers(t *testing.T) {
	l := trial.NewLoad(t, 4, torrents.NewCommand)
	file, tor := l.Torrent()
	require.EqualValues(t, 65, tor.Info.Count())
	w := startAudit(t, file, "--listen", "127.0.0.1:0", "--parallel", "1", "--fastest", "1MiB")
	o := w.until("it runs", func(o *observation.Observation) bool { return o.Address != "" })
	played := make(chan struct{})
	for name, part := range hostileParts {
		a := &actor{t: t, tor: tor, at: o.Address, name: name}
		go func() { part.play(a); played <- struct{}{} }()
	}
	for range hostileParts {
		<-played
	}
	_, seed := l.Seeding(file, "--listen", "127.0.0.1:0")
	r, ok := <-fetchedBy(l, file, "--peer", seed, "--peer", o.Address, "--listen", "127.0.0.2:0")
	require.True(t, ok)
	w.until("it is heard out", func(o *observation.Observation) bool { return o.Ignored > 0 })
	end := w.finish()
	honest := trial.PeerOf(t, end, r.Address)
	require.Equal(t, r.All.Useful, honest.Held+honest.Gained)
	require.Positive(t, end.Ignored)
	require.Equal(t, 1, end.Silent)
	require.Positive(t, end.Refused["flood"])
	port := map[string]int{"flood": 1, "liar": 2, "faker": 3, "lazy": 4, "silent": 5,
		"returner": 6, "restarted": 7, "flapper": 8}
	for name, part := range hostileParts {
		if part.says != nil {
			t.Run(name, func(t *testing.T) {
				at := net.JoinHostPort("127.0.0.1", string(rune('0'+port[name])))
				part.says(t, trial.PeerOf(t, end, at), l.Size)
			})
		}
	}
	for _, p := range end.Peers {
		require.NotContains(t, []string{"127.0.0.1:9", "127.0.0.1:10", "127.0.0.1:11"}, p.Peer)
	}
}
