package swarms

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/findings/made"
)

const second = int64(time.Second)

// wireShare is what 16 KiB take on a line, by themselves: 13 bytes of the message and 40 of each of
// the 12 packets more.
const wireShare = (16384. + 13 + 12*40) / 16384

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
		s := made.Swarm()
		require.NoError(t, checkSwarm(s))
		spoil(s)
		require.ErrorContains(t, checkSwarm(s), says)
		err := Check([]*findings.Run{{Seed: 1, Swarm: made.Swarm()}, {Seed: 2, Swarm: s}})
		require.ErrorContains(t, err, "cell 0, seed 2: "+says)
	}
	s := made.Swarm()
	for n := range s.Peers {
		s.Peers[n].UpRate, s.Peers[n].DownRate = 0, 0
	}
	require.NoError(t, checkSwarm(s), "lines without limit")
}

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
	for n, value := range PerFluid(run, "", 10_000) {
		v[OfFluid[n].Name] = value
	}
	require.InDelta(t, 10, v["swarm.leechers"], 0.02)
	require.InDelta(t, 5, v["swarm.seeds"], 0.02)
	require.InDelta(t, 0.1, v["swarm.arrivals_per_s"], 0.001)
	require.InDelta(t, 100, v["swarm.download_s"], 1)
	// 1/beta = 1/0.015 - 50 = 16.7 s, below 1/c = 33.3 s.
	require.InDelta(t, 1000./30*wireShare, v["swarm.fluid_download_s"], 0.1)
	require.InDelta(t, 100./3/10*wireShare, v["swarm.fluid_leechers"], 0.05)
	require.InDelta(t, 3/wireShare, v["swarm.fluid_ratio"], 0.05)
	course := CourseOf([]*findings.Run{run, run}, 10_000)
	require.Len(t, course.Leechers, 151)
	require.InDelta(t, 10_000./150, float64(course.Step), 1e-9)
	require.Zero(t, course.Leechers[0])
	require.InDelta(t, v["swarm.fluid_leechers"], float64(course.Leechers[150]), 1e-6)
	require.InDelta(t, v["swarm.fluid_seeds"], float64(course.Seeds[150]), 1e-6)
	require.Nil(t, CourseOf([]*findings.Run{run, {Measured: time.Hour}}, 10_000),
		"of all runs, or none")
	for n := range s.Peers {
		s.Peers[n].UpRate = 10
	}
	values := PerFluid(run, "", 10_000)
	require.InDelta(t, 100*wireShare-50, values[7], 0.3, "1/beta = 1/0.01 - 50")
}
