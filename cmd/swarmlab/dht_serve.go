package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"swarmlab/protocol"
	"swarmlab/protocol/live"
)

func newDHTServe() *cobra.Command {
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
		Args: dhtArgs(),
		RunE: func(c *cobra.Command, _ []string) error { return f.serve(c, nil) },
	}
	f.add(c, 10*time.Second)
	return c
}

// serve runs a node until the user stops it; prepare, unless nil, is called before.
func (f *serveFlags) serve(c *cobra.Command, prepare func(*dhtServer)) error {
	if f.every < time.Millisecond {
		return dhtError(refused, "--every %v is too short; give for example 10s", f.every)
	}
	m, err := f.member(c.Context())
	if err != nil {
		return err
	}
	s := &dhtServer{member: m, json: f.json, out: c.OutOrStdout()}
	if prepare != nil {
		prepare(s)
	}
	ctx, release := signal.NotifyContext(c.Context(), os.Interrupt, syscall.SIGTERM)
	defer release()
	if err := s.run(ctx, f.every); err != nil {
		return exitError{failed, err}
	}
	return nil
}

// dhtServer is a node that serves, and the printing of its state.
type dhtServer struct {
	*member
	traffic traffic
	json    bool
	out     io.Writer
	screen  *screen // nil: lines
	start   time.Time
}

// run serves until ctx ends.
func (s *dhtServer) run(ctx context.Context, every time.Duration) error {
	s.start, s.traffic.Datagrams = time.Now(), s.core
	if !s.json && s.screen == nil {
		fmt.Fprintf(s.out, "node %v at %v\n", s.groups[0].ID(0), addressTexts(s.node))
	}
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

// watch shows the state and keeps what is to be kept, until ctx ends, and then once more.
func (s *dhtServer) watch(ctx context.Context, every time.Duration) error {
	var shown sync.WaitGroup
	shown.Go(func() {
		if s.screen != nil && !s.json {
			s.watchScreen(ctx, every)
		} else {
			s.watchLines(ctx, every)
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
	return s.keep()
}

// watchLines prints the state at the start, at intervals, and at the end.
func (s *dhtServer) watchLines(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for s.tell(); ctx.Err() == nil; s.tell() {
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
}

// tell prints the state once, unless the node has ended.
func (s *dhtServer) tell() {
	r, running := s.state()
	switch {
	case !running:
	case s.json:
		json.NewEncoder(s.out).Encode(&r)
	default:
		r.print(s.out)
	}
}

func addressTexts(node *live.Node) string {
	var texts []string
	for _, a := range node.Addrs() {
		texts = append(texts, a.String())
	}
	return strings.Join(texts, " and ")
}

// keep writes what the node remembers into its file, if it has one.
func (s *dhtServer) keep() error {
	if s.file == "" {
		return nil
	}
	var b []byte
	err := s.node.Do(func(t *protocol.Turn) { b = s.remember(t.Now).Append(nil) })
	if err != nil {
		return nil // the node has ended, and told so
	}
	return replaceFile(s.file, b)
}
