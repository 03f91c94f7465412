package client

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/peerwire"
	"swarmlab/protocol/swarm"
	"swarmlab/protocol/tracker"
)

// stage is one client, whose peers say only what a test makes them say, and a tracker.
type stage struct {
	t       *testing.T
	g       *Group
	entry   swarm.Entry
	now     protocol.Time
	wake    protocol.Time
	rand    protocol.Rand
	out     protocol.Outbox
	tracker *tracker.Group
	told    announces
	stated  [][]byte      // to the office
	skew    time.Duration // of the tracker's clock
	deaf    bool          // nothing reaches the tracker
	slow    bool          // what is written stays in the queue
	peers   byte

	ears    map[protocol.Conn]*peerwire.Decoder
	asked   map[protocol.Conn][]peerwire.Message // requests of the client
	written map[protocol.Conn]int
	left    map[protocol.Conn]int
	open    map[protocol.Conn]bool
	verify  func(piece uint32) bool
}

var (
	stageAddr    = protocol.Addr4(0x0a000001, 6881)
	stageOffice  = protocol.Addr4(0x0a000003, 90)
	stageTracker = protocol.Addr4(0x0a000002, 80)
	stageGeo     = swarm.Geometry{Total: 4 * 32768, PieceLength: 32768}
)

func newStage(t *testing.T, r Reporting, e swarm.Entry, books ...tracker.Observer) *stage {
	cfg := Default()
	cfg.DHT, cfg.Reporting, cfg.Swarm.Fast, cfg.Swarm.Extended = nil, r, false, false
	s := stageOf(t, cfg, e, books...)
	s.begin()
	return s
}

// stageOf returns a stage on which nobody plays yet.
func stageOf(t *testing.T, cfg Config, e swarm.Entry, books ...tracker.Observer) *stage {
	s := &stage{t: t, entry: e, now: 1, rand: protocol.NewRand(1, 2, 3), wake: protocol.Never,
		ears: map[protocol.Conn]*peerwire.Decoder{}, open: map[protocol.Conn]bool{},
		asked:   map[protocol.Conn][]peerwire.Message{},
		written: map[protocol.Conn]int{}, left: map[protocol.Conn]int{}}
	var err error
	s.g, err = New(cfg, Env{Swarm: swarm.Env{Store: s}}, 1)
	require.NoError(t, err)
	s.g.Register(Torrent{Torrent: swarm.Torrent{InfoHash: [20]byte{3}, Geometry: stageGeo},
		Trackers: [][]string{{"udp://" + stageTracker.String()}}})
	s.g.Assign(0, [20]byte{'-', 'M', 'E'}, stageAddr)
	settings := tracker.Defaults()
	settings.Observer = append(tracker.Books{&s.told}, books...)
	s.tracker, err = tracker.NewGroup(settings, 1)
	require.NoError(t, err)
	return s
}

// Write implements swarm.Store, as does Verify.
func (s *stage) Write(_, _, _, _ uint32, _ protocol.Chunk) {}
func (s *stage) Verify(_, _, piece uint32) bool {
	return s.verify == nil || s.verify(piece)
}

// begin starts the client, and has it take part.
func (s *stage) begin() {
	s.turn(func(t *protocol.Turn) { s.g.Start(0, t) })
	s.turn(func(t *protocol.Turn) { s.g.Add(0, t, s.entry) })
}

func (s *stage) turn(do func(t *protocol.Turn)) {
	s.out.Reset()
	do(&protocol.Turn{Now: s.now, Rand: &s.rand, Out: &s.out})
	if at, ok := s.out.Deadline(); ok {
		s.wake = at
	}
	for k := range s.out.Calls() {
		switch c := s.out.Call(k); c.Verb {
		case protocol.CallWrite:
			s.hear(c)
		case protocol.CallClose:
			delete(s.open, c.Conn)
		}
	}
	var sends [][]byte
	for k := range s.out.Sends() {
		to, p := s.out.Send(k)
		if to == stageOffice {
			s.stated = append(s.stated, bytes.Clone(p))
			continue
		}
		require.Equal(s.t, stageTracker, to)
		sends = append(sends, bytes.Clone(p))
	}
	for _, p := range sends {
		s.ask(p)
	}
	if !s.slow {
		for c := range s.open {
			s.drain(c, s.written[c])
		}
	}
}

