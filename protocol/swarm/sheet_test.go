package swarm

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol/peerwire"
)

// sheetRow is a rule of the sheet, in its words: what a peer says, and what comes of it.
type sheetRow struct {
	row      string
	entry    Entry
	features []peerwire.Feature
	first    speech // after the handshake
	say      speech
	why      Drop   // drops: it stays
	says     string // what the core answers
	check    func(t *testing.T, s *solo)
}

// wireRows are those of connections, of requests and of blocks.
func wireRows() []sheetRow {
	fast, seed := []peerwire.Feature{fastBit}, speech{}.bitfield(0xff, 0xff, 0xf0)
	none, all := speech{}.plain(peerwire.HaveNone), speech{}.plain(peerwire.HaveAll)
	wants := speech{}.plain(peerwire.Interested)
	return []sheetRow{
		{row: "first message: bitfield or nothing", first: nil, say: wants, why: drops,
			says: "unchoke\n"},
		{row: "bitfield may be omitted when empty", entry: Entry{All: true}, first: nil,
			say: wants, why: drops, says: "unchoke\n"},
		{row: "piece never requested: tolerate", first: seed, say: speech{}.piece(3, 0, 16384),
			why: drops, check: func(t *testing.T, s *solo) {
				require.EqualValues(t, 16384, s.g.Tally(0, 0, s.now).PayloadDown)
			}},
		{row: "piece never requested: must close", features: fast, first: all,
			say: speech{}.piece(3, 0, 16384), why: ByUnasked},
		{row: "reject for something not requested: close", features: fast, first: all,
			say: speech{}.block(peerwire.Reject, 3, 0, 16384), why: ByUnasked},
		{row: "request while choked: ignore", entry: Entry{All: true}, first: nil,
			say: speech{}.block(peerwire.Request, 3, 0, 16384), why: drops},
		{row: "request while choked: reject", entry: Entry{All: true}, features: fast, first: none,
			say: speech{}.block(peerwire.Request, 3, 0, 16384), why: drops,
			says: "reject 3/0+16384\n"},
		{row: "we have the piece: ignore", first: nil,
			say: wants.block(peerwire.Request, 3, 0, 16384), why: drops, says: "unchoke\n"},
		{row: "requests larger than 16 KiB: close", entry: Entry{All: true}, first: wants,
			say: speech{}.block(peerwire.Request, 3, 0, 32768), why: ByRange},
		{row: "begin + length <= piece size", entry: Entry{All: true}, first: wants,
			say: speech{}.block(peerwire.Request, 19, 4000, 1001), why: ByRange},
		{row: "cancel received: dropped", entry: Entry{All: true}, first: wants,
			say: speech{}.block(peerwire.Cancel, 3, 0, 16384), why: drops},
		{row: "zero-length piece message = reject in BitComet's dialect", first: seed,
			say: speech{}.plain(peerwire.Unchoke), why: drops, says: "request",
			check: func(t *testing.T, s *solo) {
				n := s.conn(0).asked.n
				e := s.g.errands.first(&s.conn(0).asked)
				s.say(0, speech{}.piece(e.piece, e.begin, 0))
				require.Equal(t, n-1, s.conn(0).asked.n)
				require.EqualValues(t, 1, s.g.Tally(0, 0, s.now).Rejected)
			}},
	}
}

// extensionRows are those of the extension protocol, and of who has no metadata yet.
func extensionRows() []sheetRow {
	ext := []peerwire.Feature{extBit}
	return []sheetRow{
		{row: "unknown msg_type: ignore", features: ext, first: nil,
			say: speech{}.ext(peerwire.ExtMetadata, "d8:msg_typei9e5:piecei0ee"), why: drops,
			check: func(t *testing.T, s *solo) {
				require.EqualValues(t, 1, s.g.Counters().Ignored)
			}},
		{row: "a peer without the metadata must reject", entry: Entry{Magnet: true}, features: ext,
			first: speech{}.ext(0, "d1:md11:ut_metadatai9eee"),
			say:   speech{}.ext(peerwire.ExtMetadata, "d8:msg_typei0e5:piecei0ee"), why: drops,
			says: `extended 9 "d8:msg_typei2e5:piecei0ee"` + "\n"},
		{row: "metadata_size > 4 MiB is ignored", entry: Entry{Magnet: true}, features: ext,
			first: nil,
			say:   speech{}.ext(0, "d1:md11:ut_metadatai9ee13:metadata_sizei4194305ee"),
			why:   drops},
		{row: "a later handshake is additive", entry: Entry{Magnet: true}, features: ext,
			first: speech{}.ext(0, "d1:md11:ut_metadatai9eee"),
			say:   speech{}.ext(0, "d13:metadata_sizei99ee"), why: drops,
			says: `extended 9 "d8:msg_typei0e5:piecei0ee"` + "\n"},
		{row: "0 disables", entry: Entry{Magnet: true}, features: ext,
			first: speech{}.ext(0, "d1:md11:ut_metadatai9eee"),
			say:   speech{}.ext(0, "d1:md11:ut_metadatai0ee13:metadata_sizei99ee"), why: drops},
		{row: "a client without metadata stores the bitfield and checks it later: too long",
			entry: Entry{Magnet: true}, first: speech{}.bitfield(0xff, 0xff, 0xf0, 0), say: nil,
			why: ByIndex, check: described},
		{row: "a client without metadata stores the bitfield and checks it later: spare bits",
			entry: Entry{Magnet: true}, first: speech{}.bitfield(0xff, 0xff, 0xff), say: nil,
			why: ByIndex, check: described},
		{row: "a client without metadata stores the haves and checks them later",
			entry: Entry{Magnet: true}, first: speech{}.index(peerwire.Have, 20), say: nil,
			why: ByIndex, check: described},
	}
}

