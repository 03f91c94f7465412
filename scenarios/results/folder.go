package results

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// The files of a results folder.
const (
	ScenarioFile    = "scenario.yaml"
	ManifestFile    = "manifest.json"
	SummaryFile     = "summary.json"
	MetricsFile     = "metrics.json"
	LookupsFile     = "lookups.parquet"
	LookupsTextFile = "lookups.csv" // only if there are few
	SeriesFile      = "series.parquet"
	SeriesTextFile  = "series.csv" // only if it is short
	RunsFile        = "runs.csv"
	CheckpointsFile = "checkpoints.parquet"
)

// Claim makes a folder ready to be written to, or says why it cannot be: it must be new, empty, or
// hold results, which will be replaced.
func Claim(dir string) error {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return fmt.Errorf("cannot make the results folder: %w; choose another with --out", err)
		}
	case err != nil:
		return fmt.Errorf("%s cannot be the results folder: %w; choose another with --out",
			dir, err)
	case len(entries) > 0 && !holdsResults(dir):
		return fmt.Errorf("%s is not empty and holds no results; "+
			"choose another folder with --out", dir)
	}
	probe, err := os.CreateTemp(dir, ".probe-*")
	if err != nil {
		return fmt.Errorf("cannot write to the results folder: %w; choose another with --out", err)
	}
	probe.Close()
	return os.Remove(probe.Name())
}

// holdsResults tells a results folder, also one whose writing was cut short, from others.
func holdsResults(dir string) bool {
	for _, name := range []string{ManifestFile, CheckpointsFile, SummaryFile, TargetsFile} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return true
		}
	}
	return false
}

// Write lays out the results folder and returns its summary. started is when the work began. The
// manifest comes last, and an old one goes first: it vouches for the other files. A calibration of
// what was there before goes, too.
func Write(dir string, o *Outcome, started time.Time) (Summary, error) {
	summary := Summarise(o)
	for _, name := range []string{ManifestFile, CalibrationFile, CalibrationRowsFile} {
		err := os.Remove(filepath.Join(dir, name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return summary, err
		}
	}
	for _, write := range []func() error{
		func() error { return o.writeScenario(dir) },
		func() error { return replaceJSON(dir, MetricsFile, Definitions()) },
		func() error { return replaceJSON(dir, SummaryFile, summary) },
		func() error { return replace(dir, LookupsFile, o.writeLookups) },
		func() error { return o.replaceSmall(dir) },
		func() error { return replace(dir, SeriesFile, o.writeSeries) },
		func() error { return o.replaceShort(dir) },
		func() error { return replace(dir, RunsFile, o.writeRuns) },
		func() error { return replace(dir, CheckpointsFile, o.writeCheckpoints) },
		func() error { return replaceJSON(dir, ManifestFile, newManifest(o, started)) },
	} {
		if err := write(); err != nil {
			return summary, err
		}
	}
	return summary, nil
}

// replace puts a file in its place when all of it is written, or leaves the old one.
func replace(dir, name string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(dir, "."+name+"-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
			err = fmt.Errorf("%s: %w", filepath.Join(dir, name), err)
		}
	}()
	if err := write(f); err != nil {
		return err
	}
	if err := errors.Join(f.Chmod(0o644), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), filepath.Join(dir, name))
}

func replaceJSON(dir, name string, v any) error {
	return replace(dir, name, func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		return e.Encode(v)
	})
}

// writeScenario stores the resolved scenario, and beside it the files that it needs.
func (o *Outcome) writeScenario(dir string) error {
	s, err := o.Scenario.Gather(func(file, name string) error {
		src, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		return replaceBytes(dir, name, src)
	})
	if err != nil {
		return err
	}
	return replaceBytes(dir, ScenarioFile, s.Resolved())
}

func replaceBytes(dir, name string, b []byte) error {
	return replace(dir, name, func(w io.Writer) error {
		_, err := w.Write(b)
		return err
	})
}
