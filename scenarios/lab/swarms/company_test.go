package swarms

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

// TestCompany: others are counted as if each was asked.
func TestCompany(t *testing.T) {
	r := protocol.NewRand(1, 0, 0)
	type stay struct{ from, to protocol.Time }
	for range 50 {
		var stays []stay
		var c company
		for range 1 + r.Intn(20) {
			from := protocol.Time(r.Intn(20))
			s := stay{from, from + protocol.Time(r.Intn(10))}
			stays = append(stays, s)
			c.joined, c.left = append(c.joined, s.from), append(c.left, s.to)
		}
		slices.Sort(c.joined)
		slices.Sort(c.left)
		for n, a := range stays {
			want := 0
			for m, b := range stays {
				if n != m && b.from <= a.to && b.to >= a.from {
					want++
				}
			}
			require.Equal(t, want, c.others(a.from, a.to))
		}
	}
}
