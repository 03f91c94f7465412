package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"

	"swarmlab/protocol/crawl"
)

// crawlProgress tells how far a crawl is: a bar on a terminal, plain lines elsewhere, or nothing.
// The bar is full when all that is known has been asked; more may become known.
type crawlProgress struct {
	mu      sync.Mutex
	now     crawl.Progress
	started time.Time

	screen io.Writer // terminal; nil if there is none
	bars   *mpb.Progress
	bar    *mpb.Bar

	lines    io.Writer // plain; nil if there is a bar, or nothing is told
	lastLine time.Time
}

func newCrawlProgress(w io.Writer, lines bool) *crawlProgress {
	now := time.Now()
	p := &crawlProgress{started: now, lastLine: now}
	file, ok := w.(*os.File)
	switch {
	case ok && term.IsTerminal(int(file.Fd())):
		p.showBar(w, barRefresh)
	case lines:
		p.lines = w
	}
	return p
}

func (p *crawlProgress) showBar(w io.Writer, refresh time.Duration) {
	p.screen = w
	p.bars = mpb.New(mpb.WithOutput(w), mpb.WithRefreshRate(refresh), mpb.WithAutoRefresh())
	left := func(decor.Statistics) string { return "\rcrawling " }
	right := func(decor.Statistics) string {
		p.mu.Lock()
		defer p.mu.Unlock()
		return " " + p.text()
	}
	p.bar = p.bars.New(barSteps, mpb.BarStyle(), mpb.PrependDecorators(decor.Any(left)),
		mpb.AppendDecorators(decor.Any(right)))
}

// update takes the progress of the crawl.
func (p *crawlProgress) update(now crawl.Progress) {
	p.mu.Lock()
	p.now = now
	if p.lines != nil && (time.Since(p.lastLine) >= lineApart || now.Ended != crawl.Running) {
		p.lastLine = time.Now()
		fmt.Fprintln(p.lines, p.text())
	}
	p.mu.Unlock()
	if p.bar != nil { // not under the lock, which the bar's own goroutine takes to draw
		share := float64(now.Done) / float64(max(now.Addresses, 1))
		p.bar.SetCurrent(int64(share * (barSteps - 1))) // the last step is stop's
	}
}

// stop ends the telling and clears the bar, and what the terminal wrote of a Ctrl-C beside it.
func (p *crawlProgress) stop() {
	if p.bar != nil {
		p.bar.Abort(true)
		p.bars.Wait()
		fmt.Fprint(p.screen, "\r\x1b[K")
	}
}

// text tells the counts and, once that can be told, how long what is known will take.
func (p *crawlProgress) text() string {
	n := &p.now
	text := fmt.Sprintf("known %s, asked %s, answered %s, queue %s", count(uint64(n.Known)),
		count(uint64(n.Asked)), count(uint64(n.Answered)), count(uint64(n.Queue())))
	spent := time.Since(p.started)
	if n.Done > 0 && spent > time.Second && n.Ended == crawl.Running {
		rest := time.Duration(float64(spent) * float64(n.Addresses-n.Done) / float64(n.Done))
		text += "  " + clock(rest) + " left at least"
	}
	return text
}
