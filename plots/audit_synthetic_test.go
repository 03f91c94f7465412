package plots

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// syntheticAudit is a run of accounting: a cell in which all are honest, and one for each way to
// cheat.
type syntheticAudit struct {
	synthetic
	kinds []string
	users int
}

// cheats are the ways to cheat, A1 first.
func cheats() []string {
	return []string{"multiplier", "constant", "fake-seed", "ghost", "under-report", "collusion",
		"sybil", "withholder", "framer", "fake-have", "shared", "whitewash", "adaptive"}
}

// methods are the methods of accounting.
func methods() []string {
	return []string{"M1", "M2", "M3", "M4", "M5", "M5x2", "M6", "M1xM6", "M7", "M8", "M9", "M10"}
}

func auditRun() syntheticAudit {
	s := syntheticAudit{kinds: append([]string{"honest"}, cheats()...), users: 40}
	s.synthetic = synthetic{seeds: 3, lookups: 10}
	for _, kind := range s.kinds {
		c := referenceCells()[0]
		c.set = map[string]any{"groups.peers.cheat": kind}
		s.cells = append(s.cells, c)
	}
	return s
}

// honestRun has one cell in which nobody cheats.
func honestRun() syntheticAudit {
	s := auditRun()
	s.kinds, s.cells = s.kinds[:1], s.cells[:1]
	s.cells[0].set = map[string]any{}
	return s
}

// varyRun has cells that differ in a setting and in how users cheat.
func varyRun(path string, values, kinds []string) syntheticAudit {
	s := syntheticAudit{users: 40}
	s.synthetic = synthetic{seeds: 3, lookups: 10}
	for _, kind := range kinds {
		for _, v := range values {
			c := referenceCells()[0]
			c.set = map[string]any{path: v, "groups.peers.cheat": "honest 90%, " + kind + " 10%"}
			if kind == "honest" {
				c.set["groups.peers.cheat"] = "honest"
			}
			s.kinds, s.cells = append(s.kinds, kind), append(s.cells, c)
		}
	}
	return s
}

func observerRun() syntheticAudit {
	return varyRun("groups.observers.size", []string{"1", "2", "4", "8"},
		[]string{"honest", "fake-have"})
}

func receiptRun() syntheticAudit {
	return varyRun("audit.receipts", []string{"16KiB", "64KiB", "256KiB", "1MiB", "4MiB"},
		[]string{"honest", "withholder"})
}

func (s syntheticAudit) each(f func(cell int32, seed uint64, r *rand.Rand)) {
	for cell := range s.cells {
		for seed := uint64(1); seed <= uint64(s.seeds); seed++ {
			f(int32(cell), seed, rand.New(rand.NewPCG(seed, uint64(cell)+99)))
		}
	}
}

// accounts are of users of whom the last tenth cheat.
func (s syntheticAudit) accounts() (rows []storedAccount) {
	s.each(func(cell int32, seed uint64, r *rand.Rand) {
		kind := s.kinds[cell]
		for u := range s.users {
			a := storedAccount{Cell: cell, Seed: seed, User: uint32(u), Cheat: "honest",
				Up:   uint64(2e8 * math.Exp(1.2*r.NormFloat64())),
				Down: uint64(2e8 * (0.5 + r.Float64()))}
			if u >= s.users*9/10 {
				a.Cheat = kind
			}
			if a.Cheat == "fake-seed" {
				a.Up = 0
			}
			for _, method := range []string{"M1", "M3", "M5", "M6", "M7", "M8", "M9"} {
				row := a
				row.Method = method
				row.estimate(r)
				rows = append(rows, row)
			}
		}
	})
	return rows
}

// balances are of two torrents, every five minutes.
func (s syntheticAudit) balances() (rows []storedBalance) {
	s.each(func(cell int32, seed uint64, r *rand.Rand) {
		lies := map[string]float64{"multiplier": 0.05, "constant": 0.08, "fake-seed": 0.12,
			"ghost": 0.1, "adaptive": 0.01, "under-report": 0.05}[s.kinds[cell]]
		for at := int64(300e9); at <= 3600e9; at += 300e9 {
			for range 2 {
				moved := 1e9 * (0.5 + r.Float64())
				up := moved * (1 + lies - 0.02*r.Float64())
				rows = append(rows, storedBalance{Cell: cell, Seed: seed, At: at, Up: uint64(up),
					Down:     uint64(moved * (1 - 0.02*r.Float64())),
					TrueDown: uint64(moved),
					Flagged:  up > 1.05*moved})
			}
		}
	})
	return rows
}

