package swarms

import (
	"fmt"
	"math"
	"slices"

	"swarmlab/plots/number"
	"swarmlab/plots/page"
	"swarmlab/plots/stored"
)

const (
	peersFile     = "peers.parquet"
	transfersFile = "transfers.parquet"
	swarmFile     = "swarm.parquet"
)

// noSwarm is why figures of swarms are skipped where there is none.
const noSwarm = "the scenario has no torrents"

type peerRow struct {
	Cell       int32  `parquet:"cell"`
	Seed       uint64 `parquet:"seed"`
	Node       uint32 `parquet:"node"`
	Group      string `parquet:"group"`
	Size       uint64 `parquet:"size"`
	Complete   uint64 `parquet:"complete"`
	Joined     int64  `parquet:"joined_ns"`
	Completed  int64  `parquet:"completed_ns"`
	UpRate     uint64 `parquet:"up_rate"`
	Up         uint64 `parquet:"payload_up"`
	Down       uint64 `parquet:"payload_down"`
	FirstFound int64  `parquet:"first_found_ns"`
}

// leeches tells whether the peer came to download.
func (p *peerRow) leeches() bool { return p.Complete < p.Size }

// A class is the peers of one group and cell that came to download.
type class struct {
	page.Series
	group string
	peers [][]peerRow // by seed of the cell
}

// readClasses reads the groups of the cells that are shown; where cells have several, those of the
// first cell with the most of them. They are as many as a figure has colours for, and more is how
// many are left out.
func readClasses(r *stored.Results) (all []class, more int, err error) {
	cells := page.SeriesOf(r)
	groups := make([][]string, len(cells))
	of := map[string]*class{} // by cell and group
	err = stored.Scan(r, peersFile, func(row *peerRow) error {
		i, seed, err := r.Place(row.Cell, row.Seed)
		if err != nil || i >= len(cells) || !row.leeches() {
			return err
		}
		key := fmt.Sprint(i, " ", row.Group)
		if of[key] == nil {
			of[key] = &class{Series: cells[i], group: row.Group,
				peers: make([][]peerRow, len(cells[i].Cell.Seeds))}
			groups[i] = append(groups[i], row.Group)
		}
		of[key].peers[seed] = append(of[key].peers[seed], *row)
		return nil
	})
	richest := 0
	for i := range groups {
		if len(groups[i]) > len(groups[richest]) {
			richest = i
		}
	}
	several := len(groups) > 0 && len(groups[richest]) > 1
	for i := range groups {
		for _, group := range groups[i] {
			c := of[fmt.Sprint(i, " ", group)]
			if several {
				c.Label = group
			}
			if several && i != richest {
				more++
				continue
			}
			all = append(all, *c)
		}
	}
	if cut := len(all) - page.SeriesMax; cut > 0 {
		all, more = all[:page.SeriesMax], more+cut
	}
	return all, more, err
}

// classNotes says what is left out.
func classNotes(r *stored.Results, all []class, more int) []string {
	notes := page.ShownNote(r)
	if c := all[0].Cell; len(r.Cells) > 1 && c.Cell == all[len(all)-1].Cell.Cell {
		notes = append(notes, "This is one cell of several: "+r.Label(c)+".")
	}
	if more > 0 {
		notes = append(notes, fmt.Sprintf("%s more are in the results, and not shown.",
			number.Plural(more, "group")))
	}
	return notes
}

// seriesOf is what the legend names.
func seriesOf(all []class) (named []page.Series) {
	for _, c := range all {
		named = append(named, c.Series)
	}
	return named
}

// A spread is one observation of each peer of a class: those that have it, sorted, and how many
// peers there are.
type spread struct {
	values []float64
	bySeed [][]float64
	peers  []int // by seed
	all    int
}

// spreadOf collects what peers have; what is not a number they have not.
func spreadOf(c *class, value func(*peerRow) float64) spread {
	s := spread{}
	for _, peers := range c.peers {
		var values []float64
		for i := range peers {
			if v := value(&peers[i]); !math.IsNaN(v) {
				values = append(values, v)
			}
		}
		slices.Sort(values)
		s.bySeed, s.peers = append(s.bySeed, values), append(s.peers, len(peers))
		s.values, s.all = append(s.values, values...), s.all+len(peers)
	}
	slices.Sort(s.values)
	return s
}

// quantile is the smallest value that so many of the peers, those without a value included, do not
// exceed; +Inf if there is none.
func (s *spread) quantile(share float64) float64 {
	i := int(math.Ceil(share*float64(s.all)-1e-9)) - 1
	if i >= len(s.values) {
		return math.Inf(1)
	}
	return s.values[max(i, 0)]
}

// within is the share of the peers of each seed that have at most that value.
func (s *spread) within(v float64) (shares []float64) {
	for i, values := range s.bySeed {
		if s.peers[i] > 0 {
			shares = append(shares, float64(number.UpTo(values, v))/float64(s.peers[i]))
		}
	}
	return shares
}
