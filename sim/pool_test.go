package sim

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

func TestPoolKeepsWhatItIsGiven(t *testing.T) {
	type kept struct {
		h       handle
		sent    protocol.Time
		payload []byte
	}
	var p pool
	var all []kept
	r := protocol.NewRand(3, 0, 0)
	for step := range 20000 {
		if len(all) > 300 || len(all) > 0 && r.Intn(3) == 0 {
			i := r.Intn(len(all))
			sent, payload := p.get(all[i].h)
			require.Equal(t, all[i].sent, sent)
			require.True(t, bytes.Equal(all[i].payload, payload))
			p.drop(all[i].h)
			all[i] = all[len(all)-1]
			all = all[:len(all)-1]
			continue
		}
		payload := bytes.Repeat([]byte{byte(r.Uint64())}, r.Intn(1<<r.Intn(13)))
		if step%100 == 0 {
			payload = payload[:cap(payload)]
		}
		h := p.put(protocol.Time(step), payload)
		require.NotZero(t, h)
		require.LessOrEqual(t, h, handle(handleMax))
		all = append(all, kept{h, protocol.Time(step), payload})
	}
	require.Equal(t, len(all), p.live)
	require.Less(t, len(p.slabs), 40, "blocks are not recycled")
}

func TestPoolClassesHoldTheirUnits(t *testing.T) {
	largest := 0
	for units := 1; units <= (headerBytes+payloadMax)/unitBytes+1; units++ {
		index, size := class(units)
		require.Less(t, index, classes)
		require.GreaterOrEqual(t, size, units)
		require.LessOrEqual(t, size, slabUnits)
		require.GreaterOrEqual(t, size, largest, "a longer payload has a smaller block")
		again, same := class(size)
		require.Equal(t, index, again)
		require.Equal(t, size, same)
		largest = size
	}
}

func TestPoolAllocatesNothingInSteadyState(t *testing.T) {
	var p pool
	payload := make([]byte, 300)
	cycle := func() {
		var hs [100]handle
		for i := range hs {
			hs[i] = p.put(0, payload[:i*3])
		}
		for _, h := range hs {
			p.drop(h)
		}
	}
	cycle()
	require.Zero(t, testing.AllocsPerRun(100, cycle))
}
