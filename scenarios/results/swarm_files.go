package results

import (
	"encoding/csv"
	"io"
	"strconv"

	"github.com/parquet-go/parquet-go"
)

// The tables of swarms; there are none of a scenario without torrents.
const (
	PeersFile         = "peers.parquet"
	PeersTextFile     = "peers.csv" // only if there are few
	TransfersFile     = "transfers.parquet"
	TransfersTextFile = "transfers.csv" // only if there are few
	SwarmFile         = "swarm.parquet"
	SwarmTextFile     = "swarm.csv" // only if it is short
)

// swarmCounts is how many rows of each kind a run has, and how many messages were exchanged.
type swarmCounts struct {
	Peers, Transfers, Samples int
	Messages                  uint64
}

func (s *Swarm) counts() swarmCounts {
	if s == nil {
		return swarmCounts{}
	}
	return swarmCounts{len(s.Peers), len(s.Transfers), len(s.Samples), s.Messages}
}

// rows returns what is stored, in the order of the sections.
func (s *Swarm) rows() []any {
	if s == nil {
		s = &Swarm{}
	}
	return []any{s.Peers, s.Transfers, s.Samples}
}

func (run *Run) peerRows() ([]Peer, error) {
	if run.kept == nil {
		if run.Swarm == nil {
			return nil, nil
		}
		return run.Swarm.Peers, nil
	}
	rows, err := readRows[Peer](run.kept, peerSection)
	for n := range rows {
		rows[n].Cell = int32(run.Cell)
	}
	return rows, err
}

func (run *Run) transferRows() ([]Transfer, error) {
	if run.kept == nil {
		if run.Swarm == nil {
			return nil, nil
		}
		return run.Swarm.Transfers, nil
	}
	rows, err := readRows[Transfer](run.kept, transferSection)
	for n := range rows {
		rows[n].Cell = int32(run.Cell)
	}
	return rows, err
}

func (run *Run) swarmRows() ([]SwarmSample, error) {
	if run.kept == nil {
		if run.Swarm == nil {
			return nil, nil
		}
		return run.Swarm.Samples, nil
	}
	rows, err := readRows[SwarmSample](run.kept, swarmSection)
	for n := range rows {
		rows[n].Cell = int32(run.Cell)
	}
	return rows, err
}

// swarmOf reads what the run found of swarms back, or returns nil if there were none.
func (run *Run) swarmOf() (*Swarm, error) {
	if run.counts().Swarm == (swarmCounts{}) {
		return nil, nil
	}
	s := &Swarm{Messages: run.counts().Swarm.Messages}
	var err error
	if s.Peers, err = run.peerRows(); err != nil {
		return nil, err
	}
	if s.Transfers, err = run.transferRows(); err != nil {
		return nil, err
	}
	s.Samples, err = run.swarmRows()
	return s, err
}

// addSwarm adds the tables, if there are any, and as text those that are short.
func (o *Outcome) addSwarm(g *staging, obsolete *[]string) error {
	var n swarmCounts
	for _, run := range o.Runs {
		of := run.counts().Swarm
		n.Peers, n.Transfers = n.Peers+of.Peers, n.Transfers+of.Transfers
		n.Samples += of.Samples
	}
	for _, t := range []struct {
		rows        int
		name, small string
		write, text func(io.Writer) error
	}{
		{n.Peers, PeersFile, PeersTextFile, o.writePeers, o.writePeersText},
		{n.Transfers, TransfersFile, TransfersTextFile, o.writeTransfers, o.writeTransfersText},
		{n.Samples, SwarmFile, SwarmTextFile, o.writeSwarm, o.writeSwarmText},
	} {
		if t.rows == 0 {
			*obsolete = append(*obsolete, t.name, t.small)
			continue
		}
		if err := g.add(t.name, t.write); err != nil {
			return err
		}
		if err := addText(g, obsolete, t.small, t.rows, t.text); err != nil {
			return err
		}
	}
	return nil
}