// TestRowsOfTheSheet has the rules in those dialects of each that TestDrops, TestBorne and the
// tests of choking do not have.
func TestRowsOfTheSheet(t *testing.T) {
	for _, c := range append(wireRows(), extensionRows()...) {
		t.Run(c.row, func(t *testing.T) {
			cfg := Default()
			cfg.AllowedFast = 0
			s := newSolo(t, cfg, testTorrent(20), c.entry)
			conn := s.join(1, c.first, c.features...)
			s.pass(time.Second)
			s.heard(conn)
			require.False(t, s.ended[conn], "it ends too early")
			s.say(conn, c.say)
			if c.why == drops {
				s.pass(time.Second)
			}
			if text := s.heard(conn); c.says == "" {
				require.Empty(t, text)
			} else {
				require.True(t, strings.HasPrefix(text, c.says), text)
			}
			if c.check != nil {
				c.check(t, s)
			}
			require.Equal(t, c.why != drops, s.ended[conn])
			if c.why != drops {
				require.EqualValues(t, 1, s.g.Counters().Drops[c.why])
			}
		})
	}
}

// described lets the metadata come, from another peer.
func described(t *testing.T, s *solo) {
	size := strconv.Itoa(len(s.tor.Metadata))
	hello := speech{}.ext(0, "d1:md11:ut_metadatai9ee13:metadata_sizei"+size+"ee")
	c := s.join(2, hello, extBit)
	d := peerwire.Metadata{Type: peerwire.MetadataData, Total: uint32(len(s.tor.Metadata)),
		Data: s.tor.Metadata}
	s.say(c, d.Append(nil, peerwire.ExtMetadata))
	p, _ := s.g.Progress(0, 0)
	require.True(t, p.Known)
}

// TestReservedBits: bits of the handshake that nobody knows are ignored.
func TestReservedBits(t *testing.T) {
	s := newSolo(t, Default(), testTorrent(20), Entry{})
	p := s.greeting(1)
	for n := 20; n < 28; n++ {
		p[n] = 0xff &^ map[int]byte{25: 0x10, 27: 0x04}[n] // but for what is known
	}
	c := s.connect(1)
	s.say(c, append(p, speech{}.plain(peerwire.Interested)...))
	require.False(t, s.ended[c])
	require.True(t, s.conn(c).wanted)
}

// TestMoreThanQueued: requests above what was said to be queued (reqq) are rejected, or ignored
// without BEP 6.
func TestMoreThanQueued(t *testing.T) {
	for _, features := range [][]peerwire.Feature{{fastBit}, nil} {
		cfg := Default()
		cfg.Reqq, cfg.WriteAhead = 4, 1
		s := newSolo(t, cfg, testTorrent(20), Entry{All: true})
		hello := speech{}
		if features != nil {
			hello = hello.plain(peerwire.HaveNone)
		}
		c := s.join(1, hello.plain(peerwire.Interested), features...)
		s.pass(time.Second)
		s.heard(c)
		for piece := range uint32(10) {
			s.say(c, speech{}.block(peerwire.Request, piece, 0, 16384))
		}
		require.False(t, s.ended[c])
		require.EqualValues(t, 4, s.conn(c).wants.n)
		over := s.g.Counters().Overfull
		require.GreaterOrEqual(t, over, uint64(5))
		rejects := strings.Count(s.heard(c), "reject")
		require.Equal(t, features != nil, rejects > 0)
		require.True(t, rejects == 0 || rejects == int(over))
	}
}
