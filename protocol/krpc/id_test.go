package krpc_test

import (
	"bytes"
	"crypto/sha1"
	"fmt"
	"math/big"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

func hashID(text string) krpc.ID {
	sum := sha1.Sum([]byte(text))
	return krpc.IDFromBytes(sum[:])
}

// TestOrderingVector sorts known IDs by their distance to a known target.
func TestOrderingVector(t *testing.T) {
	target := hashID("target")
	require.Equal(t, "0e8a3ad980ec179856012b7eecf4327e99cd44cd", target.String())
	var order []int
	for i := range 32 {
		order = append(order, i)
	}
	distance := func(i int) krpc.ID { return hashID(fmt.Sprintf("node-%d", i)).Xor(target) }
	slices.SortFunc(order, func(a, b int) int { return distance(a).Cmp(distance(b)) })
	require.Equal(t, []int{8, 25, 16, 4, 21, 10, 6, 29}, order[:8])
	for i, want := range []string{
		"04ab7bd3412bf15b5bce37991a9975eb1f3731c4", "0a8caed8bc5698ed3ee24ffa054aaa2ef1110052",
		"10f62332e1115d18d473d4be9c64d0182b3a054e",
	} {
		require.Equal(t, want, distance(order[i]).String())
		shared := hashID(fmt.Sprintf("node-%d", order[i])).SharedBits(target)
		require.Equal(t, 5-i, shared)
	}
}

// TestBucketVector counts the buckets as a known node sees them.
func TestBucketVector(t *testing.T) {
	self := hashID("node-0")
	require.Equal(t, "fa5e1a4df381d0b650f5f55e8d7155719602e5a2", self.String())
	buckets := map[int]int{}
	for i := 1; i < 32; i++ {
		buckets[self.SharedBits(hashID(fmt.Sprintf("node-%d", i)))]++
	}
	require.Equal(t, map[int]int{0: 14, 1: 9, 2: 3, 3: 2, 4: 2, 7: 1}, buckets)
}

// TestIDAgainstBigNumbers compares all operations with bytes and big numbers, for IDs that share
// every possible number of bits.
func TestIDAgainstBigNumbers(t *testing.T) {
	r := protocol.NewRand(1, 0, 0)
	number := func(a krpc.ID) *big.Int { return new(big.Int).SetBytes(a.Append(nil)) }
	for i := range krpc.IDBits {
		for range 20 {
			a := krpc.RandomID(&r)
			b := a.RandomInBucket(i, &r)
			require.Equal(t, i, a.SharedBits(b))
			require.Equal(t, uint(1), a.Bit(i)^b.Bit(i))
			x, y := number(a), number(b)
			require.Equal(t, new(big.Int).Xor(x, y), number(a.Xor(b)))
			require.Equal(t, krpc.IDBits-i, new(big.Int).Xor(x, y).BitLen())
			require.Equal(t, x.Cmp(y), a.Cmp(b))
			require.Equal(t, x.Cmp(y) < 0, a.Less(b))
			require.Equal(t, y.Cmp(x) < 0, b.Less(a))
			require.Equal(t, x.Bit(krpc.IDBits-1-i), a.Bit(i))
			require.Equal(t, a, krpc.IDFromBytes(append(a.Append(nil), 0xff)))
			back, err := krpc.ParseID(a.String())
			require.NoError(t, err)
			require.Equal(t, a, back)
			require.Equal(t, fmt.Sprintf("%x", a.Append(nil)), a.String())
		}
	}
	a := krpc.RandomID(&r)
	require.Equal(t, krpc.IDBits, a.SharedBits(a))
	require.Zero(t, a.Cmp(a))
	require.False(t, a.Less(a))
}

// TestRandomInBucketIsRandom sees both values of every bit below the bucket's, and none above.
func TestRandomInBucketIsRandom(t *testing.T) {
	r := protocol.NewRand(2, 0, 0)
	own := hashID("own")
	for _, i := range []int{0, 1, 62, 63, 64, 65, 126, 127, 128, 129, 158, 159} {
		var ones, zeros krpc.ID
		for range 200 {
			x := own.RandomInBucket(i, &r)
			ones = krpc.ID{Hi: ones.Hi | x.Hi, Mid: ones.Mid | x.Mid, Lo: ones.Lo | x.Lo}
			zeros = krpc.ID{Hi: zeros.Hi | ^x.Hi, Mid: zeros.Mid | ^x.Mid, Lo: zeros.Lo | ^x.Lo}
		}
		for n := range krpc.IDBits {
			varies := ones.Bit(n) == 1 && zeros.Bit(n) == 1
			require.Equal(t, n > i, varies, "bit %d of bucket %d", n, i)
		}
	}
	require.Panics(t, func() { own.RandomInBucket(-1, &r) })
	require.Panics(t, func() { own.RandomInBucket(160, &r) })
}

func TestParseID(t *testing.T) {
	for _, bad := range []string{"", "0", string(bytes.Repeat([]byte("0"), 39)),
		string(bytes.Repeat([]byte("0"), 41)), string(bytes.Repeat([]byte("0"), 42)),
		string(bytes.Repeat([]byte("g"), 40))} {
		_, err := krpc.ParseID(bad)
		require.ErrorContains(t, err, "40 hexadecimal digits", "%q", bad)
	}
	id, err := krpc.ParseID("ABCDEF0123456789abcdef0123456789abcdef01")
	require.NoError(t, err)
	require.Equal(t, "abcdef0123456789abcdef0123456789abcdef01", id.String())
	require.Panics(t, func() { krpc.IDFromBytes(make([]byte, 19)) })
}
