package peerwire_test

import (
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/peerwire"
)

func unhex(t require.TestingT, s string) []byte {
	p, err := hex.DecodeString(s)
	require.NoError(t, err)
	return p
}

// counted returns the bytes first, first+1 and so on.
func counted(first byte) (out [20]byte) {
	for n := range out {
		out[n] = first + byte(n)
	}
	return out
}

const handshakeHex = "13426974546f7272656e742070726f746f636f6c0000000000100005000102030405060708" +
	"090a0b0c0d0e0f101112132d5858303030312d6162636465666768696a6b6c"

// shaker is the handshake of handshakeHex.
func shaker() peerwire.Handshake {
	h := peerwire.Handshake{InfoHash: counted(0)}
	copy(h.PeerID[:], "-XX0001-abcdefghijkl")
	h.Offer(peerwire.FeatureExtensions)
	h.Offer(peerwire.FeatureDHT)
	h.Offer(peerwire.FeatureFast)
	return h
}

// ready returns a decoder that is past the handshake.
func ready(t require.TestingT, lim peerwire.Limits) *peerwire.Decoder {
	d := &peerwire.Decoder{Limits: lim, Buffers: new(peerwire.Buffers)}
	d.Feed(protocol.Chunk{Bytes: unhex(t, handshakeHex)})
	h, s := d.Handshake()
	require.Equal(t, peerwire.Whole, s)
	require.Equal(t, shaker(), h)
	return d
}

func TestHandshakeVector(t *testing.T) {
	h := shaker()
	require.Equal(t, handshakeHex, hex.EncodeToString(peerwire.AppendHandshake(nil, &h)))
	require.True(t, h.Offers(peerwire.FeatureFast))
	require.False(t, h.Offers(peerwire.FeatureNAT))
	require.False(t, h.Offers(peerwire.FeatureAzureus))
	ready(t, peerwire.Limits{})
	for f, bit := range map[peerwire.Feature][2]byte{
		peerwire.FeatureAzureus: {0, 0x80}, peerwire.FeatureExtensions: {5, 0x10},
		peerwire.FeatureDHT: {7, 0x01}, peerwire.FeatureFast: {7, 0x04},
		peerwire.FeatureNAT: {7, 0x08}, peerwire.FeatureUpgrade: {7, 0x10},
	} {
		var h, want peerwire.Handshake
		h.Offer(f)
		want.Reserved[bit[0]] = bit[1]
		require.Equal(t, want, h)
	}
}

// framing is the table of messages: bytes and meaning.
var framing = []struct {
	hex string
	m   peerwire.Message
}{
	{"00000000", peerwire.Message{Kind: peerwire.KeepAlive}},
	{"0000000100", peerwire.Message{Kind: peerwire.Choke}},
	{"0000000101", peerwire.Message{Kind: peerwire.Unchoke}},
	{"0000000102", peerwire.Message{Kind: peerwire.Interested}},
	{"0000000103", peerwire.Message{Kind: peerwire.NotInterested}},
	{"000000050400000005", peerwire.Message{Kind: peerwire.Have, Index: 5}},
	{"0000000305c040", peerwire.Message{Kind: peerwire.Bitfield, Payload: []byte{0xc0, 0x40}}},
	{"0000000d06000000010000400000004000", peerwire.Message{
		Kind: peerwire.Request, Index: 1, Begin: 16384, Length: 16384}},
	{"0000000d070000000100004000deadbeef", peerwire.Message{Kind: peerwire.Piece,
		Index: 1, Begin: 16384, Length: 4, Payload: []byte{0xde, 0xad, 0xbe, 0xef}}},
	{"0000000d08000000010000400000004000", peerwire.Message{
		Kind: peerwire.Cancel, Index: 1, Begin: 16384, Length: 16384}},
	{"00000003091ae1", peerwire.Message{Kind: peerwire.Port, Port: 6881}},
	{"000000050d00000007", peerwire.Message{Kind: peerwire.Suggest, Index: 7}},
	{"000000010e", peerwire.Message{Kind: peerwire.HaveAll}},
	{"000000010f", peerwire.Message{Kind: peerwire.HaveNone}},
	{"0000000d10000000010000400000004000", peerwire.Message{
		Kind: peerwire.Reject, Index: 1, Begin: 16384, Length: 16384}},
	{"000000051100000007", peerwire.Message{Kind: peerwire.AllowedFast, Index: 7}},
	{"00000006140700000005", peerwire.Message{
		Kind: peerwire.Extended, Ext: 7, Payload: []byte{0, 0, 0, 5}}},
}

