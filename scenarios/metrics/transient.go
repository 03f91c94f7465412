package metrics

import (
	"cmp"
	"slices"

	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/stats"
)

// CutTransient leaves out the lookups of a run that began before its MSER-5 point: the point in
// time from which on a metric of lookups, in the order in which they began, is like the rest. It
// notes the point in run.Cut. The metric must be one that CheckMetrics accepts.
func CutTransient(run *findings.Run, metric string) {
	d := Find(metric)
	type observation struct{ at, value int64 }
	var all []observation
	for n := range run.Lookups {
		l := &run.Lookups[n]
		if v, ok := d.value(l); ok && l.Kind == d.kind {
			all = append(all, observation{l.At, v})
		}
	}
	slices.SortStableFunc(all, func(a, b observation) int { return cmp.Compare(a.at, b.at) })
	values := make([]float64, len(all))
	for n, o := range all {
		values[n] = float64(o.value)
	}
	first, short := stats.MSER(values)
	run.TooShort = short
	if first == 0 {
		return
	}
	run.Cut = all[first].at
	run.Lookups = slices.DeleteFunc(run.Lookups, func(l findings.Lookup) bool {
		return l.At < run.Cut
	})
}
