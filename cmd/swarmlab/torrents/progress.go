package torrents

import (
	"fmt"
	"io"
	"sync"
	"time"

	"swarmlab/cmd/swarmlab/display"
)

const (
	fetchTick   = 250 * time.Millisecond // between two looks at a transfer
	fetchWindow = 20                     // looks over which its rate is taken
	fetchApart  = 5 * time.Second        // between two plain lines
)

// fetchProgress tells how far a download is: a bar on a terminal, plain lines elsewhere, or
// nothing.
type fetchProgress struct {
	name  string
	bar   *display.Bar
	lines io.Writer // nil if there is a bar, or nothing is told

	last time.Time // of a line

	mu    sync.Mutex // guards the rest, which the bar's goroutine reads
	now   TransferReport
	looks []look // the newest at the end
}

// look is what had come at a time.
type look struct {
	at   time.Time
	down uint64
}

func newFetchProgress(w io.Writer, name string, lines bool) *fetchProgress {
	p := &fetchProgress{name: display.Visible(name), last: time.Now()}
	switch {
	case display.Terminal(w) != nil:
		p.bar = display.NewBar(w, display.BarRefresh, func() string { return p.name + " " }, p.text)
	case lines:
		p.lines = w
	}
	return p
}

// update takes how far the download is.
func (p *fetchProgress) update(r TransferReport) {
	p.mu.Lock()
	p.now = r
	p.looks = append(p.looks, look{time.Now(), r.All.PayloadDown})
	if len(p.looks) > fetchWindow {
		p.looks = append(p.looks[:0], p.looks[len(p.looks)-fetchWindow:]...)
	}
	p.mu.Unlock()
	p.bar.Advance(p.share())
	if p.lines != nil && time.Since(p.last) >= fetchApart {
		p.last = time.Now()
		fmt.Fprintln(p.lines, p.text())
	}
}

// share is how much of the content is there.
func (p *fetchProgress) share() float64 {
	if p.now.Size == 0 {
		return 0
	}
	return float64(p.now.Size-p.now.Left) / float64(p.now.Size)
}

// rate is the payload of a second, of late.
func (p *fetchProgress) rate() float64 {
	if len(p.looks) < 2 {
		return 0
	}
	first, last := p.looks[0], p.looks[len(p.looks)-1]
	return float64(last.down-first.down) / last.at.Sub(first.at).Seconds()
}

// text is what stands beside the bar, or in a line.
func (p *fetchProgress) text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := &p.now
	peers := display.Quantity(r.Conns, "peer")
	if r.Size == 0 {
		return fmt.Sprintf(" no metadata yet, %s of %s known%s", peers,
			display.Count(uint64(r.Known)), p.trouble())
	}
	rate := p.rate()
	text := fmt.Sprintf("%3.0f %%  %s/s from %s", 100*p.share(), display.Bytes(uint64(rate)), peers)
	if rate > 0 && r.Left > 0 {
		left := float64(r.Left) / rate * float64(time.Second)
		text += "  " + display.Clock(time.Duration(min(left, float64(1000*time.Hour)))) + " left"
	}
	return text + p.trouble()
}

// trouble says why there may be nobody: a tracker that does not name any. A bar has no room for it
// in a line, and its reader sees it in the summary.
func (p *fetchProgress) trouble() string {
	if t := p.now.Tracker; p.lines != nil && p.now.Conns == 0 && t != nil && t.Problem != "" {
		return fmt.Sprintf("; tracker %s: %s", display.Visible(t.URL), display.Visible(t.Problem))
	}
	return ""
}

func (p *fetchProgress) stop() { p.bar.Stop() }
