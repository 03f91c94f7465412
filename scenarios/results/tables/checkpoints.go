package tables

import (
	"encoding/binary"
	"io"

	"github.com/parquet-go/parquet-go"

	"swarmlab/scenarios/findings"
	"swarmlab/sim"
)

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

func (o runsOf) writeCheckpoints(w io.Writer) error {
	return writeRows(w, o, func(run *findings.Run) (rows []checkpointRow, err error) {
		checkpoints, err := run.CheckpointRows()
		for _, c := range checkpoints {
			row := checkpointRow{Cell: int32(run.Cell), Seed: run.Seed, Second: int32(c.Second),
				Events: c.Events, Wire: c.Wire, Outcome: c.Outcome}
			for _, cell := range c.Syndrome {
				row.Syndrome = binary.LittleEndian.AppendUint32(row.Syndrome, cell)
			}
			rows = append(rows, row)
		}
		return rows, err
	})
}

// RunKey is whose the fingerprints are.
type RunKey struct {
	Cell int
	Seed uint64
}

// ReadCheckpoints reads the fingerprints of all runs back.
func ReadCheckpoints(path string) (map[RunKey][]sim.Checkpoint, error) {
	rows, err := parquet.ReadFile[checkpointRow](path)
	if err != nil {
		return nil, err
	}
	runs := map[RunKey][]sim.Checkpoint{}
	for _, row := range rows {
		c := sim.Checkpoint{Second: int(row.Second), Fingerprint: sim.Fingerprint{
			Events: row.Events, Wire: row.Wire, Outcome: row.Outcome}}
		for b := row.Syndrome; len(b) >= 4; b = b[4:] {
			c.Syndrome = append(c.Syndrome, binary.LittleEndian.Uint32(b))
		}
		key := RunKey{int(row.Cell), row.Seed}
		runs[key] = append(runs[key], c)
	}
	return runs, nil
}
