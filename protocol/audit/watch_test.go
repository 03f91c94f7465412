package audit

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"swarmlab/protocol"
)

func newWatch(t require.TestingT, cfg WatchConfig) *Watch {
	w, err := NewWatch(cfg)
	require.NoError(t, err)
	return w
}

func TestWatchConfig(t *testing.T) {
	good := WatchConfig{Pieces: 1, PieceLength: 2, Last: 1, Parallel: 1, PeersMax: 1}
	newWatch(t, good)
	for _, spoil := range []func(*WatchConfig){
		func(c *WatchConfig) { c.Pieces = 0 },
		func(c *WatchConfig) { c.PieceLength = 0 },
		func(c *WatchConfig) { c.Last = 0 },
		func(c *WatchConfig) { c.Last = 3 },
		func(c *WatchConfig) { c.Parallel = 0 },
		func(c *WatchConfig) { c.PeersMax = 0 },
	} {
		c := good
		spoil(&c)
		_, err := NewWatch(c)
		require.ErrorContains(t, err, "audit: a watch")
	}
}

// fluid is a peer that downloads pieces in their order at a constant rate, one at a time.
type fluid struct {
	joined, left protocol.Time
	perMs        uint64
	length       uint64
	pieces       uint32
}

// by returns the bytes that it has at a time.
func (f *fluid) by(now protocol.Time) uint64 {
	over := uint64(max(min(now, f.left)-f.joined, 0)) / uint64(time.Millisecond)
	return min(over*f.perMs, f.length*uint64(f.pieces))
}

func (f *fluid) field(now protocol.Time) []byte {
	field := make([]byte, (f.pieces+7)/8)
	for piece := range uint32(f.by(now) / f.length) {
		field[piece/8] |= 0x80 >> (piece % 8)
	}
	return field
}

// TestOnePiece is E5: an observer that polls bitfields every so often, or hears haves, estimates
// the download of a peer within one piece while it looks, and within head and tail beyond. For all
// rates, piece lengths, sessions and times of observation.
func TestOnePiece(t *testing.T) {
	ms := protocol.Time(time.Millisecond)
	rapid.Check(t, func(t *rapid.T) {
		f := fluid{perMs: rapid.Uint64Range(1, 2000).Draw(t, "rate"),
			length: uint64(rapid.IntRange(1, 64).Draw(t, "KiB")) << 10,
			pieces: uint32(rapid.IntRange(1, 300).Draw(t, "pieces")),
			joined: protocol.Time(rapid.IntRange(0, 100_000).Draw(t, "joined")) * ms}
		f.left = f.joined + protocol.Time(rapid.IntRange(0, 500_000).Draw(t, "stays"))*ms
		from := f.joined + protocol.Time(rapid.IntRange(0, 200_000).Draw(t, "head"))*ms
		poll := protocol.Time(rapid.IntRange(100, 60_000).Draw(t, "poll")) * ms
		w := newWatch(t, WatchConfig{Pieces: f.pieces, PieceLength: uint32(f.length),
			Last: uint32(f.length), Parallel: 1, PeersMax: 1})
		first, last := from, from
		for now := from; now <= f.left; now += poll {
			require.Equal(t, OK, w.Bitfield(now, 0, f.field(now)))
			last = now
			w.Lost(now, 0)
		}
		e, ok := w.Estimate(0)
		if !ok {
			require.Greater(t, from, f.left, "it was never met")
			return
		}
		seen := f.by(last) - f.by(first)
		require.Less(t, max(seen, e.Gained)-min(seen, e.Gained), f.length, "one piece")
		require.LessOrEqual(t, e.Low, seen)
		require.GreaterOrEqual(t, e.High, seen)
		session := f.by(f.left)
		require.LessOrEqual(t, e.Low, session)
		require.GreaterOrEqual(t, e.SessionHigh, session)
		// The bias of the whole session: head and tail unobserved, and the quantisation.
		head, tail := f.by(first), session-f.by(last)
		bias := int64(session) - int64(e.Gained)
		require.Less(t, max(bias-int64(head+tail), int64(head+tail)-bias), int64(f.length))
		require.Equal(t, [2]protocol.Time{first, last}, [2]protocol.Time{e.First, e.Last})
	})
}

