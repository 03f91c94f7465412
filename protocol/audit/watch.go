package audit

import (
	"errors"
	"math/bits"
	"slices"
	"time"

	"swarmlab/protocol"
)

// WatchConfig is what an observer knows of the torrent, and how much it believes.
type WatchConfig struct {
	Pieces      uint32
	PieceLength uint32
	Last        uint32 // bytes of the last piece, from 1 to PieceLength
	// Parallel is how many pieces a peer may have begun at a time; at least 1. Clients that finish
	// what they have begun have few.
	Parallel uint32
	// FastestBytesPerSec bounds what is believed of a peer's pieces, after the first Parallel of
	// them; what comes faster is a [Flood]. 0 believes everything.
	FastestBytesPerSec uint64
	// Settle is for how long after a peer has said what it has haves belong to that: lazy bitfields
	// leave pieces out that are announced at once, and haves may wait before a connection is there.
	Settle   time.Duration
	PeersMax int
}

// Watch is M6: an observer that is connected to peers and hears what pieces they have. It learns
// what they download, but not from whom, nor what they download in vain.
type Watch struct {
	cfg     WatchConfig
	index   map[User]int
	peers   []watched
	orphans uint64 // bytes gained from nobody that is watched
	Counts  Counts
}

// watched is a peer that was seen at least once.
type watched struct {
	user    User
	has     []uint64
	ever    []uint64 // what it had when first seen, and what it gained
	there   bool     // the connection is open, and said what the peer has
	fresh   bool     // pieces were announced on it that were no part of its first statement
	began   protocol.Time
	said    protocol.Time // when it said what it has, last
	seen    protocol.Time
	held    uint64 // bytes, when first seen
	holds   uint64 // bytes, now
	gained  uint64
	doubted uint64
	gaps    uint32
	lost    uint32 // pieces that it had and has no longer
	source  Sources
}

// NewWatch returns a watch that has seen nobody. Errors name the field that is wrong.
func NewWatch(cfg WatchConfig) (*Watch, error) {
	switch {
	case cfg.Pieces == 0 || cfg.PieceLength == 0 || cfg.Last == 0 || cfg.Last > cfg.PieceLength:
		return nil, errors.New("audit: a watch needs Pieces, PieceLength and Last of a torrent")
	case cfg.Parallel == 0 || cfg.PeersMax <= 0:
		return nil, errors.New("audit: a watch's Parallel and PeersMax must be at least 1")
	}
	return &Watch{cfg: cfg, index: make(map[User]int)}, nil
}

// length returns the bytes of a piece.
func (w *Watch) length(piece uint32) uint64 {
	if piece == w.cfg.Pieces-1 {
		return uint64(w.cfg.Last)
	}
	return uint64(w.cfg.PieceLength)
}

// whole returns the bytes of the torrent.
func (w *Watch) whole() uint64 {
	return uint64(w.cfg.Pieces-1)*uint64(w.cfg.PieceLength) + uint64(w.cfg.Last)
}

// Bitfield takes what a peer says it has at the begin of a connection: as the bytes of the wire,
// or nil for nothing. A peer that was seen before has then downloaded in the meantime what it did
// not have.
func (w *Watch) Bitfield(now protocol.Time, u User, field []byte) Fault {
	words, ok := w.read(field)
	if !ok {
		return w.Counts.note(BadField)
	}
	x, known := w.index[u]
	if !known {
		if len(w.peers) >= w.cfg.PeersMax {
			return w.Counts.note(Full)
		}
		p := watched{user: u, has: words, ever: slices.Clone(words), there: true,
			began: now, said: now, seen: now}
		p.held = w.bytesOf(words)
		p.holds = p.held
		w.index[u] = len(w.peers)
		w.peers = append(w.peers, p)
		return w.Counts.note(OK)
	}
	p := &w.peers[x]
	if p.there && p.fresh {
		return w.Counts.note(BadField) // it must be the first thing said on a connection
	}
	p.gaps++
	p.there, p.fresh, p.seen, p.said = true, false, now, now
	for k, word := range words {
		for fresh := word &^ p.has[k]; fresh != 0; {
			n := bits.LeadingZeros64(fresh)
			fresh &^= 1 << 63 >> n
			w.gain(p, now, uint32(k*64+n))
		}
		gone := p.has[k] &^ word
		for ; gone != 0; gone &= gone - 1 {
			w.lose(p, uint32(k*64+63-bits.TrailingZeros64(gone)))
		}
	}
	return w.Counts.note(OK)
}

