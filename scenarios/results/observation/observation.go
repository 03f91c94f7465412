package observation

import (
	"bytes"
	"encoding/csv"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"swarmlab/scenarios/results/manifest"
	"swarmlab/scenarios/results/staging"
	"swarmlab/scenarios/results/tables"
	"swarmlab/scenarios/stats"
)

// The files of an audit's folder, beside its manifest.
const (
	File          = "audit.json"
	PeersFile     = "peers.csv"
	SightingsFile = "sightings.parquet"
	ReportFile    = "report.md"
)

// Observation is what an observer saw of a swarm: audit.json. Volumes are bytes, times
// milliseconds since it began.
type Observation struct {
	Version     string `json:"version"`
	Name        string `json:"name"`
	Infohash    string `json:"infohash"`
	Size        uint64 `json:"size"`
	Pieces      uint32 `json:"pieces"`
	PieceLength uint32 `json:"piece_length"`
	Address     string `json:"address"` // at which the observer listens
	// Ended is why: time, interrupted (Ctrl-C) or failed; empty while it goes on.
	Ended    string       `json:"ended"`
	Time     stats.Number `json:"time_ms"`
	Parallel uint32       `json:"parallel"`          // pieces that a peer may have begun at a time
	Fastest  uint64       `json:"fastest_bytes_s"`   // gains beyond it are doubted
	Resumed  int          `json:"resumed"`           // how often it went on after it was killed
	Known    int          `json:"peers_known"`       // addresses
	Seen     int          `json:"peers_seen"`        // that said what they have
	Now      int          `json:"peers_now"`         // of them connected
	Silent   int          `json:"peers_silent"`      // connected, and said nothing
	Missed   uint64       `json:"connections_over"`  // of peers for which there was no room
	Ignored  uint64       `json:"sightings_ignored"` // of peers that said too much
	// Seeds had everything when first seen, Completed since then.
	Seeds     int `json:"seeds"`
	Completed int `json:"completed"`
	Sums
	Orphans uint64            `json:"orphans"` // gained while nobody seen had the piece
	Refused map[string]uint64 `json:"refused"` // messages that changed nothing, by the reason
	Scrapes []Scrape          `json:"scrapes"` // what trackers said, by time
	// Share is the observer's part of the swarm that the latest scrape counted; nil without one.
	Share *stats.Number `json:"share,omitempty"`
	Error string        `json:"error,omitempty"`
	Peers []Peer        `json:"peers"` // in the order in which they were first seen
}

// Sums is what was seen of the pieces of one peer, or of all.
type Sums struct {
	// Held is what it had when first seen: the head that was not observed, if it got it in this
	// session.
	Held uint64 `json:"held"`
	// Gained is the estimate of what it downloaded since then. Low and High bound it.
	Gained  uint64 `json:"gained"`
	Low     uint64 `json:"low"`
	High    uint64 `json:"high"`
	Doubted uint64 `json:"doubted"` // claimed faster than can be, or twice; in High only
	Rest    uint64 `json:"rest"`    // it lacked when last seen: the tail is at most this
}

// Peer is what was seen of one peer.
type Peer struct {
	Peer      string       `json:"peer"`    // where it listens, or else came from
	Listens   bool         `json:"listens"` // the former
	ID        string       `json:"peer_id"` // in hexadecimal
	Client    string       `json:"client"`  // by its id; empty: unknown
	Now       bool         `json:"now"`     // it is connected
	First     stats.Number `json:"first_ms"`
	Last      stats.Number `json:"last_ms"`
	Connected stats.Number `json:"connected_ms"`
	Sessions  int          `json:"connections"`
	Gaps      uint32       `json:"gaps"` // it came back, perhaps with more than before
	Sums
	// SessionHigh bounds what it downloaded in its session, with what was not observed.
	SessionHigh uint64       `json:"session_high"`
	Lost        uint32       `json:"lost"`        // pieces that it had and has no longer
	Seed        bool         `json:"seed"`        // it had everything when first seen
	Complete    stats.Number `json:"complete_ms"` // when it had everything; -1: not
	// Gave is what it may have uploaded: each piece that another one gained, divided among those
	// who had it. GaveLow only it had.
	Gave     uint64 `json:"gave"`
	GaveLow  uint64 `json:"gave_low"`
	GaveHigh uint64 `json:"gave_high"`
}

