package swarm

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/peerwire"
)

// A peer that pretends tells of pieces at its pace, all but one of those that are missing; serves
// none of them, and tells of none a second time when it gets it.
func TestPretendedPieces(t *testing.T) {
	tor := testTorrent(12)
	cfg := Default()
	cfg.AllowedFast = 0
	cfg.Pretend = uint64(tor.Geometry.PieceLength) // one a second
	s := newSolo(t, cfg, tor, Entry{Torrent: 0})
	fast := s.join(1, speech{}.bitfield(0xff, 0x70), fastBit) // all but piece 8
	old := s.join(2, speech{}.bitfield(0, 0))
	require.Contains(t, s.heard(fast), "have_none")
	s.heard(old)
	for range 5 {
		s.pass(time.Second)
		for _, c := range []uint32{0, 1} {
			said := s.heard([]protocol.Conn{fast, old}[c])
			require.Equal(t, 1, strings.Count(said, "have "), said)
		}
	}
	s.pass(time.Minute)
	said := s.heard(fast)
	require.Equal(t, 6, strings.Count(said, "have "), "11 of the 12 in all: %s", said)
	s.heard(old)

	m := s.g.cores[0].members[0]
	require.EqualValues(t, 11, m.claimed.count())
	require.Zero(t, m.picker.complete)
	late := s.join(3, speech{}.bitfield(0, 0))
	require.Contains(t, s.heard(late), "bitfield")
	kept, told := ^uint32(0), ^uint32(0)
	for p := range tor.Geometry.Pieces() {
		if m.claims(p) {
			told = p
		} else {
			kept = p
		}
	}

	// What it says that it has is asked for in vain, also by who may ask.
	for _, c := range []protocol.Conn{fast, old} {
		s.say(c, speech{}.plain(peerwire.Interested))
	}
	s.pass(30 * time.Second)
	require.Contains(t, s.heard(fast), "unchoke")
	s.heard(old)
	s.say(fast, speech{}.block(peerwire.Request, told, 0, tor.Geometry.BlockLength(told, 0)))
	require.Contains(t, s.heard(fast), "reject")
	s.say(old, speech{}.block(peerwire.Request, told, 0, tor.Geometry.BlockLength(told, 0)))
	require.Empty(t, s.heard(old))
	require.Zero(t, s.g.Tally(0, 0, s.now).Queued)

	// It gets pieces all the same, and then tells of the one that it had left out.
	s.say(fast, speech{}.index(peerwire.Have, 8))
	s.say(fast, speech{}.plain(peerwire.Unchoke))
	for asked := s.heard(fast); asked != ""; asked = s.heard(fast) {
		for line := range strings.Lines(asked) {
			var p, b, n uint32
			if _, err := fmt.Sscanf(line, "request %d/%d+%d", &p, &b, &n); err == nil {
				s.say(fast, speech{}.piece(p, b, n))
			}
		}
	}
	require.True(t, m.seed)
	require.Equal(t, fmt.Sprintf("have %d\n", kept), s.heard(old))
	whole := s.join(4, nil, fastBit)
	require.Contains(t, s.heard(whole), "have_all")
}

// Who begins with everything has nothing to pretend, and pieces need not be pretended for ever.
func TestSeedsDoNotPretend(t *testing.T) {
	cfg := Default()
	cfg.Pretend = 1 << 40
	s := newSolo(t, cfg, testTorrent(12), Entry{All: true})
	require.Nil(t, s.g.cores[0].members[0].claimed)
	c := s.join(1, nil, fastBit)
	require.Contains(t, s.heard(c), "have_all")
	s = newSolo(t, cfg, testTorrent(12), Entry{})
	s.pass(time.Second)
	require.EqualValues(t, 11, s.g.cores[0].members[0].claimed.count())
}
