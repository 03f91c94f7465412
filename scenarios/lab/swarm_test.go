package lab

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/scenarios"
	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/lab/swarms"
	"swarmlab/scenarios/results"
	"swarmlab/scenarios/results/manifest"
	"swarmlab/scenarios/results/tables"
	"swarmlab/scenarios/results/unfinished"
	"swarmlab/sim"
)

// smallSwarm is a flash crowd of a second or so.
const smallSwarm = `
name: small
duration: 30m
torrents: [{name: film, size: 4MB, piece: 64KiB}]
network: {latency: {model: regions}}
groups:
  - {name: seeds, protocol: bittorrent, size: 1, complete: 100%,
     link: {down: 4Mbit/s, up: 2Mbit/s}}
  - {name: leechers, protocol: bittorrent, size: 20, linger: 0s, arrive: {over: 5s},
     link: {down: 4Mbit/s, up: 1Mbit/s}}
figures: []
`

// swarmOf is the small scenario with settings.
func swarmOf(t testing.TB, set ...string) *scenarios.Scenario {
	s, err := scenarios.Parse("small", []byte(smallSwarm))
	require.NoError(t, err)
	for n := 0; n < len(set); n += 2 {
		require.NoError(t, s.Set(set[n], set[n+1]))
	}
	require.NoError(t, s.Validate())
	return s
}

func runSwarm(t testing.TB, set ...string) *findings.Run {
	s := swarmOf(t, set...)
	run, err := simulate(context.Background(), &job{cell: scenarios.Cell{Scenario: s}, seed: 1})
	require.NoError(t, err)
	checkBooks(t, run)
	return run
}

// checkBooks holds the rows of a run against each other: the network's truth against what peers
// counted, and the samples against both.
func checkBooks(t testing.TB, run *findings.Run) {
	t.Helper()
	var up, down, delivered, sent, junk, sampled uint64
	type key struct {
		node    uint32
		torrent string
	}
	gifts := map[key]int64{}
	byPeer, byOwner := map[key]uint64{}, map[key]uint64{}
	counted := map[uint32]bool{}
	for _, r := range run.Swarm.Transfers {
		require.Equal(t, r.Sent, r.Delivered+r.Lost+r.InFlight)
		delivered += r.Delivered
		gifts[key{r.From, r.Torrent}] += r.Unchoked
		sent += r.Sent
		junk += r.Junk
		byPeer[key{r.To, r.Torrent}] += r.Delivered
		byOwner[key{r.From, r.Torrent}] += r.Sent + r.Junk
	}
	for n := range run.Swarm.Peers {
		p := &run.Swarm.Peers[n]
		up += p.PayloadUp
		down += p.PayloadDown
		counted[p.Node] = true
		if junk == 0 {
			require.Equal(t, byPeer[key{p.Node, p.Torrent}], p.PayloadDown)
			require.LessOrEqual(t, p.Useful+p.Redundant, p.PayloadDown)
		}
		if p.Completed > 0 {
			require.Equal(t, p.Size-p.Complete, p.Useful-p.Failed, "peer %d", p.Node)
			require.Positive(t, p.FirstPiece)
			require.LessOrEqual(t, p.FirstFound, p.FirstPiece)
		}
		require.LessOrEqual(t, p.LeechedUp, byOwner[key{p.Node, p.Torrent}])
		require.LessOrEqual(t, gifts[key{p.Node, p.Torrent}], p.Connected,
			"nothing counts once it is a seed")
	}
	for _, r := range run.Swarm.Transfers {
		if !counted[r.To] {
			down += r.Delivered // to an observer, who challenged
		}
	}
	require.Equal(t, up, down)
	require.GreaterOrEqual(t, up, delivered)
	for _, s := range run.Swarm.Samples {
		sampled += s.UpBytes
		require.LessOrEqual(t, s.LeecherUpBytes, s.UpBytes)
		require.LessOrEqual(t, s.UpBytes, s.UpCapacity+1<<19, "what is begun counts whole")
	}
	require.Equal(t, sent+junk, sampled)
}

// group returns the peers of a group.
func group(run *findings.Run, name string) (peers []findings.Peer) {
	for _, p := range run.Swarm.Peers {
		if p.Group == name {
			peers = append(peers, p)
		}
	}
	return peers
}

func TestFlashCrowdCompletes(t *testing.T) {
	run := runSwarm(t)
	peers := group(run, "leechers")
	require.Len(t, peers, 20)
	for _, p := range peers {
		require.Positive(t, p.Completed)
		require.Equal(t, p.Completed+1, p.Left, "who does not linger leaves at once")
		require.Zero(t, p.Failed)
		require.Less(t, p.Joined, int64(5*time.Second))
	}
	last := run.Swarm.Samples[len(run.Swarm.Samples)-1]
	require.EqualValues(t, 20, last.Completed)
	require.EqualValues(t, 1, last.CopiesMin, "the seed is left")
	require.Less(t, run.Measured, 10*time.Minute, "the run ends with the last leecher")
}

