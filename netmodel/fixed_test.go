package netmodel

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

func toFloat(x fixed) float64 { return math.Ldexp(float64(x), -fixedBits) }

func TestMulAgainstBigIntegers(t *testing.T) {
	r := protocol.NewRand(1, 1, 0)
	half := new(big.Int).Lsh(big.NewInt(1), fixedBits-1)
	for range 20_000 {
		// Up to 11 x 11 in size, of either sign, also very small ones.
		x := fixed(r.Uint64()) >> (5 + r.Intn(50))
		y := fixed(r.Uint64()) >> (5 + r.Intn(50))
		want := new(big.Int).Mul(big.NewInt(int64(x)), big.NewInt(int64(y)))
		negative := want.Sign() < 0
		want.Abs(want).Add(want, half).Rsh(want, fixedBits)
		if negative {
			want.Neg(want)
		}
		require.Equal(t, want.Int64(), int64(x.mul(y)), "%d x %d", x, y)
	}
}

func TestDivAgainstBigIntegers(t *testing.T) {
	r := protocol.NewRand(1, 2, 0)
	for range 20_000 {
		x := fixed(r.Uint64() >> (1 + r.Intn(50)))
		y := fixed(r.Uint64()>>2)>>r.Intn(6) + one
		want := new(big.Int).Lsh(big.NewInt(int64(x)), fixedBits)
		want.Quo(want, big.NewInt(int64(y)))
		require.Equal(t, want.Int64(), int64(x.div(y)), "%d / %d", x, y)
	}
}

func TestExpAgainstFloat(t *testing.T) {
	worst := 0.0
	for i := -45_000; i <= 45_000; i++ {
		x := fixed(i) * (one / 1000)
		m, e := expParts(x)
		require.GreaterOrEqual(t, m, uint64(1)<<63)
		got, want := math.Ldexp(float64(m), e-63), math.Exp(toFloat(x))
		worst = max(worst, math.Abs(got/want-1))
	}
	require.Less(t, worst, 1e-13)
	require.Equal(t, one, fixed(0).exp())
}

// The last bits are beyond float64: exp(1) and exp(-1) to 2^-56.
func TestExpLastBits(t *testing.T) {
	const digits = "2.718281828459045235360287471352662497757"
	e, _, err := big.ParseFloat(digits, 10, 200, big.ToNearestEven)
	require.NoError(t, err)
	scale := new(big.Float).SetPrec(200).SetMantExp(big.NewFloat(1), fixedBits)
	want, _ := new(big.Float).Mul(e, scale).Int64()
	require.InDelta(t, 0, want-int64(one.exp()), 2)
	want, _ = new(big.Float).Quo(scale, e).Int64()
	require.InDelta(t, 0, want-int64((-one).exp()), 2)
}

func TestScaleExpRoundsAndSaturates(t *testing.T) {
	for _, c := range []struct {
		v    int64
		x    fixed
		want int64
	}{
		{0, one, 0},
		{1, 0, 1},
		{7, 0, 7},
		{maxInt64, 0, maxInt64},
		{maxInt64, one, maxInt64},
		{1, 45 * one, maxInt64},
		{1, 127 * one, maxInt64},
		{maxInt64, 127 * one, maxInt64},
		{maxInt64, -43 * one, 2}, // 1.95
		{maxInt64, -44 * one, 1}, // 0.72
		{maxInt64, -45 * one, 0}, // 0.26
		{maxInt64, -127 * one, 0},
		{1000, one, 2718},
		{10_000, one, 27_183}, // 27182.8
		{10_000, -one, 3679},  // 3678.8
		{1, one, 3},
		{1, -one, 0},
	} {
		require.Equal(t, c.want, scaleExp(c.v, c.x), "%d e^%v", c.v, toFloat(c.x))
	}
	for i := int64(0); i < 2000; i++ {
		v, x := int64(67_500_000)+i*i*i, fixed(i-1000)*(one/100)
		want := float64(v) * math.Exp(toFloat(x))
		require.InDelta(t, want, float64(scaleExp(v, x)), 0.501+want*1e-13)
	}
}

func TestLnAgainstFloat(t *testing.T) {
	r := protocol.NewRand(1, 3, 0)
	for range 50_000 {
		v := r.Uint64()>>r.Intn(64) | 1
		got, want := toFloat(ln(v, 64)), math.Log(math.Ldexp(float64(v), -64))
		// Where the result is near 0 the float's argument is rounded, not ours.
		require.InDelta(t, want, got, 1e-15+1e-13*math.Abs(want), "%d", v)
	}
	for i := range 63 {
		got := ln(1<<i, 0)
		require.InDelta(t, float64(i)*math.Ln2, toFloat(got), 1e-14)
		require.InDelta(t, 0, int64(lnPower(i)-got), 1)
	}
	require.Equal(t, fixed(0), ln(uint64(one), fixedBits))
}

func TestLnInvertsExp(t *testing.T) {
	for i := fixed(-300); i <= 480; i++ {
		x := i * (one / 100)
		y := x.exp()
		// One step of y moves ln y by 1/y steps.
		require.InDelta(t, 0, int64(x-ln(uint64(y), fixedBits)), 2+2/toFloat(y))
	}
}
