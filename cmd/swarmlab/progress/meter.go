package progress

import (
	"fmt"
	"io"
	"sync"
	"time"

	"swarmlab/cmd/swarmlab/display"
	"swarmlab/scenarios/lab"
)

// lineApartRun is the least time between two plain lines if a run has finished; if none has, it is
// display.LineApart.
const lineApartRun = time.Second

// Meter tells how far the work is: a bar on a terminal, plain lines elsewhere, or nothing. Its
// methods may be called from any goroutine. The lock guards what the bar's goroutine reads.
type Meter struct {
	mu       sync.Mutex
	label    string // of the experiment, if there are several
	phase    string
	counting bool // the phase is that of the runs
	now      lab.Progress
	started  time.Time // of the runs

	bar *display.Bar // nil if there is no terminal

	lines    io.Writer // plain; nil if there is a bar, or nothing is told
	told     lab.Progress
	lastLine time.Time
}

// New tells to w. Where w is no terminal and lines are not wanted, it tells nothing.
func New(w io.Writer, lines bool) *Meter {
	now := time.Now()
	p := &Meter{started: now, lastLine: now}
	switch {
	case display.Terminal(w) != nil:
		p.bar = display.NewBar(w, display.BarRefresh, p.left, p.right)
	case lines:
		p.lines = w
	}
	return p
}

// Next begins another experiment, one of several; label goes before its phases.
func (p *Meter) Next(label string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.label, p.started = label, time.Now()
	p.now, p.told, p.counting = lab.Progress{}, lab.Progress{}, false
}

// Enter begins a phase of the work.
func (p *Meter) Enter(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.phase, p.counting = p.label+fmt.Sprintf(format, args...), false
	if p.lines != nil {
		fmt.Fprintln(p.lines, p.phase)
	}
}

// Update takes the progress of the runs.
func (p *Meter) Update(now lab.Progress) {
	p.mu.Lock()
	p.now, p.counting = now, true
	p.mu.Unlock()
	p.bar.Advance(now.Share)
	if p.lines != nil {
		p.line(now)
	}
}

// line tells in a plain line, if it is time for one.
func (p *Meter) line(now lab.Progress) {
	p.mu.Lock()
	defer p.mu.Unlock()
	apart := display.LineApart
	if now.Done > p.told.Done {
		apart = lineApartRun
	}
	if time.Since(p.lastLine) >= apart || now.Done == now.Runs && p.told.Done < now.Runs {
		p.told, p.lastLine = now, time.Now()
		fmt.Fprintf(p.lines, "%3.0f %%  %s\n", now.Share*100, p.detail())
	}
}

// Note tells something once.
func (p *Meter) Note(text string) {
	switch {
	case p.bar != nil:
		p.bar.Line(text)
	case p.lines != nil:
		fmt.Fprintln(p.lines, text)
	}
}

// Stop ends the telling.
func (p *Meter) Stop() { p.bar.Stop() }

func (p *Meter) left() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.phase + " "
}

func (p *Meter) right() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.counting {
		return fmt.Sprintf(" %d/%d runs", p.now.Done, p.now.Runs)
	}
	return fmt.Sprintf("%3.0f %%  %s", p.now.Share*100, p.detail())
}

// detail is the part that counts runs and estimates the time left.
func (p *Meter) detail() string {
	text := fmt.Sprintf("%d/%d runs", p.now.Done, p.now.Runs)
	if p.now.Cells > 1 {
		text = fmt.Sprintf("%d/%d cells, ", p.now.CellsDone, p.now.Cells) + text
	}
	if p.now.Failed > 0 {
		text += fmt.Sprintf(", %d failed", p.now.Failed)
		if p.now.Cells > 1 {
			text += " in " + display.Quantity(p.now.CellsFailed, "cell")
		}
	}
	spent := time.Since(p.started)
	share, now := p.now.Share, p.now.Share-p.now.Stored // of all; of all, done just now
	if spent > time.Second && now > 0.005 && p.now.Done < p.now.Runs {
		rest := time.Duration(float64(spent) * (1 - share) / now)
		text += "  " + display.Clock(rest) + " left"
	}
	return text
}
