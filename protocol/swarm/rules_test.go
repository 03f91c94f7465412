package swarm

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/peerwire"
)

// TestChokeDialects is the table of both dialects: what becomes of requests when a peer is choked,
// and when it takes one back.
func TestChokeDialects(t *testing.T) {
	for _, fast := range []bool{false, true} {
		cfg := Default()
		cfg.AllowedFast = 1
		s := newSolo(t, cfg, testTorrent(20), Entry{All: true})
		hello, features := speech{}, []peerwire.Feature(nil)
		if fast {
			hello, features = hello.plain(peerwire.HaveNone), []peerwire.Feature{fastBit}
		}
		c := s.join(1, hello.plain(peerwire.Interested), features...)
		s.pass(time.Second)
		require.Contains(t, s.heard(c), "unchoke")
		piece := uint32(3)
		if fast && s.conn(c).grants[0] == piece {
			piece++
		}
		for k := range uint32(3) {
			s.say(c, speech{}.block(peerwire.Request, piece+k/2*10, k%2*16384, 16384))
		}
		require.Equal(t, 1, strings.Count(s.heard(c), "piece"), "the queue of the stream is short")
		require.EqualValues(t, 2, s.conn(c).wants.n)
		s.say(c, speech{}.block(peerwire.Cancel, piece+10, 0, 16384))
		if fast {
			require.Contains(t, s.heard(c), "reject")
			s.say(c, speech{}.block(peerwire.Request, s.conn(c).grants[0], 0, 5000))
		}
		s.heard(c)
		x := s.g.begin(0, &protocol.Turn{Now: s.now, Rand: &s.rand, Out: &s.out})
		s.out.Reset()
		m := s.g.cores[0].members[0]
		m.choker.seats[0].unchoked = false
		x.choke(s.conn(c))
		x.deep--
		s.hear(s.out.Call(0))
		text := s.heard(c)
		if fast {
			require.True(t, strings.HasPrefix(text, "choke\nreject"), text)
			require.EqualValues(t, 1, s.conn(c).wants.n, "what is allowed fast stays")
		} else {
			require.Equal(t, "choke\n", text)
			require.Zero(t, s.conn(c).wants.n)
		}
	}
}

// TestChoked: what was asked of a peer that chokes is void without BEP 6, and with it not before it
// is rejected.
func TestChoked(t *testing.T) {
	s := newSolo(t, Default(), testTorrent(20), Entry{})
	plain := s.join(1, speech{}.bitfield(0xff, 0xff, 0xf0).plain(peerwire.Unchoke))
	fast := s.join(2, speech{}.plain(peerwire.HaveAll).plain(peerwire.Unchoke), fastBit)
	for _, c := range []protocol.Conn{plain, fast} {
		require.EqualValues(t, 2, s.conn(c).asked.n)
		s.say(c, speech{}.plain(peerwire.Choke))
	}
	require.Zero(t, s.conn(plain).asked.n)
	require.EqualValues(t, 2, s.conn(fast).asked.n)
	for line := range strings.Lines(s.heard(fast)) {
		if p, b, n, ok := request(line); ok {
			s.say(fast, speech{}.block(peerwire.Reject, p, b, n))
		}
	}
	require.Zero(t, s.conn(fast).asked.n)
	require.EqualValues(t, 2, s.g.Tally(0, 0, s.now).Rejected-2)
	// A block that was on its way is kept all the same.
	for line := range strings.Lines(s.heard(plain)) {
		if p, b, n, ok := request(line); ok {
			s.say(plain, speech{}.piece(p, b, n))
		}
	}
	require.EqualValues(t, 2*16384, s.g.Tally(0, 0, s.now).Useful)
}

// TestAllowedFast: a choked peer that allows a piece is asked for it, and not for ever.
func TestAllowedFast(t *testing.T) {
	s := newSolo(t, Default(), testTorrent(20), Entry{})
	hello := speech{}.plain(peerwire.HaveAll).index(peerwire.AllowedFast, 7)
	c := s.join(1, hello, fastBit)
	text := s.heard(c)
	require.Contains(t, text, "request 7/0+16384\nrequest 7/16384+16384\n")
	require.Equal(t, 2, strings.Count(text, "request"))
	s.say(c, speech{}.piece(7, 0, 16384).block(peerwire.Reject, 7, 16384, 16384))
	s.pass(30 * time.Second)
	require.NotContains(t, s.heard(c), "request")
}

