package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"
)

const (
	barSteps   = 1000
	barRefresh = 100 * time.Millisecond

	// lineApart is the least time between two plain lines, where there is no terminal for a bar.
	lineApart = 5 * time.Second
)

// bar is a progress bar on a terminal. A nil bar shows nothing.
type bar struct {
	screen io.Writer
	bars   *mpb.Progress
	bar    *mpb.Bar
}

// terminal returns the terminal behind w, or nil if there is none.
func terminal(w io.Writer) *os.File {
	if file, ok := w.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		return file
	}
	return nil
}

// newBar shows a bar between two texts, which its own goroutine asks for.
func newBar(w io.Writer, refresh time.Duration, left, right func() string) *bar {
	b := &bar{screen: w,
		bars: mpb.New(mpb.WithOutput(w), mpb.WithRefreshRate(refresh), mpb.WithAutoRefresh())}
	b.bar = b.bars.New(barSteps, mpb.BarStyle(),
		// At the first column even if the terminal has just echoed ^C.
		mpb.PrependDecorators(decor.Any(func(decor.Statistics) string { return "\r" + left() })),
		mpb.AppendDecorators(decor.Any(func(decor.Statistics) string { return right() })))
	return b
}

// advance may not be called under a lock that the texts take.
func (b *bar) advance(share float64) {
	if b != nil {
		b.bar.SetCurrent(int64(share * (barSteps - 1))) // the last step is stop's
	}
}

// stop clears the bar, and what the terminal wrote of a Ctrl-C beside it.
func (b *bar) stop() {
	if b != nil {
		b.bar.Abort(true)
		b.bars.Wait()
		fmt.Fprint(b.screen, "\r\x1b[K")
	}
}

// line writes a line above the bar, which there must be.
func (b *bar) line(text string) { fmt.Fprintln(b.bars, text) }
