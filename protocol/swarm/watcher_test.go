package swarm

import (
	"bytes"
	"crypto/sha1"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/peerwire"
)

// eyewitness is a watcher that keeps what it is told: what each peer has, and all of it in words.
type eyewitness struct {
	t     *testing.T
	g     *Group
	open  map[protocol.Conn]Remote
	has   map[protocol.Conn]bits
	gains map[[20]byte]uint32 // pieces that a peer did not say it had in its field
	said  []string
}

func watch(t *testing.T, g *Group) *eyewitness {
	w := &eyewitness{t: t, g: g, open: map[protocol.Conn]Remote{},
		has: map[protocol.Conn]bits{}, gains: map[[20]byte]uint32{}}
	g.env.Watcher = w
	return w
}

func (w *eyewitness) say(format string, args ...any) {
	w.said = append(w.said, fmt.Sprintf(format, args...))
}

func (w *eyewitness) Met(_ uint32, _ *protocol.Turn, _ uint32, c protocol.Conn, who Remote) {
	require.NotContains(w.t, w.open, c)
	w.open[c] = who
	w.say("met")
}

func (w *eyewitness) Field(_ uint32, _ *protocol.Turn, _ uint32, c protocol.Conn, field []byte) {
	require.Contains(w.t, w.open, c)
	require.NotContains(w.t, w.has, c)
	n := w.g.torrents[0].Geometry.Pieces()
	set := newBits(n)
	require.True(w.t, set.fromWire(field, n))
	w.has[c] = set
	w.say("field %08b", field)
}

func (w *eyewitness) Have(_ uint32, _ *protocol.Turn, _ uint32, c protocol.Conn, piece uint32) {
	require.Contains(w.t, w.has, c)
	if !w.has[c].has(piece) {
		w.gains[w.open[c].ID]++
	}
	w.has[c].set(piece)
	w.say("have %d", piece)
}

func (w *eyewitness) Lacks(_ uint32, _ *protocol.Turn, _ uint32, c protocol.Conn, piece uint32) {
	require.Contains(w.t, w.has, c)
	w.has[c].clear(piece)
	w.say("lacks %d", piece)
}

func (w *eyewitness) Gone(_ uint32, _ *protocol.Turn, _ uint32, c protocol.Conn) {
	require.Contains(w.t, w.open, c)
	delete(w.open, c)
	delete(w.has, c)
	w.say("gone")
}

// TestObserver: an observer sees every piece that anybody gains, asks for nothing, gives nothing,
// and stays with all, while the swarm completes as without it.
func TestObserver(t *testing.T) {
	for _, magnet := range []bool{false, true} {
		tor := testTorrent(60)
		tor.InfoHash = sha1.Sum(tor.Metadata)
		r := newRig(t, tor)
		n := r.group(Default(), 6)
		eye := r.group(Observing.Apply(Default()), 1)[0]
		w := watch(t, eye.g)
		for k := range n {
			n[k].rate = 1 << 16
			r.start(n[k], k == 0, false)
		}
		r.start(eye, false, magnet)
		r.found(eye, n...)
		if magnet {
			r.run(2 * time.Second) // for the metadata
		}
		r.meet(n...)
		for range 20 {
			r.run(time.Second)
			for c, set := range w.has {
				conn := eye.g.cores[0].conns[c]
				for piece := range uint32(60) {
					require.Equal(t, conn.member.picker.has(conn.slot, piece), set.has(piece))
				}
			}
		}
		r.run(10 * time.Minute)
		r.complete(n...)
		require.Len(t, w.open, 6)
		for k, n := range n {
			var gained uint32
			if k > 0 {
				gained = 60
			}
			require.Equal(t, gained, w.gains[n.g.cores[n.i].id])
		}
		a := eye.g.Tally(0, 0, r.now)
		require.Zero(t, a.PayloadUp+a.PayloadDown+a.Queued)
		require.Zero(t, a.Interested)
		require.Positive(t, a.OverheadDown)
		eye.g.Stop(0, &protocol.Turn{Now: r.now, Rand: &eye.rand, Out: &protocol.Outbox{}})
		require.Empty(t, w.open)
	}
}

