package results

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"swarmlab/scenarios/metrics"
	"swarmlab/scenarios/results/manifest"
	"swarmlab/scenarios/results/staging"
	"swarmlab/scenarios/results/tables"
	"swarmlab/scenarios/results/unfinished"
	"swarmlab/scenarios/results/worlds"
)

// The files of a results folder.
const (
	ScenarioFile = "scenario.yaml"
	SummaryFile  = "summary.json"
	MetricsFile  = "metrics.json"
)

// Claim makes a folder ready to be written to, or says why it cannot be: it must be new, empty, or
// hold results, which will be replaced. parts are folders in it that are claimed by themselves:
// they may be there, as a program leaves them that was killed before it wrote beside them.
func Claim(dir string, parts ...string) error {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return fmt.Errorf("cannot make the results folder: %w; choose another with --out", err)
		}
	case err != nil:
		return fmt.Errorf("%s cannot be the results folder: %w; choose another with --out",
			dir, err)
	case !disposable(entries, parts) && !Holds(dir):
		return fmt.Errorf("%s is not empty and holds no results; "+
			"choose another folder with --out", dir)
	}
	probe, err := os.CreateTemp(dir, staging.TempPrefix+"probe-*")
	if err != nil {
		return fmt.Errorf("cannot write to the results folder: %w; choose another with --out", err)
	}
	probe.Close()
	return os.Remove(probe.Name())
}

// Holds tells a results folder, also one whose writing was cut short, from others.
func Holds(dir string) bool {
	for _, name := range []string{manifest.File, tables.CheckpointsFile, SummaryFile, TargetsFile} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return true
		}
	}
	return unfinished.Holds(dir)
}

// disposable tells whether there is nothing but what a run leaves that was killed before its first
// result.
func disposable(entries []os.DirEntry, parts []string) bool {
	return !slices.ContainsFunc(entries, func(e os.DirEntry) bool {
		part := e.IsDir() && slices.Contains(parts, e.Name())
		return !strings.HasPrefix(e.Name(), staging.TempPrefix) && e.Name() != unfinished.Folder &&
			!part
	})
}

// Write lays out the results folder and returns its summary. started is when the work began. All
// files are written beside those that were there before, and take their places when all are whole.
// The manifest goes first and comes last: it vouches for the others. A calibration of what was
// there before goes, too.
func Write(dir string, o *Outcome, started time.Time) (Summary, error) {
	return write(staging.RealDisk{}, dir, o, started)
}

func write(d staging.Disk, dir string, o *Outcome, started time.Time) (Summary, error) {
	summary, err := summarise(o)
	if err != nil {
		return summary, err
	}
	g := staging.New(d, dir)
	defer g.Abandon()
	obsolete := []string{manifest.File, worlds.File, worlds.RowsFile}
	for _, write := range []func() error{
		func() error { return o.writeScenario(g) },
		func() error { return g.AddJSON(MetricsFile, metrics.Definitions()) },
		func() error { return g.AddJSON(SummaryFile, summary) },
		func() error {
			short, err := tables.Add(g, o.Runs)
			obsolete = append(obsolete, short...)
			return err
		},
		func() error {
			return g.AddJSON(manifest.File, manifest.New(started, o.Interrupted, o.Runs,
				o.Failures))
		},
	} {
		if err := write(); err != nil {
			return summary, err
		}
	}
	for _, name := range obsolete {
		err := os.Remove(filepath.Join(dir, name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return summary, err
		}
	}
	return summary, g.Commit()
}

// writeScenario stores the resolved scenario, and beside it the files that it needs.
func (o *Outcome) writeScenario(g *staging.Set) error {
	s, err := o.Scenario.Gather(func(file, name string) error {
		src, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		return g.AddBytes(name, src)
	})
	if err != nil {
		return err
	}
	return g.AddBytes(ScenarioFile, s.Resolved())
}
