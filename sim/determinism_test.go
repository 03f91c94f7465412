package sim

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

// gossip is a group whose cores send a rumour to a peer every 100 ms. How the peer is chosen is
// where mistakes are planted, in one core that starts late.
type gossip struct {
	size uint32
	pick func(g *gossip, t *protocol.Turn) uint32
	odd  func(g *gossip, t *protocol.Turn) uint32
	seen map[uint32]bool // peers of the odd core
}

const (
	oddCore  = 200
	oddStart = 3300 * time.Millisecond
)

func (g *gossip) Len() int                         { return int(g.size) }
func (g *gossip) Start(i uint32, t *protocol.Turn) { g.Wake(i, t) }
func (g *gossip) Stop(uint32, *protocol.Turn)      {}
func (g *gossip) Drop(uint32)                      {}

func (g *gossip) Datagram(i uint32, t *protocol.Turn, from protocol.Addr, _ []byte) {
	if i == oddCore {
		node, _ := NodeOf(from)
		g.seen[node] = true
	}
}

func (g *gossip) Wake(i uint32, t *protocol.Turn) {
	peer := g.pick(g, t)
	if i == oddCore {
		peer = g.odd(g, t)
	}
	t.Out.SendTo(AddrOf(peer), []byte("rumour"))
	t.Out.WakeAt(t.Now.Add(100 * time.Millisecond))
}

func fair(g *gossip, t *protocol.Turn) uint32 { return uint32(t.Rand.Intn(int(g.size))) }

func mapOrder(g *gossip, t *protocol.Turn) uint32 {
	for peer := range g.seen {
		return peer
	}
	return 0
}

func wallClock(g *gossip, _ *protocol.Turn) uint32 {
	return uint32(time.Now().UnixNano()/100) % g.size
}

func globalRand(g *gossip, _ *protocol.Turn) uint32 { return rand.Uint32N(g.size) }

func gossiped(odd func(*gossip, *protocol.Turn) uint32) (list []Checkpoint) {
	g := &gossip{size: 1000, pick: fair, odd: odd, seen: make(map[uint32]bool)}
	for peer := range uint32(5) {
		g.seen[peer] = true
	}
	w := New(Config{
		Seed: 5, Groups: []protocol.Datagrams{g}, Network: varied{},
		Checkpoint: func(c Checkpoint) { list = append(list, c) },
	})
	for i := range g.size {
		if i != oddCore {
			w.StartAt(i, protocol.Time(i)*1000)
		}
	}
	w.StartAt(oddCore, at(oddStart))
	w.Run(at(5 * time.Second))
	return list
}

// TestPlantedMistakesAreFound runs a scenario twice for each mistake that makes a core depend on
// more than its turn, and expects the checkpoints to tell.
func TestPlantedMistakesAreFound(t *testing.T) {
	mistakes := map[string]func(*gossip, *protocol.Turn) uint32{
		"map order": mapOrder, "wall clock": wallClock, "global random numbers": globalRand,
	}
	for name, odd := range mistakes {
		t.Run(name, func(t *testing.T) {
			const runsMax = 20 // luck may give two runs the same
			first := gossiped(odd)
			for range runsMax {
				second, candidates, differs := FirstDifference(first, gossiped(odd), 1000)
				if differs {
					require.GreaterOrEqual(t, second, int(oddStart/time.Second))
					require.LessOrEqual(t, second, 4)
					require.NotEmpty(t, candidates)
					return
				}
			}
			t.Fatalf("%d runs were all the same", runsMax)
		})
	}
}

func TestAFairChoiceIsTheSameInEveryRun(t *testing.T) {
	first := gossiped(fair)
	require.Len(t, first, 5)
	for range 3 {
		_, _, differs := FirstDifference(first, gossiped(fair), 1000)
		require.False(t, differs)
	}
}

// TestOneMoreDrawChangesNobodyElse: the odd core draws more often and then does the same.
func TestOneMoreDrawChangesNobodyElse(t *testing.T) {
	fixed := func(*gossip, *protocol.Turn) uint32 { return 7 }
	wasteful := func(_ *gossip, t *protocol.Turn) uint32 {
		t.Rand.Uint64()
		return 7
	}
	_, _, differs := FirstDifference(gossiped(fixed), gossiped(wasteful), 1000)
	require.False(t, differs)
}
