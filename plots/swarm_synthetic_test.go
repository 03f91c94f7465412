package plots

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// syntheticSwarm is a run of swarms: in each cell a seed, honest peers and others.
type syntheticSwarm struct {
	synthetic
	honest, others []int // peers of each cell
	theory         bool  // cells have what models say
}

// swarmRun has five cells with more and more free riders, and four seeds.
func swarmRun() syntheticSwarm {
	s := syntheticSwarm{honest: []int{50, 40, 30, 20, 10}, others: []int{0, 10, 20, 30, 40},
		theory: true}
	s.synthetic = synthetic{seeds: 4, lookups: 10}
	for i := range s.honest {
		c := referenceCells()[0]
		c.set = map[string]any{"groups.leechers.free-riders": fmt.Sprintf("%d%%", 20*i)}
		s.cells = append(s.cells, c)
	}
	return s
}

// flashCrowd has one cell and one group.
func flashCrowd() syntheticSwarm {
	s := syntheticSwarm{honest: []int{150}, others: []int{0}, theory: true}
	c := referenceCells()[0]
	c.set = map[string]any{}
	s.synthetic = synthetic{cells: []syntheticCell{c}, seeds: 5, lookups: 10}
	return s
}

// twoSets are swarms of two cells with one group each.
func twoSets() syntheticSwarm {
	s := swarmRun()
	s.honest, s.others, s.cells = []int{30, 60}, []int{0, 0}, s.cells[:2]
	return s
}

// each calls f for each cell and seed, with random numbers of its own.
func (s syntheticSwarm) each(f func(cell int32, seed uint64, r *rand.Rand)) {
	for cell := range s.cells {
		for seed := uint64(1); seed <= uint64(s.seeds); seed++ {
			f(int32(cell), seed, rand.New(rand.NewPCG(seed, uint64(cell)+77)))
		}
	}
}

func (s syntheticSwarm) peers() (rows []storedPeer) {
	const size = 100_000_000
	s.each(func(cell int32, seed uint64, r *rand.Rand) {
		rows = append(rows, storedPeer{Cell: cell, Seed: seed, Group: "seed", Size: size,
			Complete: size, UpRate: 750_000, Up: 3 * size})
		for n := range s.honest[cell] + s.others[cell] {
			p := storedPeer{Cell: cell, Seed: seed, Node: uint32(n + 1), Group: "leechers",
				Size: size, Joined: r.Int64N(10e9), UpRate: 250_000,
				Up: uint64(size * (0.6 + 0.8*r.Float64())), Down: size}
			took := 420 + 60*r.NormFloat64() + 10*float64(cell)
			if n >= s.honest[cell] {
				p.Group, p.Up = "leechers-free-rider", 0
				took = 380 + 120*float64(cell) + 40*r.NormFloat64()
			}
			p.FirstFound = p.Joined + int64(3e8*(1+r.ExpFloat64()))
			if took < 900 && n%17 != 3 {
				p.Completed = p.Joined + int64(took*1e9)
			}
			rows = append(rows, p)
		}
	})
	return rows
}

func (s syntheticSwarm) gives() (rows []storedGift) {
	s.each(func(cell int32, seed uint64, r *rand.Rand) {
		all := s.honest[cell] + s.others[cell]
		for from := range s.honest[cell] + 1 {
			for range 12 {
				to := 1 + r.IntN(all)
				if to != from {
					rows = append(rows, storedGift{cell, seed, uint32(from), uint32(to),
						uint64(r.IntN(12_000_000))})
				}
			}
		}
	})
	return rows
}

func (s syntheticSwarm) samples() (rows []storedSwarm) {
	s.each(func(cell int32, seed uint64, r *rand.Rand) {
		all := int32(s.honest[cell] + s.others[cell])
		last := int64(500 + 10*seed)
		for at := int64(0); ; at = min(at+10, last) {
			done := max(0, min(all, all*int32(at-300)/200))
			row := storedSwarm{Cell: cell, Seed: seed, At: at * 1e9, Torrent: "film",
				Leechers: all - done, Seeds: 1 + done/3, Completed: done,
				UpBytes: uint64(9_000_000 + r.IntN(900_000)), UpCapacity: 10_000_000,
				LeecherUpBytes:    uint64(8_000_000 + r.IntN(900_000)),
				LeecherUpCapacity: 9_000_000, CopiesMin: 1 + int32(at/60),
				CopiesMean: 1 + float64(at)/15}
			other := row
			other.Torrent, other.CopiesMin = "other", 1000
			rows = append(rows, row, other)
			if at == last {
				break
			}
		}
	})
	return rows
}

// write makes the folder: that of a synthetic run, and the tables of swarms in it.
func (s syntheticSwarm) write(t testing.TB, dir string) {
	peers := s.peers()
	summary := s.synthetic.write(t, dir)
	for i, c := range summary["cells"].([]any) {
		metrics := c.(map[string]any)["metrics"].(map[string]any)
		one := func(name, unit string, v float64) {
			metrics[name] = map[string]any{"unit": unit, "n": s.seeds, "mean": v, "p50": v,
				"ci95": []float64{0.95 * v, 1.05 * v}, "p50_ci95": []float64{0.95 * v, 1.05 * v}}
		}
		one("swarm.utilisation", "share", 0.912345)
		one("swarm.found_share.tracker", "share", 0.5)
		one("swarm.found_share.pex", "share", 0.2+0.1*float64(i))
		for _, group := range []string{"leechers", "leechers-free-rider"} {
			n, took := 0, []float64{}
			for _, p := range peers {
				if p.Cell == int32(i) && p.Group == group {
					n++
					if p.Completed != 0 {
						took = append(took, float64(p.Completed-p.Joined)/1e9)
					}
				}
			}
			if n == 0 {
				continue
			}
			slices.Sort(took)
			one("swarm.completed."+group, "share", float64(len(took))/float64(n))
			if len(took) > 0 {
				one("swarm.completion."+group+"_s", "s", took[len(took)/2])
			}
		}
		if s.theory {
			one("swarm.bound_s", "s", 400)
			one("swarm.bound_ratio", "ratio", 1.23)
			one("swarm.leechers", "peers", 33.3)
			one("swarm.fluid_leechers", "peers", 30)
			one("swarm.fluid_seeds", "peers", 10)
			c.(map[string]any)["fluid"] = map[string]any{"step_s": 200,
				"leechers": []float64{0, 20, 28, 30}, "seeds": []float64{0, 3, 7, 10}}
		}
	}
	writeSummary(t, dir, summary)
	writeTable(t, dir, "peers.parquet", peers)
	writeTable(t, dir, "transfers.parquet", s.gives())
	writeTable(t, dir, "swarm.parquet", s.samples())
}

// draw draws one figure.
func (s syntheticSwarm) draw(t *testing.T, name string, theme Theme) (string, []string) {
	t.Helper()
	dir := t.TempDir()
	s.figures = []string{name}
	s.write(t, dir)
	lines, err := drawCoarse(dir, theme)
	if err != nil {
		t.Fatal(err)
	}
	return dir, lines
}