// TestDontHave: what a peer says that it has lost is not asked of it.
func TestDontHave(t *testing.T) {
	s := newSolo(t, Default(), testTorrent(1), Entry{})
	hello := speech{}.plain(peerwire.HaveAll).plain(peerwire.Unchoke)
	c := s.join(1, hello, fastBit, extBit)
	require.Contains(t, s.heard(c), "request 0/0+5000")
	s.say(c, speech{}.ext(peerwire.ExtDontHave, "\x00\x00\x00\x00"))
	require.Contains(t, s.heard(c), "not_interested")
	require.EqualValues(t, 1, s.conn(c).voided)
	s.say(c, speech{}.block(peerwire.Reject, 0, 0, 5000))
	require.False(t, s.ended[c])
	s.say(c, speech{}.index(peerwire.Have, 0))
	require.Equal(t, "interested\nrequest 0/0+5000\n", s.heard(c))
}

// TestDuplicates: of two connections between the same peers that of the greater id stays, whichever
// came first.
func TestDuplicates(t *testing.T) {
	for _, theirs := range []byte{0x11, 0x99} {
		for _, dialedFirst := range []bool{true, false} {
			s := newSolo(t, Default(), testTorrent(20), Entry{})
			s.turn(func(t *protocol.Turn) {
				s.g.Found(0, t, 0, []protocol.Addr{soloAddr(1)}, FromTracker)
			})
			dialed, in := s.dials[0].Conn, s.connect(1)
			first := func() {
				s.turn(func(t *protocol.Turn) { s.g.Opened(0, t, dialed) })
				s.say(dialed, s.greeting(theirs))
			}
			if dialedFirst {
				first()
			}
			s.say(in, s.greeting(theirs))
			if !dialedFirst {
				first()
			}
			require.NotEqual(t, s.ended[dialed], s.ended[in])
			require.Equal(t, theirs > 0x55, s.ended[dialed])
			require.EqualValues(t, 1, s.g.Counters().Drops[ByDuplicate])
			s.pass(4 * time.Minute)
			require.Len(t, s.dials, 1, "a peer that is connected is dialed")
		}
	}
	s := newSolo(t, Default(), testTorrent(20), Entry{})
	a, b := s.join(1, nil), s.connect(2)
	s.say(b, s.greeting(1))
	require.True(t, s.ended[b] && !s.ended[a], "the same peer comes twice")
}

// TestLimits: a full torrent takes whom BEP 40 prefers in the place of the least of them; and no
// more strangers are let in than may be on their way.
func TestLimits(t *testing.T) {
	cfg := Default()
	cfg.MaxConns, cfg.Initiate, cfg.HalfOpen = 4, 4, 3
	s := newSolo(t, cfg, testTorrent(20), Entry{})
	conns := map[protocol.Conn]uint32{}
	for n := uint32(1); n <= 30; n++ {
		c := s.connect(n)
		s.say(c, s.greeting(byte(n)))
		conns[c] = n
	}
	c := s.g.Counters()
	require.EqualValues(t, 26, c.Drops[ByFull]+c.Drops[ByEviction])
	require.Positive(t, c.Drops[ByEviction])
	lowest, higher := ^uint32(0), 0
	s.g.EachConn(0, 0, s.now, func(v *ConnView) {
		lowest = min(lowest, peerwire.Priority(soloAddr(0), v.Addr))
	})
	for n := uint32(1); n <= 30; n++ {
		if peerwire.Priority(soloAddr(0), soloAddr(n)) >= lowest {
			higher++
		}
	}
	require.Equal(t, 4, higher, "they are not the four of the highest priority")
	for n := uint32(40); n < 43; n++ {
		s.connect(n)
	}
	s.turn(func(turn *protocol.Turn) {
		_, ok := s.g.Accept(0, turn, soloAddr(50))
		require.False(t, ok)
	})
}

