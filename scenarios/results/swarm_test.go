package results

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"

	"swarmlab/scenarios"
	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/results/tables"
	"swarmlab/scenarios/results/unfinished"
)

const second = int64(time.Second)

// crowd is a swarm worked out by hand: a seed with 100 B/s, and two fast and two slow leechers
// that come at 1 s for 1,000 bytes and leave when they have them, the slow ones at 21 s and the
// fast ones at 16 s. The lines could have brought that in 10.67 s.
func crowd() *findings.Swarm {
	peer := func(node uint32, group string, up, down uint64, done int64,
		leeched uint64) findings.Peer {
		return findings.Peer{Cell: 7, Node: node, Group: group, Torrent: "film", Size: 1000,
			Joined: second, FirstPiece: 3 * second, Completed: done, Left: done, UpRate: up,
			DownRate: down, LeechedUp: leeched, Useful: 1000, Remotes: 4, Connected: 40 * second,
			Interested: 30 * second, FirstFound: second + second/2, Others: 4,
			FoundTracker: 3, FoundPEX: 1}
	}
	s := &findings.Swarm{Peers: []findings.Peer{
		{Cell: 7, Node: 0, Group: "seeds", Torrent: "film", Size: 1000, Complete: 1000,
			UpRate: 100},
		peer(1, "fast", 100, 400, 16*second, 1000),
		peer(2, "fast", 100, 400, 16*second, 800),
		peer(3, "slow", 50, 200, 21*second, 200),
		peer(4, "slow", 50, 200, 21*second, 100),
	}}
	give := func(from, to uint32, bytes uint64, unchoked int64) {
		t := findings.Transfer{Cell: 7, From: from, To: to, FromGroup: s.Peers[from].Group,
			ToGroup: s.Peers[to].Group, Torrent: "film", Sent: bytes, Delivered: bytes,
			Unchoked: unchoked * second}
		s.Transfers = append(s.Transfers, t)
		s.Peers[from].PayloadUp += bytes
		s.Peers[from].OverheadUp += bytes / 20
		s.Peers[to].PayloadDown += bytes
	}
	give(0, 1, 600, 6)
	give(0, 2, 500, 6)
	give(0, 3, 500, 6)
	give(0, 4, 400, 6)
	give(1, 2, 500, 9)
	give(1, 3, 200, 1)
	give(1, 4, 300, 0)
	give(2, 1, 400, 6)
	give(2, 3, 200, 2)
	give(2, 4, 200, 2)
	give(3, 4, 200, 3)
	give(4, 3, 100, 1)
	s.Peers[4].Wasted = 100
	for at := int64(5); at <= 30; at += 5 {
		row := findings.SwarmSample{Cell: 7, At: at * second, Torrent: "film", Leechers: 4,
			Seeds:   1,
			Arrived: 4, CopiesMin: 1, CopiesMean: 2, UpBytes: 800, UpCapacity: 2000,
			LeecherUpBytes: 300, LeecherUpCapacity: 1500}
		switch {
		case at > 21:
			row.Leechers, row.Completed, row.UpBytes, row.LeecherUpBytes = 0, 4, 0, 0
		case at > 10:
			row.CopiesMin = 2
		}
		s.Samples = append(s.Samples, row)
	}
	return s
}

func swarmOutcome(t *testing.T, swarms ...*findings.Swarm) *Outcome {
	t.Helper()
	s, err := scenarios.Parse("test.yaml", []byte(`
name: test
duration: 30s
warmup: 0s
groups: [{name: nodes, size: 5, join: {over: 1s}}]
`))
	require.NoError(t, err)
	cells, err := s.Cells()
	require.NoError(t, err)
	o := &Outcome{Scenario: s, Cells: cells}
	for n, swarm := range swarms {
		o.Runs = append(o.Runs, &findings.Run{Seed: uint64(n + 1), Nodes: 5, Swarm: swarm,
			Measured: 30 * time.Second})
	}
	return o
}

