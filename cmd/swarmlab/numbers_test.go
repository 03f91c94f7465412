package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestNumbersForPeople(t *testing.T) {
	require.Equal(t, []string{"0", "999", "1,000", "1,234,567"},
		[]string{count(0), count(999), count(1000), count(1234567)})
	require.Equal(t, []string{"1 run", "0 runs", "1,000 runs"},
		[]string{quantity(1, "run"), quantity(0, "run"), quantity(1000, "run")})
	require.Equal(t, []string{"7", "810,000", "1 million", "56 million", "2.7 trillion"},
		[]string{roughly(7), roughly(813_000), roughly(1e6), roughly(56e6), roughly(2.71e12)})
	require.Equal(t, []string{"512 KiB", "21 MiB", "22.5 GiB"},
		[]string{bytesText(512 << 10), bytesText(21 << 20), bytesText(45 << 29)})
	require.Equal(t, []string{"0.04 s", "1.3 s", "39 s", "3 min", "2.5 h", "5 days"},
		[]string{timeText(40 * time.Millisecond), timeText(1300 * time.Millisecond),
			timeText(39 * time.Second), timeText(3 * time.Minute), timeText(150 * time.Minute),
			timeText(120 * time.Hour)})
	require.Equal(t, []string{"0:00", "0:32", "12:05", "3:20:00"},
		[]string{clock(0), clock(32 * time.Second), clock(725 * time.Second),
			clock(200 * time.Minute)})
	require.Equal(t, []string{"0", "0.075", "2.91", "1085", "-1.5"},
		[]string{significant(0, 3), significant(0.075, 3), significant(2.913, 3),
			significant(1085.3, 3), significant(-1.5, 3)})
}