// TestNewcomersFindRoom: whoever is new takes the place of one that failed, as soon as there is
// one, and until then nobody's.
func TestNewcomersFindRoom(t *testing.T) {
	cfg := Default()
	cfg.Initiate, cfg.MaxPeers = 1, 3
	s := newSolo(t, cfg, testTorrent(20), Entry{})
	find := func(n uint32) bool {
		s.turn(func(t *protocol.Turn) {
			s.g.Found(0, t, 0, []protocol.Addr{soloAddr(n)}, FromDHT)
		})
		return s.g.cores[0].members[0].peers.find(soloAddr(n)) != nilIndex
	}
	for n := range uint32(3) {
		require.True(t, find(n+1))
	}
	for n := range uint32(5) {
		require.False(t, find(n+4))
		require.True(t, s.g.cores[0].members[0].peers.sound, "nobody need be looked at again")
	}
	require.EqualValues(t, 5, s.g.Counters().Forgotten)
	require.Len(t, s.dials, 1)
	failed := s.dials[0]
	s.turn(func(t *protocol.Turn) { s.g.Closed(0, t, failed.Conn, protocol.Unreachable) })
	require.True(t, find(9), "there is one that failed")
	require.Equal(t, nilIndex, s.g.cores[0].members[0].peers.find(failed.To))
	require.False(t, find(10))
}

// TestWhoIsGoneMakesRoom: who took part in an exchange is remembered until it cannot be reached any
// more. Else who served a thousand peers that left would never know of another one.
func TestWhoIsGoneMakesRoom(t *testing.T) {
	cfg := Default()
	cfg.Initiate, cfg.MaxPeers = 1, 1
	s := newSolo(t, cfg, testTorrent(20), Entry{})
	find := func(n uint32) bool {
		s.turn(func(t *protocol.Turn) {
			s.g.Found(0, t, 0, []protocol.Addr{soloAddr(n)}, FromTracker)
		})
		return s.g.cores[0].members[0].peers.find(soloAddr(n)) != nilIndex
	}
	require.True(t, find(1))
	c := s.dials[0].Conn
	s.turn(func(t *protocol.Turn) { s.g.Opened(0, t, c) })
	s.say(c, s.greeting(1))
	s.turn(func(t *protocol.Turn) { s.g.Closed(0, t, c, protocol.Reset) })
	require.NotNil(t, s.g.cores[0].members[0].peers.list[0].past)
	require.False(t, find(2), "it may come back")
	s.pass(5 * time.Minute)
	require.Greater(t, len(s.dials), 1, "it is dialed again, and does not answer")
	require.True(t, find(3))
}

// TestHearsay: what a peer says of itself goes before what others say of it.
func TestHearsay(t *testing.T) {
	s := newSolo(t, Default(), testTorrent(20), Entry{})
	a := s.join(1, speech{}.bitfield(0x80, 0, 0))
	c := s.conn(a)
	p := &c.member.peers.list[c.peer]
	require.False(t, p.seed)
	p.seed = true
	c.member.hearsay++
	s.say(a, speech{}.index(peerwire.Have, 1))
	require.False(t, p.seed)
}

// TestDialing: no more are dialed at a time and in all than may be, the rest when there is room;
// and who failed three times is given up.
func TestDialing(t *testing.T) {
	cfg := Default()
	cfg.Initiate, cfg.HalfOpen = 5, 2
	s := newSolo(t, cfg, testTorrent(20), Entry{})
	var addrs []protocol.Addr
	for n := range uint32(20) {
		addrs = append(addrs, soloAddr(n+1))
	}
	require.Equal(t, cfg.MaxConns, s.g.Wants(0, 0))
	s.turn(func(t *protocol.Turn) { s.g.Found(0, t, 0, addrs, FromDHT) })
	require.Equal(t, cfg.MaxConns-18, s.g.Wants(0, 0), "two are on their way")
	require.Len(t, s.dials, 2)
	for k := range 5 {
		c := s.dials[k].Conn
		s.turn(func(t *protocol.Turn) { s.g.Opened(0, t, c) })
		s.say(c, s.greeting(byte(k+1)))
	}
	require.Len(t, s.dials, 5)
	for k := 4; k >= 0; k-- {
		c := s.dials[k].Conn
		s.turn(func(t *protocol.Turn) { s.g.Closed(0, t, c, protocol.Reset) })
	}
	for k := 5; k < len(s.dials) && k < 200; k++ {
		c := s.dials[k].Conn
		s.turn(func(t *protocol.Turn) { s.g.Closed(0, t, c, protocol.Unreachable) })
		if k == len(s.dials)-1 {
			s.pass(5 * time.Minute)
		}
	}
	require.Len(t, s.dials, 5+15*3+5*3, "twenty peers, three failures each")
}