// ask brings a datagram to the tracker, and its answer back.
func (s *stage) ask(p []byte) {
	if s.deaf {
		return
	}
	var out protocol.Outbox
	s.tracker.Datagram(0, &protocol.Turn{Now: s.now.Add(s.skew), Rand: &s.rand, Out: &out},
		stageAddr, p)
	for k := range out.Sends() {
		_, answer := out.Send(k)
		s.turn(func(t *protocol.Turn) { s.g.Datagram(0, t, stageTracker, answer) })
	}
}

// hear notes what the client asks of a peer.
func (s *stage) hear(c protocol.Call) {
	d := s.ears[c.Conn]
	s.written[c.Conn] += c.Chunk.Len()
	d.Feed(c.Chunk)
	d.Handshake()
	for {
		var m peerwire.Message
		ok, f := d.Next(&m)
		require.Equal(s.t, peerwire.OK, f)
		if !ok {
			return
		}
		if m.Kind == peerwire.Request {
			s.asked[c.Conn] = append(s.asked[c.Conn], m)
		}
	}
}

// drain has bytes of a stream leave the line, until there are so many.
func (s *stage) drain(c protocol.Conn, until int) {
	for s.open[c] && s.left[c] < min(until, s.written[c]) {
		n := min(until, s.written[c]) - s.left[c]
		s.left[c] += n
		s.turn(func(t *protocol.Turn) { s.g.Sent(0, t, c, n) })
	}
}

// pass lets time pass.
func (s *stage) pass(d time.Duration) {
	for until := s.now.Add(d); s.now < until; {
		s.now = min(until, s.wake)
		if s.now == s.wake {
			s.turn(func(t *protocol.Turn) { s.g.Wake(0, t) })
		}
	}
}

// connect has a peer connect and say something.
func (s *stage) connect(say []byte) (c protocol.Conn, addr protocol.Addr) {
	s.peers++
	addr = protocol.Addr4(0x0b000000+uint32(s.peers), 7000)
	s.turn(func(t *protocol.Turn) {
		number, ok := s.g.Accept(0, t, addr)
		require.True(s.t, ok)
		c = number
	})
	s.ears[c], s.open[c] = new(peerwire.Decoder), true
	s.written[c], s.left[c], s.asked[c] = 0, 0, nil
	h := peerwire.Handshake{InfoHash: [20]byte{3}, PeerID: [20]byte{'-', s.peers}}
	h.Offer(peerwire.FeatureExtensions)
	s.say(c, append(peerwire.AppendHandshake(nil, &h), say...))
	return c, addr
}

func (s *stage) say(c protocol.Conn, p []byte) {
	s.turn(func(t *protocol.Turn) { s.g.Data(0, t, c, protocol.Chunk{Bytes: p}) })
}

// server has a peer connect that has one piece, and serves.
func (s *stage) server(piece uint32) (protocol.Conn, protocol.Addr) {
	say := peerwire.AppendBitfield(nil, []byte{0x80 >> piece})
	return s.connect(peerwire.AppendPlain(say, peerwire.Unchoke))
}

// block is a piece message.
func block(piece, index uint32) []byte {
	p := peerwire.AppendPiece(nil, piece, index*swarm.BlockSize, swarm.BlockSize)
	return append(p, make([]byte, swarm.BlockSize)...)
}

// serve gives the client a piece that it has asked for.
func (s *stage) serve(c protocol.Conn, piece uint32) {
	for k := range uint32(2) {
		require.NotEmpty(s.t, s.asked[c])
		s.say(c, block(piece, k))
	}
}

// upload has a new peer ask for so many bytes in one block, and go.
func (s *stage) upload(n uint32) {
	c, _ := s.connect(peerwire.AppendPlain(nil, peerwire.Interested))
	s.pass(25 * time.Second)
	s.say(c, peerwire.AppendBlock(nil, peerwire.Request, 0, 0, n))
	delete(s.open, c)
	s.turn(func(t *protocol.Turn) { s.g.Closed(0, t, c, protocol.Finished) })
}

// totals returns what the client would announce now.
func (s *stage) totals(r Reporting) tracker.Totals {
	b := s.g.Swarm().Books(0, 0, s.now)
	return r.totals(&b)
}
