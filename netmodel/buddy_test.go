package netmodel

import (
	"math/bits"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

// Tables never overlap, are empty when they are taken, and become one again when all are back.
func TestBuddies(t *testing.T) {
	var b buddies
	var held []table
	owner := map[uint32]int{} // of each set in use
	r := protocol.NewRand(1, 2, 4)
	for step := range 20_000 {
		if len(held) > 0 && r.Intn(200+step%400) < len(held) {
			i := r.Intn(len(held))
			for s := range held[i].sets {
				if owner[held[i].first+s] != int(held[i].first) {
					t.Fatalf("set %d has another owner", held[i].first+s)
				}
				delete(owner, held[i].first+s)
			}
			b.put(held[i])
			held[i] = held[len(held)-1]
			held = held[:len(held)-1]
			continue
		}
		fresh := b.take(1 << r.Intn(sizeCount))
		require.Zero(t, fresh.first%fresh.sets)
		for s := range fresh.sets {
			if _, taken := owner[fresh.first+s]; taken || *b.at(fresh.first + s) != (set{}) {
				t.Fatalf("set %d is in use, or has been", fresh.first+s)
			}
			owner[fresh.first+s] = int(fresh.first)
			b.at(fresh.first + s)[2] = entry{1, 2, 3, 4}
		}
		held = append(held, fresh)
	}
	require.Greater(t, len(held), 100)
	slabs := len(b.slabs)
	for _, h := range held {
		b.put(h)
	}
	sizes := map[uint8]int{}
	for _, size := range b.state {
		sizes[size]++
	}
	whole := slabs * slabSets / setsMax
	require.Equal(t, map[uint8]int{0: len(b.state) - whole, sizeCount: whole}, sizes, "all joined")
	require.Equal(t, sizeCount, bits.Len(setsMax))
	for range whole {
		b.take(setsMax)
	}
	require.Len(t, b.slabs, slabs, "nothing was lost")
	require.Zero(t, b.free)
}