// TestKeepAlive: silence is broken every 100 seconds, and heard for five minutes.
func TestKeepAlive(t *testing.T) {
	s := newSolo(t, Default(), testTorrent(20), Entry{})
	c := s.join(1, speech{}.plain(peerwire.Interested))
	s.heard(c)
	for range 10 {
		s.pass(97 * time.Second)
		require.NotContains(t, s.heard(c), "keep_alive")
		s.say(c, peerwire.AppendKeepAlive(nil))
		s.pass(3 * time.Second)
		require.Equal(t, "keep_alive\n", s.heard(c))
	}
	s.pass(290 * time.Second)
	require.False(t, s.ended[c])
	s.pass(11 * time.Second)
	require.True(t, s.ended[c])
}

// TestSeeds: seeds do not stay connected with seeds, whichever way these say what they are.
func TestSeeds(t *testing.T) {
	for name, say := range map[string]speech{
		"have all":    speech{}.plain(peerwire.HaveAll),
		"bitfield":    speech{}.bitfield(0xff, 0xff, 0xf0),
		"upload only": speech{}.plain(peerwire.HaveNone).ext(0, "d11:upload_onlyi1ee"),
		"its message": speech{}.plain(peerwire.HaveNone).ext(2, "\x01"),
	} {
		s := newSolo(t, Default(), testTorrent(20), Entry{All: true})
		c := s.join(1, say, fastBit, extBit)
		require.True(t, s.ended[c], name)
		require.EqualValues(t, 1, s.g.Counters().Drops[BySeeds], name)
	}
}

// TestSeedsDialNoSeeds: a seed does not come back to who wants nothing, however it heard of that.
func TestSeedsDialNoSeeds(t *testing.T) {
	for _, say := range []speech{
		speech{}.plain(peerwire.HaveAll),
		speech{}.ext(0, "d11:upload_onlyi1ee").plain(peerwire.HaveAll),
	} {
		s := newSolo(t, Default(), testTorrent(20), Entry{All: true})
		s.turn(func(t *protocol.Turn) {
			s.g.Found(0, t, 0, []protocol.Addr{soloAddr(1)}, FromTracker)
		})
		c := s.dials[0].Conn
		s.turn(func(t *protocol.Turn) { s.g.Opened(0, t, c) })
		s.say(c, append(s.greeting(1, fastBit, extBit), say...))
		require.True(t, s.ended[c])
		s.pass(time.Hour)
		require.Len(t, s.dials, 1)
	}
}

// TestMetadataDefence: metadata whose hash is wrong is thrown away and asked of others; sizes that
// disagree, refusals and silence do no harm.
func TestMetadataDefence(t *testing.T) {
	tor := testTorrent(20)
	good := tor.Metadata
	s := newSolo(t, Default(), tor, Entry{Magnet: true})
	ext := func(size string) speech {
		body := "d1:md11:ut_metadatai9ee13:metadata_sizei" + size + "ee"
		return speech{}.plain(peerwire.HaveAll).ext(0, body)
	}
	data := func(p []byte) speech {
		d := peerwire.Metadata{Type: peerwire.MetadataData, Total: uint32(len(p)), Data: p}
		return d.Append(nil, peerwire.ExtMetadata)
	}
	liar := s.join(1, ext("7"), fastBit, extBit)
	require.Contains(t, s.heard(liar), `extended 9 "d8:msg_typei0e5:piecei0ee"`)
	s.say(liar, data([]byte("garbage")))
	require.EqualValues(t, 1, s.g.Counters().MetadataBad)
	s.pass(5 * time.Second)
	require.NotContains(t, s.heard(liar), "msg_type", "it is asked again at once")
	mute := s.join(2, ext(strconv.Itoa(len(good))), fastBit, extBit)
	require.Contains(t, s.heard(mute), "msg_type")
	s.pass(2 * time.Second)
	other := s.join(3, ext(strconv.Itoa(len(good))), fastBit, extBit)
	require.NotContains(t, s.heard(other), "msg_type")
	s.pass(4 * time.Second)
	require.Contains(t, s.heard(other), "msg_type")
	s.say(other, speech{}.ext(3, "d8:msg_typei2e5:piecei0ee"))
	s.pass(4 * time.Second)
	honest := s.join(4, ext(strconv.Itoa(len(good))), fastBit, extBit)
	s.pass(10 * time.Second)
	require.Contains(t, s.heard(honest), "msg_type")
	s.say(honest, data(good))
	p, _ := s.g.Progress(0, 0)
	require.True(t, p.Known)
	require.True(t, s.conn(honest).interested && s.conn(mute).interested)
	// And now it serves, what there is, and not without end.
	s.say(honest, speech{}.ext(3, "d8:msg_typei0e5:piecei0ee"))
	require.Contains(t, s.heard(honest), "msg_typei1e")
	s.say(honest, speech{}.ext(3, "d8:msg_typei0e5:piecei1ee"))
	require.Contains(t, s.heard(honest), "msg_typei2e")
	for range 200 {
		s.say(honest, speech{}.ext(3, "d8:msg_typei0e5:piecei0ee"))
	}
	require.Equal(t, 65, strings.Count(s.heard(honest), "msg_typei1e"))
}

