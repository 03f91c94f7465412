package overlay

import (
	"fmt"
	"io"
	"sync"
	"time"

	"swarmlab/cmd/swarmlab/display"
	"swarmlab/protocol/crawl"
)

// crawlProgress tells how far a crawl is: a bar on a terminal, plain lines elsewhere, or nothing.
// The bar is full when all that is known has been asked; more may become known.
type crawlProgress struct {
	mu      sync.Mutex
	now     crawl.Progress
	started time.Time

	bar *display.Bar // nil if there is no terminal

	lines    io.Writer // plain; nil if there is a bar, or nothing is told
	lastLine time.Time
}

func newCrawlProgress(w io.Writer, lines bool) *crawlProgress {
	now := time.Now()
	p := &crawlProgress{started: now, lastLine: now}
	switch {
	case display.Terminal(w) != nil:
		p.showBar(w, display.BarRefresh)
	case lines:
		p.lines = w
	}
	return p
}

func (p *crawlProgress) showBar(w io.Writer, refresh time.Duration) {
	right := func() string {
		p.mu.Lock()
		defer p.mu.Unlock()
		return " " + p.text()
	}
	p.bar = display.NewBar(w, refresh, func() string { return "crawling " }, right)
}

// update takes the progress of the crawl.
func (p *crawlProgress) update(now crawl.Progress) {
	p.mu.Lock()
	p.now = now
	if p.lines != nil &&
		(time.Since(p.lastLine) >= display.LineApart || now.Ended != crawl.Running) {
		p.lastLine = time.Now()
		fmt.Fprintln(p.lines, p.text())
	}
	p.mu.Unlock()
	p.bar.Advance(float64(now.Done) / float64(max(now.Addresses, 1)))
}

// stop ends the telling.
func (p *crawlProgress) stop() { p.bar.Stop() }

// text tells the counts and, once that can be told, how long what is known will take.
func (p *crawlProgress) text() string {
	n := &p.now
	text := fmt.Sprintf("known %s, asked %s, answered %s, queue %s", display.Count(uint64(n.Known)),
		display.Count(uint64(n.Asked)), display.Count(uint64(n.Answered)),
		display.Count(uint64(n.Queue())))
	spent := time.Since(p.started)
	if n.Done > 0 && spent > time.Second && n.Ended == crawl.Running {
		rest := time.Duration(float64(spent) * float64(n.Addresses-n.Done) / float64(n.Done))
		text += "  " + display.Clock(rest) + " left at least"
	}
	return text
}
