package peerwire_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
	zeebo "github.com/zeebo/bencode"

	"swarmlab/protocol"
	"swarmlab/protocol/bencode"
	"swarmlab/protocol/peerwire"
)

// FuzzDecoder compares the decoder, fed in chunks, with the slow one, and blocks by reference with
// those that came as bytes.
func FuzzDecoder(f *testing.F) {
	shake := unhex(f, handshakeHex)
	all := bytes.Clone(shake)
	for _, v := range framing {
		all = append(all, unhex(f, v.hex)...)
		f.Add(append(bytes.Clone(shake), unhex(f, v.hex)...), uint64(1), uint32(10), true)
	}
	f.Add(all, uint64(1), uint32(10), true)
	f.Add(all, uint64(0x10203), uint32(0), true)
	f.Add(all, uint64(0x1000), uint32(10), false)
	f.Fuzz(func(t *testing.T, stream []byte, cuts uint64, pieces uint32, fast bool) {
		lim := peerwire.Limits{Pieces: pieces % (1 << 20), Fast: fast}
		r := newReader(t, lim, new(peerwire.Buffers))
		for rest := stream; len(rest) > 0; cuts = cuts>>8 | cuts<<56 {
			n := min(len(rest), int(cuts&0xff)+1)
			r.feed(part{Bytes: rest[:n]})
			rest = rest[n:]
		}
		r.twins(stream)
		if len(stream) >= 68 {
			compareBodies(t, stream, r)
		}
	})
}

// compareBodies feeds a stream again, the blocks in it by reference.
func compareBodies(t *testing.T, stream []byte, r *reader) {
	again := newReader(t, r.lim, nil)
	again.feed(part{Bytes: stream[:68]})
	at := 68
	for _, m := range r.messages {
		length := 4
		if m.Kind != peerwire.KeepAlive {
			length = 4 + int(stream[at])<<24 + int(stream[at+1])<<16 +
				int(stream[at+2])<<8 + int(stream[at+3])
		}
		ch := part{Bytes: stream[at:min(at+length, len(stream))]}
		at += len(ch.Bytes)
		if m.Kind == peerwire.Piece && m.Length > 0 {
			ch.Bytes = ch.Bytes[:peerwire.PieceHeader]
			ch.Body = protocol.Body{Content: 5, Offset: 6, Length: m.Length}
		}
		again.feed(ch)
	}
	require.Equal(t, len(r.messages), len(again.messages))
	for n, m := range r.messages {
		if m.Kind == peerwire.Piece && m.Length > 0 {
			m.Payload = content(protocol.Body{Content: 5, Offset: 6, Length: m.Length})
		}
		require.Equal(t, m, again.messages[n])
	}
}

// FuzzExtHandshake checks that what was read is what zeebo/bencode reads, and is read again from
// what is written.
func FuzzExtHandshake(f *testing.F) {
	f.Add([]byte(simExt))
	f.Add([]byte("d1:md6:ut_pexi256eee"))
	f.Add([]byte("d1:mi1e1:vi1ee"))
	f.Add([]byte("d1:ei1e4:ipv44:abcd4:ipv616:abcdefghijklmnop11:upload_onlyi0ee"))
	f.Fuzz(func(t *testing.T, p []byte) {
		var h, again peerwire.ExtHandshake
		fault := h.Parse(p)
		if keys := oracle(t, p); keys != nil {
			require.Equal(t, rightTypes(keys), fault == peerwire.OK, "%q", p)
			if fault == peerwire.OK {
				compareKeys(t, keys, &h)
			}
		}
		if fault != peerwire.OK {
			return
		}
		require.Equal(t, peerwire.OK, again.Parse(h.Append(nil)[6:]))
		if len(h.Version) == 0 {
			h.Version, again.Version = nil, nil
		}
		require.Equal(t, h, again)
	})
}

// oracle reads a dictionary with zeebo/bencode. It returns nil if the bytes are not safe for that.
func oracle(t require.TestingT, p []byte) map[string]any {
	lim := bencode.Limits{Depth: 10, Items: 1000}
	n, _, fault := bencode.Check(p, lim, bencode.Strict)
	if fault != bencode.OK || n != len(p) || p[0] != 'd' {
		return nil
	}
	var keys map[string]any
	require.NoError(t, zeebo.DecodeBytes(p, &keys))
	return keys
}

