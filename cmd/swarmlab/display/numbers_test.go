package display

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestNumbersForPeople(t *testing.T) {
	require.Equal(t, []string{"0", "999", "1,000", "1,234,567"},
		[]string{Count(0), Count(999), Count(1000), Count(1234567)})
	require.Equal(t, []string{"1 run", "0 runs", "1,000 runs"},
		[]string{Quantity(1, "run"), Quantity(0, "run"), Quantity(1000, "run")})
	require.Equal(t, []string{"7", "810,000", "1 million", "56 million", "2.7 trillion"},
		[]string{Roughly(7), Roughly(813_000), Roughly(1e6), Roughly(56e6), Roughly(2.71e12)})
	require.Equal(t, []string{"512 KiB", "21 MiB", "22.5 GiB"},
		[]string{Bytes(512 << 10), Bytes(21 << 20), Bytes(45 << 29)})
	require.Equal(t, []string{"0.04 s", "1.3 s", "39 s", "3 min", "2.5 h", "5 days"},
		[]string{Duration(40 * time.Millisecond), Duration(1300 * time.Millisecond),
			Duration(39 * time.Second), Duration(3 * time.Minute),
			Duration(150 * time.Minute), Duration(120 * time.Hour)})
	require.Equal(t, []string{"0:00", "0:32", "12:05", "3:20:00"},
		[]string{Clock(0), Clock(32 * time.Second),
			Clock(725 * time.Second), Clock(200 * time.Minute)})
	require.Equal(t, []string{"0", "0.075", "2.91", "1085", "-1.5"},
		[]string{Significant(0, 3), Significant(0.075, 3),
			Significant(2.913, 3), Significant(1085.3, 3), Significant(-1.5, 3)})
}
