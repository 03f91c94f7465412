package overlay

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"swarmlab/cmd/swarmlab/command"
	"swarmlab/cmd/swarmlab/endpoint"
	"swarmlab/protocol"
)

func newServe() *cobra.Command {
	var f serveFlags
	c := &cobra.Command{
		Use:   "serve",
		Short: "Run a node until Ctrl-C",
		Long: `Run a node until Ctrl-C. Without --bootstrap it is the first of a network. With two
--listen addresses, one of IPv4 and one of IPv6, it is a member of both networks.

It prints its address and id, then its state at intervals and once more at the end; with
--json each of these is a JSON object on a line of its own. With --state it keeps its id
and its table in a file from one run to the next.`,
		Example: "  swarmlab dht serve --listen 127.0.0.1:6881\n" +
			"  swarmlab dht serve --listen 127.0.0.1:6882 --bootstrap 127.0.0.1:6881 " +
			"--state node.state",
		Args: command.Arguments(),
		RunE: func(c *cobra.Command, _ []string) error { return f.serve(c, nil) },
	}
	f.add(c, 10*time.Second)
	return c
}

// serve runs a node until the user stops it; prepare, unless nil, is called before.
func (f *serveFlags) serve(c *cobra.Command, prepare func(*server)) error {
	if f.every < time.Millisecond {
		return command.Refuse("--every %v is too short; give for example 10s", f.every)
	}
	m, err := f.member(c.Context())
	if err != nil {
		return err
	}
	defer m.close()
	s := &server{member: m, json: f.json, out: c.OutOrStdout()}
	if prepare != nil {
		prepare(s)
	}
	ctx, release := command.UntilEnded(c.Context())
	defer release()
	if err := s.run(ctx, f.every); err != nil {
		return command.Exit(command.Failed, err)
	}
	return nil
}

// server is a node that serves, and the printing of its state.
type server struct {
	*member
	traffic traffic
	json    bool
	out     io.Writer
	screen  *screen // nil: lines
	start   time.Time
}

// run serves until ctx ends.
func (s *server) run(ctx context.Context, every time.Duration) error {
	s.start, s.traffic.Datagrams = time.Now(), s.core
	watching, end := context.WithCancel(ctx)
	serving, stop := context.WithCancel(context.Background())
	var keeping error
	var watch sync.WaitGroup
	watch.Go(func() {
		defer stop() // after the last line, which the node must be alive for
		keeping = s.watch(watching, every)
	})
	err := s.node.Run(serving, &s.traffic)
	end()
	watch.Wait()
	if err == nil {
		err = keeping
	}
	return err
}

// watch shows the state and keeps what is to be kept, until ctx ends or the state cannot be shown,
// and then once more.
func (s *server) watch(ctx context.Context, every time.Duration) error {
	ctx, end := context.WithCancel(ctx)
	defer end()
	var showing error
	var shown sync.WaitGroup
	shown.Go(func() {
		if s.screen != nil && !s.json {
			s.watchScreen(ctx, every)
		} else if err := s.watchLines(ctx, every); err != nil {
			showing = fmt.Errorf("cannot print the state: %w", err)
			end()
		}
	})
	tick := time.NewTicker(keepEvery)
	defer tick.Stop()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-tick.C:
			s.keep() // what goes wrong now is told at the end, if it still does
		}
	}
	shown.Wait()
	return errors.Join(showing, s.keep())
}

// watchLines prints the state at the start, at intervals, and at the end.
func (s *server) watchLines(ctx context.Context, every time.Duration) error {
	if !s.json {
		_, err := fmt.Fprintf(s.out, "node %v at %v\n", s.groups[0].ID(0),
			endpoint.Addresses(s.node))
		if err != nil {
			return err
		}
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for last := false; ; last = ctx.Err() != nil {
		if err := s.tell(); err != nil || last {
			return err
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
}

// tell prints the state once, unless the node has ended.
func (s *server) tell() error {
	r, running := s.state()
	switch {
	case !running:
		return nil
	case s.json:
		return command.PrintLine(s.out, &r)
	}
	var b bytes.Buffer
	r.Print(&b)
	_, err := s.out.Write(b.Bytes())
	return err
}

// keep writes what the node remembers into its file, if it has one.
func (s *server) keep() error {
	if s.file == nil {
		return nil
	}
	var b []byte
	err := s.node.Do(func(t *protocol.Turn) { b = s.remember(t.Now).Append(nil) })
	if err != nil {
		return nil // the node has ended, and told so
	}
	return s.file.write(b)
}
