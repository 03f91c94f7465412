package plots

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

const (
	summaryFile = "summary.json"
	lookupsFile = "lookups.parquet"
)

// results is one results folder: where it is, and its summary.json.
type results struct {
	dir   string
	crawl *crawled // if the folder holds a crawl and no run

	Scenario    string      `json:"scenario"`
	Title       string      `json:"title"`
	Version     string      `json:"version"`
	Fingerprint string      `json:"fingerprint"`
	Figures     []string    `json:"figures"`
	Study       *study      `json:"study"` // of a sweep; may be absent
	Cells       []cell      `json:"cells"`
	Targets     []target    `json:"targets"`
	Accounting  []judgement `json:"accounting"` // methods by ways to cheat; may be absent
	Parts       []part      `json:"parts"`      // of a joint folder, which has no cells
}

// A part is one of several scenarios whose targets are joined.
type part struct {
	Scenario string `json:"scenario"`
	Title    string `json:"title"`
	Seed     uint64 `json:"seed"`
	Repeat   int    `json:"repeat"`
}

// A cell is one point of the sweep, run once for each seed.
type cell struct {
	Cell    int               `json:"cell"`
	Set     map[string]any    `json:"set"` // what was varied, by setting; numbers as written
	Seeds   []uint64          `json:"seeds"`
	Nodes   int               `json:"nodes"`
	Metrics map[string]metric `json:"metrics"`
	Models  map[string]model  `json:"models"` // by metric; may be absent

	Warmup   float64 `json:"warmup_s"`
	Duration float64 `json:"duration_s"`
	Faults   []fault `json:"faults"`
	Fluid    *fluid  `json:"fluid"` // may be absent
}

// fluid is what the fluid model says of a swarm over time.
type fluid struct {
	Step     float64   `json:"step_s"`
	Leechers []float64 `json:"leechers"`
	Seeds    []float64 `json:"seeds"`
}

// A fault is something wrong with the network for a while.
type fault struct {
	Kind string  `json:"kind"`
	From float64 `json:"from_s"`
	To   float64 `json:"to_s"`
}

// A metric sums up n observations of a cell, all seeds together.
type metric struct {
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

// A model is what theory says about a metric.
type model struct {
	Name       string    `json:"name"`
	Mean       float64   `json:"mean"`
	CDF        []float64 `json:"cdf"`
	BitsPerHop float64   `json:"bits_per_hop"` // 0: not stated
}

// path returns the path of a file in the results folder.
func (r *results) path(names ...string) string {
	return filepath.Join(append([]string{r.dir}, names...)...)
}

// file names what the figures are drawn from.
func (r *results) file() string {
	switch {
	case r.crawl != nil:
		return crawlFile
	case len(r.Parts) > 0:
		return targetsFile
	}
	return summaryFile
}

// openResults reads and checks dir/summary.json, or without one dir/crawl.json.
func openResults(dir string) (*results, error) {
	r := &results{dir: dir}
	path := r.path(summaryFile)
	body, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if joined, e := os.ReadFile(r.path(targetsFile)); e == nil {
			path, body, err = r.path(targetsFile), joined, nil
		}
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if r.crawl, err = r.openCrawl(); r.crawl != nil || err != nil {
			r.Version, r.Figures = r.crawl.version(), crawlFigures()
			return r, err
		}
		return nil, fmt.Errorf("%s: no such file, so this is not a results folder; "+
			"run 'swarmlab run --out DIR' first", path)
	case err != nil:
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber() // a varied value is shown as it was written
	if err := d.Decode(r); err != nil {
		return nil, fmt.Errorf("%s: not a swarmlab result: %w; run 'swarmlab run' again", path, err)
	}
	if err := r.validate(); err != nil {
		return nil, fmt.Errorf("%s: not a swarmlab result: %w; run 'swarmlab run' first", path, err)
	}
	return r, nil
}

// validate refuses what no run writes, so that the figures need not.
func (r *results) validate() error {
	for _, required := range []struct {
		key     string
		missing bool
	}{
		{"scenario", r.Scenario == ""},
		{"version", r.Version == ""},
		{"fingerprint", r.Fingerprint == ""},
		{"figures", r.Figures == nil},
		{"cells", len(r.Cells) == 0 && len(r.Parts) == 0},
	} {
		if required.missing {
			return fmt.Errorf("missing %q", required.key)
		}
	}
	if r.Study != nil {
		if err := r.Study.validate(); err != nil {
			return err
		}
	}
	numbers := map[int]bool{}
	for i, c := range r.Cells {
		if err := c.validate(); err != nil {
			return fmt.Errorf("cells[%d]: %w", i, err)
		}
		if numbers[c.Cell] {
			return fmt.Errorf("cells[%d]: a second cell with the number %d", i, c.Cell)
		}
		numbers[c.Cell] = true
	}
	return nil
}

func (c *cell) validate() error {
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