func TestSwarmMetricsByHand(t *testing.T) {
	metrics := Summarise(swarmOutcome(t, crowd())).Cells[0].Metrics
	for name, want := range map[string]float64{
		"swarm.completion_s":      17.5,
		"swarm.completion.fast_s": 15,
		"swarm.completion.slow_s": 20,
		"swarm.first_piece_s":     2,
		"swarm.completed":         1,
		"swarm.share_ratio.fast":  0.9,
		"swarm.served.slow":       0.15,
		"swarm.interest":          0.75,
		"swarm.connections":       4,
		"swarm.found_first_s":     0.5,
		"swarm.last_s":            20,
		"swarm.bound_s":           10,
		"swarm.bound_ratio":       2,
		"swarm.utilisation":       2100. / (2*1500 + 2*1000),
		"swarm.utilisation.fast":  1800. / 3000,
		"swarm.total_utilisation": 0.4,
		"swarm.fairness":          1000. / 525,
		"swarm.fairness.slow":     200. / 525,
		"swarm.interest_p80":      0.75,
		"swarm.within_class.fast": 15. / 20,
		"swarm.clustering.fast":   (15. / 20) / (1. / 3),
		"swarm.clustering":        (19. / 24) / (1. / 3),
		"swarm.wasted_share":      100. / 4100,
		"swarm.overhead_share":    205. / 4305,
		"swarm.payload_bytes":     4100,
		"swarm.seed_copies":       1.5,
		"swarm.bunching":          math.Sqrt(3),
		"swarm.found_share.pex":   4. / 16,
		"swarm.leechers":          70. / 30,
		"swarm.seeds":             0,
		"swarm.download_s":        17.5,
		"swarm.effectiveness":     0.8 / 6 * wireShare,
	} {
		m, ok := metrics[name]
		require.True(t, ok, name)
		require.InDelta(t, want, float64(m.Mean), 2e-6, name)
	}
	require.EqualValues(t, 4, metrics["swarm.completion_s"].N)
	require.NotContains(t, metrics, "swarm.found_share.dht", "nobody used it")
	require.NotContains(t, metrics, "swarm.completion.seeds_s", "they had it from the start")
	require.NotContains(t, metrics, "swarm.fluid_download_s", "nobody comes any more")
}

// TestSwarmDictionary: each metric is in the dictionary, groups' by their pattern, and targets can
// name them.
func TestSwarmDictionary(t *testing.T) {
	known := map[string]Definition{}
	for _, d := range Definitions() {
		known[d.Name] = d
	}
	require.Contains(t, known, "swarm.completion.GROUP_s")
	for _, d := range definitionsOf([]*findings.Run{{Swarm: crowd()}}) {
		require.NotContains(t, d.Name, groupWord)
		found := definition(d.Name)
		require.NotNil(t, found, d.Name)
		require.Equal(t, d.group, found.group, d.Name)
		require.Equal(t, d.Unit, found.Unit, d.Name)
	}
	require.Equal(t, "free-riders", definition("swarm.completion.free-riders_s").group)
	require.Nil(t, definition("swarm.completion.fast"), "the unit is missing")
	require.Nil(t, definition("swarm.wasted_share.fast"), "there is none by group")
}

// TestSwarmTables: what a run found of swarms goes through the store, and into the folder.
func TestSwarmTables(t *testing.T) {
	o := swarmOutcome(t, crowd(), crowd())
	dir := t.TempDir()
	st, err := unfinished.Open(dir, o.Scenario, o.Cells)
	require.NoError(t, err)
	want := Summarise(o)
	for n, run := range o.Runs {
		o.Runs[n], err = st.Put(run)
		require.NoError(t, err)
		require.Nil(t, o.Runs[n].Swarm, "its rows stay on the disk")
		found, _ := st.Find(0, run.Seed)
		require.Nil(t, found, "nothing was there when the store was opened")
	}
	got, err := Write(dir, o, time.Now())
	require.NoError(t, err)
	require.Equal(t, asJSON(t, want), asJSON(t, got))
	require.NoError(t, st.Close())

	peers, err := parquet.ReadFile[findings.Peer](filepath.Join(dir, tables.PeersFile))
	require.NoError(t, err)
	require.Len(t, peers, 10)
	p := crowd().Peers[3]
	p.Cell = 0
	require.Equal(t, p, peers[8])
	transfers, err := parquet.ReadFile[findings.Transfer](filepath.Join(dir, tables.TransfersFile))
	require.NoError(t, err)
	require.Len(t, transfers, 24)
	samples, err := parquet.ReadFile[findings.SwarmSample](filepath.Join(dir, tables.SwarmFile))
	require.NoError(t, err)
	require.Len(t, samples, 12)
	checkTexts(t, dir, map[string]int{
		tables.PeersTextFile: 10, tables.TransfersTextFile: 24, tables.SwarmTextFile: 12})
	text, err := os.ReadFile(filepath.Join(dir, tables.PeersTextFile))
	require.NoError(t, err)
	require.Contains(t, string(text), "\n0,0,3,slow,film,1000,0,1000000000,3000000000,"+
		"21000000000,21000000000,50,200,200,1000,10,0,200,1000,0,0,0,4,40000000000,30000000000,"+
		"1500000000,4,3,0,1\n")

	// A folder that is written again without torrents has none of the tables.
	for n := range o.Runs {
		o.Runs[n] = &findings.Run{Seed: uint64(n + 1), Nodes: 5, Measured: 30 * time.Second}
	}
	_, err = Write(dir, o, time.Now())
	require.NoError(t, err)
	for _, name := range []string{tables.PeersFile, tables.PeersTextFile, tables.TransfersFile,
		tables.TransfersTextFile,
		tables.SwarmFile, tables.SwarmTextFile} {
		require.NoFileExists(t, filepath.Join(dir, name))
	}
}

func asJSON(t *testing.T, v any) string {
	b, err := json.Marshal(v)
	require.NoError(t, err)
	return string(b)
}

