package plots

import (
	"fmt"
	"math"
	"slices"
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
	series
	group string
	peers [][]peerRow // by seed of the cell
}

// classes reads the groups of the cells that are shown; where cells have several, those of the
// first cell with the most of them. They are as many as a figure has colours for, and more is how
// many are left out.
func (r *results) classes() (all []class, more int, err error) {
	cells := r.cellSeries()
	groups := make([][]string, len(cells))
	of := map[string]*class{} // by cell and group
	err = scanTable(r, peersFile, func(row *peerRow) error {
		i, seed, err := r.place(row.Cell, row.Seed)
		if err != nil || i >= len(cells) || !row.leeches() {
			return err
		}
		key := fmt.Sprint(i, " ", row.Group)
		if of[key] == nil {
			of[key] = &class{series: cells[i], group: row.Group,
				peers: make([][]peerRow, len(cells[i].cell.Seeds))}
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
				c.label = group
			}
			if several && i != richest {
				more++
				continue
			}
			all = append(all, *c)
		}
	}
	if cut := len(all) - seriesMax; cut > 0 {
		all, more = all[:seriesMax], more+cut
	}
	return all, more, err
}

// classNotes says what is left out.
func (r *results) classNotes(all []class, more int) []string {
	notes := r.shownNote()
	if c := all[0].cell; len(r.Cells) > 1 && c.Cell == all[len(all)-1].cell.Cell {
		notes = append(notes, "This is one cell of several: "+r.label(c)+".")
	}
	if more > 0 {
		notes = append(notes, fmt.Sprintf("%s more are in the results, and not shown.",
			plural(more, "group")))
	}
	return notes
}

// seriesOf is what the legend names.
func seriesOf(all []class) (named []series) {
	for _, c := range all {
		named = append(named, c.series)
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
			shares = append(shares, float64(upTo(values, v))/float64(s.peers[i]))
		}
	}
	return shares
}

type swarmRow struct {
	Cell              int32   `parquet:"cell"`
	Seed              uint64  `parquet:"seed"`
	At                int64   `parquet:"at_ns"`
	Torrent           string  `parquet:"torrent"`
	Leechers          int32   `parquet:"leechers"`
	Seeds             int32   `parquet:"seeds"`
	Completed         int32   `parquet:"completed"`
	UpBytes           uint64  `parquet:"up_bytes"`
	UpCapacity        uint64  `parquet:"up_capacity"`
	LeecherUpBytes    uint64  `parquet:"leecher_up_bytes"`
	LeecherUpCapacity uint64  `parquet:"leecher_up_capacity"`
	CopiesMin         int32   `parquet:"copies_min"`
	CopiesMean        float64 `parquet:"copies_mean"`
}

// tides are the samples of the swarms over time: by cell that is shown, and by its seed. They are
// of the first torrent.
type tides struct {
	cells   []series
	rows    [][][]swarmRow
	width   float64 // of a bin, s
	n       int     // bins
	notes   []string
	torrent string
}

// bandSeeds is from how many seeds on figures of swarms have bands: of two they say next to
// nothing, and hide the lines.
const bandSeeds = 3

// tidesMost is how many bins of time there are at most.
const tidesMost = 150

func (r *results) tides() (*tides, error) {
	t := &tides{cells: r.cellSeries(), notes: r.shownNote()}
	for _, s := range t.cells {
		t.rows = append(t.rows, make([][]swarmRow, len(s.cell.Seeds)))
	}
	several := false
	err := scanTable(r, swarmFile, func(row *swarmRow) error {
		i, seed, err := r.place(row.Cell, row.Seed)
		if err != nil || i >= len(t.cells) {
			return err
		}
		if t.torrent == "" {
			t.torrent = row.Torrent
		}
		if row.Torrent != t.torrent {
			several = true
			return nil
		}
		t.rows[i][seed] = append(t.rows[i][seed], *row)
		return nil
	})
	if several {
		t.notes = append(t.notes, "Of several torrents this is "+t.torrent+".")
	}
	t.cut()
	return t, err
}

// cut chooses the bins: as wide as the time between samples, or some of them.
func (t *tides) cut() {
	last, step := int64(0), int64(math.MaxInt64)
	for _, seeds := range t.rows {
		for _, rows := range seeds {
			if n := len(rows); n > 1 && rows[1].At > rows[0].At {
				last = max(last, rows[n-1].At)
				step = min(step, rows[1].At-rows[0].At) // the last one comes with the run's end
			}
		}
	}
	if last == 0 {
		return
	}
	times := (last/step + tidesMost - 1) / tidesMost
	t.width = float64(step) / 1e9 * float64(max(times, 1))
	t.n = int(math.Ceil(float64(last)/1e9/t.width - 1e-9))
}

// flow works a quantity out: in each bin the ratio of two sums over its samples, by seed.
func (t *tides) flow(of func(*swarmRow) (above, below float64)) []flow {
	var all []flow
	for i, s := range t.cells {
		f := flow{series: s, bins: bins{0, t.width * float64(t.n), t.width, t.n}}
		above, below := t.sums(i, of)
		for bin := range t.n {
			var bySeed []float64
			for seed := range above {
				if v := above[seed][bin] / below[seed][bin]; below[seed][bin] > 0 {
					bySeed = append(bySeed, v)
				}
			}
			mean, ci := math.NaN(), interval{math.NaN(), math.NaN()}
			if len(bySeed) > 0 {
				mean = meanOf(bySeed)
			}
			if i, ok := interval95(bySeed); ok && len(bySeed) >= bandSeeds {
				ci = interval{max(i.low, 0), i.high}
			}
			f.mean, f.ci = append(f.mean, mean), append(f.ci, ci)
			f.seeds = append(f.seeds, len(bySeed))
		}
		all = append(all, f)
	}
	return all
}

// sums adds up a cell's samples by seed and bin.
func (t *tides) sums(cell int, of func(*swarmRow) (a, b float64)) (above, below [][]float64) {
	for _, rows := range t.rows[cell] {
		up, down := make([]float64, t.n), make([]float64, t.n)
		for i := range rows {
			bin := int(math.Ceil(float64(rows[i].At)/1e9/t.width-1e-9)) - 1 // that it ends
			if bin >= 0 && bin < t.n {
				a, b := of(&rows[i])
				up[bin], down[bin] = up[bin]+a, down[bin]+b
			}
		}
		above, below = append(above, up), append(below, down)
	}
	return above, below
}