// pinnedSwarm is the fingerprint of the small swarm; like that of the small network, it must be the
// same on every machine.
const pinnedSwarm = "8876cf24ed8d6cc5-ba66fe3f4d47f9f9-830f44d345b0d240"

// TestSwarmsRepeat: a run is a function of scenario and seed.
func TestSwarmsRepeat(t *testing.T) {
	a, b := runSwarm(t), runSwarm(t)
	require.Equal(t, pinnedSwarm, a.Fingerprint.String())
	require.Equal(t, a.Fingerprint, b.Fingerprint)
	require.Equal(t, a.Swarm, b.Swarm)
	require.NotEqual(t, a.Fingerprint, runSwarm(t, "network.jitter", "1ms").Fingerprint)
}

// TestSwarmsWithBytes: whether blocks travel by reference changes nothing that anybody can see.
func TestSwarmsWithBytes(t *testing.T) {
	s := swarmOf(t, "groups.leechers.strategy", "compliant 80%, polluter 20%", "duration", "2m")
	var prints []sim.Fingerprint
	for _, full := range []bool{false, true} {
		w, err := swarms.New(s, 1)
		require.NoError(t, err)
		world := sim.New(sim.Config{Seed: 1, Groups: w.Cores(), Network: w.Network(), Actor: w,
			Contents: w.Contents(), FullBytes: full})
		w.Schedule(world)
		world.Run(protocol.Time(s.Duration))
		world.Audit()
		run := &findings.Run{}
		w.Report(run)
		failed := uint64(0)
		for _, p := range run.Swarm.Peers {
			failed += p.Failed
		}
		require.Positive(t, failed, "there is pollution")
		prints = append(prints, world.Fingerprint())
	}
	require.Equal(t, prints[0], prints[1])
}

// TestDiscoveries: peers find each other in every way, and who is not to use one does not.
func TestDiscoveries(t *testing.T) {
	for _, c := range []struct {
		ways              string
		tracker, dht, pex bool
	}{
		{"[tracker]", true, false, false},
		{"[dht]", false, true, false},
		{"[tracker, pex]", true, false, true},
		{"[dht, pex]", false, true, true},
	} {
		t.Run(c.ways, func(t *testing.T) {
			run := runSwarm(t, "groups.leechers.discovery", c.ways, "groups.seeds.discovery",
				c.ways, "tracker.numwant", "5", "groups.leechers.arrive.over", "2m",
				"groups.leechers.linger", "never")
			var by [3]int32
			for _, p := range group(run, "leechers") {
				require.Positive(t, p.Completed)
				for n, found := range []int32{p.FoundTracker, p.FoundDHT, p.FoundPEX} {
					by[n] += found
				}
			}
			for n, used := range []bool{c.tracker, c.dht, c.pex} {
				require.Equal(t, used, by[n] > 0, by)
			}
		})
	}
}

// TestSwarmLives: peers come at their rate, give up, and go, in good order or not.
func TestSwarmLives(t *testing.T) {
	run := runSwarm(t, "end", "duration", "groups.leechers.arrive", "{rate: 0.1/s}",
		"groups.leechers.size", "1000", "groups.leechers.linger", "constant(30s)",
		"groups.leechers.patience", "exponential(40s)", "groups.leechers.graceful", "50%")
	peers := group(run, "leechers")
	require.InDelta(t, 180, len(peers), 40)
	completed, aborted := 0, 0
	for n, p := range peers {
		require.True(t, n == 0 || p.Joined >= peers[n-1].Joined)
		switch {
		case p.Completed > 0 && p.Left > 0:
			completed++
			require.Equal(t, int64(30*time.Second), p.Left-p.Completed)
		case p.Left > 0:
			aborted++
			require.Less(t, p.Useful, p.Size)
		}
	}
	require.Greater(t, completed, 20)
	require.Greater(t, aborted, 20)
	require.InDelta(t, completed+aborted, 2*run.Tally.Crashes, 50, "half of all leaves")
	last := run.Swarm.Samples[len(run.Swarm.Samples)-1]
	require.EqualValues(t, len(peers), last.Arrived)
	require.EqualValues(t, aborted, last.Aborted)
	require.EqualValues(t, 30*time.Minute, run.Measured)
}

