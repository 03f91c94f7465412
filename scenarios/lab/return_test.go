package lab

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/dht"
	"swarmlab/protocol/krpc"
	"swarmlab/scenarios"
	"swarmlab/sim"
)

// restarted runs the churned half of a mixed network to its end.
func restarted(t *testing.T, settings ...string) *overlay {
	t.Helper()
	s := parse(t, mixed, append(settings, "groups.moving.client", "bep5")...)
	o, err := newOverlay(s, 1, new(laws), nil)
	require.NoError(t, err)
	network, err := newNetwork(s, 1)
	require.NoError(t, err)
	o.world = sim.New(sim.Config{Seed: 1, Groups: o.cores(), Network: network,
		Moves: o.moves()})
	end := protocol.Time(s.Duration)
	o.lives.schedule(o.world, end)
	o.world.Run(end)
	o.world.Audit()
	return o
}

// TestReturn: who returns has what the setting says, and what it had before is dead: nobody is
// present by it, nothing sent there arrives, and the global view does not know it.
func TestReturn(t *testing.T) {
	for word, want := range map[string]struct{ id, address bool }{
		scenarios.ReturnSame: {}, scenarios.ReturnNewID: {id: true},
		scenarios.ReturnNewAddress: {address: true}, scenarios.ReturnNew: {true, true},
	} {
		for _, table := range []string{scenarios.TableLost, scenarios.TableKept} {
			o := restarted(t, "groups.moving.churn.return", word, "groups.moving.churn.table",
				table)
			back := 0
			for node := uint32(40); node < o.ids.size; node++ {
				if !o.world.Alive(node) || len(o.lives.of(node)) < 2 {
					continue
				}
				back++
				oldID, newID := o.ids.id(node), o.idOf(node)
				oldAddr, newAddr := sim.AddrOf(node), o.world.AddrOf(node)
				require.Equal(t, want.id, oldID != newID)
				require.Equal(t, want.address, oldAddr != newAddr)
				now, _ := o.present(dht.Contact{ID: newID, Addr: newAddr})
				before, _ := o.present(dht.Contact{ID: oldID, Addr: oldAddr})
				require.True(t, now)
				require.Equal(t, word == scenarios.ReturnSame, before)
				require.Equal(t, krpc.ValidID(oldID, oldAddr) && want.id,
					krpc.ValidID(newID, newAddr) && want.id, "it is bound to its address again")
				places := o.space.closest(nil, newID, 1, func(uint32) bool { return true })
				require.Equal(t, newID, o.space.ids[places[0]])
				require.Equal(t, node, o.space.nodes[places[0]])
				if want.id {
					places = o.space.closest(nil, oldID, 1, func(uint32) bool { return true })
					require.NotEqual(t, oldID, o.space.ids[places[0]])
				}
			}
			require.Greater(t, back, 20)
			require.Len(t, o.space.ids, int(o.ids.size))
			unroutable := o.world.Ledger().Unroutable.Datagrams
			if want.address {
				require.Greater(t, unroutable, uint64(100), "sent to where somebody was")
			} else {
				require.Zero(t, unroutable)
			}
		}
	}
}

// TestNewcomersAreFound: lookups find nodes by the ids and at the addresses that they have now.
func TestNewcomersAreFound(t *testing.T) {
	for _, word := range []string{scenarios.ReturnSame, scenarios.ReturnNew} {
		run := experiment(t, parse(t, mixed, "groups.moving.churn.return", word), 1).Runs[0]
		found, all := 0, 0
		for _, row := range run.Lookups {
			if row.Kind == scenarios.KindLookup {
				all++
				if row.Success {
					found++
				}
			}
		}
		t.Log(word, found, all)
		require.Greater(t, all, 500)
		require.Greater(t, found, all*85/100)
	}
}

// TestStrangersAreForgotten: the directory remembers only those whom somebody has in mind, however
// many have come and gone, and a run with that is the same as one without.
func TestStrangersAreForgotten(t *testing.T) {
	run := func(patience int) (sim.Fingerprint, int, *overlay) {
		s := parse(t, mixed, "groups.moving.churn.return", scenarios.ReturnNew,
			"groups.moving.churn.session", "exponential(30s)",
			"groups.moving.churn.offline", "exponential(15s)", "duration", "20m",
			"groups.moving.client", "bep5 50%, nr128 50%")
		o, err := newOverlay(s, 1, new(laws), nil)
		require.NoError(t, err)
		o.world = sim.New(sim.Config{Seed: 1, Groups: o.cores(), Network: o.network,
			Moves: o.moves()})
		o.lives.schedule(o.world, protocol.Time(s.Duration))
		most := 0
		for now := protocol.Time(0); now < protocol.Time(s.Duration); {
			now += protocol.Time(time.Second)
			o.world.Run(now)
			most = max(most, o.ids.strangers.Len())
			o.ids.patience = patience
			o.tidy()
		}
		o.world.Audit()
		return o.world.Fingerprint(), most, o
	}
	want, all, _ := run(1 << 30)
	got, most, o := run(1)
	require.Equal(t, want, got)
	require.Greater(t, all, 2500)
	require.Less(t, most, all/2)
	require.GreaterOrEqual(t, o.ids.patience, strangersFew)
	before := o.ids.strangers.Len()
	o.tidy()
	require.Equal(t, before, o.ids.strangers.Len(), "too few to look for")
}

// TestObserversFollowMoves: records are found where their holders and owners are after moves, and a
// crawl knows nodes by the addresses that they had when it met them.
func TestObserversFollowMoves(t *testing.T) {
	moving := "{session: exponential(4m), offline: exponential(1m), return: new-address}"
	s := parse(t, lasting, "groups.nodes.churn", moving, "duration", "20m")
	run := experiment(t, s, 1).Runs[0]
	require.NotEmpty(t, run.Records)
	stored, held := int32(0), int32(0)
	for _, l := range run.Lookups {
		stored += l.Peers
	}
	for _, r := range run.Records {
		if r.Age == 0 {
			held += r.Holders
			require.GreaterOrEqual(t, r.Holding, r.Online-1)
		}
	}
	require.Greater(t, stored, int32(150))
	require.InEpsilon(t, stored, held, 0.05, "but for those that left within the second")
	s = parse(t, watchedNet, "groups.nodes.churn", moving)
	run = experiment(t, s, 1).Runs[0]
	for _, w := range run.Census.Crawls {
		require.Greater(t, w.HeardOnline, w.Online*3/4)
	}
}

// TestPlantedNodesKeepTheirIDs: they come and go as all do, and are in the zone when they return.
func TestPlantedNodesKeepTheirIDs(t *testing.T) {
	s := parse(t, watchedNet, "groups.nodes.ids", "secure 50%", "groups.nodes.churn",
		"{session: exponential(2m), offline: exponential(1m), return: new}")
	run := experiment(t, s, 1).Runs[0]
	for _, w := range run.Census.Crawls {
		require.Positive(t, w.PlantedAnswered)
		require.LessOrEqual(t, w.PlantedAnswered, w.PlantedHeard)
	}
	restarted := run.Tally.Starts - uint64(s.Nodes())
	require.Greater(t, restarted, uint64(100))
}
