package swarm

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/peerwire"
)

// judge is a prober that asks for a block of the first piece that a peer shows, and keeps what came
// of it by the peer's id.
type judge struct {
	t    testing.TB
	g    *Group
	came map[[20]byte]*verdicts
}

type verdicts struct {
	right, wrong, asked int
	silences            [3]int
}

func judgeOf(t testing.TB, g *Group) *judge {
	j := &judge{t: t, g: g, came: map[[20]byte]*verdicts{}}
	g.env.Prober = j
	return j
}

func (j *judge) of(i uint32, c protocol.Conn) *verdicts {
	id := j.g.cores[i].conns[c].id
	if j.came[id] == nil {
		j.came[id] = &verdicts{}
	}
	return j.came[id]
}

func (j *judge) Challenge(i uint32, t *protocol.Turn, torrent uint32, c protocol.Conn,
	field []byte) (piece, begin, length uint32, ok bool) {
	j.of(i, c).asked++
	geo := j.g.torrents[torrent].Geometry
	var has []uint32
	for p := range geo.Pieces() {
		if field[p/8]&(0x80>>(p%8)) != 0 {
			has = append(has, p)
		}
	}
	require.NotEmpty(j.t, has)
	piece = has[t.Rand.Intn(len(has))]
	return piece, 0, geo.BlockLength(piece, 0), true
}

func (j *judge) Answered(i uint32, _ *protocol.Turn, torrent uint32, c protocol.Conn,
	piece, begin uint32, ch protocol.Chunk) {
	tor := &j.g.torrents[torrent]
	require.EqualValues(j.t, tor.Geometry.BlockLength(piece, begin/BlockSize), ch.Len())
	right := ch.Body.Content == tor.Content
	for n, b := range ch.Bytes {
		right = b == contentByte(tor.Content, tor.Geometry.offset(piece, begin)+uint64(n))
		if !right {
			break
		}
	}
	if right {
		j.of(i, c).right++
	} else {
		j.of(i, c).wrong++
	}
}

func (j *judge) Unanswered(i uint32, _ *protocol.Turn, _ uint32, c protocol.Conn, why Silence) {
	j.of(i, c).silences[why]++
}

func probing() Config {
	c := Observing.Apply(Default())
	c.Probe = 20 * time.Second
	return c
}

// TestChallenges: an observer that challenges gets what honest peers say they have, bodies or
// bytes, other bytes of who pollutes, and rejects from who pretends; it keeps nothing and the swarm
// completes.
func TestChallenges(t *testing.T) {
	for _, asBytes := range []bool{false, true} {
		r := newRig(t, testTorrent(400))
		r.asBytes = asBytes
		n := r.group(Default(), 4)
		cfg := Default()
		cfg.Pretend = 1 << 20
		liar := r.group(cfg, 1)[0]
		bad := r.group(Polluting.Apply(Default()), 1)[0]
		eye := r.group(probing(), 1)[0]
		j := judgeOf(t, eye.g)
		for k := range n {
			n[k].rate = 1 << 16
			r.start(n[k], k == 0, false)
		}
		liar.rate = 1 << 14
		r.start(liar, false, false)
		r.start(bad, true, false)
		r.start(eye, false, false)
		r.found(eye, append(n, liar, bad)...)
		r.meet(append(n, liar)...) // nobody but the observer knows who pollutes
		r.run(15 * time.Minute)
		r.complete(n...)
		for _, one := range n {
			v := j.came[one.g.cores[one.i].id]
			require.NotNil(t, v)
			require.Greater(t, v.right, 3)
			require.Zero(t, v.wrong+v.silences[Rejects]+v.silences[SaysNothing])
		}
		require.Positive(t, j.came[liar.g.cores[liar.i].id].silences[Rejects])
		v := j.came[bad.g.cores[bad.i].id]
		require.Greater(t, v.wrong, 3)
		require.Zero(t, v.right)
		a := eye.g.Tally(0, 0, r.now)
		require.Zero(t, a.PayloadUp+a.Useful)
		require.Equal(t, a.PayloadDown, a.Redundant)
		require.Positive(t, a.Interested)
		require.Zero(t, eye.member().picker.complete)
	}
}