// book is a dumb watch: sets of pieces by peer, and a search through all for each have.
type book struct {
	has, ever map[User]map[uint32]bool
	there     map[User]bool
	gained    map[User]uint64
	split     map[User]uint64
	orphans   uint64
}

func (b *book) gain(u User, piece uint32, n uint64) {
	if b.has[u][piece] {
		return
	}
	b.has[u][piece] = true
	if b.ever[u][piece] {
		return
	}
	b.ever[u][piece] = true
	b.gained[u] += n
	var holders []User
	for o := range User(8) {
		if o != u && b.there[o] && b.has[o][piece] {
			holders = append(holders, o)
		}
	}
	if len(holders) == 0 {
		b.orphans += n
	}
	for _, o := range holders {
		b.split[o] += n / uint64(len(holders))
	}
}

// The watch against the dumb one, with all that peers may do in any order.
func TestWatchAgainstTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const pieces, length, last = 70, 840, 420 // 840 is divided by all numbers up to 8
		w := newWatch(t, WatchConfig{Pieces: pieces, PieceLength: length, Last: last,
			Parallel: 1, PeersMax: 8})
		b := book{map[User]map[uint32]bool{}, map[User]map[uint32]bool{}, map[User]bool{},
			map[User]uint64{}, map[User]uint64{}, 0}
		fresh := map[User]bool{}
		for range rapid.IntRange(1, 80).Draw(t, "steps") {
			u := User(rapid.IntRange(0, 7).Draw(t, "user"))
			piece := uint32(rapid.IntRange(0, pieces-1).Draw(t, "piece"))
			n := uint64(length)
			if piece == pieces-1 {
				n = last
			}
			switch rapid.IntRange(0, 7).Draw(t, "what") {
			case 0:
				field := rapid.SliceOfN(rapid.Byte(), 9, 9).Draw(t, "field")
				field[8] &^= 3
				if b.there[u] && fresh[u] {
					require.Equal(t, BadField, w.Bitfield(0, u, field))
					break
				}
				require.Equal(t, OK, w.Bitfield(0, u, field))
				b.bitfield(u, field, length, last)
				fresh[u] = false
			case 1:
				w.Lost(0, u)
				b.there[u] = false
			case 2:
				if f := w.DontHave(0, u, piece); f == OK {
					require.True(t, b.has[u][piece])
					delete(b.has[u], piece)
				}
			default:
				f := w.Have(0, u, piece)
				require.Equal(t, !b.there[u], f == Unknown)
				if b.there[u] {
					fresh[u] = fresh[u] || !b.has[u][piece]
					b.gain(u, piece, n)
				}
			}
		}
		b.check(t, w)
	})
}

func (b *book) bitfield(u User, field []byte, length, last uint64) {
	b.there[u] = true
	known := b.has[u] != nil
	if !known {
		b.has[u], b.ever[u] = map[uint32]bool{}, map[uint32]bool{}
	}
	for piece := range uint32(70) {
		has := field[piece/8]&(0x80>>(piece%8)) != 0
		n := length
		if piece == 69 {
			n = last
		}
		switch {
		case !has:
			delete(b.has[u], piece)
		case known:
			b.gain(u, piece, n)
		default:
			b.has[u][piece], b.ever[u][piece] = true, true
		}
	}
}

