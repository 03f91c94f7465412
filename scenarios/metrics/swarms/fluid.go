package swarms

import (
	"math"
	"slices"

	"swarmlab/netmodel"
	"swarmlab/protocol/swarm"
	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/oracle"
	"swarmlab/scenarios/stats"
)

const qiuSrikant = "Qiu, Srikant, SIGCOMM 2004"

// OfFluid are of swarms in which peers come and go, after the warm-up, and of the fluid model
// with the run's own rates. Their values are in PerFluid.
var OfFluid = []Metric{
	{Name: "swarm.leechers", Unit: "peers",
		Definition: "mean number of peers that were downloading, over the time after the warm-up"},
	{Name: "swarm.seeds", Unit: "peers",
		Definition: "mean number of peers that had come to download, had all and were there"},
	{Name: "swarm.arrivals_per_s", Unit: "peers/s",
		Definition: "peers that came to download, by the time after the warm-up"},
	{Name: "swarm.download_s", Unit: "s", Source: qiuSrikant,
		Definition: "how long a peer is downloading, whether it completes or gives up: " +
			"swarm.leechers by swarm.arrivals_per_s, as Little's law has it"},
	{Name: "swarm.effectiveness", Unit: "share", Source: qiuSrikant,
		Definition: "payload that peers sent while they were downloading, by what their uplinks " +
			"could have sent of it beside the headers of blocks and packets, after the warm-up: " +
			"eta"},
	{Name: "swarm.fluid_leechers", Unit: "peers", Source: qiuSrikant,
		Definition: "what the fluid model says of swarm.leechers, with eta = 1 and the run's own " +
			"rates of arrival, of giving up and of leaving, what its lines carry beside headers, " +
			"and its lasting seeds; of runs in which peers come for half of the time and longer"},
	{Name: "swarm.fluid_seeds", Unit: "peers", Source: qiuSrikant,
		Definition: "what it says of swarm.seeds"},
	{Name: "swarm.fluid_download_s", Unit: "s", Source: qiuSrikant,
		Definition: "what it says of swarm.download_s"},
	{Name: "swarm.fluid_ratio", Unit: "ratio", Source: qiuSrikant,
		Definition: "swarm.download_s by swarm.fluid_download_s"},
}

// FluidCourse is what the fluid model says of a swarm over time, from an empty one on: means over
// the runs, each with its own rates.
type FluidCourse struct {
	Step     stats.Number   `json:"step_s"` // between two values; the first is of the beginning
	Leechers []stats.Number `json:"leechers"`
	Seeds    []stats.Number `json:"seeds"` // without those that were seeds from the start
}

// carried is how much of what a line sends can be payload: the models know no headers, and their
// rates are of payload.
func carried() float64 {
	const head = 13 // of a piece message
	return float64(swarm.BlockSize) / float64(netmodel.StreamWire(swarm.BlockSize+head))
}

// courseSteps is how many steps a course has.
const courseSteps = 150

// CourseOf returns the course where the model covers all runs, or nil.
func CourseOf(runs []*findings.Run, seconds float64) *FluidCourse {
	c := &FluidCourse{Leechers: make([]stats.Number, courseSteps+1),
		Seeds: make([]stats.Number, courseSteps+1)}
	end := int64(math.MaxInt64)
	for _, run := range runs {
		// The last of the metrics is there only where the model holds.
		if v := PerFluid(run, "", seconds); !stats.Finite(v[len(v)-1]) {
			return nil
		}
		end = min(end, endOf(run.Swarm))
	}
	step := float64(end) / 1e9 / courseSteps
	c.Step = stats.Number(step)
	for _, run := range runs {
		from := int64(math.Round(max(0, seconds-run.Measured.Seconds()) * 1e9))
		t := turnoverOf(run.Swarm, from, endOf(run.Swarm))
		f := t.fluid()
		if math.IsInf(f.Download+f.Departures, 1) {
			return nil // the equations have no such rates
		}
		for n, s := range f.Course(oracle.State{}, step, courseSteps) {
			c.Leechers[n] += stats.Number(s.Leechers / float64(len(runs)))
			c.Seeds[n] += stats.Number(s.Seeds / float64(len(runs)))
		}
	}
	return c
}

// turnover is who came and went after the warm-up. Times are in seconds.
type turnover struct {
	measured          float64
	leeching, seeding float64 // of all peers together
	came              float64
	aborted, departed float64
	up, down, origin  float64 // files a second: means of leechers, and the sum of first seeds
	lastCame          int64
}

// noFluid is as many values that are not there.
func noFluid(count int) []float64 { return slices.Repeat([]float64{math.NaN()}, count) }

// PerFluid returns the values of OfFluid in a run of so many seconds, in that order.
func PerFluid(run *findings.Run, _ string, seconds float64) []float64 {
	if run.Swarm == nil || len(run.Swarm.Peers) == 0 {
		return noFluid(len(OfFluid))
	}
	s := run.Swarm
	from := int64(math.Round(max(0, seconds-run.Measured.Seconds()) * 1e9))
	if from >= endOf(s) {
		return noFluid(len(OfFluid)) // all was over before the warm-up
	}
	t := turnoverOf(s, from, endOf(s))
	stay := t.leeching / t.came
	values := []float64{t.leeching / t.measured, t.seeding / t.measured, t.came / t.measured,
		stay,
		sampledShare(s, from, endOf(s), func(row *findings.SwarmSample) (a, b uint64) {
			return row.LeecherUpBytes, row.LeecherUpCapacity
		}) / carried()}
	steady, err := t.fluid().Steady()
	if err != nil || 2*float64(t.lastCame-from)/1e9 < t.measured {
		return append(values, noFluid(4)...)
	}
	return append(values, steady.Leechers, steady.Seeds, steady.Stay, stay/steady.Stay)
}

// turnoverOf counts from one time to another, ns.
func turnoverOf(s *findings.Swarm, from, to int64) turnover {
	t := turnover{measured: float64(to-from) / 1e9}
	within := func(a, b int64) float64 { return float64(max(0, min(b, to)-max(a, from))) / 1e9 }
	leechers := 0.0
	for n := range s.Peers {
		p := &s.Peers[n]
		left := to
		if p.Left > 0 {
			left = p.Left
		}
		size := float64(p.Size)
		if !Leeches(p) {
			t.origin += float64(p.UpRate) / size * within(p.Joined, left) / t.measured
			continue
		}
		leechers++
		t.up, t.down = t.up+float64(p.UpRate)/size, t.down+float64(p.DownRate)/size
		t.lastCame = max(t.lastCame, p.Joined)
		if p.Joined > from {
			t.came++
		}
		done := untilDone(p, to)
		t.leeching += within(p.Joined, done)
		if p.Completed > 0 {
			t.seeding += within(p.Completed, left)
		}
		if p.Left > from && p.Left <= to {
			if p.Completed > 0 {
				t.departed++
			} else {
				t.aborted++
			}
		}
	}
	t.up, t.down = t.up/leechers, t.down/leechers
	return t
}

// fluid is the model with the rates that were seen.
func (t *turnover) fluid() oracle.Fluid {
	f := oracle.Fluid{Arrivals: t.came / t.measured,
		Upload: t.up * carried(), Download: t.down * carried(), Origin: t.origin * carried(),
		Aborts: t.aborted / t.leeching, Departures: t.departed / t.seeding, Effectiveness: 1}
	if t.departed > 0 && t.seeding == 0 {
		f.Departures = math.Inf(1)
	}
	if f.Download == 0 {
		f.Download = math.Inf(1)
	}
	return f
}
