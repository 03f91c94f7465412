package netmodel

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

// always is a fault for the whole run.
func always(k FaultKind) Fault {
	f := Fault{Kind: k, To: protocol.Never}
	u := k.uses()
	if u.share {
		f.Share = percent(10)
	}
	if u.bad {
		f.Bad = Certain
	}
	if u.length {
		f.Length = time.Second
	}
	if u.delay {
		f.Delay = 20 * ms
	}
	if k == Partition || k.OfNodes() {
		f.Whom.Share = percent(30)
	}
	return f
}

func TestFaultKindText(t *testing.T) {
	for k := range FaultKind(faultKinds) {
		again, err := ParseFaultKind(k.String())
		require.NoError(t, err)
		require.Equal(t, k, again)
		mustNew(t, Config{Latency: Constant{}, Faults: []Fault{always(k)}})
	}
	_, err := ParseFaultKind("lost")
	require.EqualError(t, err, `"lost" is no kind of fault: use one of loss, partition, sever, `+
		"path-bursts, line-bursts, duplicate, reorder, slow, corrupt, pause, crash")
	for i := range regionCount {
		set, err := ParseRegion(regionName(i))
		require.NoError(t, err)
		require.Equal(t, RegionSet(1)<<i, set)
	}
	_, err = ParseRegion("mars")
	require.EqualError(t, err, `"mars" is no region: use one of us-east, us-west, oregon, `+
		"ireland, frankfurt, tokyo, seoul, singapore, sydney, sao-paulo")
}

const allOf100 = ": names all 100 nodes, so that nobody is on the other side; name a part of them"

const nobodyAmong100 = ": names nobody among 100 nodes; raise its share, or name nodes " +
	"that there are"

func TestFaultsAreRefused(t *testing.T) {
	for want, spoil := range map[string]func(f *Fault){
		"kind: 11 is no kind of fault": func(f *Fault) { f.Kind = 11 },
		"from: -1ns is before the run": func(f *Fault) { f.From = -1 },
		"to: it is over at 1s, when it begins: let it last": func(f *Fault) {
			f.From, f.To = protocol.Time(time.Second), protocol.Time(time.Second)
		},
		"to: it is over at 1s, and begins at 2s: exchange them": func(f *Fault) {
			f.From, f.To = protocol.Time(2*time.Second), protocol.Time(time.Second)
		},
		"one_way: a pair is severed in both directions: use partition": func(f *Fault) {
			*f = always(Sever)
			f.OneWay = true
		},
		"share: is outside above 0% to 100%, which loss needs": func(f *Fault) { f.Share = 0 },
		"share: means nothing for partition: leave it out": func(f *Fault) {
			f.Kind = Partition
		},
		"bad: means nothing for loss: leave it out": func(f *Fault) { f.Bad = 1 },
		"length: is outside 1ms to 24h, which path-bursts needs": func(f *Fault) {
			*f = always(PathBursts)
			f.Length = 25 * time.Hour
		},
		"share: 100% of the time is nearly always: take 99.9% at most, or for all the time " +
			"slow or loss": func(f *Fault) {
			*f = always(LineBursts)
			f.Share = Certain
		},
		"length: means nothing for slow: leave it out": func(f *Fault) {
			*f = always(Slow)
			f.Share = Certain
		},
		"delay: is outside above 0s to 1h, which reorder needs": func(f *Fault) {
			*f = always(Reorder)
			f.Delay = -1
		},
		"whom.share: 100.0000000000000001% is above 100%": func(f *Fault) {
			f.Whom.Share = Certain + 1
		},
		"others.regions: only the latency model regions has them": func(f *Fault) {
			f.Others.Regions = 1
		},
		"whom" + nobodyAmong100: func(f *Fault) {
			f.Whom = Whom{First: 100, Count: 5}
		},
		"others" + nobodyAmong100: func(f *Fault) {
			*f = always(Partition)
			f.Others = Whom{First: 100, Count: 5}
		},
		"whom" + allOf100: func(f *Fault) {
			*f = always(Partition)
			f.Whom = Whom{}
		},
	} {
		f := always(Loss)
		spoil(&f)
		_, err := New(Config{Nodes: 100, Latency: Constant{}, Faults: []Fault{always(Slow), f}})
		require.EqualError(t, err, "faults[1]."+want)
	}
	_, err := New(Config{Nodes: 100, Latency: Constant{},
		Faults: []Fault{always(Loss), always(Slow), always(Loss)}})
	require.EqualError(t, err, "faults[2].draw: faults[0] is a loss with the draw 0, too: "+
		"they would hit the same datagrams; give one another number")
	_, err = New(Config{Nodes: 100, Latency: Constant{}, Faults: make([]Fault, 1001)})
	require.EqualError(t, err, "faults: there are 1001: at most 1000")
	_, err = New(Config{Nodes: 100, Latency: Constant{}, Faults: []Fault{
		{Kind: Loss, To: 5, Share: 1, Whom: Whom{Share: 1}}}})
	require.EqualError(t, err, "faults[0].whom"+nobodyAmong100)
}