// rightTypes reports whether the known keys of an extension handshake have the right types.
func rightTypes(keys map[string]any) bool {
	right := true
	need := func(m map[string]any, isInt bool, names ...string) {
		for _, name := range names {
			v, there := m[name]
			_, number := v.(int64)
			_, text := v.(string)
			right = right && (!there || number && isInt || text && !isInt)
		}
	}
	need(keys, true, "e", "p", "reqq", "metadata_size", "upload_only")
	need(keys, false, "v", "ipv4", "ipv6", "yourip")
	if m, there := keys["m"]; there {
		names, isDict := m.(map[string]any)
		right = right && isDict
		need(names, true, "ut_pex", "ut_metadata", "lt_donthave", "upload_only", "ut_holepunch")
	}
	return right
}

// compareKeys compares the values of a few keys of each type.
func compareKeys(t *testing.T, keys map[string]any, h *peerwire.ExtHandshake) {
	port, _ := keys["p"].(int64)
	if port < 0 || port > 65535 {
		port = 0
	}
	require.Equal(t, int(port), int(h.Port))
	v, _ := keys["v"].(string)
	require.Equal(t, v, string(h.Version))
	size, _ := keys["metadata_size"].(int64)
	if size < 0 || size > peerwire.MetadataMax {
		size = 0
	}
	require.Equal(t, int(size), int(h.MetadataSize))
	names, _ := keys["m"].(map[string]any)
	id, there := names["ut_pex"].(int64)
	if id < 0 || id > 255 {
		id = 0
	}
	require.Equal(t, int(id), int(h.IDs[peerwire.ExtPEX]))
	require.Equal(t, there, h.Listed>>peerwire.ExtPEX&1 == 1)
}

// FuzzMetadata checks that what was read is read again from what is written.
func FuzzMetadata(f *testing.F) {
	f.Add([]byte("d8:msg_typei0e5:piecei0ee"))
	f.Add([]byte("d8:msg_typei1e5:piecei1e10:total_sizei16387eeabc"))
	f.Add([]byte("d8:msg_typei2e5:piecei255ee"))
	f.Add([]byte("d8:msg_typei9e5:piecei0eejunk"))
	f.Fuzz(func(t *testing.T, p []byte) {
		m, again := peerwire.Metadata{Piece: 9}, peerwire.Metadata{}
		if m.Parse(p) != peerwire.OK || m.Type > peerwire.MetadataReject {
			require.Empty(t, m.Data)
			return
		}
		require.Equal(t, m.Type == peerwire.MetadataData, len(m.Data) > 0)
		require.LessOrEqual(t, len(m.Data), peerwire.MetadataBlock)
		require.LessOrEqual(t, m.Total, uint32(peerwire.MetadataMax))
		if m.Data != nil {
			require.LessOrEqual(t, int(m.Piece)*peerwire.MetadataBlock+len(m.Data), int(m.Total))
		}
		require.Equal(t, peerwire.OK, again.Parse(m.Append(nil, 1)[6:]))
		require.Equal(t, m, again)
	})
}

// FuzzPEX checks that what was read can be walked, and is read again from what is written.
func FuzzPEX(f *testing.F) {
	var x peerwire.PEX
	x.Add(host4(1, 2, 3, 4), 1)
	x.Add(host6(f, "20010db8000000000000000000000007"), 1)
	x.Drop(host4(1, 2, 3, 5))
	f.Add(x.Append(nil, 1)[6:])
	f.Add([]byte("d5:added6:abcdefe"))
	f.Add([]byte("d8:dropped60:e"))
	f.Fuzz(func(t *testing.T, p []byte) {
		var x, again peerwire.PEX
		if x.Parse(p) != peerwire.OK {
			return
		}
		require.LessOrEqual(t, max(x.AddedCount(), x.DroppedCount()), peerwire.PEXEntries)
		var built peerwire.PEX
		for n := range x.AddedCount() {
			built.Add(x.AddedAt(n))
		}
		for n := range x.DroppedCount() {
			built.Drop(x.DroppedAt(n))
		}
		require.Equal(t, x.AddedCount(), built.AddedCount())
		require.Equal(t, x.DroppedCount(), built.DroppedCount())
		out := x.Append(nil, 1)
		require.Equal(t, peerwire.OK, again.Parse(out[6:]))
		require.Equal(t, out, again.Append(nil, 1))
	})
}

// FuzzHolepunch checks that what was read is read again from what is written.
func FuzzHolepunch(f *testing.F) {
	f.Add(unhex(f, "0000cb0071071ae100000000"))
	f.Add(unhex(f, "0200cb0071071ae100000002"))
	f.Add(unhex(f, "010120010db80000000000000000000000071ae100000000"))
	f.Fuzz(func(t *testing.T, p []byte) {
		var h, again peerwire.Holepunch
		if h.Parse(p) != peerwire.OK {
			return
		}
		require.Equal(t, peerwire.OK, again.Parse(h.Append(nil, 1)[6:]))
		require.Equal(t, h, again)
	})
}
