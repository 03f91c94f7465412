package peerwire_test

import (
	"encoding/binary"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/peerwire"
)

// TestFaults has a row for each rule of the stream. The fault comes with the last byte of in, not
// before, so that a hostile length is refused at once and a slow one waited for.
func TestFaults(t *testing.T) {
	none, ten := peerwire.Limits{Fast: true}, peerwire.Limits{Pieces: 10, Fast: true}
	slow := peerwire.Limits{Pieces: 10}
	for _, c := range []struct {
		name, in string
		lim      peerwire.Limits
		want     peerwire.Fault
	}{
		{"choke with payload", "0000000200", ten, peerwire.BadLength},
		{"unchoke with payload", "0000000901", ten, peerwire.BadLength},
		{"have too short", "0000000404", ten, peerwire.BadLength},
		{"have too long", "0000000604", ten, peerwire.BadLength},
		{"request too short", "0000000c06", ten, peerwire.BadLength},
		{"request too long", "0000000e06", ten, peerwire.BadLength},
		{"cancel of 4 GiB", "ffffffff08", ten, peerwire.BadLength},
		{"port too long", "0000000509", ten, peerwire.BadLength},
		{"have all with payload", "000000020e", ten, peerwire.BadLength},
		{"reject too short", "0000000910", ten, peerwire.BadLength},
		{"piece without place", "0000000807", ten, peerwire.BadLength},
		{"piece above a block", "0000400a07", ten, peerwire.TooLong},
		{"piece of 4 GiB", "ffffffff07", ten, peerwire.TooLong},
		{"extended without id", "0000000114", ten, peerwire.BadLength},
		{"pex too long", "0007d00314", ten, peerwire.TooLong},
		{"metadata too long", "000044031403", ten, peerwire.TooLong},
		{"ext handshake too long", "000044031400", ten, peerwire.TooLong},
		{"bitfield too short", "0000000205", ten, peerwire.BitfieldSize},
		{"bitfield too long", "0000000405", ten, peerwire.BitfieldSize},
		{"bitfield of 4 GiB", "ffffffff05", ten, peerwire.BitfieldSize},
		{"bitfield of any torrent", "0010000205", none, peerwire.TooLong},
		{"spare bits", "0000000305ffe0", ten, peerwire.SpareBits},
		{"unknown too long", "0010000263", ten, peerwire.TooLong},
		{"suggest", "000000050d", slow, peerwire.NotNegotiated},
		{"have all", "000000010e", slow, peerwire.NotNegotiated},
		{"have none", "000000010f", slow, peerwire.NotNegotiated},
		{"reject", "0000000d10", slow, peerwire.NotNegotiated},
		{"allowed fast", "0000000511", slow, peerwire.NotNegotiated},
	} {
		in := unhex(t, c.in)
		for _, step := range []int{1, len(in)} {
			r := newReader(t, c.lim, nil)
			r.feed(part{Bytes: unhex(t, handshakeHex+"00000000")})
			for at := 0; at < len(in); at += step {
				require.Equal(t, peerwire.OK, r.fault, c.name)
				r.feed(part{Bytes: in[at : at+step]})
			}
			require.Equal(t, c.want, r.fault, c.name)
			r.feed(part{Bytes: unhex(t, "00000000")})
			require.Equal(t, c.want, r.fault, "it stays")
			require.Len(t, r.messages, 1)
			have, _ := r.d.Held()
			require.Zero(t, have)
		}
	}
}

// TestLargest lets the largest of each kind through.
func TestLargest(t *testing.T) {
	frame := func(id byte, length uint32, ext byte) []byte {
		p := append(binary.BigEndian.AppendUint32(nil, length), id)
		p = append(p, make([]byte, length-1)...)
		p[5] = ext
		return p
	}
	for _, p := range [][]byte{
		frame(7, 9+peerwire.BlockMax, 0), frame(20, 2+peerwire.PEXMax, peerwire.ExtPEX),
		frame(20, 2+peerwire.ExtendedMax, peerwire.ExtMetadata),
		frame(5, 1+peerwire.BitfieldMax, 0), frame(99, 1+peerwire.BitfieldMax, 0),
	} {
		buffers := new(peerwire.Buffers)
		r := newReader(t, peerwire.Limits{}, buffers)
		r.feed(part{Bytes: unhex(t, handshakeHex)})
		for at := 0; at < len(p); at += 1400 {
			r.feed(part{Bytes: p[at:min(at+1400, len(p))]})
			have, _ := r.d.Held()
			if p[4] == 99 {
				require.LessOrEqual(t, have, 5, "what is unknown is not kept")
			}
		}
		require.Len(t, r.messages, 1)
		require.Equal(t, peerwire.OK, r.fault)
		_, room := r.d.Held()
		require.Zero(t, room, "an idle decoder holds nothing")
		require.LessOrEqual(t, buffers.Spare(), 32<<10, "nor do the buffers keep much")
	}
}