func TestFaultsOfNodesAreRefused(t *testing.T) {
	for want, spoil := range map[string]func(f *Fault){
		"others: means nothing for crash: leave it out": func(f *Fault) {
			f.Kind, f.Others.Count = Crash, 1
		},
		"one_way: means nothing for pause: leave it out": func(f *Fault) { f.OneWay = true },
		"share: means nothing for pause: leave it out":   func(f *Fault) { f.Share = 1 },
		"delay: means nothing for pause: leave it out":   func(f *Fault) { f.Delay = 1 },
		"whom" + nobodyAmong100:                          func(f *Fault) { f.Whom.Share = 1 },
	} {
		f := always(Pause)
		spoil(&f)
		_, err := New(Config{Nodes: 100, Latency: Constant{}, Faults: []Fault{f}})
		require.EqualError(t, err, "faults[0]."+want)
	}
	_, err := New(Config{Nodes: 100, Latency: Constant{},
		Faults: []Fault{always(Crash), always(Crash), always(Pause), always(Pause)}})
	require.NoError(t, err, "of one draw, too: they have no random numbers but those of whom")
}

func TestWhom(t *testing.T) {
	latency, err := Defaults("regions")
	require.NoError(t, err)
	m, err := latency.build(3)
	require.NoError(t, err)
	members := func(who Whom) map[uint32]bool {
		c, err := who.build(3, m)
		require.NoError(t, err)
		list := map[uint32]bool{}
		for i := range uint32(20_000) {
			if c.has(i) {
				list[i] = true
			}
		}
		return list
	}
	require.Len(t, members(Whom{}), 20_000)
	require.Len(t, members(Whom{Share: Certain}), 20_000)
	require.Equal(t, map[uint32]bool{7: true, 8: true}, members(Whom{First: 7, Count: 2}))
	third, tenth := members(Whom{Share: percent(30)}), members(Whom{Share: percent(10)})
	require.InDelta(t, 6000, len(third), 260)
	require.InDelta(t, 2000, len(tenth), 170)
	require.Subset(t, keys(third), keys(tenth))
	other := members(Whom{Share: percent(30), Draw: 1})
	both := 0
	for i := range other {
		both += index(third[i])
	}
	require.InDelta(t, 1800, both, 170, "another draw is independent")
	tokyo, err := ParseRegion("tokyo")
	require.NoError(t, err)
	there := members(Whom{Regions: tokyo})
	for i := range uint32(20_000) {
		if local := m.(*regions).region(i) == 5; local != there[i] {
			require.Equal(t, local, there[i])
		}
	}
	few := members(Whom{Regions: tokyo, Share: percent(30), First: 50, Count: 1000})
	for i := range uint32(20_000) {
		if want := there[i] && third[i] && i >= 50 && i < 1050; want != few[i] {
			require.Equal(t, want, few[i])
		}
	}
}

func keys(m map[uint32]bool) (list []uint32) {
	for i := range m {
		list = append(list, i)
	}
	return list
}