// Have takes the message that a peer has one more piece.
func (w *Watch) Have(now protocol.Time, u User, piece uint32) Fault {
	p, f := w.heard(u, piece)
	switch {
	case f != OK:
		return w.Counts.note(f)
	case p.has[piece/64]&(1<<63>>(piece%64)) != 0:
		return w.Counts.note(Repeated)
	}
	p.fresh, p.seen = true, now
	if now.Sub(p.said) < w.cfg.Settle && w.supplement(p, piece) {
		return w.Counts.note(OK)
	}
	return w.Counts.note(w.gain(p, now, piece))
}

// supplement adds a piece to what a peer has just said that it has. It returns false if that is
// news: a piece that it did not have before it was lost.
func (w *Watch) supplement(p *watched, piece uint32) bool {
	n, bit := w.length(piece), uint64(1)<<63>>(piece%64)
	again := p.ever[piece/64]&bit != 0
	switch {
	case again:
	case p.gaps > 0:
		return false
	default:
		p.held += n
	}
	p.has[piece/64] |= bit
	p.ever[piece/64] |= bit
	p.holds += n
	return true
}

// DontHave takes the message that a peer has a piece no longer (BEP 54).
func (w *Watch) DontHave(now protocol.Time, u User, piece uint32) Fault {
	p, f := w.heard(u, piece)
	if f == OK && p.has[piece/64]&(1<<63>>(piece%64)) == 0 {
		f = Repeated
	}
	if f != OK {
		return w.Counts.note(f)
	}
	p.seen = now
	w.lose(p, piece)
	return w.Counts.note(OK)
}

// Look notes that a peer is still connected, so that what it did not announce it does not have.
func (w *Watch) Look(now protocol.Time, u User) {
	if x, ok := w.index[u]; ok && w.peers[x].there {
		w.peers[x].seen = now
	}
}

// Lost notes that the connection to a peer has ended.
func (w *Watch) Lost(now protocol.Time, u User) {
	if x, ok := w.index[u]; ok && w.peers[x].there {
		w.peers[x].there, w.peers[x].seen = false, now
	}
}

func (w *Watch) heard(u User, piece uint32) (*watched, Fault) {
	x, ok := w.index[u]
	switch {
	case !ok || !w.peers[x].there:
		return nil, Unknown
	case piece >= w.cfg.Pieces:
		return nil, BadPiece
	}
	return &w.peers[x], OK
}

// gain gives a peer a piece. What is not believed is held all the same: it is not gained twice. Nor
// is what it has lost since, or else who says have and don't have in turn would gain for ever.
func (w *Watch) gain(p *watched, now protocol.Time, piece uint32) Fault {
	n, bit := w.length(piece), uint64(1)<<63>>(piece%64)
	again := p.ever[piece/64]&bit != 0
	p.has[piece/64] |= bit
	p.ever[piece/64] |= bit
	p.holds += n
	if again {
		p.doubted += n
		return Repeated
	}
	if p.gained+n > w.believable(now.Sub(p.began)) {
		p.doubted += n
		return Flood
	}
	p.gained += n
	w.attribute(p, piece, n)
	return OK
}

func (w *Watch) lose(p *watched, piece uint32) {
	p.has[piece/64] &^= 1 << 63 >> (piece % 64)
	p.holds -= w.length(piece)
	p.lost++
}

// believable returns the most bytes that a peer can have gained in a time.
func (w *Watch) believable(over time.Duration) uint64 {
	if w.cfg.FastestBytesPerSec == 0 {
		return 1<<64 - 1
	}
	hi, lo := bits.Mul64(uint64(max(over, 0)), w.cfg.FastestBytesPerSec)
	if hi >= uint64(time.Second) {
		return 1<<64 - 1
	}
	n, _ := bits.Div64(hi, lo, uint64(time.Second))
	return sum(n, w.slack())
}

// slack is what the pieces are worth that a peer may have begun.
func (w *Watch) slack() uint64 { return uint64(w.cfg.Parallel) * uint64(w.cfg.PieceLength) }

// read turns the bytes of a bitfield into words in which piece i is bit 63-i%64.
func (w *Watch) read(field []byte) (words []uint64, ok bool) {
	words = make([]uint64, (uint64(w.cfg.Pieces)+63)/64)
	if field == nil {
		return words, true
	}
	if uint64(len(field)) != (uint64(w.cfg.Pieces)+7)/8 {
		return nil, false
	}
	for k, b := range field {
		words[k/8] |= uint64(b) << (56 - k%8*8)
	}
	spare := w.cfg.Pieces % 64
	return words, spare == 0 || words[len(words)-1]<<spare == 0
}

func (w *Watch) bytesOf(words []uint64) (n uint64) {
	for _, word := range words {
		n += uint64(bits.OnesCount64(word)) * uint64(w.cfg.PieceLength)
	}
	if last := w.cfg.Pieces - 1; words[last/64]&(1<<63>>(last%64)) != 0 {
		n -= uint64(w.cfg.PieceLength - w.cfg.Last)
	}
	return n
}
