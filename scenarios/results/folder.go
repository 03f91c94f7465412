package results

import (
	"encoding/binary"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/parquet-go/parquet-go"

	"swarmlab/protocol/dht"
)

// The files of a results folder.
const (
	ScenarioFile    = "scenario.yaml"
	ManifestFile    = "manifest.json"
	SummaryFile     = "summary.json"
	MetricsFile     = "metrics.json"
	LookupsFile     = "lookups.parquet"
	RunsFile        = "runs.csv"
	CheckpointsFile = "checkpoints.parquet"
)

// createdBy stands in the Parquet files for the library's own version, so that their bytes depend
// on their content alone.
const createdBy = "swarmlab"

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
		return fmt.Errorf("%s cannot be the results folder: %w; choose another with --out", dir, err)
	case len(entries) > 0:
		if _, err := os.Stat(filepath.Join(dir, ManifestFile)); err != nil {
			return fmt.Errorf("%s is not empty and holds no results; "+
				"choose another folder with --out", dir)
		}
	}
	probe, err := os.CreateTemp(dir, ".probe-*")
	if err != nil {
		return fmt.Errorf("cannot write to the results folder: %w; choose another with --out", err)
	}
	probe.Close()
	return os.Remove(probe.Name())
}

// Write lays out the results folder and returns its summary. started is when the work began. The
// manifest comes last: it vouches for the other files.
func Write(dir string, o *Outcome, started time.Time) (Summary, error) {
	summary := Summarise(o)
	for _, write := range []func() error{
		func() error { return o.writeScenario(dir) },
		func() error { return replaceJSON(dir, MetricsFile, Definitions()) },
		func() error { return replaceJSON(dir, SummaryFile, summary) },
		func() error { return replace(dir, LookupsFile, o.writeLookups) },
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

func (o *Outcome) writeLookups(w io.Writer) error {
	p := parquet.NewGenericWriter[Lookup](w, parquet.Compression(&parquet.Zstd),
		parquet.CreatedBy(createdBy, "", ""))
	for _, run := range o.Runs {
		if _, err := p.Write(run.Lookups); err != nil {
			return err
		}
	}
	return p.Close()
}

// checkpointRow is a row of checkpoints.parquet.
type checkpointRow struct {
	Cell     int32  `parquet:"cell"`
	Seed     uint64 `parquet:"seed"`
	Second   int32  `parquet:"second"`
	Events   uint64 `parquet:"events"`
	Wire     uint64 `parquet:"wire"`
	Outcome  uint64 `parquet:"outcome"`
	Syndrome []byte `parquet:"syndrome"` // little-endian words; see sim.Checkpoint
}

func (o *Outcome) writeCheckpoints(w io.Writer) error {
	p := parquet.NewGenericWriter[checkpointRow](w, parquet.Compression(&parquet.Zstd),
		parquet.CreatedBy(createdBy, "", ""))
	var rows []checkpointRow
	for _, run := range o.Runs {
		rows = rows[:0]
		for _, c := range run.Checkpoints {
			row := checkpointRow{Cell: int32(run.Cell), Seed: run.Seed, Second: int32(c.Second),
				Events: c.Events, Wire: c.Wire, Outcome: c.Outcome}
			for _, cell := range c.Syndrome {
				row.Syndrome = binary.LittleEndian.AppendUint32(row.Syndrome, cell)
			}
			rows = append(rows, row)
		}
		if _, err := p.Write(rows); err != nil {
			return err
		}
	}
	return p.Close()
}

// writeRuns writes a row for each run: the network's books beside the protocol's.
func (o *Outcome) writeRuns(w io.Writer) error {
	c := csv.NewWriter(w)
	header := []string{"cell", "seed", "nodes", "fingerprint", "events", "operations", "ended",
		"sent", "sent_bytes", "delivered", "lost", "undelivered", "in_flight"}
	var counters dht.Counters
	counters.Each(func(r dht.Reason, _ uint64) { header = append(header, "dht_"+r.String()) })
	c.Write(header)
	for _, run := range o.Runs {
		l := &run.Ledger
		row := []string{strconv.Itoa(run.Cell), strconv.FormatUint(run.Seed, 10),
			strconv.Itoa(run.Nodes), run.Fingerprint.String()}
		for _, n := range []uint64{run.Tally.Events, uint64(run.Asked), uint64(run.Ended),
			l.Sent.Datagrams, l.Sent.Bytes, l.Delivered.Datagrams, l.Lost.Datagrams,
			l.Undelivered.Datagrams, l.InFlight.Datagrams} {
			row = append(row, strconv.FormatUint(n, 10))
		}
		for _, n := range run.Counters {
			row = append(row, strconv.FormatUint(n, 10))
		}
		c.Write(row)
	}
	c.Flush()
	return c.Error()
}
