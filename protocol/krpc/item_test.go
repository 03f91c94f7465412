package krpc_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol/krpc"
)

func unhex(t *testing.T, digits string) []byte {
	b, err := hex.DecodeString(digits)
	require.NoError(t, err)
	return b
}

// The key of BEP 44. Its private half is an expanded key, with which the standard library cannot
// sign.
const bep44Key = "77ff84905a91936367c01360803104f92432fcd904a43511876df5cdf3e7e548"

// signed are items with all that follows from them: those of BEP 44, and one of ours that points to
// a torrent (BEP 46).
var signed = []struct {
	name, key, salt string
	seq             int64
	v, buffer       string
	target, sig     string
}{
	{"mutable", bep44Key, "", 1, "12:Hello World!", "3:seqi1e1:v12:Hello World!",
		"4a533d47ec9c7d95b1ad75f576cffc641853b750",
		"305ac8aeb6c9c151fa120f120ea2cfb923564e11552d06a5d856091e5e853cff" +
			"1260d3f39e4999684aa92eb73ffd136e6f4f3ecbfda0ce53a1608ecd7ae21f01"},
	{"mutable with salt", bep44Key, "foobar", 1, "12:Hello World!",
		"4:salt6:foobar3:seqi1e1:v12:Hello World!", "411eba73b6f087ca51a3795d9c8c938d365e32c1",
		"6834284b6b24c3204eb2fea824d82f88883a3d95e8b4a21b8c0ded553d17d17d" +
			"df9a8a7104b1258f30bed3787e6cb896fca78c58f8e03b5f18f14951a87d9a08"},
	{"pointer", "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8", "", 4,
		"d2:ih20:" + bytes00to13 + "e", "3:seqi4e1:vd2:ih20:" + bytes00to13 + "e",
		"fd81a6db64d6faf7f702c07971a82c25c1dc3c90",
		"f0261147df6bb813f12fe07fc300b3bc9436d4776cff424be2da64592884220b" +
			"aa2d997f46f1f2a5a3213e59ac020ae8b190ec3dc9352898229ba24f71289e07"},
}

const bytes00to13 = "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09" +
	"\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13"

// ourKey is the private key of the third item.
func ourKey() ed25519.PrivateKey {
	var seed [ed25519.SeedSize]byte
	for i := range seed {
		seed[i] = byte(i)
	}
	return ed25519.NewKeyFromSeed(seed[:])
}

func TestSignedVectors(t *testing.T) {
	for _, c := range signed {
		it := krpc.Item{
			V: []byte(c.v), Key: unhex(t, c.key), Salt: []byte(c.salt), Sig: unhex(t, c.sig),
			Seq: c.seq, HasSeq: true,
		}
		require.Equal(t, c.buffer, string(krpc.AppendSigned(nil, it.Salt, it.Seq, it.V)), c.name)
		require.Equal(t, c.target, krpc.MutableTarget(it.Key, it.Salt).String(), c.name)
		require.Equal(t, c.target, it.Target().String(), c.name)
		require.True(t, it.Verify(), c.name)
	}
	ours := signed[2]
	require.Equal(t, ours.key, hex.EncodeToString(ourKey().Public().(ed25519.PublicKey)))
	sig := ed25519.Sign(ourKey(), []byte(ours.buffer))
	require.Equal(t, ours.sig, hex.EncodeToString(sig))

	hello := krpc.Item{V: []byte("12:Hello World!")}
	require.Equal(t, "e5f96f6f38320f0f33959cb4d3d656452117aadb", hello.Target().String())
	require.Equal(t, hello.Target(), krpc.ImmutableTarget(hello.V))
	require.False(t, hello.Verify(), "an immutable item has no signature")
}