// estimate makes up what the method of the row says.
func (a *storedAccount) estimate(r *rand.Rand) {
	up, down := float64(a.Up), float64(a.Down)
	lies := map[string]float64{"multiplier": 0.5 * up, "constant": 2e8, "fake-seed": 3e8,
		"adaptive": 0.1 * up, "collusion": 9e8, "sybil": 6e8}
	switch a.Method {
	case "M1":
		a.UpSeen, a.UpEstimate = a.Cheat != "ghost", up*(1-0.05*r.Float64())+lies[a.Cheat]
	case "M3":
		a.UpSeen, a.UpEstimate = a.Cheat != "ghost", up*(1+0.1*r.NormFloat64())
	case "M6":
		a.DownSeen = r.Float64() < 0.9
		a.DownLow, a.DownHigh = max(down-4e6, 0), down+2e6
		a.DownEstimate = a.DownLow + r.Float64()*(a.DownHigh-a.DownLow)
		if a.Cheat == "fake-have" {
			a.DownEstimate = 2e9
		}
		return
	case "M7", "M8", "M9":
		a.UpSeen, a.UpEstimate = true, max(up-1e6*r.Float64(), 0)
		if a.Cheat == "collusion" || a.Cheat == "sybil" {
			a.UpEstimate += lies[a.Cheat]
			if a.Method == "M9" {
				a.UpEstimate = 1.3 * up
			}
		}
	}
	if a.Cheat == "ghost" && a.Method != "M9" {
		a.UpSeen, a.UpEstimate = false, 0
	}
	a.UpLow, a.UpHigh = a.UpEstimate, a.UpEstimate
	a.DownSeen, a.DownEstimate, a.DownLow, a.DownHigh = a.UpSeen, down, down, down
}

func (s syntheticAudit) write(t testing.TB, dir string) {
	summary := s.synthetic.write(t, dir)
	for i, c := range summary["cells"].([]any) {
		metrics := c.(map[string]any)["metrics"].(map[string]any)
		one := func(name string, v float64) {
			metrics["audit."+name] = map[string]any{"unit": "share", "n": s.seeds, "mean": v,
				"ci95": []float64{0.9 * v, 1.1 * v}}
		}
		n, lie := float64(i%5+1), 0.0
		if kind := s.kinds[i]; kind == "fake-have" || kind == "withholder" {
			lie = 0.1
		}
		one("M6.down.coverage", 0.98-0.8/n)
		one("M6.down.median", 0.08/n+lie)
		one("M6.down.bias", -0.03-0.8/n+10*lie)
		one("M8.bytes_per_gb", 1e8/n/n/n)
		one("M8.up.weighted.honest", 0.0002*n*n*n+lie)
	}
	summary["accounting"] = s.judgements()
	writeSummary(t, dir, summary)
	writeTable(t, dir, "accounts.parquet", s.accounts())
	writeTable(t, dir, "balances.parquet", s.balances())
}

// judgements has fields of every kind, and gaps.
func (s syntheticAudit) judgements() (all []map[string]any) {
	shows := []string{"error", "victims", "invented", "coverage", "flagged", "balance", "error"}
	for i, m := range methods() {
		for k, kind := range s.kinds {
			j := map[string]any{"method": m, "cheat": kind, "cell": k,
				"shows": shows[(i+k)%len(shows)], "side": "up", "expected": "50 %",
				"metric": fmt.Sprintf("audit.%s.up.median.%s", m, kind),
				"value":  math.Pow(10, -float64((i+k)%4)), "precision": nil,
				"ci95": []float64{0.01, 0.02}}
			switch {
			case slices.Contains([]string{"M3", "M4", "M5", "M10"}, m) && k > 0:
				j["shows"], j["value"], j["precision"] = "detection", float64(k)/13, 0.9
			case k == 0 && i%2 == 0:
				j["shows"], j["value"] = "false", 3.4
			case (i+k)%6 == 5:
				continue
			}
			all = append(all, j)
		}
	}
	return all
}

// draw draws one figure.
func (s syntheticAudit) draw(t *testing.T, name string, theme Theme) (string, []string) {
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
