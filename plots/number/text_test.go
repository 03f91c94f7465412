package number

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSpansAreShort(t *testing.T) {
	require.Equal(t, "228\u00A0to\u00A0326\u00A0ms", Spans(228e6, 326e6))
	require.Equal(t, "228\u00A0ms\u00A0to\u00A03\u00A0s", Spans(228e6, 3e9))
	require.Equal(t, "3\u00A0s", Spans(3e9, 3e9))
}

func TestNumbersAsText(t *testing.T) {
	for n, want := range map[int]string{
		0: "0", 999: "999", 1000: "1\u00A0000", 10000: "10\u00A0000",
		1234567: "1\u00A0234\u00A0567",
	} {
		require.Equal(t, want, Count(n))
	}
	for x, want := range map[float64]string{
		0: "0", 2.899: "2.9", 2.767: "2.77", 0.6412: "0.641", 412.4: "412", 1234: "1234", 20: "20",
		-0.012345: "-0.0123",
	} {
		require.Equal(t, want, Significant(x))
	}
	for ns, want := range map[float64]string{
		412.4e6: "412\u00A0ms", 1.923e9: "1.92\u00A0s", 999.9e6: "1\u00A0s", 3e9: "3\u00A0s",
		2500: "2.5\u00A0µs", 7: "7\u00A0ns", 120e9: "120\u00A0s", 0: "0\u00A0ns",
	} {
		require.Equal(t, want, Span(ns))
	}
	for share, want := range map[float64]string{
		0: "0\u00A0%", 0.2: "20\u00A0%", 0.8795: "87.95\u00A0%", 0.99999: "99.99\u00A0%",
		1: "100\u00A0%", 0.29: "29\u00A0%",
	} {
		require.Equal(t, want, Percent(share))
	}
	require.Equal(t, "1–5, 9, 11–12", SeedList([]uint64{9, 1, 2, 3, 4, 5, 12, 11, 1}))
	require.Equal(t, "18446744073709551615", SeedList([]uint64{math.MaxUint64}))
	require.Equal(t, "1\u00A0GB", BytesText(1e9))
}