// TestWatcher: whatever a peer shows, in whichever form, the watcher is told as a bitfield first
// and then piece by piece.
func TestWatcher(t *testing.T) {
	nothing, all := "field [00000000 00000000 00000000]", "field [11111111 11111111 11110000]"
	say := speech{}
	for name, c := range map[string]struct {
		features []peerwire.Feature
		say      speech
		told     string
	}{
		"have all":  {[]peerwire.Feature{fastBit}, say.plain(peerwire.HaveAll), all},
		"have none": {[]peerwire.Feature{fastBit}, say.plain(peerwire.HaveNone), nothing},
		"bitfield": {nil, say.bitfield(0x80, 0, 0x10),
			"field [10000000 00000000 00010000]"},
		"silence":    {nil, nil, ""},
		"no field":   {nil, say.plain(peerwire.Interested), nothing},
		"first have": {nil, say.index(peerwire.Have, 3), nothing + ", have 3"},
		"repeated": {nil, say.bitfield(0x10, 0, 0).index(peerwire.Have, 3),
			"field [00010000 00000000 00000000], have 3"},
		"second bitfield": {nil, say.bitfield(0x10, 0, 0).bitfield(0x18, 0, 0x10),
			"field [00010000 00000000 00000000], have 4, have 19"},
		"lost": {[]peerwire.Feature{extBit},
			say.bitfield(0x10, 0, 0).ext(7, "\x00\x00\x00\x03").index(peerwire.Have, 3),
			"field [00010000 00000000 00000000], lacks 3, have 3"},
		"beyond":   {nil, say.index(peerwire.Have, 20), nothing + ", gone"},
		"no order": {[]peerwire.Feature{fastBit}, say.index(peerwire.Have, 1), "gone"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSolo(t, Observing.Apply(Default()), testTorrent(20), Entry{})
			w := watch(t, s.g)
			s.join(1, c.say, c.features...)
			require.Equal(t, strings.TrimSuffix("met, "+c.told, ", "), strings.Join(w.said, ", "))
		})
	}
}

// TestWatcherWithoutMetadata: what peers say before it is known how many pieces there are is in
// their fields when it is.
func TestWatcherWithoutMetadata(t *testing.T) {
	tor := testTorrent(20)
	tor.Metadata = bytes.Repeat([]byte("metadata"), 10)
	tor.InfoHash = sha1.Sum(tor.Metadata)
	s := newSolo(t, Observing.Apply(Default()), tor, Entry{Magnet: true})
	w := watch(t, s.g)
	s.join(1, speech{}.plain(peerwire.HaveAll), fastBit)
	s.join(2, speech{}.bitfield(1, 0, 0).index(peerwire.Have, 8))
	s.join(3, speech{}.plain(peerwire.Interested))
	s.join(4, nil)
	c := s.join(5, speech{}.plain(peerwire.HaveNone).
		ext(0, "d1:md11:ut_metadatai9ee13:metadata_sizei80ee"), fastBit, extBit)
	require.Equal(t, strings.Fields("met met met met met"), w.said)
	require.Contains(t, s.heard(c), "extended 9", "it is asked for the metadata")
	s.say(c, speech{}.ext(peerwire.ExtMetadata,
		"d8:msg_typei1e5:piecei0e10:total_sizei80ee"+string(tor.Metadata)))
	require.Equal(t, []string{
		"field [11111111 11111111 11110000]", "field [00000001 10000000 00000000]",
		"field [00000000 00000000 00000000]", "field [00000000 00000000 00000000]"}, w.said[5:])
}

// TestListens: where a peer listens is known if it was dialed, and otherwise when it has said so.
func TestListens(t *testing.T) {
	s := newSolo(t, Observing.Apply(Default()), testTorrent(20), Entry{})
	c := s.join(1, speech{}.plain(peerwire.HaveNone), fastBit, extBit)
	_, ok := s.g.Listens(0, c)
	require.False(t, ok)
	s.say(c, speech{}.ext(0, "d1:pi777ee"))
	a, ok := s.g.Listens(0, c)
	require.True(t, ok)
	require.Equal(t, soloAddr(1).WithPort(777), a)
	_, ok = s.g.Listens(0, 99)
	require.False(t, ok)

	s.turn(func(t *protocol.Turn) {
		s.g.Found(0, t, 0, []protocol.Addr{soloAddr(2)}, FromTracker)
	})
	a, ok = s.g.Listens(0, s.dials[0].Conn)
	require.True(t, ok)
	require.Equal(t, soloAddr(2), a)
}

// TestWatcherCosts: a have costs no memory, watched or not.
func TestWatcherCosts(t *testing.T) {
	for _, watched := range []bool{false, true} {
		s := newSolo(t, Observing.Apply(Default()), testTorrent(5000), Entry{})
		if watched {
			s.g.env.Watcher = idler{}
		}
		c := s.join(1, speech{}.plain(peerwire.HaveNone), fastBit)
		have, turn := make([]byte, 0, 9), protocol.Turn{Now: s.now, Rand: &s.rand, Out: &s.out}
		piece := uint32(0)
		require.Zero(t, testing.AllocsPerRun(1000, func() {
			s.out.Reset()
			p := peerwire.AppendIndex(have, peerwire.Have, piece)
			s.g.Data(0, &turn, c, protocol.Chunk{Bytes: p})
			piece++
		}))
		require.Equal(t, uint32(1001), s.conn(c).member.picker.held(s.conn(c).slot))
	}
}

// idler is a watcher that does not care.
type idler struct{}

func (idler) Met(uint32, *protocol.Turn, uint32, protocol.Conn, Remote)   {}
func (idler) Field(uint32, *protocol.Turn, uint32, protocol.Conn, []byte) {}
func (idler) Have(uint32, *protocol.Turn, uint32, protocol.Conn, uint32)  {}
func (idler) Lacks(uint32, *protocol.Turn, uint32, protocol.Conn, uint32) {}
func (idler) Gone(uint32, *protocol.Turn, uint32, protocol.Conn)          {}
