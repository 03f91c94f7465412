package swarm

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/peerwire"
)

// TestDrops: what a peer must not say ends its connection, and is counted under the right name.
func TestDrops(t *testing.T) {
	fast, both := []peerwire.Feature{fastBit}, []peerwire.Feature{fastBit, extBit}
	ext := []peerwire.Feature{extBit}
	none := speech{}.plain(peerwire.HaveNone)
	many := func(w speech, n int) (all speech) {
		for range n {
			all = append(all, w...)
		}
		return all
	}
	for name, c := range map[string]struct {
		features []peerwire.Feature
		say      speech
		why      Drop
		fault    peerwire.Fault
	}{
		"bad length":      {nil, speech{0, 0, 0, 4, 4, 0, 0, 0}, ByWire, peerwire.BadLength},
		"endless":         {nil, speech{0xff, 0xff, 0xff, 0xff, 7}, ByWire, peerwire.TooLong},
		"long block":      {nil, speech{0, 0, 0x80, 9, 7}, ByWire, peerwire.TooLong},
		"short bitfield":  {nil, speech{}.bitfield(), ByWire, peerwire.BitfieldSize},
		"long bitfield":   {nil, speech{}.bitfield(0, 0, 0, 0), ByWire, peerwire.BitfieldSize},
		"spare bits":      {nil, speech{}.bitfield(0, 0, 1), ByWire, peerwire.SpareBits},
		"fast unasked":    {nil, none, ByWire, peerwire.NotNegotiated},
		"late all":        {fast, speech{}.bitfield(0, 0, 0).plain(peerwire.HaveAll), ByOrder, 0},
		"all and none":    {fast, none.plain(peerwire.HaveAll), ByOrder, 0},
		"no bitfield":     {fast, speech{}.plain(peerwire.Interested), ByOrder, 0},
		"have too high":   {nil, speech{}.index(peerwire.Have, 20), ByIndex, 0},
		"suggest high":    {fast, none.index(peerwire.Suggest, 20), ByIndex, 0},
		"allowed high":    {fast, none.index(peerwire.AllowedFast, 1<<31), ByIndex, 0},
		"request beyond":  {nil, speech{}.block(peerwire.Request, 20, 0, 1), ByRange, 0},
		"request offset":  {nil, speech{}.block(peerwire.Request, 1, 1<<31, 16384), ByRange, 0},
		"request wraps":   {nil, speech{}.block(peerwire.Request, 1, 1<<32-1, 16384), ByRange, 0},
		"request nothing": {nil, speech{}.block(peerwire.Request, 1, 0, 0), ByRange, 0},
		"request long":    {nil, speech{}.block(peerwire.Request, 1, 0, 16385), ByRange, 0},
		"block beyond":    {nil, speech{}.piece(19, 0, 5001), ByRange, 0},
		"block odd":       {nil, speech{}.piece(1, 1, 16384), ByRange, 0},
		"empty beyond":    {nil, speech{}.piece(20, 0, 0), ByRange, 0},
		"unasked block":   {fast, none.piece(1, 0, 16384), ByUnasked, 0},
		"unasked reject": {fast, append(none, speech{}.block(peerwire.Reject, 1, 0, 16384)...),
			ByUnasked, 0},
		"choked requests": {fast, append(none, many(speech{}.block(peerwire.Request, 11, 0, 16384),
			1001)...), ByFlood, 0},
		"donthave beyond": {ext, speech{}.ext(7, "\x00\x00\x00\x14"), ByIndex, 0},
		"pex flood": {both, append(none, many(speech{}.ext(peerwire.ExtPEX, "d5:added0:e"), 7)...),
			ByFlood, 0},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := Default()
			cfg.AllowedFast = 0
			s := newSolo(t, cfg, testTorrent(20), Entry{})
			conn := s.join(1, c.say, c.features...)
			require.True(t, s.ended[conn], "it goes on")
			n := s.g.Counters()
			require.EqualValues(t, 1, n.Drops[c.why])
			if c.why == ByWire {
				require.EqualValues(t, 1, n.Faults[c.fault])
			}
			require.LessOrEqual(t, s.bytes, 2000+17*1000, "it is answered at length")
		})
	}
}

