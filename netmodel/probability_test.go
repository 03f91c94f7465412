package netmodel

import (
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestParseProbability(t *testing.T) {
	const half = 5_000_000_000_000_000 // a percent
	for text, want := range map[string]Probability{
		"0": 0, "0%": 0, "1": Certain, "100%": Certain, "1.0": Certain, "1.": Certain,
		"0.5%": half, "0.005": half, ".005": half,
		"0.5 %": half, "000.0050": half,
		"33.3333333333333333%": 333_333_333_333_333_333,
		"0.000000000000000001": 1, "0.0000000000000001%": 1,
		"0.0000000000000000010000": 1, "78%": 780_000_000_000_000_000,
	} {
		got, err := ParseProbability(text)
		require.NoError(t, err)
		require.Equal(t, want, got, text)
	}
}

func TestParseProbabilityRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                      "is not a number: write digits, such as 12 or 0.5",
		"%":                     "is not a number: write digits, such as 12 or 0.5",
		".":                     "is not a number: write digits, such as 12 or 0.5",
		"-1%":                   "is not a plain decimal number: write 0.001, not 1e-3 or 1/1000",
		"1e-3":                  "is not a plain decimal number: write 0.001, not 1e-3 or 1/1000",
		"0.5x":                  "is not a plain decimal number: write 0.001, not 1e-3 or 1/1000",
		"1.1":                   "is above 1: write a fraction such as 0.05, or 5%",
		"101%":                  "is above 1: write a fraction such as 0.05, or 5%",
		"5":                     "is above 1: write a fraction such as 0.05, or 5%",
		"1.0000000000000000001": "is above 1: write a fraction such as 0.05, or 5%",
		"0.0000000000000000001": "is finer than 10^-18: round it",
		"18446744073709551617%": "is too large a number",
		"99999999999999999999":  "is too large a number",
		"18.446744073709551616": "is too large a number",
	} {
		_, err := ParseProbability(text)
		require.EqualError(t, err, `probability "`+text+`" `+want)
	}
}

func TestProbabilityTextRoundTrip(t *testing.T) {
	require.Equal(t, "0.5%", Probability(5_000_000_000_000_000).String())
	require.Equal(t, "100%", Certain.String())
	require.Equal(t, "0%", Probability(0).String())
	rapid.Check(t, func(t *rapid.T) {
		p := Probability(rapid.Uint64Range(0, uint64(Certain)).Draw(t, "p"))
		got, err := ParseProbability(p.String())
		require.NoError(t, err)
		require.Equal(t, p, got)
	})
}

func TestThresholdAgainstBigIntegers(t *testing.T) {
	require.Equal(t, uint64(1)<<63, Certain.threshold())
	require.Equal(t, uint64(0), Probability(0).threshold())
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.Uint64Range(0, uint64(Certain)).Draw(t, "p")
		want := new(big.Int).SetUint64(p)
		want.Lsh(want, 63).Quo(want, new(big.Int).SetUint64(uint64(Certain)))
		require.Equal(t, want.Uint64(), Probability(p).threshold())
	})
}

func TestMilliText(t *testing.T) {
	for text, want := range map[string]Milli{"0.8": 800, "3": 3000, "0.001": 1, "1.2500": 1250,
		"2147483.647": 1<<31 - 1} {
		got, err := ParseMilli(text)
		require.NoError(t, err)
		require.Equal(t, want, got)
		again, err := ParseMilli(got.String())
		require.NoError(t, err)
		require.Equal(t, got, again)
	}
	require.Equal(t, "0.8", Milli(800).String())
	require.Equal(t, "-2147483.648", Milli(-1<<31).String())
	for text, want := range map[string]string{
		"0.8001":      `"0.8001" has more than three decimals: round it`,
		"2147483.648": `"2147483.648" is too large: the greatest number here is 2147483.647`,
		"x":           `"x" is not a plain decimal number: write 0.001, not 1e-3 or 1/1000`,
	} {
		_, err := ParseMilli(text)
		require.EqualError(t, err, want)
	}
}
