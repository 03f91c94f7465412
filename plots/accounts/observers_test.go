package accounts

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/plots/stored"
)

// TestStrands: cells that differ in one setting are a curve, in the order of x.
func TestStrands(t *testing.T) {
	r := &stored.Results{}
	for _, cheat := range []string{"honest 90%, withholder 10%", "honest"} {
		for _, window := range []string{"4MiB", "1MiB", "256KiB", "64KiB", "16KiB"} {
			r.Cells = append(r.Cells, stored.Cell{Cell: len(r.Cells), Set: map[string]any{
				"audit.receipts": window, "groups.peers.cheat": cheat}})
		}
	}
	require.Equal(t, "audit.receipts", windowSetting(r))
	all := strandsOf(r, func(p string) bool { return p == "audit.receipts" },
		func(c *stored.Cell) float64 {
			return sizeOf(fmt.Sprint(c.Set["audit.receipts"]))
		})
	require.Len(t, all, 2)
	require.Equal(t, "withholder", all[0].label)
	require.Equal(t, []float64{1 << 14, 1 << 16, 1 << 18, 1 << 20, 1 << 22}, all[0].x)
	require.Equal(t, "16KiB", all[1].cells[0].Set["audit.receipts"])
}

func TestSizes(t *testing.T) {
	for text, want := range map[string]float64{"256KiB": 1 << 18, "1.5MB": 1.5e6, "512": 512,
		"16 KiB": 1 << 14, "2GiB": 1 << 31, "10B": 10} {
		require.Equal(t, want, sizeOf(text), text)
	}
	for _, text := range []string{"5m", "none", "", "-4KiB", "KiB", "4Kb"} {
		require.True(t, math.IsNaN(sizeOf(text)), text)
	}
	require.Equal(t, "256\u00A0KiB", binaryText(1<<18))
}