// TestLateBitfield: aria2 sends a bitfield in the place of many haves. Its pieces count as had, and
// what it does not name is not lost.
func TestLateBitfield(t *testing.T) {
	for name, first := range map[string]speech{
		"after have none":  speech{}.plain(peerwire.HaveNone),
		"after a bitfield": speech{}.bitfield(0x40, 0, 0),
	} {
		s := newSolo(t, Default(), testTorrent(20), Entry{})
		conn := s.join(1, first, fastBit)
		s.heard(conn)
		s.say(conn, speech{}.bitfield(0x80, 0, 0x10))
		require.False(t, s.ended[conn], name)
		c := s.conn(conn)
		for piece := range uint32(20) {
			want := piece == 0 || piece == 19 || piece == 1 && name == "after a bitfield"
			require.Equal(t, want, c.member.picker.has(c.slot, piece), "%s: %d", name, piece)
		}
		require.True(t, c.interested)
		s.say(conn, speech{}.bitfield(0, 0, 0))
		require.True(t, c.member.picker.has(c.slot, 19), name)
	}
}

// TestBorne: what is wrong but does no harm is counted, and the connection stays.
func TestBorne(t *testing.T) {
	some := append(speech{}.plain(peerwire.HaveNone), speech{}.plain(peerwire.Interested)...)
	for name, c := range map[string]struct {
		say   speech
		count func(c *Counters) uint64
		says  string
	}{
		"unknown id":     {speech{0, 0, 0, 3, 99, 1, 2}, unknown, ""},
		"unknown ext":    {speech{}.ext(200, "x"), unknown, ""},
		"ext no bencode": {speech{}.ext(0, "xx"), fault(peerwire.BadBencode), ""},
		"ext wrong type": {speech{}.ext(0, "d4:reqq1:xe"), fault(peerwire.BadField), ""},
		"pex no bencode": {speech{}.ext(1, "xx"), fault(peerwire.BadBencode), ""},
		"pex ragged":     {speech{}.ext(1, "d5:added5:aaaaae"), fault(peerwire.BadField), ""},
		"pex nothing":    {speech{}.ext(1, "de"), fault(peerwire.NoField), ""},
		"meta no type":   {speech{}.ext(3, "d5:piecei0ee"), fault(peerwire.NoField), ""},
		"donthave size":  {speech{}.ext(7, "xxx"), fault(peerwire.BadSize), ""},
		"upload_only":    {speech{}.ext(2, ""), fault(peerwire.BadSize), ""},
		"holepunch":      {speech{}.ext(4, "\x00\x02"), fault(peerwire.BadField), ""},
		"meta not asked": {speech{}.ext(3, "d8:msg_typei1e5:piecei0e10:total_sizei3eexyz"),
			func(c *Counters) uint64 { return c.Ignored }, ""},
		"long request": {speech{}.block(peerwire.Request, 1, 0, 16385),
			func(c *Counters) uint64 { return c.RejectsSent }, "reject 1/0+16385\n"},
		"missing piece": {speech{}.block(peerwire.Request, 1, 0, 16384),
			func(c *Counters) uint64 { return c.RejectsSent }, "reject 1/0+16384\n"},
		"cancel of nothing": {speech{}.block(peerwire.Cancel, 1, 0, 16384), nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSolo(t, Default(), testTorrent(20), Entry{})
			conn := s.join(1, some, fastBit, extBit)
			s.heard(conn)
			before := s.g.Counters()
			s.say(conn, c.say)
			require.False(t, s.ended[conn])
			after := s.g.Counters()
			if c.count != nil {
				require.Equal(t, c.count(&before)+1, c.count(&after))
			}
			require.Equal(t, c.says, s.heard(conn))
		})
	}
}

func unknown(c *Counters) uint64 { return c.Unknown }

func fault(f peerwire.Fault) func(c *Counters) uint64 {
	return func(c *Counters) uint64 { return c.Faults[f] }
}