func (b *book) check(t *rapid.T, w *Watch) {
	var gained, split uint64
	for u := range User(8) {
		e, ok := w.Estimate(u)
		require.Equal(t, b.has[u] != nil, ok)
		if !ok {
			continue
		}
		require.Equal(t, b.gained[u], e.Gained)
		s, _ := w.Sources(u)
		require.Equal(t, b.split[u], s.Split)
		require.LessOrEqual(t, s.Sole, s.Split)
		require.LessOrEqual(t, s.Split, s.Any)
		require.Equal(t, s.Any-s.Sole, s.Gap())
		holds := uint64(0)
		for piece := range uint32(70) {
			if b.has[u][piece] {
				holds += w.length(piece)
			}
		}
		require.Equal(t, w.whole()-holds, e.Rest)
		gained, split = gained+e.Gained, split+s.Split
	}
	require.Equal(t, gained, split+w.Orphans(), "every byte has one source")
	require.Equal(t, b.orphans, w.Orphans())
	require.LessOrEqual(t, len(w.Estimates(nil)), 8)
}

// Odd bytes are not lost in the split.
func TestSplitKeepsEveryByte(t *testing.T) {
	w := newWatch(t, WatchConfig{Pieces: 8, PieceLength: 1000, Last: 7, Parallel: 1, PeersMax: 9})
	for u := range User(3) {
		require.Equal(t, OK, w.Bitfield(0, u, []byte{0xff}))
	}
	require.Equal(t, OK, w.Bitfield(0, 3, nil))
	require.Equal(t, OK, w.Have(1, 3, 0))
	require.Equal(t, OK, w.Have(1, 3, 7))
	var all []uint64
	for u := range User(3) {
		s, _ := w.Sources(u)
		all = append(all, s.Split)
		require.Equal(t, Sources{Split: s.Split, Any: 1007}, s)
	}
	require.Equal(t, []uint64{334 + 3, 333 + 2, 333 + 2}, all)
}

// A flood is bounded by the torrent and by what a line can carry, and credits nobody else.
func TestFloodOfHaves(t *testing.T) {
	w := newWatch(t, WatchConfig{Pieces: 100, PieceLength: 1000, Last: 1000, Parallel: 2,
		FastestBytesPerSec: 1000, PeersMax: 2})
	require.Equal(t, OK, w.Bitfield(0, 0, nil))
	seed := make([]byte, 13)
	for k := range seed {
		seed[k] = 0xff
	}
	require.Equal(t, BadField, w.Bitfield(0, 1, seed), "spare bits")
	require.Equal(t, BadField, w.Bitfield(0, 1, seed[:12]))
	seed[12] = 0xf0
	require.Equal(t, OK, w.Bitfield(0, 1, seed))
	for range 3 {
		for piece := range uint32(100) {
			w.Have(protocol.Time(3*time.Second), 0, piece)
		}
	}
	e, _ := w.Estimate(0)
	require.EqualValues(t, 5000, e.Gained, "three seconds and the two pieces that were begun")
	require.EqualValues(t, 95_000, e.Doubted)
	require.EqualValues(t, 95, w.Counts[Flood])
	require.EqualValues(t, 200, w.Counts[Repeated])
	s, _ := w.Sources(1)
	require.Equal(t, Sources{5000, 5000, 5000}, s)
	require.Equal(t, BadPiece, w.Have(0, 0, 100))
	require.Equal(t, BadPiece, w.Have(0, 0, 1<<32-1))
	require.Equal(t, Unknown, w.Have(0, 7, 1))
	require.Equal(t, Full, w.Bitfield(0, 7, nil))
	for range 1000 {
		require.Equal(t, OK, w.DontHave(0, 0, 5))
		require.Equal(t, Repeated, w.Have(protocol.Time(time.Hour), 0, 5))
	}
	e, _ = w.Estimate(0)
	require.EqualValues(t, 5000, e.Gained, "the same piece again and again")
	require.EqualValues(t, 1000, e.Lost)
}

