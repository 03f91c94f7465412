package sim

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

// TestFingerprintIsKnown pins a whole run. The same value must come out on every machine. If it
// moves, results move with it: a change of semantics, which needs a reason.
func TestFingerprintIsKnown(t *testing.T) {
	w := stormy(42, 100)
	w.Run(at(20 * time.Second))
	require.Greater(t, w.Ledger().Delivered.Datagrams, uint64(3000))
	require.Equal(t, "4e4ff7fc50781902-8383ea4464583f9e-dafa46853ee4bfd3", w.Fingerprint().String())
}

func TestRunningInStepsChangesNothing(t *testing.T) {
	whole, steps := stormy(3, 50), stormy(3, 50)
	whole.Run(at(10 * time.Second))
	r := protocol.NewRand(9, 9, 9)
	for until := protocol.Time(0); steps.Now() < at(10*time.Second); {
		until += protocol.Time(r.Uint64n(uint64(80 * time.Millisecond)))
		steps.Run(min(until, at(10*time.Second)))
	}
	require.Equal(t, whole.Fingerprint(), steps.Fingerprint())
	require.Equal(t, whole.Tally(), steps.Tally())
}

func TestASeedIsAnotherRun(t *testing.T) {
	a, b := stormy(3, 20), stormy(3, 20)
	b.seed = 4
	a.Run(at(time.Second))
	b.Run(at(time.Second))
	require.NotEqual(t, a.Fingerprint().Wire, b.Fingerprint().Wire)
}

func TestHashBytesSeesEveryBit(t *testing.T) {
	p := make([]byte, 100)
	for length := range len(p) {
		seen := map[uint64]bool{hashBytes(5, p[:length]): true}
		for bit := range length * 8 {
			p[bit/8] ^= 1 << (bit % 8)
			seen[hashBytes(5, p[:length])] = true
			p[bit/8] ^= 1 << (bit % 8)
		}
		require.Len(t, seen, length*8+1)
	}
}

func TestHashSeesTheOrderOfWords(t *testing.T) {
	require.NotEqual(t, chain(chain(0, 1), 2), chain(chain(0, 2), 1))
	require.NotEqual(t, chain(0, 0), chain(chain(0, 0), 0))
	p := make([]byte, 64) // lanes must not be interchangeable
	p[0] = 1
	q := make([]byte, 64)
	q[8] = 1
	require.NotEqual(t, hashBytes(0, p), hashBytes(0, q))
}

func TestLayersAreIndependent(t *testing.T) {
	a, b := stormy(3, 20), stormy(3, 20)
	a.Run(at(time.Second))
	b.Run(at(time.Second))
	before := a.Fingerprint()
	a.Outcome(5, 1, 2, 3)
	b.Outcome(6, 1, 2, 3)
	require.Equal(t, before.Events, a.Fingerprint().Events)
	require.Equal(t, before.Wire, a.Fingerprint().Wire)
	require.NotEqual(t, before.Outcome, a.Fingerprint().Outcome)
	require.NotEqual(t, b.Fingerprint().Outcome, a.Fingerprint().Outcome)
	require.Zero(t, testing.AllocsPerRun(10, func() { a.Outcome(5, 1, 2, 3) }))
}