// TestHandshakes: what a core says to the handshakes of others.
func TestHandshakes(t *testing.T) {
	tor := testTorrent(20)
	greet := func(s *solo) []byte { return s.greeting(1) }
	for name, c := range map[string]struct {
		say  func(s *solo) []byte
		why  Drop
		says string
	}{
		"junk": {func(*solo) []byte { return []byte("GET / HTTP/1.1\r\n\r\n") },
			ByHandshake, ""},
		"encrypted": {func(*solo) []byte { return bytes.Repeat([]byte{0xc3, 0x51}, 48) },
			ByHandshake, ""},
		"other torrent": {func(s *solo) []byte {
			p := greet(s)
			p[30]++
			return p
		}, ByUnknownTorrent, ""},
		"self": {func(s *solo) []byte { return s.greeting(0x55) }, BySelf, "handshake\n"},
		"late": {func(s *solo) []byte { return greet(s)[:67] }, ByHandshakeTimeout, "handshake\n"},
		"slow": {func(s *solo) []byte { return greet(s)[:47] }, ByHandshakeTimeout, ""},
		"mute": {func(s *solo) []byte { return nil }, ByHandshakeTimeout, ""},
		"good": {greet, drops, "handshake\n"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSolo(t, Default(), tor, Entry{})
			conn := s.connect(1)
			s.say(conn, c.say(s))
			s.pass(10 * time.Second)
			require.Equal(t, c.says, s.heard(conn))
			require.Equal(t, c.why != drops, s.ended[conn])
			if c.why != drops {
				require.EqualValues(t, 1, s.g.Counters().Drops[c.why])
			}
		})
	}
}

// TestAnswerer: who was dialed and answers for another torrent, or is ourselves, is dropped and
// not dialed again and again.
func TestAnswerer(t *testing.T) {
	s := newSolo(t, Default(), testTorrent(20), Entry{})
	s.turn(func(t *protocol.Turn) {
		s.g.Found(0, t, 0, []protocol.Addr{soloAddr(1), soloAddr(0), {}}, FromTracker)
	})
	require.Len(t, s.dials, 1)
	for tries := 1; tries <= 3; tries++ {
		require.Len(t, s.dials, tries)
		c := s.dials[tries-1].Conn
		delete(s.ended, c)
		delete(s.ears, c)
		s.turn(func(t *protocol.Turn) { s.g.Opened(0, t, c) })
		p := s.greeting(1)
		p[40]++
		s.say(c, p)
		require.True(t, s.ended[c])
		require.EqualValues(t, tries, s.g.Counters().Drops[ByOtherTorrent])
		s.pass(59 * time.Second)
		require.Len(t, s.dials, tries, "it is dialed again at once")
		for wait := 0; wait < 300 && len(s.dials) == tries; wait++ {
			s.pass(time.Second)
		}
	}
	s.pass(time.Hour)
	require.Len(t, s.dials, 3, "it is never given up")
}

// TestAbsent: who does not answer is given up after 15 seconds, tried again one and two minutes
// later than the first wait, and then left alone; who was never tried is dialed before.
func TestAbsent(t *testing.T) {
	cfg := Default()
	cfg.Initiate, cfg.HalfOpen = 1, 1
	cfg.Initiate = 2
	s := newSolo(t, cfg, testTorrent(20), Entry{})
	lonely := 0
	s.g.env.Lonely = func(uint32, uint32) { lonely++ }
	s.turn(func(t *protocol.Turn) {
		s.g.Found(0, t, 0, []protocol.Addr{soloAddr(1)}, FromTracker)
	})
	require.Len(t, s.dials, 1)
	require.NotZero(t, lonely, "two were sought and one is known")
	lonely = 0
	first := s.dials[0].To
	s.pass(14 * time.Second)
	require.Zero(t, s.g.Counters().Drops[ByDialTimeout])
	s.pass(time.Second)
	require.EqualValues(t, 1, s.g.Counters().Drops[ByDialTimeout])
	require.NotZero(t, lonely, "and that one does not answer")
	s.pass(119 * time.Second)
	require.Len(t, s.dials, 1)
	s.turn(func(t *protocol.Turn) {
		s.g.Found(0, t, 0, []protocol.Addr{soloAddr(2)}, FromPEX)
	})
	require.Len(t, s.dials, 2)
	require.NotEqual(t, first, s.dials[1].To)
	s.pass(time.Hour)
	require.Len(t, s.dials, 6, "three times each")
	require.EqualValues(t, 6, s.g.Counters().Drops[ByDialTimeout])
}

