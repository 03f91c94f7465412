package overlay

import (
	"math"
	"slices"

	"swarmlab/plots/course"
	"swarmlab/plots/latency"
	"swarmlab/plots/stored"
)

const seriesFile = "series.parquet"

// A moment is what happened in one bin of one run.
type moment struct {
	online         map[int32]float64 // nodes, by second of the look
	contacts, dead float64
	lookups, found float64
	taken          []int64 // ns, of those that found
}

// history is one run: its moments by bin.
type history []moment

type timeRow struct {
	Cell     int32  `parquet:"cell"`
	Seed     uint64 `parquet:"seed"`
	Second   int32  `parquet:"second"`
	Online   int32  `parquet:"online"`
	Contacts int32  `parquet:"contacts"`
	Stale    int32  `parquet:"stale"`
	Shut     int32  `parquet:"shut"`
}

type startRow struct {
	latency.Row
	At int64 `parquet:"at_ns"`
}

// readHistories reads the runs of the first cells, as many as there are bins, by cell and seed.
func readHistories(r *stored.Results, cut []course.Bins) ([][]history, error) {
	all := make([][]history, len(cut))
	for i, b := range cut {
		all[i] = make([]history, len(r.Cells[i].Seeds))
		for s := range all[i] {
			all[i][s] = make(history, b.N)
		}
	}
	// at returns the moment of a time, which for a look is the bin that it ends.
	at := func(cell int32, seed uint64, second float64, look bool) (*moment, error) {
		i, s, err := r.Place(cell, seed)
		if err != nil || i >= len(cut) {
			return nil, err
		}
		bin := (second - cut[i].From) / cut[i].Width
		if look {
			bin = math.Ceil(bin-1e-9) - 1
		}
		if n := int(math.Floor(bin)); n >= 0 && n < cut[i].N {
			return &all[i][s][n], nil
		}
		return nil, nil // such as what the end of a run that is no whole minute leaves
	}
	err := stored.Scan(r, seriesFile, func(row *timeRow) error {
		m, err := at(row.Cell, row.Seed, float64(row.Second), true)
		if m == nil {
			return err
		}
		if m.online == nil {
			m.online = map[int32]float64{}
		}
		m.online[row.Second] += float64(row.Online)
		m.contacts += float64(row.Contacts)
		m.dead += float64(row.Stale + row.Shut)
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = stored.ScanLookups(r, func(row *startRow) error {
		m, err := at(row.Cell, row.Seed, float64(row.At)/1e9, false)
		if m == nil || row.Kind != stored.LookupKind {
			return err
		}
		m.lookups++
		if row.Success {
			m.found++
			m.taken = append(m.taken, row.Latency)
		}
		return nil
	})
	return all, err
}

// population is the mean number of nodes that were up at the looks.
func (m *moment) population() float64 {
	sum := 0.0
	for _, n := range m.online { // whole numbers: their order does not matter
		sum += n
	}
	return sum / float64(len(m.online))
}

func (m *moment) deadShare() float64 { return m.dead / m.contacts }

func (m *moment) success() float64 { return m.found / m.lookups }

// median is that of the latencies of lookups that found, in ns.
func (m *moment) median() float64 {
	if len(m.taken) == 0 {
		return math.NaN()
	}
	slices.Sort(m.taken)
	one := latency.Sample{NS: m.taken}
	return one.Quantile(0.5)
}