// An observer that is cut off goes on where it was.
func TestWatchCutOff(t *testing.T) {
	w := newWatch(t, WatchConfig{Pieces: 8, PieceLength: 10, Last: 10, Parallel: 1, PeersMax: 1})
	require.Equal(t, OK, w.Bitfield(1, 0, []byte{0x80}))
	w.Look(2, 0)
	w.Lost(3, 0)
	w.Look(9, 0)
	require.Equal(t, Unknown, w.Have(4, 0, 1))
	e, _ := w.Estimate(0)
	require.Equal(t, Estimate{First: 1, Last: 3, Held: 10, Rest: 70, High: 10, SessionHigh: 80}, e)
	require.Equal(t, OK, w.Bitfield(5, 0, []byte{0x70}))
	e, _ = w.Estimate(0)
	require.Equal(t, Estimate{First: 1, Last: 5, Held: 10, Gained: 30, Rest: 50, Low: 20, High: 40,
		SessionHigh: 90, Gaps: 1, Lost: 1}, e, "the first piece is gone")
	_, ok := w.Sources(1)
	require.False(t, ok)
}

// FuzzWatch feeds anything: nothing panics, and no estimate exceeds the torrent.
func FuzzWatch(f *testing.F) {
	f.Add([]byte{0, 0, 0, 0, 0, 1, 0, 5, 3, 0, 0, 9})
	f.Add([]byte{0, 0, 0xff, 0xff, 2, 0, 0, 1, 1, 0, 0, 1, 3, 1, 0, 1})
	f.Fuzz(func(t *testing.T, p []byte) {
		w := newWatch(t, WatchConfig{Pieces: 11, PieceLength: 16, Last: 3, Parallel: 2,
			FastestBytesPerSec: 5, PeersMax: 3})
		now := protocol.Time(0)
		for ; len(p) >= 4; p = p[4:] {
			u, piece := User(p[1]%5), uint32(binary.BigEndian.Uint16(p[2:]))
			now += protocol.Time(p[1]) << 22
			switch p[0] % 6 {
			case 0:
				w.Bitfield(now, u, p[2:4])
			case 1:
				w.Have(now, u, piece%12)
			case 2:
				w.DontHave(now, u, piece)
			case 3:
				w.Lost(now, u)
			case 4:
				w.Bitfield(now, u, p[2:])
			default:
				w.Look(now, u)
			}
		}
		var gained, split uint64
		for _, e := range w.Estimates(nil) {
			s, _ := w.Sources(e.User)
			gained, split = gained+e.Gained, split+s.Split
			require.LessOrEqual(t, e.Gained+e.Held, w.whole())
			require.LessOrEqual(t, e.Rest, w.whole())
			require.LessOrEqual(t, e.Low, e.Gained)
			require.GreaterOrEqual(t, e.High, e.Gained)
			require.GreaterOrEqual(t, e.SessionHigh, e.Gained)
		}
		require.Equal(t, gained, split+w.Orphans())
	})
}

func BenchmarkHave(b *testing.B) {
	const pieces = 4096
	w := newWatch(b, WatchConfig{Pieces: pieces, PieceLength: 1 << 18, Last: 1, Parallel: 1,
		PeersMax: 200})
	full := make([]byte, pieces/8)
	for k := range full {
		full[k] = 0xff
	}
	for u := range User(100) {
		w.Bitfield(0, u, full)
	}
	w.Bitfield(0, 100, nil)
	b.ReportAllocs()
	for k := 0; b.Loop(); k++ {
		w.Have(0, 100, uint32(k%pieces))
		w.DontHave(0, 100, uint32(k%pieces))
	}
}

func TestHaveAllocatesNothing(t *testing.T) {
	w := newWatch(t, WatchConfig{Pieces: 1000, PieceLength: 16, Last: 1, Parallel: 1, PeersMax: 2})
	w.Bitfield(0, 0, nil)
	piece := uint32(0)
	require.Zero(t, testing.AllocsPerRun(500, func() {
		w.Have(0, 0, piece)
		w.Look(0, 0)
		piece++
	}))
	require.Greater(t, w.Orphans(), uint64(0))
}