// Scrape is one answer of a tracker, or what was wrong.
type Scrape struct {
	Tracker   string       `json:"tracker"`
	At        stats.Number `json:"at_ms"`
	Seeders   uint32       `json:"complete"`
	Leechers  uint32       `json:"incomplete"`
	Completed uint32       `json:"downloaded"` // how often a download was completed, as it was told
	Us        uint32       `json:"incl_us"`    // 1: the observer is among the incomplete
	Problem   string       `json:"problem"`    // why there is no answer
}

// Sighting is a row of sightings.parquet: something that a peer showed.
type Sighting struct {
	At    int64  `parquet:"at_ns"`
	Peer  int32  `parquet:"peer"`  // its place in audit.json
	Event string `parquet:"event"` // field, have, lacks or gone
	Piece int32  `parquet:"piece"` // of have and lacks; -1
	Field []byte `parquet:"field"` // of field, as on the wire
}

// Holds tells whether a folder has those of an audit.
func Holds(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, File))
	return err == nil
}

// Write lays out the folder of an audit that began at started. All files appear at once,
// or none; the manifest, which knows the time of day, comes last.
func Write(
	dir string, o *Observation, report []byte, sightings iter.Seq2[Sighting, error],
	started time.Time,
) error {
	g := staging.New(staging.RealDisk{}, dir)
	defer g.Abandon()
	for _, write := range []func() error{
		func() error {
			return g.Add(SightingsFile, func(w io.Writer) error {
				return writeSightings(w, sightings)
			})
		},
		func() error { return g.AddBytes(PeersFile, o.peersText()) },
		func() error { return g.AddBytes(ReportFile, report) },
		func() error { return g.AddJSON(File, o) },
		func() error {
			return g.AddJSON(manifest.File, manifest.New(started, o.Ended == "interrupted", nil,
				nil))
		},
	} {
		if err := write(); err != nil {
			return err
		}
	}
	return g.Commit()
}

func writeSightings(w io.Writer, all iter.Seq2[Sighting, error]) error {
	p := tables.NewWriter[Sighting](w)
	var rows []Sighting
	flush := func() error {
		_, err := p.Write(rows)
		rows = rows[:0]
		return err
	}
	for row, err := range all {
		if err != nil {
			return err
		}
		if rows = append(rows, row); len(rows) == cap(rows) && len(rows) >= 1<<10 {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	if err := flush(); err != nil {
		return err
	}
	return p.Close()
}

func (o *Observation) peersText() []byte {
	var b bytes.Buffer
	c := csv.NewWriter(&b)
	c.Write([]string{"peer", "listens", "peer_id", "client", "first_ms", "last_ms", "connected_ms",
		"connections", "gaps", "held", "gained", "low", "high", "doubted", "rest", "session_high",
		"lost", "seed", "complete_ms", "gave", "gave_low", "gave_high"})
	whole := func(n uint64) string { return strconv.FormatUint(n, 10) }
	number := func(n stats.Number) string { return strconv.FormatFloat(float64(n), 'f', -1, 64) }
	for n := range o.Peers {
		p := &o.Peers[n]
		c.Write([]string{p.Peer, strconv.FormatBool(p.Listens), p.ID, p.Client, number(p.First),
			number(p.Last), number(p.Connected), strconv.Itoa(p.Sessions), whole(uint64(p.Gaps)),
			whole(p.Held), whole(p.Gained), whole(p.Low), whole(p.High), whole(p.Doubted),
			whole(p.Rest), whole(p.SessionHigh), whole(uint64(p.Lost)), strconv.FormatBool(p.Seed),
			number(p.Complete), whole(p.Gave), whole(p.GaveLow), whole(p.GaveHigh)})
	}
	c.Flush() // a bytes.Buffer does not fail
	return b.Bytes()
}
