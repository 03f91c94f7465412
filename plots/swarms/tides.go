package swarms

import (
	"math"

	"swarmlab/plots/course"
	"swarmlab/plots/number"
	"swarmlab/plots/page"
	"swarmlab/plots/stored"
)

type sampleRow struct {
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
	cells   []page.Series
	rows    [][][]sampleRow
	width   float64 // of a bin, s
	n       int     // bins
	notes   []string
	torrent string
}

// tidesMost is how many bins of time there are at most.
const tidesMost = 150

func readTides(r *stored.Results) (*tides, error) {
	t := &tides{cells: page.SeriesOf(r), notes: page.ShownNote(r)}
	for _, s := range t.cells {
		t.rows = append(t.rows, make([][]sampleRow, len(s.Cell.Seeds)))
	}
	several := false
	err := stored.Scan(r, swarmFile, func(row *sampleRow) error {
		i, seed, err := r.Place(row.Cell, row.Seed)
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
func (t *tides) flow(of func(*sampleRow) (above, below float64)) []course.Flow {
	var all []course.Flow
	for i, s := range t.cells {
		f := course.Flow{Series: s, Bins: course.Bins{From: 0, To: t.width * float64(t.n),
			Width: t.width, N: t.n}}
		above, below := t.sums(i, of)
		for bin := range t.n {
			var bySeed []float64
			for seed := range above {
				if v := above[seed][bin] / below[seed][bin]; below[seed][bin] > 0 {
					bySeed = append(bySeed, v)
				}
			}
			mean, ci := math.NaN(), number.Interval{Low: math.NaN(), High: math.NaN()}
			if len(bySeed) > 0 {
				mean = number.MeanOf(bySeed)
			}
			if i, ok := number.Interval95(bySeed); ok && len(bySeed) >= number.BandSeeds {
				ci = number.Interval{Low: max(i.Low, 0), High: i.High}
			}
			f.Mean, f.CI = append(f.Mean, mean), append(f.CI, ci)
			f.Seeds = append(f.Seeds, len(bySeed))
		}
		all = append(all, f)
	}
	return all
}

// sums adds up a cell's samples by seed and bin.
func (t *tides) sums(cell int, of func(*sampleRow) (a, b float64)) (above, below [][]float64) {
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
