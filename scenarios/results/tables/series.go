package tables

import (
	"encoding/csv"
	"io"
	"strconv"

	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/results/staging"
)

func (o runsOf) writeSeries(w io.Writer) error {
	return writeRows(w, o, (*findings.Run).SeriesRows)
}

func (o runsOf) writeSeriesText(w io.Writer) error {
	c := csv.NewWriter(w)
	c.Write([]string{"cell", "seed", "second", "client", "online", "up_ns", "datagrams", "bytes",
		"tables", "contacts", "stale", "good", "reachable", "shut", "filtered", "dropped",
		"knows_all", "lacks_three", "knows_few"})
	for _, run := range o {
		series, err := run.SeriesRows()
		if err != nil {
			return err
		}
		for n := range series {
			s := &series[n]
			row := []string{strconv.Itoa(int(s.Cell)), strconv.FormatUint(s.Seed, 10),
				strconv.Itoa(int(s.Second)), s.Client}
			for _, v := range []int64{int64(s.Online), s.Up, s.Datagrams, s.Bytes,
				int64(s.Tables), int64(s.Contacts), int64(s.Stale), int64(s.Good),
				int64(s.Reachable), int64(s.Shut), s.Filtered, s.Dropped, int64(s.KnowsAll),
				int64(s.LacksThree), int64(s.KnowsFew)} {
				row = append(row, strconv.FormatInt(v, 10))
			}
			c.Write(row)
		}
	}
	c.Flush()
	return c.Error()
}

// addShort does so with the series.
func (o runsOf) addShort(g *staging.Set, obsolete *[]string) error {
	rows := o.counts().Series
	return addText(g, obsolete, SeriesTextFile, rows, o.writeSeriesText)
}
