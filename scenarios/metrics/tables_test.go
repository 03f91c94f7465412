package metrics

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/scenarios/findings"
)

func TestTableMetrics(t *testing.T) {
	run := &findings.Run{Buckets: []findings.Bucket{
		{Client: "a", Depth: 0, Supply: 100, Tables: 10, Room: 80, Full: 10, Contacts: 80,
			Dead: 8, InFull: 80, DeadFull: 8},
		{Client: "a", Depth: 2, Supply: 100, Tables: 10, Room: 80, Full: 6, Contacts: 75,
			Dead: 7, InFull: 48, DeadFull: 2},
		{Client: "a", Depth: 3, Supply: 100, Tables: 10, Room: 80, Full: 2, Contacts: 50,
			Dead: 20, InFull: 16, DeadFull: 1},
		{Client: "b", Depth: 0, Supply: 100, Tables: 10, Room: 1280, Contacts: 500, Dead: 250},
	}, Series: []findings.Sample{{Client: "a", Tables: 10, KnowsAll: 6, LacksThree: 2, KnowsFew: 1},
		{Client: "b", Tables: 30, KnowsAll: 2, LacksThree: 9}}}
	a, b, both := perTable(run, "a", 0), perTable(run, "b", 0), perTable(run, AnyClient, 0)
	require.Len(t, a, len(healthMetrics))
	require.InDeltaSlice(t, []float64{16. / 20, 11. / 144, 24. / 61, .6, .2, .1}, a, 1e-12)
	require.True(t, math.IsNaN(b[0]) && math.IsNaN(b[1]), "nothing is full, or could be")
	require.InDelta(t, .5, b[2], 1e-12)
	require.InDeltaSlice(t, []float64{16. / 20, 11. / 144, 274. / 561, .2, 11. / 40, 1. / 40}, both,
		1e-12)
}

func TestRecordMetrics(t *testing.T) {
	row := func(client string, hours, holders, online, holding, closest int32) findings.Record {
		return findings.Record{Client: client, Age: 3600 * hours, Holders: holders, Online: online,
			Holding: holding, Closest: closest}
	}
	run := &findings.Run{Records: []findings.Record{row("a", 0, 8, 8, 8, 8),
		row("b", 0, 5, 5, 5, 4),
		row("a", 1, 8, 7, 6, 5), row("b", 1, 5, 3, 2, 1), row("a", 24, 8, 4, 3, 2)}}
	require.Len(t, perRecord(run, "a", 0), len(recordMetrics))
	value := func(client, name string) float64 {
		for n, d := range recordMetrics {
			if d.Name == name {
				return perRecord(run, client, 0)[n]
			}
		}
		t.Fatal(name)
		return 0
	}
	require.Equal(t, 6.5, value(AnyClient, "record.holders"))
	require.Equal(t, 5.0, value(AnyClient, "record.online_1h"))
	require.Equal(t, 7.0, value("a", "record.online_1h"))
	require.Equal(t, 4.0, value(AnyClient, "record.holding_1h"))
	require.Equal(t, 3.0, value(AnyClient, "record.closest_1h"))
	require.Equal(t, 2.0, value(AnyClient, "record.closest_24h"))
	require.True(t, math.IsNaN(value(AnyClient, "record.online_10h")))
	require.True(t, math.IsNaN(value("b", "record.online_24h")))
}