// TestChallenge: what comes of a challenge in each way in which it may end.
func TestChallenge(t *testing.T) {
	say := speech{}
	for name, c := range map[string]struct {
		fast  bool
		says  func(piece, length uint32) speech
		after time.Duration
		want  verdicts
	}{
		"choked": {true, nil, 0, verdicts{silences: [3]int{StaysChoked: 2}}},
		"answered": {true, func(p, n uint32) speech { return say.piece(p, 0, n) }, 0,
			verdicts{asked: 1, wrong: 1}},
		"rejected": {true, func(p, n uint32) speech {
			return say.block(peerwire.Reject, p, 0, n)
		}, 0, verdicts{asked: 1, silences: [3]int{Rejects: 1}}},
		"choked again": {true, func(p, n uint32) speech {
			return say.plain(peerwire.Choke).block(peerwire.Reject, p, 0, n)
		}, 0, verdicts{asked: 1}},
		"choked without BEP 6": {false, func(p, n uint32) speech {
			return say.plain(peerwire.Choke)
		}, 0, verdicts{asked: 1}},
		"silence": {true, func(p, n uint32) speech { return nil }, 2 * time.Minute,
			verdicts{asked: 1, silences: [3]int{SaysNothing: 1}}},
		"late": {true, func(p, n uint32) speech { return say.piece(p, 0, n) }, 2 * time.Minute,
			verdicts{asked: 1, silences: [3]int{SaysNothing: 1}}},
		"choked without a reject": {true, func(p, n uint32) speech { return nil }, 0,
			verdicts{asked: 1, silences: [3]int{StaysChoked: 1}}},
		"zero": {true, func(p, n uint32) speech { return say.piece(p, 0, 0) }, 0,
			verdicts{asked: 1, silences: [3]int{Rejects: 1}}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSolo(t, probing(), testTorrent(20), Entry{})
			j := judgeOf(t, s.g)
			var features []peerwire.Feature
			if c.fast {
				features = append(features, fastBit)
			}
			conn := s.join(1, say.bitfield(0, 0, 0x10), features...)
			s.pass(21 * time.Second)
			require.Contains(t, s.heard(conn), "interested")
			if c.says == nil {
				s.pass(45 * time.Second)
				require.Equal(t, c.want, *j.came[soloID(1)])
				return
			}
			s.say(conn, say.plain(peerwire.Unchoke))
			length := s.tor.Geometry.BlockLength(19, 0)
			require.Contains(t, s.heard(conn), "request 19/0+5000")
			if c.want.silences[StaysChoked] > 0 {
				s.say(conn, say.plain(peerwire.Choke))
				c.after = 2 * time.Minute
			}
			s.pass(c.after)
			s.say(conn, c.says(19, length))
			require.Equal(t, c.want, *j.came[soloID(1)])
			require.False(t, s.ended[conn], "it is no fault of the peer's")
			said := s.heard(conn)
			if len(c.says(19, length)) == 0 {
				return // it still may come
			}
			if c.want == (verdicts{asked: 1}) { // it waits to be unchoked
				s.say(conn, say.plain(peerwire.Unchoke))
				require.Contains(t, s.heard(conn), "request 19/0+5000")
				return
			}
			require.Contains(t, said, "not_interested")
			s.pass(45 * time.Second)
			require.Contains(t, s.heard(conn), "request 19/0+5000", "the next one")
		})
	}
}

// TestChallengesNeedObservers: who downloads cannot challenge, and without a prober nobody does.
func TestChallengesNeedObservers(t *testing.T) {
	c := Default()
	c.Probe = time.Minute
	require.ErrorContains(t, c.Validate(), "probe is 1m0s")
	c = probing()
	require.NoError(t, c.Validate())
	c.Probe = time.Millisecond
	require.ErrorContains(t, c.Validate(), "probe is 1ms")
	s := newSolo(t, probing(), testTorrent(20), Entry{})
	conn := s.join(1, speech{}.bitfield(0, 0, 0x10).plain(peerwire.Unchoke), fastBit)
	s.heard(conn)
	s.pass(3 * time.Minute)
	require.NotContains(t, s.heard(conn), "interested")
}
