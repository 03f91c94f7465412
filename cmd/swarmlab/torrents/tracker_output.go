package torrents

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"swarmlab/cmd/swarmlab/command"
	"swarmlab/cmd/swarmlab/display"
	"swarmlab/protocol/live"
	"swarmlab/protocol/tracker"
)

// TrackerReport is what is printed of a tracker: a line of JSON.
type TrackerReport struct {
	Addresses []string          `json:"addresses"` // announce URLs
	Time      float64           `json:"time_ms"`   // since the start
	Swarms    int               `json:"swarms"`
	Peers     int               `json:"peers"`
	Seeds     int               `json:"seeds"`         // of the peers
	Tracker   tracker.Tally     `json:"tracker"`       // what was counted
	Requests  uint64            `json:"http_requests"` // announces and scrapes
	Other     uint64            `json:"http_other"`    // requests for other things, or refused
	Dropped   map[string]uint64 `json:"dropped"`       // by transport and reason
	Socket    *live.Stats       `json:"socket,omitempty"`
}

// dropped returns what notes a transport's drops.
func (r *TrackerReport) dropped(transport string) func(name string, n uint64) {
	if r.Dropped == nil {
		r.Dropped = make(map[string]uint64)
	}
	return func(name string, n uint64) { r.Dropped[transport+"_"+name] += n }
}

// print writes a line for people.
func (r *TrackerReport) print(w io.Writer) error {
	k := &r.Tracker
	var lost uint64
	for _, n := range r.Dropped {
		lost += n
	}
	_, err := fmt.Fprintf(w, "%s: %s, %s (%s); announces %s, scrapes %s, completed %s; "+
		"refused %s, dropped %s\n",
		(time.Duration(r.Time) * time.Millisecond).Round(time.Second),
		display.Quantity(r.Swarms, "torrent"), display.Quantity(r.Peers, "peer"),
		display.Quantity(r.Seeds, "seed"),
		display.Count(k.Announces), display.Count(k.Scrapes), display.Count(k.Completed),
		display.Count(k.Refused), display.Count(lost))
	return err
}

// summary writes the end for people.
func (r *TrackerReport) summary(w io.Writer) error {
	k := &r.Tracker
	var b strings.Builder
	fmt.Fprintf(&b, "tracked for %s\n",
		(time.Duration(r.Time) * time.Millisecond).Round(time.Second))
	for _, row := range []struct {
		name string
		n    uint64
	}{
		{"announces", k.Announces}, {"scrapes", k.Scrapes}, {"downloads completed", k.Completed},
		{"peers that left", k.Stopped}, {"peers that fell silent", k.Expired},
		{"peers that made room", k.Displaced}, {"announces too early", k.Early},
		{"announces refused", k.Refused}, {"requests beyond the limit", k.Flooded},
	} {
		fmt.Fprintf(&b, "  %-26s %s\n", row.name, display.Count(row.n))
	}
	var reasons []string
	for name := range r.Dropped {
		reasons = append(reasons, name)
	}
	slices.Sort(reasons)
	for _, name := range reasons {
		fmt.Fprintf(&b, "  dropped, %-17s %s\n", name, display.Count(r.Dropped[name]))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// trackerOutput is where a tracker's state is told.
type trackerOutput struct {
	places []string
	json   bool
	out    io.Writer
}

// watch prints the state at the start, at intervals, and at the end.
func (o *trackerOutput) watch(
	ctx context.Context, every time.Duration, state func() (TrackerReport, bool),
) error {
	start := time.Now()
	if !o.json {
		if _, err := fmt.Fprintf(o.out, "tracker at %s\n",
			strings.Join(o.places, " and ")); err != nil {
			return fmt.Errorf("cannot print the state: %w", err)
		}
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for last := false; ; last = ctx.Err() != nil {
		r, running := state()
		if !running {
			return nil
		}
		r.Addresses, r.Time = o.places, display.Milliseconds(time.Since(start))
		if err := o.tell(&r, last); err != nil {
			return fmt.Errorf("cannot print the state: %w", err)
		}
		if last {
			return nil
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
}

func (o *trackerOutput) tell(r *TrackerReport, last bool) error {
	switch {
	case o.json:
		return command.PrintLine(o.out, r)
	case last:
		return r.summary(o.out)
	}
	return r.print(o.out)
}
