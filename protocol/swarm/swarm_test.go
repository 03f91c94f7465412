package swarm

import (
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

var rewrite = flag.Bool("rewrite", false, "write the traces that the cores give now")

// dialects are the ways to speak.
func dialects() map[string]Config {
	plain, fast, both := Default(), Default(), Default()
	plain.Fast, plain.Extended = false, false
	fast.Extended = false
	return map[string]Config{"plain": plain, "fast": fast, "both": both}
}

// TestTraces compares everything that two cores say, from the handshake to the completion of a
// torrent of three pieces, with what is in testdata.
func TestTraces(t *testing.T) {
	for name, cfg := range dialects() {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, testTorrent(3))
			n := r.group(cfg, 2)
			r.trace = new(strings.Builder)
			r.start(n[0], true, false)
			r.start(n[1], false, false)
			r.found(n[1], n[0])
			r.run(time.Minute)
			require.NotEqual(t, protocol.Never, n[1].done)
			file := "testdata/" + name + ".txt"
			if *rewrite {
				require.NoError(t, os.WriteFile(file, []byte(r.trace.String()), 0o644))
			}
			want, err := os.ReadFile(file)
			require.NoError(t, err)
			require.Equal(t, string(want), r.trace.String())
		})
	}
}

// swarm runs one seed and seven leechers, all of which know each other.
func swarm(t *testing.T, cfg Config, pieces uint32, set func(r *rig)) *rig {
	r := newRig(t, testTorrent(pieces))
	r.trace = new(strings.Builder)
	n := r.group(cfg, 8)
	if set != nil {
		set(r)
	}
	for k := range n {
		r.start(n[k], k == 0, false)
	}
	for k := range n {
		r.found(n[k], n...)
	}
	r.run(5 * time.Minute)
	for _, n := range n {
		require.NotEqual(t, protocol.Never, n.done, "%s is not complete", n.name)
	}
	require.Equal(t, 7*int(pieces), r.stores[n[0].g].good)
	c := n[0].g.Counters()
	require.LessOrEqual(t, c.Dialed, uint64(7*8), "seeds dial seeds, or somebody twice")
	require.Zero(t, c.Faults, "a core takes what another one says for junk")
	for d := ByHandshakeTimeout; d < drops; d++ {
		require.Zero(t, c.Drops[d], "%v", d)
	}
	return r
}

// TestSwarm: swarms of eight complete in every dialect, and what they say does not depend on
// whether blocks travel by reference, nor on how the streams are cut.
func TestSwarm(t *testing.T) {
	for name, cfg := range dialects() {
		t.Run(name, func(t *testing.T) {
			want := swarm(t, cfg, 40, nil)
			require.Greater(t, want.turns, 1000)
			bytes := swarm(t, cfg, 40, func(r *rig) { r.asBytes = true })
			require.Equal(t, want.trace.String(), bytes.trace.String())
			cut := swarm(t, cfg, 40, func(r *rig) {
				rand := protocol.NewRand(3, 4, 5)
				r.asBytes, r.cut = true, &rand
			})
			require.Equal(t, want.trace.String(), cut.trace.String())
		})
	}
}