// TestHandshakeStages checks that a handshake can be answered when its torrent is known.
func TestHandshakeStages(t *testing.T) {
	p := unhex(t, handshakeHex)
	d := peerwire.Decoder{Buffers: new(peerwire.Buffers)}
	for n := range p {
		d.Feed(part{Bytes: p[n : n+1]})
		h, s := d.Handshake()
		switch {
		case n < 47:
			require.Equal(t, peerwire.Waiting, s)
		case n < 67:
			require.Equal(t, peerwire.Named, s)
			require.Equal(t, shaker().InfoHash, h.InfoHash)
			require.Equal(t, shaker().Reserved, h.Reserved)
		default:
			require.Equal(t, peerwire.Whole, s)
			require.Equal(t, shaker(), h)
		}
		ok, f := d.Next(new(peerwire.Message))
		require.False(t, ok)
		require.Equal(t, peerwire.OK, f)
	}
	have, room := d.Held()
	require.Zero(t, have+room)
	d.Reset()
	_, s := d.Handshake()
	require.Equal(t, peerwire.Waiting, s)
}

// TestJunkFirst refuses what is no handshake with the first byte that differs.
func TestJunkFirst(t *testing.T) {
	for n := range 20 {
		p := unhex(t, handshakeHex)
		p[n] ^= 0x20
		r := newReader(t, peerwire.Limits{}, nil)
		for i := range p {
			r.feed(part{Bytes: p[i : i+1]})
			require.Equal(t, i >= n, r.fault == peerwire.BadHandshake)
		}
	}
}

// TestStrayBodies refuses bodies that are not exactly the data of a piece.
func TestStrayBodies(t *testing.T) {
	body := protocol.Body{Length: 100}
	piece := peerwire.AppendPiece(nil, 1, 2, 100)
	h := unhex(t, handshakeHex)
	unknown := []byte{0, 0, 0, 51, 99}
	for n, p := range [][]byte{
		{}, h[:30], h[:50], append(h, piece[:12]...), append(h, piece[:4]...), h,
		append(append(h, piece...), 0), append(h, peerwire.AppendPiece(nil, 1, 2, 99)...),
		append(h, peerwire.AppendPiece(nil, 1, 2, 101)...), append(h, unknown...),
		append(h, peerwire.AppendBitfield(nil, make([]byte, 8))...),
	} {
		r := newReader(t, peerwire.Limits{}, nil)
		r.feed(part{Bytes: p, Body: body})
		require.Equal(t, peerwire.StrayBody, r.fault, "case %d", n)
	}
	r := newReader(t, peerwire.Limits{}, nil)
	r.feed(part{Bytes: append(h, 0, 0, 0, 101, 99), Body: body})
	r.feed(part{Bytes: append(unknown, 1, 2), Body: protocol.Body{Length: 48}})
	r.feed(part{Bytes: append(piece[:13:13], unknown...)[:13], Body: body})
	require.Equal(t, peerwire.OK, r.fault)
	require.Len(t, r.messages, 3)
	require.Equal(t, 1, r.bodies)
}

// TestSlowMany holds ten thousand connections that each stopped in the middle of the largest
// bitfield's head: what was promised is not reserved.
func TestSlowMany(t *testing.T) {
	require.LessOrEqual(t, unsafe.Sizeof(peerwire.Decoder{}), uintptr(72))
	buffers := new(peerwire.Buffers)
	total, all := 0, []*reader{}
	for range 10000 {
		r := newReader(t, peerwire.Limits{}, buffers)
		all = append(all, r)
		r.feed(part{Bytes: unhex(t, handshakeHex+"0010000105ffff")})
		_, room := r.d.Held()
		total += room
	}
	require.LessOrEqual(t, total, 10000*72)
	for _, r := range all {
		r.d.Reset()
	}
	require.Equal(t, 256*72, buffers.Spare(), "what is kept in reserve is bounded")
}

