package stored

import (
	"errors"
	"fmt"
)

// A Cell is one point of the sweep, run once for each seed.
type Cell struct {
	Cell    int               `json:"cell"`
	Set     map[string]any    `json:"set"` // what was varied, by setting; numbers as written
	Seeds   []uint64          `json:"seeds"`
	Nodes   int               `json:"nodes"`
	Metrics map[string]Metric `json:"metrics"`
	Models  map[string]Model  `json:"models"` // by metric; may be absent

	Warmup   float64 `json:"warmup_s"`
	Duration float64 `json:"duration_s"`
	Faults   []Fault `json:"faults"`
	Fluid    *Fluid  `json:"fluid"` // may be absent
}

// Fluid is what the fluid model says of a swarm over time.
type Fluid struct {
	Step     float64   `json:"step_s"`
	Leechers []float64 `json:"leechers"`
	Seeds    []float64 `json:"seeds"`
}

// A Fault is something wrong with the network for a while.
type Fault struct {
	Kind string  `json:"kind"`
	From float64 `json:"from_s"`
	To   float64 `json:"to_s"`
}

// A Metric sums up n observations of a cell, all seeds together.
type Metric struct {
	N    int         `json:"n"`
	Mean float64     `json:"mean"`
	CI95 *[2]float64 `json:"ci95"` // of the mean, over seeds; absent with one seed
	CDF  []float64   `json:"cdf"`  // CDF[i] = P(X <= i+1), of counts only
	Unit string      `json:"unit"`
	P50  float64     `json:"p50"`
	P90  float64     `json:"p90"`
	P99  float64     `json:"p99"`
	// Intervals of the quantiles; absent where there is none.
	P50CI95 *[2]float64 `json:"p50_ci95"`
	P90CI95 *[2]float64 `json:"p90_ci95"`
	P99CI95 *[2]float64 `json:"p99_ci95"`
}

// A Model is what theory says about a metric.
type Model struct {
	Name       string    `json:"name"`
	Mean       float64   `json:"mean"`
	CDF        []float64 `json:"cdf"`
	BitsPerHop float64   `json:"bits_per_hop"` // 0: not stated
}

func (c *Cell) validate() error {
	switch {
	case len(c.Seeds) == 0:
		return errors.New(`missing "seeds"`)
	case c.Metrics == nil:
		return errors.New(`missing "metrics"`)
	case c.Nodes <= 0:
		return errors.New(`missing "nodes"`)
	}
	for name, m := range c.Metrics {
		if !isCDF(m.CDF) {
			return fmt.Errorf("metrics: %s: the cdf falls, or leaves 0..1", name)
		}
	}
	for name, m := range c.Models {
		if !isCDF(m.CDF) {
			return fmt.Errorf("models: %s: the cdf falls, or leaves 0..1", name)
		}
	}
	return nil
}

// isCDF says whether p never falls and stays in 0..1, but for the rounding of sums.
func isCDF(p []float64) bool {
	const slack = 1e-6
	last := 0.0
	for _, v := range p {
		if v < last-slack || v > 1+slack {
			return false
		}
		last = v
	}
	return true
}