// TestStrategies: those who follow another strategy are a group of their own, and act by it.
func TestStrategies(t *testing.T) {
	run := runSwarm(t, "groups.leechers.strategy",
		"compliant 60%, free-rider 20%, polluter 20%", "groups.leechers.linger", "never")
	riders := group(run, "leechers-free-rider")
	require.Len(t, riders, 4)
	for _, p := range riders {
		require.Zero(t, p.PayloadUp)
		require.Positive(t, p.Completed)
	}
	require.Len(t, group(run, "leechers"), 12)
	junk := uint64(0)
	for _, r := range run.Swarm.Transfers {
		if r.Junk > 0 {
			junk += r.Junk
			require.Equal(t, "leechers-polluter", r.FromGroup)
		}
	}
	require.Positive(t, junk)
}

// TestPiecesAtTheStart: who comes with a share of the pieces needs the others alone.
func TestPiecesAtTheStart(t *testing.T) {
	run := runSwarm(t, "groups.leechers.complete", "50%")
	for _, p := range group(run, "leechers") {
		require.InDelta(t, 2e6, p.Complete, 66_000)
		require.Positive(t, p.Completed)
	}
}

// TestSwarmsAreVerified: an experiment of swarms is repeated from its folder, run by run.
func TestSwarmsAreVerified(t *testing.T) {
	s := swarmOf(t, "repeat", "2", "vary", "{groups.leechers.swarm.picker: [rarest, random]}")
	o, err := (&Experiment{Scenario: s, Jobs: 2}).Run(context.Background())
	require.NoError(t, err)
	require.Len(t, o.Runs, 4)
	require.NotEqual(t, o.Runs[0].Fingerprint, o.Runs[2].Fingerprint)
	dir := t.TempDir()
	_, err = results.Write(dir, o, time.Now())
	require.NoError(t, err)
	stored, err := results.Open(dir)
	require.NoError(t, err)
	found, err := Verify(context.Background(), stored, 2, nil)
	require.NoError(t, err)
	require.Empty(t, found)

	// A run that went another way is found.
	stored.Checkpoints(stored.Manifest.Runs[2])[7].Wire++
	found, err = Verify(context.Background(), stored, 2, nil)
	require.NoError(t, err)
	require.Len(t, found, 1)
	require.Equal(t, []any{1, 7}, []any{found[0].Cell, found[0].Second})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	o, err = (&Experiment{Scenario: s, Jobs: 1}).Run(ctx)
	require.NoError(t, err)
	require.True(t, o.Interrupted)
}

// TestSwarmsGoOn: what an interrupted experiment has finished is found again, and its files are
// those of one that nothing disturbed, and that kept nothing.
func TestSwarmsGoOn(t *testing.T) {
	s := swarmOf(t, "repeat", "2", "vary", "{groups.leechers.swarm.picker: [rarest, random]}")
	cells, err := s.Cells()
	require.NoError(t, err)
	o, err := (&Experiment{Scenario: s, Jobs: 2}).Run(context.Background())
	require.NoError(t, err)
	undisturbed, home := t.TempDir(), t.TempDir()
	_, err = results.Write(undisturbed, o, time.Now())
	require.NoError(t, err)

	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for round := range 2 {
		e := &Experiment{Scenario: s, Jobs: 1, Progress: func(p Progress) {
			if p.Done == 2 {
				cancel()
			}
		}}
		if round == 1 {
			ctx, e.Progress = context.Background(), nil
		}
		e.Store, err = unfinished.Open(home, s, cells)
		require.NoError(t, err)
		for _, seed := range []uint64{1, 2} {
			run, _ := e.Store.Find(0, seed)
			require.Equal(t, round == 1, run != nil)
		}
		o, err = e.Run(ctx)
		require.NoError(t, err)
		require.Equal(t, round == 0, o.Interrupted)
		require.Len(t, o.Runs, 2+2*round)
		if round == 1 {
			dir := t.TempDir()
			_, err = results.Write(dir, o, time.Now())
			require.NoError(t, err)
			require.Equal(t, filesOf(t, undisturbed), filesOf(t, dir))
		}
		require.NoError(t, e.Store.Close())
	}
}

// filesOf returns what is in a folder of results, but for what knows the time of day.
func filesOf(t *testing.T, dir string) map[string]string {
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	all := map[string]string{}
	for _, e := range entries {
		if e.Name() != manifest.File {
			b, err := os.ReadFile(filepath.Join(dir, e.Name()))
			require.NoError(t, err)
			all[e.Name()] = string(b)
		}
	}
	require.Contains(t, all, tables.PeersFile)
	return all
}

// TestSwarmBudget: a run that costs too much ends with the reason.
func TestSwarmBudget(t *testing.T) {
	s := swarmOf(t, "budget.events", "1000")
	_, err := (&job{cell: scenarios.Cell{Scenario: s}, seed: 1}).attempt(context.Background())
	require.ErrorContains(t, err, "budget: more than 1000 events")
}