// TestHolepunch: a relay brings two of its peers together, and says why if it cannot.
func TestHolepunch(t *testing.T) {
	s := newSolo(t, Default(), testTorrent(20), Entry{})
	hello := speech{}.plain(peerwire.HaveNone).ext(0, "d1:md12:ut_holepunchi4eee")
	a := s.join(1, hello, fastBit, extBit)
	b := s.join(2, hello, fastBit, extBit)
	c := s.join(3, speech{}.plain(peerwire.HaveNone), fastBit, extBit)
	s.heard(a)
	s.heard(b)
	ask := func(n uint32) string {
		h := peerwire.Holepunch{Type: peerwire.Rendezvous, Addr: soloAddr(n)}
		s.say(a, h.Append(nil, peerwire.ExtHolepunch))
		return s.heard(a)
	}
	require.Contains(t, ask(2), `extended 4 "\x01\x00\n\x00\x02\x01\x1a\xe1\x00\x00\x00\x00"`)
	require.Contains(t, s.heard(b),
		`extended 4 "\x01\x00\n\x00\x01\x01\x1a\xe1\x00\x00\x00\x00"`)
	require.Contains(t, ask(9), `\x00\x00\x00\x02`)
	require.Contains(t, ask(3), `\x00\x00\x00\x03`)
	require.Contains(t, ask(0), `\x00\x00\x00\x04`)
	require.False(t, s.ended[c])
	h := peerwire.Holepunch{Type: peerwire.Connect, Addr: soloAddr(8)}
	s.say(a, h.Append(nil, peerwire.ExtHolepunch))
	require.Equal(t, soloAddr(8), s.dials[0].To)
	require.EqualValues(t, 1, s.g.Counters().Punched)
}

// TestGiftsShared: what choked newcomers may have all the same is given to one of them at a time,
// and not to those who have begun.
func TestGiftsShared(t *testing.T) {
	s := newSolo(t, Default(), testTorrent(20), Entry{All: true})
	none := speech{}.plain(peerwire.HaveNone)
	a, b := s.join(1, none, fastBit), s.join(2, none, fastBit)
	c := s.join(3, speech{}.bitfield(0xff, 0xff, 0), fastBit)
	ask := func(c protocol.Conn) speech {
		w := speech{}
		for _, piece := range s.conn(c).grants[:2] {
			w = w.block(peerwire.Request, piece, 0, 5000)
		}
		return w
	}
	s.g.cfg.WriteAhead = 1 // so both wait until what was said before has left
	s.say(a, ask(a))
	require.EqualValues(t, 2, s.conn(a).wants.n)
	require.Zero(t, s.g.Counters().RejectsSent)
	s.say(b, ask(b))
	require.EqualValues(t, 2, s.g.Counters().RejectsSent)
	s.say(c, ask(c))
	require.EqualValues(t, 4, s.g.Counters().RejectsSent)
}