// appendMessage writes any message but unknown ones.
func appendMessage(dst []byte, m *peerwire.Message) []byte {
	switch m.Kind {
	case peerwire.KeepAlive:
		return peerwire.AppendKeepAlive(dst)
	case peerwire.Have, peerwire.Suggest, peerwire.AllowedFast:
		return peerwire.AppendIndex(dst, m.Kind, m.Index)
	case peerwire.Request, peerwire.Cancel, peerwire.Reject:
		return peerwire.AppendBlock(dst, m.Kind, m.Index, m.Begin, m.Length)
	case peerwire.Piece:
		dst = peerwire.AppendPiece(dst, m.Index, m.Begin, m.Length)
		return append(dst, m.Payload...)
	case peerwire.Bitfield:
		return peerwire.AppendBitfield(dst, m.Payload)
	case peerwire.Port:
		return peerwire.AppendPort(dst, m.Port)
	case peerwire.Extended:
		return peerwire.AppendExtended(dst, m.Ext, m.Payload)
	}
	return peerwire.AppendPlain(dst, m.Kind)
}

func TestMessageVectors(t *testing.T) {
	for _, v := range framing {
		require.Equal(t, v.hex, hex.EncodeToString(appendMessage(nil, &v.m)))
		for _, pieces := range []uint32{0, 10} {
			d := ready(t, peerwire.Limits{Pieces: pieces, Fast: true})
			_, f := d.Next(new(peerwire.Message))
			require.Equal(t, peerwire.OK, f)
			d.Feed(protocol.Chunk{Bytes: unhex(t, v.hex)})
			var m peerwire.Message
			ok, f := d.Next(&m)
			require.True(t, ok, "%v: %v", v.m.Kind, f)
			require.Equal(t, v.m, m)
			ok, f = d.Next(&m)
			require.False(t, ok)
			require.Equal(t, peerwire.OK, f)
		}
	}
}

// TestFullBlock checks the lengths that the sheet tells of a full block.
func TestFullBlock(t *testing.T) {
	p := peerwire.AppendPiece(nil, 0, 0, peerwire.BlockMax)
	require.Equal(t, "00004009", hex.EncodeToString(p[:4]))
	require.Equal(t, 16397, len(p)+peerwire.BlockMax)
	require.Equal(t, peerwire.PieceHeader, len(p))
}

func TestAllowedFastVectors(t *testing.T) {
	var aa [20]byte
	for n := range aa {
		aa[n] = 0xaa
	}
	ten := []uint32{1059, 431, 808, 1217, 287, 376, 1188, 353, 508, 1246}
	for k := range uint32(11) {
		for _, ip := range []uint32{0x500404c8, 0x50040400, 0x500404ff} {
			got := peerwire.AllowedFastSet([]uint32{7}, ip, &aa, 1313, k)
			require.Equal(t, append([]uint32{7}, ten[:k]...), got)
		}
	}
	hash := counted(0)
	require.Equal(t, []uint32{173, 382, 243, 63, 252, 253, 14, 324, 312, 71},
		peerwire.AllowedFastSet(nil, 0xcb00714d, &hash, 500, 10))
	require.Empty(t, peerwire.AllowedFastSet(nil, 1, &hash, 0, 10))
	require.ElementsMatch(t, []uint32{0, 1, 2}, peerwire.AllowedFastSet(nil, 1, &hash, 3, 10))
}
