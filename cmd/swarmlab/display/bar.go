package display

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"
)

const barSteps = 1000

// How often progress is shown.
const (
	BarRefresh = 100 * time.Millisecond
	LineApart  = 5 * time.Second // the least between two plain lines, where there is no terminal
)

// Bar is a progress bar on a terminal. A nil bar shows nothing.
type Bar struct {
	screen io.Writer
	bars   *mpb.Progress
	bar    *mpb.Bar
}

// Terminal returns the terminal behind w, or nil if there is none.
func Terminal(w io.Writer) *os.File {
	if file, ok := w.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		return file
	}
	return nil
}

// NewBar shows a bar between two texts, which its own goroutine asks for.
func NewBar(w io.Writer, refresh time.Duration, left, right func() string) *Bar {
	b := &Bar{screen: w,
		bars: mpb.New(mpb.WithOutput(w), mpb.WithRefreshRate(refresh), mpb.WithAutoRefresh())}
	b.bar = b.bars.New(barSteps, mpb.BarStyle(),
		// At the first column even if the terminal has just echoed ^C.
		mpb.PrependDecorators(decor.Any(func(decor.Statistics) string { return "\r" + left() })),
		mpb.AppendDecorators(decor.Any(func(decor.Statistics) string { return right() })))
	return b
}

// Advance shows the share that is done. It may not be called under a lock that the texts take.
func (b *Bar) Advance(share float64) {
	if b != nil {
		b.bar.SetCurrent(int64(share * (barSteps - 1))) // the last step is Stop's
	}
}

// Stop clears the bar, and what the terminal wrote of a Ctrl-C beside it.
func (b *Bar) Stop() {
	if b != nil {
		b.bar.Abort(true)
		b.bars.Wait()
		fmt.Fprint(b.screen, "\r\x1b[K")
	}
}

// Line writes a line above the bar, which there must be.
func (b *Bar) Line(text string) { fmt.Fprintln(b.bars, text) }