// TestSilent: requests that are never answered are asked of others, and who says nothing at all is
// dropped.
func TestSilent(t *testing.T) {
	for _, features := range [][]peerwire.Feature{nil, {fastBit}} {
		s := newSolo(t, Default(), testTorrent(2), Entry{})
		all := speech{}.bitfield(0xc0)
		a := s.join(1, all, features...)
		s.say(a, speech{}.plain(peerwire.Unchoke))
		require.Contains(t, s.heard(a), "request")
		b := s.join(2, speech{}.bitfield(0xc0), features...)
		s.pass(30 * time.Second)
		s.say(b, speech{}.plain(peerwire.Unchoke))
		s.say(a, speech{}.plain(peerwire.Interested))
		s.pass(35 * time.Second)
		require.True(t, s.conn(a).snubbed)
		require.EqualValues(t, 2, s.conn(b).asked.n, "as many as it is asked for at first")
		require.Positive(t, s.g.Counters().Timeouts)
		require.LessOrEqual(t, s.conn(a).asked.n-s.conn(a).voided, uint16(1))
		s.pass(time.Hour)
		require.True(t, s.ended[a] && s.ended[b])
		require.EqualValues(t, 2, s.g.Counters().Drops[BySilence])
	}
}

// TestStaller: anacrolix has room for 64 blocks, which it gives to requests in their order, but
// reads for any one of them at a time, and waits when that has no room: for ever, if nobody takes
// requests back. It says that it queues 1024.
func TestStaller(t *testing.T) {
	cfg := Default()
	cfg.HalfOpen = 1
	s := newSolo(t, cfg, testTorrent(400), Entry{})
	c := s.join(1, speech{}.plain(peerwire.HaveAll).ext(0, "d4:reqqi1024ee"), fastBit, extBit)
	s.say(c, speech{}.plain(peerwire.Unchoke))
	type want struct{ piece, begin, length uint32 }
	var waiting []want
	picked, stalls := want{}, 0
	start := s.now
	for s.now < start.Add(10*time.Minute) {
		for line := range strings.Lines(s.heard(c)) {
			var w want
			if p, b, n, ok := request(line); ok {
				waiting = append(waiting, want{p, b, n})
			} else if k, _ := fmt.Sscanf(line, "cancel %d/%d+%d", &w.piece, &w.begin,
				&w.length); k == 3 {
				if at := slices.Index(waiting, w); at >= 0 {
					waiting = slices.Delete(waiting, at, at+1)
					s.say(c, speech{}.block(peerwire.Reject, w.piece, w.begin, w.length))
				}
			}
		}
		if len(waiting) == 0 {
			s.pass(10 * time.Millisecond)
			continue
		}
		if slices.Index(waiting, picked) < 0 { // any one: the latest
			picked = waiting[len(waiting)-1]
			if len(waiting) > 64 {
				stalls++
			}
		}
		if at := slices.Index(waiting, picked); at < 64 {
			waiting = slices.Delete(waiting, at, at+1)
			s.say(c, speech{}.piece(picked.piece, picked.begin, picked.length))
		}
		s.pass(10 * time.Millisecond)
		if p, _ := s.g.Progress(0, 0); p.Have == p.Pieces {
			break
		}
	}
	p, _ := s.g.Progress(0, 0)
	require.Equal(t, p.Pieces, p.Have, "%d requests wait", len(waiting))
	require.Equal(t, 1, stalls)
	require.Less(t, s.now.Sub(start), 90*time.Second)
	require.EqualValues(t, 399*2+1, s.g.Tally(0, 0, s.now).BlocksDown)
}

