package auditor

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"swarmlab/cmd/swarmlab/command"
	"swarmlab/cmd/swarmlab/display"
	"swarmlab/scenarios/results/observation"
)

// telling is how an audit is told while it runs, and at the end: a table on a terminal, plain
// lines elsewhere, or JSON.
type telling struct {
	out    io.Writer
	json   bool
	screen *os.File // a terminal; nil: none
	opened bool     // its other page
	lines  io.Writer
	every  time.Duration
	told   time.Time
	then   then
}

// then is an earlier look, against which rates are taken.
type then struct {
	at     time.Time
	gained map[string]uint64 // by peer
	all    uint64
}

func newTelling(c *cobra.Command, f *flags) *telling {
	a := &telling{out: c.OutOrStdout(), json: f.JSON, every: f.every, told: time.Now()}
	switch w := c.ErrOrStderr(); {
	case f.JSON:
		a.told = time.Time{} // the first line comes at once
	case f.quiet:
	case display.Terminal(w) != nil:
		a.screen = display.Terminal(w)
	default:
		a.lines = w
	}
	return a
}

// due says whether it is time to tell something.
func (a *telling) due() bool {
	return a.screen != nil || (a.json || a.lines != nil) && time.Since(a.told) >= a.every
}

// show tells how things are.
func (a *telling) show(o *observation.Observation) error {
	a.told = time.Now()
	switch {
	case a.screen != nil:
		if !a.opened {
			a.opened = true
			fmt.Fprint(a.screen, display.OpenPage)
		}
		v := view{o, a.rates(o)}
		display.Paint(a.screen, v.frame)
	case a.json:
		return a.encode(o)
	case a.lines != nil:
		fmt.Fprintln(a.lines, lineOf(o))
	}
	return nil
}

// leaving is what a terminal shows while trackers are waited for at the end.
const leaving = "leaving the swarm; another Ctrl-C ends at once, and the same command goes on then"

// close ends the table, so that what stood there before is there again.
func (a *telling) close() {
	if a.opened {
		fmt.Fprint(a.screen, display.ClosePage+leaving)
	}
}

// end tells the result; out is the folder in which it is, empty if it is nowhere.
func (a *telling) end(o *observation.Observation, out string) error {
	a.wipe()
	if a.json {
		return a.encode(o)
	}
	if _, err := io.WriteString(a.out, Summary(o)); err != nil {
		return command.Fail("cannot print the result: %w", err)
	}
	if out != "" {
		fmt.Fprintf(a.out, "%s holds %s, %s, %s and %s\n", out, observation.ReportFile,
			observation.PeersFile, observation.SightingsFile, observation.File)
	}
	return nil
}

// wipe takes what close has shown off the terminal.
func (a *telling) wipe() {
	if a.opened {
		a.opened = false
		fmt.Fprint(a.screen, "\r\x1b[K")
	}
}

func (a *telling) encode(o *observation.Observation) error {
	if err := json.NewEncoder(a.out).Encode(o); err != nil {
		return command.Fail("cannot print the state: %w", err)
	}
	return nil
}

// rates is what was gained in a second, of late.
type rates struct {
	all  uint64
	peer map[string]uint64
}

// ratesOver is the time over which rates are taken, at most twice.
const ratesOver = 10 * time.Second

// rates compares with an earlier look.
func (a *telling) rates(o *observation.Observation) rates {
	now := time.Now()
	r := rates{peer: make(map[string]uint64)}
	since := now.Sub(a.then.at).Seconds()
	for n := range o.Peers {
		p := &o.Peers[n]
		if before := a.then.gained[p.Peer]; a.then.gained != nil && since > 0 {
			r.peer[p.Peer] = uint64(float64(p.Gained-min(before, p.Gained)) / since)
		}
	}
	if a.then.gained != nil && since > 0 {
		r.all = uint64(float64(o.Gained-min(a.then.all, o.Gained)) / since)
	}
	if a.then.gained == nil || since > ratesOver.Seconds() {
		gained := make(map[string]uint64)
		for n := range o.Peers {
			gained[o.Peers[n].Peer] = o.Peers[n].Gained
		}
		a.then = then{now, gained, o.Gained}
	}
	return r
}
