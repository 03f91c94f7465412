package results

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"swarmlab/scenarios"
	"swarmlab/scenarios/results/crawls"
	"swarmlab/scenarios/results/manifest"
	"swarmlab/scenarios/results/tables"
	"swarmlab/sim"
)

// Stored is a results folder read back, as far as it takes to repeat the runs and to compare.
type Stored struct {
	Scenario *scenarios.Scenario
	Manifest manifest.Manifest
	// Fingerprint is that of all runs together.
	Fingerprint sim.Fingerprint
	runs        map[tables.RunKey][]sim.Checkpoint
}

// Checkpoints returns those of a stored run.
func (s *Stored) Checkpoints(r manifest.Run) []sim.Checkpoint {
	return s.runs[tables.RunKey{Cell: r.Cell, Seed: r.Seed}]
}

// Open reads a results folder and checks that its files belong together.
func Open(dir string) (*Stored, error) {
	s := &Stored{}
	path := filepath.Join(dir, manifest.File)
	body, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: no such file, so this is not a results folder; "+
			"run 'swarmlab run --out DIR' first", path)
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(body, &s.Manifest); err != nil {
		return nil, damaged(path, err)
	}
	if _, err := os.Stat(filepath.Join(dir, crawls.File)); err == nil && len(s.Manifest.Runs) == 0 {
		return nil, fmt.Errorf("%s holds a crawl of a real network, which cannot be repeated", dir)
	}
	if s.Scenario, err = scenarios.Load(filepath.Join(dir, ScenarioFile)); err != nil {
		return nil, err
	}
	path = filepath.Join(dir, tables.CheckpointsFile)
	if s.runs, err = tables.ReadCheckpoints(path); err != nil {
		return nil, damaged(path, err)
	}
	return s, s.check(dir)
}

// check holds the files against each other.
func (s *Stored) check(dir string) error {
	cells, err := s.Scenario.Cells()
	if err != nil {
		return err
	}
	path := filepath.Join(dir, manifest.File)
	for _, r := range s.Manifest.Runs {
		f, err := sim.ParseFingerprint(r.Fingerprint)
		switch {
		case err != nil:
			return damaged(path, err)
		case r.Cell < 0 || r.Cell >= len(cells):
			return damaged(path, fmt.Errorf("it names cell %d, but %s has %d cells", r.Cell,
				ScenarioFile, len(cells)))
		case len(s.Checkpoints(r)) == 0:
			return damaged(filepath.Join(dir, tables.CheckpointsFile),
				fmt.Errorf("nothing about cell %d, seed %d", r.Cell, r.Seed))
		}
		s.Fingerprint = fold(s.Fingerprint, f)
	}
	return nil
}

func damaged(path string, err error) error {
	return fmt.Errorf("%s: damaged: %w; run 'swarmlab run' again", path, err)
}