// TestBrokenSwarms: what cannot be is an error that names the run.
func TestBrokenSwarms(t *testing.T) {
	type Swarm = findings.Swarm
	for says, spoil := range map[string]func(s *Swarm){
		"node 0 sent node 1 600 bytes of film, but 500 were delivered": func(s *Swarm) {
			s.Transfers[0].Delivered -= 100
		},
		"node 1 gave 1000 and was given 1001 bytes of film, but by pairs 1000 and 1000": func(
			s *Swarm) {
			s.Peers[1].PayloadDown++
		},
		"node 4 has completed film, for which it needed 1000 bytes, with 900": func(s *Swarm) {
			for n := range s.Transfers {
				if t := &s.Transfers[n]; t.From == 3 {
					t.Sent, t.Delivered = 0, 0
				}
			}
			s.Peers[3].PayloadUp -= 200
			s.Peers[4].PayloadDown -= 200
		},
		"node 3 completed film after 4.9 s, but its line takes 5 s": func(s *Swarm) {
			s.Peers[3].Completed = 59 * second / 10
		},
		"at 21 s peers had completed that needed 4000 bytes, but all uplinks": func(s *Swarm) {
			for n := range s.Peers {
				s.Peers[n].UpRate /= 3
			}
			s.Peers[0].Joined, s.Peers[0].UpRate = second, 70
		},
		"node 1 completed film at 16 s, when its seeds could have sent 960 of 1000": func(
			s *Swarm) {
			s.Peers[0].UpRate = 60
		},
	} {
		s := crowd()
		require.NoError(t, checkSwarm(s))
		spoil(s)
		require.ErrorContains(t, checkSwarm(s), says)
		o := swarmOutcome(t, crowd(), s)
		_, err := Write(t.TempDir(), o, time.Now())
		require.ErrorContains(t, err, "cell 0, seed 2: "+says)
	}
	s := crowd()
	for n := range s.Peers {
		s.Peers[n].UpRate, s.Peers[n].DownRate = 0, 0
	}
	require.NoError(t, checkSwarm(s), "lines without limit")
}

// wireShare is what 16 KiB take on a line, by themselves: 13 bytes of the message and 40 of each of
// the 12 packets more.
const wireShare = (16384. + 13 + 12*40) / 16384

// TestFluidOfASteadySwarm has peers that come every 10 s, take 100 s to download and stay for 50 s:
// Little's law and the model's own numbers hold for them.
func TestFluidOfASteadySwarm(t *testing.T) {
	s := &findings.Swarm{Samples: []findings.SwarmSample{{At: 10_000 * second}}}
	for n := range int64(1000) {
		p := findings.Peer{Node: uint32(n), Torrent: "film", Group: "peers", Size: 1000, UpRate: 15,
			DownRate: 30, Joined: n * 10 * second}
		if done := p.Joined + 100*second; done <= 10_000*second {
			p.Completed, p.PayloadDown = done, 1000
		}
		if left := p.Joined + 150*second; left <= 10_000*second {
			p.Left = left
		}
		s.Peers = append(s.Peers, p)
	}
	run := &findings.Run{Swarm: s, Measured: 8000 * time.Second}
	v := map[string]float64{}
	for n, value := range perFluid(run, anyClient, 10_000) {
		v[fluidMetrics[n].Name] = value
	}
	require.InDelta(t, 10, v["swarm.leechers"], 0.02)
	require.InDelta(t, 5, v["swarm.seeds"], 0.02)
	require.InDelta(t, 0.1, v["swarm.arrivals_per_s"], 0.001)
	require.InDelta(t, 100, v["swarm.download_s"], 1)
	// 1/beta = 1/0.015 - 50 = 16.7 s, below 1/c = 33.3 s.
	require.InDelta(t, 1000./30*wireShare, v["swarm.fluid_download_s"], 0.1)
	require.InDelta(t, 100./3/10*wireShare, v["swarm.fluid_leechers"], 0.05)
	require.InDelta(t, 3/wireShare, v["swarm.fluid_ratio"], 0.05)
	course := fluidCourse([]*findings.Run{run, run}, 10_000)
	require.Len(t, course.Leechers, 151)
	require.InDelta(t, 10_000./150, float64(course.Step), 1e-9)
	require.Zero(t, course.Leechers[0])
	require.InDelta(t, v["swarm.fluid_leechers"], float64(course.Leechers[150]), 1e-6)
	require.InDelta(t, v["swarm.fluid_seeds"], float64(course.Seeds[150]), 1e-6)
	require.Nil(t, fluidCourse([]*findings.Run{run, {Measured: time.Hour}}, 10_000),
		"of all runs, or none")
	for n := range s.Peers {
		s.Peers[n].UpRate = 10
	}
	values := perFluid(run, anyClient, 10_000)
	require.InDelta(t, 100*wireShare-50, values[7], 0.3, "1/beta = 1/0.01 - 50")
}