func TestMisuse(t *testing.T) {
	d := peerwire.Decoder{}
	d.Feed(part{Bytes: unhex(t, handshakeHex)})
	require.Panics(t, func() { d.Feed(part{}) }, "fed twice")
	require.Panics(t, func() { d.Next(new(peerwire.Message)) }, "handshake not read")
	require.Panics(t, func() { peerwire.AppendPlain(nil, peerwire.Have) })
	require.Panics(t, func() { peerwire.AppendIndex(nil, peerwire.Request, 1) })
	require.Panics(t, func() { peerwire.AppendBlock(nil, peerwire.Piece, 1, 2, 3) })
	require.Panics(t, func() { peerwire.AppendPlain(nil, peerwire.KeepAlive) })
}

func TestNames(t *testing.T) {
	seen := map[string]bool{}
	for f := range peerwire.Faults {
		seen[peerwire.Fault(f).String()] = true
	}
	require.Len(t, seen, peerwire.Faults)
	require.NotContains(t, seen, "")
	require.Equal(t, "unknown_fault", peerwire.Fault(peerwire.Faults).String())
	for _, v := range framing {
		require.NotContains(t, v.m.Kind.String(), "id_")
	}
	require.Equal(t, "id_21", peerwire.Kind(21).String())
	require.Equal(t, "have", peerwire.Have.String())
}

func TestValidBitfield(t *testing.T) {
	for pieces := range uint32(40) {
		for size := range 6 {
			bits := make([]byte, size)
			want := size == int(pieces+7)/8
			require.Equal(t, want, peerwire.ValidBitfield(bits, pieces) == peerwire.OK)
			for n := 0; want && n < 8*size; n++ {
				bits[n/8] = 0x80 >> (n % 8)
				f := peerwire.ValidBitfield(bits, pieces)
				require.Equal(t, n < int(pieces), f == peerwire.OK)
				bits[n/8] = 0
			}
		}
	}
}

// TestUnread closes a connection after each message of a chunk: what it says of the rest must be
// the data of the pieces in it, cut where the chunk is, whether it came as bytes or not.
func TestUnread(t *testing.T) {
	h := unhex(t, handshakeHex)
	unknown := []byte{0, 0, 0, 12, 99, 0, 0, 0, 13, byte(peerwire.Piece), 1, 2, 3, 4, 5, 6}
	rest := peerwire.AppendIndex(nil, peerwire.Have, 1)
	rest = append(peerwire.AppendPiece(rest, 1, 2, 100), make([]byte, 100)...)
	rest = append(append(rest, 0, 0, 0, 0), unknown...)
	rest = peerwire.AppendPiece(peerwire.AppendPlain(rest, peerwire.Choke), 3, 4, 50)
	for name, c := range map[string]struct {
		last protocol.Chunk
		want []uint64 // after each message
	}{
		"as bytes": {part{Bytes: append(rest[:len(rest):len(rest)], make([]byte, 50)...)},
			[]uint64{150, 50, 50, 50, 50, 0}},
		"cut": {part{Bytes: append(rest[:len(rest):len(rest)], make([]byte, 20)...)},
			[]uint64{120, 20, 20, 20, 20}},
		"in a head": {part{Bytes: rest[:len(rest)-1]}, []uint64{100, 0, 0, 0, 0}},
		"a body": {part{Bytes: rest, Body: protocol.Body{Length: 50}},
			[]uint64{150, 50, 50, 50, 50, 0}},
	} {
		d := peerwire.Decoder{}
		d.Feed(part{Bytes: h})
		d.Handshake()
		d.Limits.Pieces = 8
		d.Feed(c.last)
		var m peerwire.Message
		for k, want := range c.want {
			ok, _ := d.Next(&m)
			require.True(t, ok, "%s: message %d", name, k)
			require.Equal(t, want, d.Unread(), "%s: behind message %d", name, k)
		}
		ok, f := d.Next(&m)
		require.False(t, ok, name)
		require.Equal(t, peerwire.OK, f, name)
		require.Zero(t, d.Unread(), name)
	}
}
