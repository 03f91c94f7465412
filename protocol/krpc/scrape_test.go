package krpc_test

import (
	"crypto/sha1"
	"encoding/hex"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// bep33 is the filter of BEP 33 with 192.0.2.0 to 192.0.2.255 and 2001:db8:: to 2001:db8::3e7.
const bep33 = "f6c3f5eaa07ffd91bde89f777f26fb2bff37bdb8fb2bbaa2fd3ddde7bacfff75ee7ccbaefe5eedb1" +
	"fbfaff67f6abff5e43ddbca3fd9b9ffdf4ffd3e9dff12d1bdf59db53dbe9fa5b7ff3b8fdfcde1afb8bedd7be" +
	"2f3ee71ebbbfe93bcdeefe148246c2bc5dbff7e7efdcf24fd8dc7adffd8fffdfddfff7a4bbeedf5cb95ce81f" +
	"c7fcff1ff4ffffdfe5f7fdcbb7fd79b3fa1fc77bfe07fff905b7b7ffc7fefeffe0b8370bb0cd3f5b7f2bd93f" +
	"eb4386cfdd6f7fd5bfaf2e9ebffffeecd67adbf7c67f17efd5d75eba6ffeba7fff47a91eb1bfbb53e8abfb57" +
	"62abe8ff237279bfefbfeef5ffc5febfdfe5adffadfee1fb737ffffbfd9f6aeffeee76b6fd8f72ef"

// hosts returns the addresses of the BEP's filter.
func hosts() (all []protocol.Addr) {
	for i := range 256 {
		all = append(all, protocol.Addr4(0xc0000200+uint32(i), uint16(i)))
	}
	for i := range 1000 {
		ip := [16]byte{0x20, 1, 0xd, 0xb8, 14: byte(i >> 8), 15: byte(i)}
		all = append(all, protocol.Addr6(ip[:], uint16(i)))
	}
	return all
}

func TestFilterVector(t *testing.T) {
	var whole krpc.Filter
	var halves [2]krpc.Filter
	for i, a := range hosts() {
		whole.Insert(a)
		halves[i%2].Insert(a)
	}
	require.Equal(t, bep33, hex.EncodeToString(whole[:]))
	sum := sha1.Sum(whole[:])
	require.Equal(t, "e4dabf3c822dcd0030ee21df8369bfef2594b52b", hex.EncodeToString(sum[:]))
	require.Equal(t, 619, whole.Zeros())
	require.Equal(t, int64(1_224_931), whole.Estimate())
	require.NotEqual(t, whole, halves[0])
	halves[0].Union(&halves[1])
	require.Equal(t, whole, halves[0])
}

func TestFilterOfOneHost(t *testing.T) {
	var f, want krpc.Filter
	require.Equal(t, krpc.FilterBits, f.Zeros())
	require.Equal(t, int64(500), f.Estimate(), "so says the formula")
	f.Insert(protocol.Addr4(0xc0a80101, 6881))
	f.Insert(protocol.Addr4(0xc0a80101, 1)) // the port does not matter
	want[213], want[228] = 0x80, 0x80       // bits 1711 and 1831
	require.Equal(t, want, f)
	require.Equal(t, krpc.FilterBits-2, f.Zeros())
}

// TestEstimate compares with the formula in floating point, for every number of zeros.
func TestEstimate(t *testing.T) {
	var f krpc.Filter
	for ones := range krpc.FilterBits + 1 {
		if ones > 0 {
			f[(ones-1)/8] |= 1 << ((ones - 1) % 8)
		}
		require.Equal(t, krpc.FilterBits-ones, f.Zeros())
		c := float64(max(1, min(f.Zeros(), 2047)))
		n := math.Log(c/2048) / (2 * math.Log1p(-1.0/2048))
		require.Equal(t, int64(math.Round(1000*n)), f.Estimate(), "%d ones", ones)
	}
	require.Equal(t, int64(7_805_704), f.Estimate())
}

// TestEstimateOfMany inserts random hosts: the estimate is right within a tenth up to the
// 6000 that BEP 33 recommends as limit.
func TestEstimateOfMany(t *testing.T) {
	r := protocol.NewRand(33, 0, 0)
	var f krpc.Filter
	for n := int64(1); n <= 6000; n++ {
		f.Insert(protocol.Addr4(uint32(r.Uint64()), 1))
		if n%1000 == 0 {
			require.InEpsilon(t, 1000*n, f.Estimate(), 0.1, "%d hosts", n)
		}
	}
}

// TestFilterHas looks for hosts that are in a filter and for others, of which a few seem to be: two
// bits of 2048 are set for each of 100 hosts, so one in some 110.
func TestFilterHas(t *testing.T) {
	var f krpc.Filter
	in, out := hosts()[:100], hosts()[100:]
	for _, a := range in {
		require.False(t, (&krpc.Filter{}).Has(a))
		f.Insert(a)
	}
	for _, a := range in {
		require.True(t, f.Has(a.WithPort(7)), "%v", a)
	}
	wrong := 0
	for _, a := range out {
		if f.Has(a) {
			wrong++
		}
	}
	require.Less(t, wrong, len(out)/50)
}