func (o *Outcome) writePeers(w io.Writer) error {
	p := parquet.NewGenericWriter[Peer](w, parquet.Compression(&parquet.Zstd),
		parquet.CreatedBy(createdBy, "", ""))
	return writeRows(p, o.Runs, (*Run).peerRows)
}

func (o *Outcome) writeTransfers(w io.Writer) error {
	p := parquet.NewGenericWriter[Transfer](w, parquet.Compression(&parquet.Zstd),
		parquet.CreatedBy(createdBy, "", ""))
	return writeRows(p, o.Runs, (*Run).transferRows)
}

func (o *Outcome) writeSwarm(w io.Writer) error {
	p := parquet.NewGenericWriter[SwarmSample](w, parquet.Compression(&parquet.Zstd),
		parquet.CreatedBy(createdBy, "", ""))
	return writeRows(p, o.Runs, (*Run).swarmRows)
}

// writeText writes the rows of all runs as text, with the columns of the Parquet file.
func writeText[Row any](
	w io.Writer, runs []*Run, rowsOf func(*Run) ([]Row, error), text func(*Row) []string,
) error {
	c := csv.NewWriter(w)
	var header []string
	for _, column := range parquet.SchemaOf(new(Row)).Columns() {
		header = append(header, column[0])
	}
	c.Write(header)
	for _, run := range runs {
		rows, err := rowsOf(run)
		if err != nil {
			return err
		}
		for n := range rows {
			c.Write(text(&rows[n]))
		}
	}
	c.Flush()
	return c.Error()
}

func (o *Outcome) writePeersText(w io.Writer) error {
	return writeText(w, o.Runs, (*Run).peerRows, func(p *Peer) []string {
		row := []string{itoa(p.Cell), utoa(p.Seed), utoa(p.Node), p.Group, p.Torrent,
			utoa(p.Size), utoa(p.Complete), itoa(p.Joined), itoa(p.FirstPiece), itoa(p.Completed),
			itoa(p.Left)}
		for _, v := range []uint64{p.UpRate, p.DownRate, p.PayloadUp, p.PayloadDown,
			p.OverheadUp, p.OverheadDown, p.LeechedUp, p.Useful, p.Redundant, p.Failed,
			p.Wasted} {
			row = append(row, utoa(v))
		}
		return append(row, itoa(p.Remotes), itoa(p.Connected), itoa(p.Interested),
			itoa(p.FirstFound), itoa(p.Others), itoa(p.FoundTracker), itoa(p.FoundDHT),
			itoa(p.FoundPEX))
	})
}

func (o *Outcome) writeTransfersText(w io.Writer) error {
	return writeText(w, o.Runs, (*Run).transferRows, func(t *Transfer) []string {
		return []string{itoa(t.Cell), utoa(t.Seed), utoa(t.From), utoa(t.To), t.FromGroup,
			t.ToGroup, t.Torrent, utoa(t.Sent), utoa(t.Delivered), utoa(t.Lost), utoa(t.InFlight),
			utoa(t.Junk), itoa(t.Unchoked)}
	})
}

func (o *Outcome) writeSwarmText(w io.Writer) error {
	real := func(v float64) string { return strconv.FormatFloat(v, 'g', 9, 64) }
	return writeText(w, o.Runs, (*Run).swarmRows, func(s *SwarmSample) []string {
		return []string{itoa(s.Cell), utoa(s.Seed), itoa(s.At), s.Torrent, itoa(s.Leechers),
			itoa(s.Seeds), itoa(s.Arrived), itoa(s.Completed), itoa(s.Aborted), utoa(s.UpBytes),
			utoa(s.UpCapacity), utoa(s.LeecherUpBytes), utoa(s.LeecherUpCapacity),
			itoa(s.CopiesMin), real(s.CopiesMean), itoa(s.Rarest), real(s.Connections),
			real(s.Interested)}
	})
}

func itoa[T int32 | int64](v T) string { return strconv.FormatInt(int64(v), 10) }

func utoa[T uint32 | uint64](v T) string { return strconv.FormatUint(uint64(v), 10) }
