package overlay

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"swarmlab/cmd/swarmlab/command"
	"swarmlab/cmd/swarmlab/display"
	"swarmlab/protocol"
)

func newMonitor() *cobra.Command {
	var f serveFlags
	c := &cobra.Command{
		Use:   "monitor",
		Short: "Run a node and watch its table and traffic",
		Long: `Run a node until Ctrl-C, and show its routing table and its traffic as they are.

On a terminal the view is drawn anew at intervals and fits the window; elsewhere each
look is a line, and with --json a JSON object, as serve prints them.`,
		Example: "  swarmlab dht monitor --listen 127.0.0.1:6883 --bootstrap 127.0.0.1:6881",
		Args:    command.Arguments(),
		RunE: func(c *cobra.Command, _ []string) error {
			return f.serve(c, func(s *server) { s.screen = screenOf(s.out) })
		},
	}
	f.add(c, time.Second)
	return c
}

// screen is a terminal that a view is drawn on.
type screen struct {
	file *os.File
	then view
}

// screenOf returns the terminal behind w, or nil if there is none.
func screenOf(w io.Writer) *screen {
	if file := display.Terminal(w); file != nil {
		return &screen{file: file}
	}
	return nil
}

func (s *screen) open()  { fmt.Fprint(s.file, display.OpenPage) }
func (s *screen) close() { fmt.Fprint(s.file, display.ClosePage) }

// draw shows a view, in the size that the window has now.
func (s *screen) draw(v *view) {
	v.inThen, v.outThen, v.over = s.then.in, s.then.out, v.now.Sub(s.then.now)
	s.then = *v
	display.Paint(s.file, v.frame)
}

// look takes a view of the node, in a turn of its own; ok is false if it has ended.
func (s *server) look() (v view, ok bool) {
	v.ServeReport, ok = s.state()
	if !ok {
		return v, false
	}
	err := s.node.Do(func(t *protocol.Turn) {
		v.now, v.in, v.out = t.Now, s.traffic.in, s.traffic.out
		v.lately = append(v.lately, s.traffic.lately...)
	})
	return v, err == nil
}

// watchScreen draws until ctx ends.
func (s *server) watchScreen(ctx context.Context, every time.Duration) {
	s.screen.open()
	defer s.screen.close()
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if v, running := s.look(); running {
			s.screen.draw(&v)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