// TestPoison: who alone sent a wrong piece is banned, also as one who connects, and what it sent is
// asked of others.
func TestPoison(t *testing.T) {
	s := newSolo(t, Default(), testTorrent(2), Entry{})
	s.wrong = true
	a := s.join(1, speech{}.bitfield(0xc0).plain(peerwire.Unchoke))
	for range 3 {
		s.answer(a)
	}
	require.True(t, s.ended[a])
	require.EqualValues(t, 1, s.g.Counters().Bans)
	require.EqualValues(t, 1, s.g.Counters().Failures)
	s.turn(func(turn *protocol.Turn) {
		_, ok := s.g.Accept(0, turn, soloAddr(1))
		require.False(t, ok, "it comes in again")
	})
	s.wrong = false
	b := s.join(2, speech{}.bitfield(0xc0).plain(peerwire.Unchoke))
	for range 3 {
		s.answer(b)
	}
	p, _ := s.g.Progress(0, 0)
	require.EqualValues(t, 2, p.Have)
	var failed uint64
	s.g.Tallies(0, 0, s.now, func(peer protocol.Addr, a *Tally) {
		if peer == soloAddr(1) {
			failed = a.Failed
		}
	})
	require.Contains(t, []uint64{5000, 32768}, failed, "one piece")
}

// TestBannedComesBack: who was banned is known by the port that it listens on.
func TestBannedComesBack(t *testing.T) {
	s := newSolo(t, Default(), testTorrent(2), Entry{})
	s.wrong = true
	come := func(port uint16, say speech) (c protocol.Conn) {
		s.turn(func(t *protocol.Turn) { c, _ = s.g.Accept(0, t, soloAddr(1).WithPort(port)) })
		delete(s.ears, c)
		delete(s.ended, c)
		s.say(c, append(s.greeting(1, extBit), say...))
		return c
	}
	hello := speech{}.ext(0, "d1:pi6881ee")
	a := come(50001, hello.bitfield(0xc0).plain(peerwire.Unchoke))
	for range 3 {
		s.answer(a)
	}
	require.EqualValues(t, 1, s.g.Counters().Drops[ByPoison])
	b := come(50002, nil)
	require.False(t, s.ended[b])
	s.say(b, hello)
	require.True(t, s.ended[b])
	require.EqualValues(t, 1, s.g.Counters().Drops[ByBan])
}

// answer answers all requests that peer c has heard, with zeros.
func (s *solo) answer(c protocol.Conn) {
	for line := range strings.Lines(s.heard(c)) {
		if p, b, n, ok := request(line); ok {
			s.say(c, speech{}.piece(p, b, n))
		}
	}
}

// request reads a request in words.
func request(line string) (piece, begin, length uint32, ok bool) {
	k, _ := fmt.Sscanf(line, "request %d/%d+%d", &piece, &begin, &length)
	return piece, begin, length, k == 3
}

// TestGifts: a choked peer gets what it is allowed, but not without end.
func TestGifts(t *testing.T) {
	s := newSolo(t, Default(), testTorrent(20), Entry{All: true})
	c := s.join(1, speech{}.plain(peerwire.HaveNone), fastBit)
	piece := s.conn(c).grants[0]
	require.False(t, s.conn(c).interested)
	for range 100 {
		s.say(c, speech{}.block(peerwire.Request, piece, 0, 5000))
		if n := s.conn(c).written() - s.conn(c).left; n > 0 {
			s.turn(func(t *protocol.Turn) { s.g.Sent(0, t, c, int(n)) })
		}
	}
	text := s.heard(c)
	require.Equal(t, 60, strings.Count(text, "piece"))
	require.Equal(t, 40, strings.Count(text, "reject"))
}

// TestRejecter: who unchokes and rejects everything is not asked in an endless circle.
func TestRejecter(t *testing.T) {
	s := newSolo(t, Default(), testTorrent(20), Entry{})
	c := s.join(1, speech{}.plain(peerwire.HaveAll).plain(peerwire.Unchoke), fastBit)
	asked := 0
	for range 100 {
		for line := range strings.Lines(s.heard(c)) {
			if p, b, n, ok := request(line); ok {
				asked++
				s.say(c, speech{}.block(peerwire.Reject, p, b, n))
			}
		}
		s.pass(100 * time.Millisecond)
	}
	require.Greater(t, asked, 5)
	require.LessOrEqual(t, asked, 40)
}