// TestItemTravels puts the items through messages: what was signed arrives, and nothing else is
// taken for it.
func TestItemTravels(t *testing.T) {
	for _, c := range signed {
		it := krpc.Item{
			V: []byte(c.v), Key: unhex(t, c.key), Salt: []byte(c.salt), Sig: unhex(t, c.sig),
			Seq: c.seq, HasSeq: true,
		}
		var m krpc.Message
		require.Equal(t, krpc.OK, krpc.Decode(ours.Put(nil, aa, idA, aa, &it), &m))
		require.True(t, m.Item.Verify())
		require.Equal(t, c.target, m.Item.Target().String())
		p := ours.Reply(nil, &krpc.Reply{T: aa, ID: idA, Item: &it})
		require.Equal(t, krpc.OK, krpc.Decode(p, &m))
		require.Equal(t, c.salt == "", m.Item.Verify(), "a response has no salt")
		m.Item.Salt = it.Salt
		require.True(t, m.Item.Verify())
	}
}

// TestForgedItems changes every byte and every number of a signed item.
func TestForgedItems(t *testing.T) {
	c := signed[1]
	good := krpc.Item{
		V: []byte(c.v), Key: unhex(t, c.key), Salt: []byte(c.salt), Sig: unhex(t, c.sig),
		Seq: c.seq, HasSeq: true,
	}
	for _, part := range []*[]byte{&good.V, &good.Key, &good.Salt, &good.Sig} {
		whole := *part
		for i := range whole {
			whole[i] ^= 4
			require.False(t, good.Verify())
			whole[i] ^= 4
		}
		for _, other := range [][]byte{nil, whole[1:], append(bytes.Clone(whole), 0)} {
			*part = other
			require.False(t, good.Verify())
		}
		*part = whole
	}
	require.True(t, good.Verify())
	good.Seq++
	require.False(t, good.Verify())
	good.Seq, good.HasSeq = c.seq, false
	require.False(t, good.Verify())
}

// TestItemLimits signs the largest item that there can be, and items beyond the limits.
func TestItemLimits(t *testing.T) {
	value := func(n int) []byte { return []byte("996:" + strings.Repeat("x", n-4)) }
	for _, c := range []struct {
		v, salt int
		want    bool
	}{
		{krpc.ValueMax, krpc.SaltMax, true},
		{krpc.ValueMax + 1, krpc.SaltMax, false},
		{krpc.ValueMax, krpc.SaltMax + 1, false},
	} {
		it := krpc.Item{
			V: value(c.v), Salt: make([]byte, c.salt), Seq: math.MinInt64, HasSeq: true,
			Key: ourKey().Public().(ed25519.PublicKey),
		}
		signed := krpc.AppendSigned(nil, it.Salt, it.Seq, it.V)
		if c.want {
			require.Len(t, signed, krpc.SignedMax)
		}
		it.Sig = ed25519.Sign(ourKey(), signed)
		require.Equal(t, c.want, it.Verify())
		require.Equal(t, krpc.MutableTarget(append(bytes.Clone(it.Key), it.Salt...), nil),
			it.Target())
	}
}

// TestPointers has the vectors of BEP 46.
func TestPointers(t *testing.T) {
	key := unhex(t, "8543d3e6115f0f98c944077a4493dcd543e49c739fd998550a1f614ab36ed63e")
	require.Equal(t, "cc3f9d90b572172053626f9980ce261a850d050b",
		krpc.MutableTarget(key, nil).String())
	require.Equal(t, "59ee7c2cb9b4f7eb1986ee2d18fd2fdb8a56554f",
		krpc.MutableTarget(key, []byte{0x6e}).String())

	want := krpc.IDFromBytes([]byte(bytes00to13))
	require.Equal(t, signed[2].v, string(krpc.AppendPointer(nil, want)))
	for v, ok := range map[string]bool{
		signed[2].v: true,
		"d1:ai1e2:ih20:" + bytes00to13 + "4:nameli1eee": true,
		"d2:ih20:" + bytes00to13:                        false,
		"d2:ih20:" + bytes00to13 + "ee":                 false,
		"d2:ih19:" + bytes00to13[1:] + "e":              false,
		"d2:ihl18:" + bytes00to13[:18] + "ee":           false,
		"d1:ad2:ih20:" + bytes00to13 + "ee":             false,
		"l2:ih20:" + bytes00to13 + "e":                  false,
		"de":                                            false,
		"20:" + bytes00to13:                             false,
		"":                                              false,
	} {
		got, is := krpc.ParsePointer([]byte(v))
		require.Equal(t, ok, is, "%q", v)
		if ok {
			require.Equal(t, want, got)
		}
	}
}
