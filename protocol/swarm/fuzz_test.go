package swarm

import (
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/peerwire"
)

// FuzzPeer lets three peers say anything to one core: junk, and messages that are sound but make no
// sense, in any order, while time passes and connections come and go. The rules of a peer hold
// after every turn, and what a core keeps is bounded.
func FuzzPeer(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
	for seed := range uint64(40) {
		rand := protocol.NewRand(seed, 8, 8)
		p := make([]byte, 400)
		for i := range p {
			p[i] = byte(rand.Uint64())
		}
		f.Add(p)
	}
	f.Fuzz(func(t *testing.T, script []byte) {
		if len(script) > 4096 {
			return
		}
		newBabble(t, script).run()
	})
}

// babble reads a script: every byte is a choice.
type babble struct {
	*solo
	script []byte
	conns  []protocol.Conn
	size   uint32
}

func newBabble(t testing.TB, script []byte) *babble {
	b := &babble{script: script}
	cfg := Default()
	set := b.next()
	cfg.Fast, cfg.Extended, cfg.LazyHaves = set&1 == 0, set&2 == 0, set&4 != 0
	cfg.SuperSeed, cfg.KeepSeeds = set&8 != 0, set&16 != 0
	if set&32 != 0 {
		cfg.Choker.Leeching = BlockTitForTat
	}
	cfg.MaxConns, cfg.Initiate, cfg.HalfOpen, cfg.MaxPeers, cfg.Reqq = 3, 2, 2, 20, 30
	if set&64 != 0 {
		cfg = Observing.Apply(cfg)
		cfg.Probe = time.Second
	}
	b.size = uint32(b.next()%20) + 1
	have := b.next()
	b.solo = newSolo(t, cfg, testTorrent(b.size), Entry{All: have&3 == 0, Magnet: have&7 == 1})
	b.wrong = have&8 != 0
	judgeOf(t, b.g)
	return b
}

func (b *babble) next() byte {
	if len(b.script) == 0 {
		return 0
	}
	x := b.script[0]
	b.script = b.script[1:]
	return x
}

// number is one that means something, nearly means something, or means nothing.
func (b *babble) number(of uint32) uint32 {
	switch x := uint32(b.next()); x % 8 {
	case 0:
		return of
	case 1:
		return of - 1
	case 2:
		return 1 << 31
	case 3:
		return ^uint32(0)
	default:
		return x / 8 % max(1, of)
	}
}

func (b *babble) run() {
	for len(b.script) > 0 {
		switch x := b.next(); {
		case x < 20:
			b.arrive()
		case x < 30:
			b.pass(time.Duration(b.next()) * time.Second)
		case x < 35:
			b.found()
		case x < 50 && len(b.dials) > 0:
			c := b.dials[0].Conn
			b.dials = b.dials[1:]
			if x%2 == 0 && b.conn(c) != nil && b.conn(c).stage == dialing {
				b.turn(func(t *protocol.Turn) { b.g.Opened(0, t, c) })
				b.conns = append(b.conns, c)
				b.say(c, b.greeting(b.next()%6, fastBit, extBit))
			} else if b.conn(c) != nil && b.conn(c).stage == dialing {
				b.turn(func(t *protocol.Turn) { b.g.Closed(0, t, c, protocol.Refused) })
			}
		case len(b.conns) > 0:
			b.speak(b.conns[int(x)%len(b.conns)])
		}
		b.wrong = b.next()%16 == 0 != b.wrong
	}
}

func (b *babble) arrive() {
	n := uint32(b.next() % 8)
	var c protocol.Conn
	ok := false
	b.turn(func(t *protocol.Turn) { c, ok = b.g.Accept(0, t, soloAddr(n)) })
	if !ok {
		return
	}
	delete(b.ended, c)
	delete(b.ears, c)
	delete(b.said, c)
	b.conns = append(b.conns, c)
	features := [][]peerwire.Feature{nil, {fastBit}, {extBit}, {fastBit, extBit}}
	b.say(c, b.greeting(b.next()%6, features[b.next()%4]...))
}

func (b *babble) found() {
	var addrs []protocol.Addr
	for n := range uint32(b.next()) {
		addrs = append(addrs, soloAddr(n))
	}
	b.turn(func(t *protocol.Turn) { b.g.Found(0, t, 0, addrs, Source(b.next())) })
}

