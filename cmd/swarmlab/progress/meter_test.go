package progress

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/cmd/swarmlab/display"
	"swarmlab/scenarios/lab"
)

// The bar draws in a goroutine of its own and asks for the texts from there, while the work tells
// how far it is: neither may wait for the other.
func TestBarAndWorkDoNotWaitForEachOther(t *testing.T) {
	var screen bytes.Buffer
	p := &Meter{started: time.Now()}
	p.bar = display.NewBar(&screen, time.Microsecond, p.left, p.right)
	p.Enter("simulating %s", "hops")
	over := make(chan struct{})
	go func() {
		defer close(over)
		var workers sync.WaitGroup
		for range 4 {
			workers.Go(func() {
				for n := range 2000 {
					p.Update(lab.Progress{Runs: 2000, Done: n, Failed: 3, Share: float64(n) / 2000})
				}
			})
		}
		workers.Wait()
		p.Note("stopping")
		p.Stop()
	}()
	select {
	case <-over:
	case <-time.After(30 * time.Second):
		require.FailNow(t, "the bar and the work wait for each other")
	}
	require.Contains(t, screen.String(), "simulating hops")
	require.Contains(t, screen.String(), "/2000 runs, 3 failed")
}

func TestPlainLinesComeWhenARunEndsOrAfterAWhile(t *testing.T) {
	var out bytes.Buffer
	p := New(&out, true)
	p.Enter("simulating hops")
	for n := range 100 { // in no time
		p.Update(lab.Progress{Runs: 100, Done: n, Share: float64(n) / 100})
	}
	require.Equal(t, "simulating hops\n", out.String())

	p.started = p.started.Add(-time.Minute)
	p.lastLine = p.lastLine.Add(-lineApartRun)
	p.Update(lab.Progress{Runs: 100, Done: 50, Failed: 1, Share: 0.5})
	p.lastLine = p.lastLine.Add(-display.LineApart)
	p.Update(lab.Progress{Runs: 100, Done: 50, Failed: 1, Share: 0.501})
	p.Update(lab.Progress{Runs: 100, Done: 100, Failed: 1, Share: 1})
	p.Stop()
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	require.Equal(t, []string{"simulating hops", " 50 %  50/100 runs, 1 failed  1:00 left",
		" 50 %  50/100 runs, 1 failed  1:00 left", "100 %  100/100 runs, 1 failed"}, lines)
}

func TestNothingIsToldWhereNobodyLooks(t *testing.T) {
	var out bytes.Buffer
	p := New(&out, false)
	p.Enter("simulating")
	p.Update(lab.Progress{Runs: 1, Done: 1, Share: 1})
	p.Note("a note")
	p.Stop()
	require.Empty(t, out.String())
}
