package swarm

import (
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

func newSuper(pieces uint32, peers int) (*superseed, *picker, *protocol.Rand) {
	r := protocol.NewRand(5, 5, 5)
	u, p := &superseed{}, &picker{}
	g := Geometry{Total: uint64(pieces) * BlockSize, PieceLength: BlockSize}
	all := newBits(pieces)
	all.setAll(pieces)
	p.reset(DefaultPicker(), g, all, &r)
	u.reset(pieces)
	for s := range slot(peers) {
		p.join(s)
		u.join(s)
	}
	return u, p, &r
}

func TestSuperSeedShowsTheNextWhenOneIsPassedOn(t *testing.T) {
	u, p, r := newSuper(10, 3)
	shown := map[uint32]slot{}
	for s := range slot(3) {
		piece, ok := u.assign(s, p, r)
		require.True(t, ok)
		require.NotContains(t, shown, piece, "to each another")
		require.True(t, u.shown(s, piece))
		shown[piece] = s
	}
	piece := u.current[0] - 1
	require.False(t, u.shown(1, piece))
	require.False(t, u.waits(0, p))
	p.gain(0, piece)
	require.Empty(t, u.saw(0, piece, p, nil), "it has it, and is to pass it on")
	require.True(t, u.waits(0, p))
	p.gain(2, piece)
	require.Equal(t, []slot{0}, u.saw(2, piece, p, nil))
	next, ok := u.assign(0, p, r)
	require.True(t, ok)
	require.NotContains(t, shown, next)
	require.True(t, u.shown(0, piece), "what it was shown it may still ask for")
}

func TestSuperSeedDoesNotWaitForNobody(t *testing.T) {
	u, p, r := newSuper(5, 2)
	p.gainAll(1)
	for n := range 5 {
		piece, ok := u.assign(0, p, r)
		require.True(t, ok, n)
		p.gain(0, piece)
		require.Equal(t, []slot{0}, u.saw(0, piece, p, nil), "there is nobody to pass it on to")
	}
	_, ok := u.assign(0, p, r)
	require.False(t, ok)
}

// TestSuperSeedUploadsHardlyMoreThanOnce plays a swarm in rounds: a peer loads what it was shown,
// and then something that another has. Who shows everything uploads the content nearly twice.
func TestSuperSeedUploadsHardlyMoreThanOnce(t *testing.T) {
	const pieces, peers = 200, 20
	u, p, r := newSuper(pieces, peers)
	uploaded, copied := 0, newBits(pieces)
	var again []slot
	for s := range slot(peers) {
		again = append(again, s)
	}
	for round := 0; copied.count() < pieces; round++ {
		require.Less(t, round, 1000)
		due := again
		again = nil
		for _, s := range due {
			piece, ok := u.assign(s, p, r)
			if !ok {
				continue
			}
			uploaded++
			copied.set(piece)
			p.gain(s, piece)
			again = u.saw(s, piece, p, again)
		}
		for range peers { // the swarm spreads what it has
			s, piece := slot(r.Intn(peers)), uint32(r.Intn(pieces))
			if copied.has(piece) && p.gain(s, piece) {
				again = u.saw(s, piece, p, again)
			}
		}
	}
	require.LessOrEqual(t, uploaded, pieces*112/100, "TARGETS D5: 100 to 112 %")
}

func TestSuperSeedSharesWhenPeersAreMoreThanPieces(t *testing.T) {
	u, p, r := newSuper(3, 9)
	for s := range slot(9) {
		_, ok := u.assign(s, p, r)
		require.True(t, ok)
	}
	require.Equal(t, []uint16{3, 3, 3}, u.busy)
	for s := range slot(9) {
		u.leave(s)
	}
	require.Equal(t, []uint16{0, 0, 0}, u.busy)
}