// speak lets a peer say one thing, or go.
func (b *babble) speak(c protocol.Conn) {
	if b.conn(c) == nil || b.conn(c).stage == dialing || b.ended[c] {
		return
	}
	if n := b.conn(c).written() - b.conn(c).left; n > 0 && b.next()%2 == 0 {
		b.turn(func(t *protocol.Turn) { b.g.Sent(0, t, c, int(n)) })
		return
	}
	var w speech
	switch x := b.next(); {
	case x == 0:
		b.turn(func(t *protocol.Turn) { b.g.Closed(0, t, c, protocol.Reset) })
		return
	case x < 20:
		w = speech(b.script[:min(len(b.script), int(x))])
	case x < 60:
		w = w.plain([]peerwire.Kind{peerwire.Choke, peerwire.Unchoke, peerwire.Interested,
			peerwire.NotInterested, peerwire.HaveAll, peerwire.HaveNone}[x%6])
	case x < 100:
		w = w.index([]peerwire.Kind{peerwire.Have, peerwire.Suggest,
			peerwire.AllowedFast}[x%3], b.number(b.size))
	case x < 140:
		w = w.block([]peerwire.Kind{peerwire.Request, peerwire.Cancel, peerwire.Reject}[x%3],
			b.number(b.size), b.number(3)*16384, 16384>>(b.next()%8/7))
	case x < 170: // what was asked of it
		if q := &b.conn(c).asked; q.n > 0 {
			e := b.g.errands.first(q)
			w = w.piece(e.piece, e.begin, e.length)
		}
	case x < 190:
		w = w.piece(b.number(b.size)%64, b.number(3)%3*16384, 16384)
	case x < 200:
		w = w.bitfield(b.next(), b.next(), b.next())[:4+1+(b.size+7)/8]
		w[3] = byte(1 + (b.size+7)/8)
	default:
		w = w.ext(b.next()%9, b.body(x))
	}
	b.say(c, w)
}

// body is that of an extended message.
func (b *babble) body(x byte) string {
	bodies := []string{"", "de", "d1:md11:ut_metadatai3e6:ut_pexi1e12:ut_holepunchi4eee",
		"d1:md11:ut_metadatai3ee13:metadata_sizei40ee", "d1:pi99e4:reqqi3ee", "\x01", "\x00",
		"d8:msg_typei0e5:piecei0ee", "d8:msg_typei1e5:piecei0e10:total_sizei3eexyz",
		"d8:msg_typei2e5:piecei0ee", "d5:added6:\x0a\x00\x01\x01\x1a\xe1e", "d11:upload_onlyi1ee",
		"\x00\x00\x00\x01", "\x00\x00\x0a\x00\x01\x01\x1a\xe1\x00\x00\x00\x00",
		"\x01\x00\x0a\x00\x09\x01\x1a\xe1\x00\x00\x00\x00", string(b.tor.Metadata)}
	return bodies[int(x)%len(bodies)]
}

// TestBabble runs many scripts, and sees that they get somewhere.
func TestBabble(t *testing.T) {
	var all Counters
	for seed := range uint64(1500) {
		rand := protocol.NewRand(seed, 9, 9)
		p := make([]byte, 600)
		for i := range p {
			p[i] = byte(rand.Uint64())
		}
		b := newBabble(t, p)
		b.run()
		c := b.g.Counters()
		all.Shaken += c.Shaken
		all.Messages += c.Messages
		all.Failures += c.Failures
		all.Punched += c.Punched
		all.PexSeen += c.PexSeen
		for d := range c.Drops {
			all.Drops[d] += c.Drops[d]
		}
		for d := range c.Faults {
			all.Faults[d] += c.Faults[d]
		}
	}
	require.Positive(t, all.Failures)
	require.Positive(t, all.Punched)
	require.Positive(t, all.PexSeen)
	require.Greater(t, all.Messages, uint64(10000))
	for _, d := range []Drop{BySeeds, ByDuplicate, ByFull, BySilence, ByWire, ByOrder, ByIndex,
		ByRange, ByUnasked, ByPoison} {
		require.Positive(t, all.Drops[d], "%v", d)
	}
}

// TestFlood: a peer that says things without end does not make a core keep more and more.
func TestFlood(t *testing.T) {
	floods := map[string]func(n uint32) speech{
		"have":     func(n uint32) speech { return speech{}.index(peerwire.Have, n%20) },
		"interest": func(n uint32) speech { return speech{}.plain(peerwire.Kind(2 + n%2)) },
		"choke":    func(n uint32) speech { return speech{}.plain(peerwire.Kind(n % 2)) },
		"requests": func(n uint32) speech {
			return speech{}.block(peerwire.Request, n%20, 0, 5000)
		},
		"allowed":   func(n uint32) speech { return speech{}.index(peerwire.AllowedFast, n%20) },
		"suggest":   func(n uint32) speech { return speech{}.index(peerwire.Suggest, n%20) },
		"handshake": func(n uint32) speech { return speech{}.ext(0, "d1:md6:ut_pexi1eee") },
		"ports": func(n uint32) speech {
			return speech{}.ext(0, "d1:pi"+string('1'+rune(n%9))+string('1'+rune(n/9%9))+"ee")
		},
		"unknown": func(n uint32) speech { return speech{0, 0, 0, 9, 77, 1, 2, 3, 4, 5, 6, 7, 8} },
	}
	for name, say := range floods {
		t.Run(name, func(t *testing.T) {
			for _, magnet := range []bool{false, true} {
				s := newSolo(t, Default(), testTorrent(20), Entry{All: !magnet, Magnet: magnet})
				c := s.join(1, speech{}.plain(peerwire.HaveNone), fastBit, extBit)
				before := held()
				for n := uint32(0); n < 20000 && !s.ended[c]; n++ {
					s.say(c, say(n))
					if s.said[c] != nil {
						s.said[c].Reset()
					}
				}
				require.Less(t, held(), before+1<<20)
				runtime.KeepAlive(s)
			}
		})
	}
}

func held() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
