package scenarios

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestDurations(t *testing.T) {
	good := map[string]struct {
		value time.Duration
		text  string
	}{
		"0":         {0, "0s"},
		"0s":        {0, "0s"},
		"15m":       {15 * time.Minute, "15m"},
		"900s":      {15 * time.Minute, "15m"},
		"1h30m":     {90 * time.Minute, "1h30m"},
		"1.5h":      {90 * time.Minute, "1h30m"},
		"1h0m1s":    {3601 * time.Second, "1h0m1s"},
		"10h":       {10 * time.Hour, "10h"},
		"250ms":     {250 * time.Millisecond, "250ms"},
		"67.5ms":    {67500 * time.Microsecond, "67.5ms"},
		"0.000001h": {3600 * time.Microsecond, "3.6ms"},
		"12us":      {12 * time.Microsecond, "12us"},
		"12µs":      {12 * time.Microsecond, "12us"},
		"1ns":       {1, "1ns"},
	}
	for text, want := range good {
		d, err := parseDuration(text)
		require.NoError(t, err, text)
		require.Equal(t, Duration(want.value), d, text)
		require.Equal(t, want.text, d.String(), text)
	}
	bad := []string{"", "15", "1.5", "m", "-1s", "+1s", "1e3s", "1 s", "1.s", ".5s", "1..5s",
		"1s5", "1d", "1S", "NaN", "Inf", "0.3ns", "99999999999999999999s", "9999999h", "1s1",
		"0x1s", "1_0s", "1h-5m",
		"0.00000000000000000000001s", "١s", strings.Repeat("2562047h", 2)}
	for _, text := range bad {
		_, err := parseDuration(text)
		require.Error(t, err, text)
		require.Contains(t, err.Error(), unitsHelp, text)
	}
}

func TestDurationsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := rapid.Int64Range(0, math.MaxInt64).Draw(t, "d")
		for range rapid.IntRange(0, 6).Draw(t, "zeros") {
			d = d / 1000 * 1000
		}
		again, err := parseDuration(Duration(d).String())
		require.NoError(t, err)
		require.Equal(t, Duration(d), again)
		byGo, err := time.ParseDuration(Duration(d).String())
		require.NoError(t, err)
		require.Equal(t, time.Duration(d), byGo)
	})
}

func TestRates(t *testing.T) {
	r, err := parseRate("20/s")
	require.NoError(t, err)
	require.Equal(t, uint64(1200), r.Expected(time.Minute))
	r, err = parseRate("500/h")
	require.NoError(t, err)
	require.Equal(t, "500/h", r.String())
	require.Equal(t, uint64(125), r.Expected(15*time.Minute))
	r, err = parseRate("1_000_000/s")
	require.NoError(t, err)
	require.Equal(t, uint64(8760)*3600*1_000_000, r.Expected(8760*time.Hour))
	require.Zero(t, Rate{}.Expected(time.Hour))
	for _, text := range []string{"", "5", "5/d", "/s", "0/s", "-1/s", "0.5/s", "1000001/s",
		"5/s/s", "5 / s", "NaN/s", "99999999999999999999/s"} {
		_, err := parseRate(text)
		require.Error(t, err, text)
		require.Contains(t, err.Error(), rateHelp, text)
	}
}

func TestCounts(t *testing.T) {
	for text, want := range map[string]uint64{"0": 0, "10_000": 10000, "007": 7,
		"18446744073709551615": math.MaxUint64} {
		got, err := parseCount(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got)
	}
	for _, text := range []string{"", "-1", "+1", "1.0", "1e6", "0x10", "_1", "1_", "1__0",
		"18446744073709551616", ".nan", ".inf", "ten"} {
		_, err := parseCount(text)
		require.Error(t, err, text)
	}
}
