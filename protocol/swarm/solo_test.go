package swarm

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/peerwire"
)

// solo is one core, whose peers say only what a test makes them say.
type solo struct {
	t     testing.TB
	g     *Group
	now   protocol.Time
	rand  protocol.Rand
	out   protocol.Outbox
	tor   Torrent
	said  map[protocol.Conn]*strings.Builder
	ears  map[protocol.Conn]*peerwire.Decoder
	dials []protocol.Call
	ended map[protocol.Conn]bool
	wake  protocol.Time
	wrong bool // the store finds every piece wrong
	bytes int  // written since the start
}

type soloStore struct{ s *solo }

func (soloStore) Write(_, _, _, _ uint32, _ protocol.Chunk) {}
func (s soloStore) Verify(_, _, _ uint32) bool              { return !s.s.wrong }

func newSolo(t testing.TB, cfg Config, tor Torrent, e Entry) *solo {
	s := &solo{t: t, tor: tor, rand: protocol.NewRand(1, 1, 1), now: protocol.Time(time.Second),
		said: map[protocol.Conn]*strings.Builder{}, ended: map[protocol.Conn]bool{},
		ears: map[protocol.Conn]*peerwire.Decoder{}, wake: protocol.Never}
	g, err := New(cfg, Env{Store: soloStore{s},
		Describe: func(_, _ uint32, _ []byte) (Geometry, bool, bool) {
			return tor.Geometry, tor.Private, true
		}}, 1)
	require.NoError(t, err)
	s.g = g
	g.Register(tor)
	g.Assign(0, soloID(0x55), soloAddr(0))
	s.turn(func(t *protocol.Turn) { g.Start(0, t) })
	s.turn(func(t *protocol.Turn) { g.Add(0, t, e) })
	return s
}

func soloID(n byte) (id [20]byte) {
	for i := range id {
		id[i] = n
	}
	return id
}

func soloAddr(n uint32) protocol.Addr { return protocol.Addr4(0x0a000001+n<<8, 6881) }

func (s *solo) turn(do func(t *protocol.Turn)) {
	s.out.Reset()
	do(&protocol.Turn{Now: s.now, Rand: &s.rand, Out: &s.out})
	if at, ok := s.out.Deadline(); ok {
		s.wake = at
	}
	for k := range s.out.Calls() {
		switch c := s.out.Call(k); c.Verb {
		case protocol.CallDial:
			s.dials = append(s.dials, c)
			delete(s.ears, c.Conn)
			delete(s.ended, c.Conn)
		case protocol.CallWrite:
			s.bytes += c.Chunk.Len()
			s.hear(c)
		case protocol.CallClose:
			s.ended[c.Conn] = true
		}
	}
	check(s.t, s.g, 0, s.now)
}

// hear remembers in words what the core says.
func (s *solo) hear(c protocol.Call) {
	d, b := s.ears[c.Conn], s.said[c.Conn]
	if d == nil {
		d, b = new(peerwire.Decoder), new(strings.Builder)
		s.ears[c.Conn], s.said[c.Conn] = d, b
	}
	d.Feed(c.Chunk)
	if _, st := d.Handshake(); st == peerwire.Whole {
		b.WriteString("handshake\n")
		d.Limits.Fast = true
	}
	for {
		var m peerwire.Message
		ok, f := d.Next(&m)
		must(s.t, f == peerwire.OK, "what a core writes is none of the protocol")
		if !ok {
			return
		}
		b.WriteString(describe(&m) + "\n")
	}
}

// heard returns what the core has said since the last call.
func (s *solo) heard(c protocol.Conn) string {
	b := s.said[c]
	if b == nil {
		return ""
	}
	text := b.String()
	b.Reset()
	return text
}

// pass lets time pass.
func (s *solo) pass(d time.Duration) {
	for until := s.now.Add(d); s.now < until; {
		s.now = min(until, s.wake)
		if s.wake == s.now {
			s.turn(func(t *protocol.Turn) { s.g.Wake(0, t) })
		}
	}
}

// say lets a peer say something.
func (s *solo) say(c protocol.Conn, p []byte) {
	if !s.ended[c] {
		s.turn(func(t *protocol.Turn) { s.g.Data(0, t, c, protocol.Chunk{Bytes: p}) })
	}
}

// connect lets peer n connect.
func (s *solo) connect(n uint32) (c protocol.Conn) {
	s.turn(func(t *protocol.Turn) {
		number, ok := s.g.Accept(0, t, soloAddr(n))
		require.True(s.t, ok)
		c = number
	})
	delete(s.ended, c)
	delete(s.ears, c)
	delete(s.said, c)
	return c
}

// greeting is the handshake of a peer that speaks what feature says.
func (s *solo) greeting(id byte, features ...peerwire.Feature) []byte {
	h := peerwire.Handshake{InfoHash: s.tor.InfoHash, PeerID: soloID(id)}
	for _, f := range features {
		h.Offer(f)
	}
	return peerwire.AppendHandshake(nil, &h)
}

// join lets peer n connect, say hello, and then what follows.
func (s *solo) join(n uint32, say []byte, features ...peerwire.Feature) protocol.Conn {
	c := s.connect(n)
	s.say(c, append(s.greeting(byte(n), features...), say...))
	return c
}

func (s *solo) conn(c protocol.Conn) *conn { return s.g.cores[0].conns[c] }

const (
	fastBit = peerwire.FeatureFast
	extBit  = peerwire.FeatureExtensions
)

// speech builds messages.
type speech []byte

func (w speech) plain(k peerwire.Kind) speech { return peerwire.AppendPlain(w, k) }
func (w speech) index(k peerwire.Kind, n uint32) speech {
	return peerwire.AppendIndex(w, k, n)
}
func (w speech) block(k peerwire.Kind, p, b, n uint32) speech {
	return peerwire.AppendBlock(w, k, p, b, n)
}
func (w speech) piece(p, b, n uint32) speech {
	return append(peerwire.AppendPiece(w, p, b, n), make([]byte, n)...)
}
func (w speech) ext(id uint8, body string) speech {
	return peerwire.AppendExtended(w, id, []byte(body))
}
func (w speech) bitfield(p ...byte) speech { return peerwire.AppendBitfield(w, p) }
