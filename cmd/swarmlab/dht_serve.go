package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"swarmlab/protocol"
	"swarmlab/protocol/dht"
	"swarmlab/protocol/krpc"
	"swarmlab/protocol/live"
)

func newDHTServe() *cobra.Command {
	var f dhtFlags
	var id string
	var every time.Duration
	c := &cobra.Command{
		Use:   "serve",
		Short: "Run a node until Ctrl-C",
		Long: `Run a node until Ctrl-C. Without --bootstrap it is the first of a network.

It prints its address and id, then its state at intervals and once more at the end; with
--json each of these is a JSON object on a line of its own.`,
		Example: "  swarmlab dht serve --listen 127.0.0.1:6881\n" +
			"  swarmlab dht serve --listen 127.0.0.1:6882 --bootstrap 127.0.0.1:6881",
		Args: dhtArgs(),
		RunE: func(c *cobra.Command, _ []string) error { return f.serve(c, id, every) },
	}
	f.addListen(c)
	f.addBootstrap(c)
	c.Flags().StringVar(&id, "id", "", "own node id, 40 `HEX` digits (default random)")
	c.Flags().DurationVar(&every, "every", 10*time.Second, "time between two lines of state")
	c.Flags().BoolVar(&f.json, "json", false, "print JSON, an object a line")
	return c
}

func (f *dhtFlags) serve(c *cobra.Command, digits string, every time.Duration) error {
	id := randomID()
	if digits != "" {
		var err error
		if id, err = parseHexID("--id", digits); err != nil {
			return err
		}
	}
	if every < time.Millisecond {
		return dhtError(refused, "--every %v is too short; give for example 10s", every)
	}
	node, seeds, err := f.enter(c.Context(), "--bootstrap", f.bootstrap)
	if err != nil {
		return err
	}
	s := &dhtServer{node: node, id: id, json: f.json, out: c.OutOrStdout()}
	s.group = newServing(id, seeds)
	ctx, release := signal.NotifyContext(c.Context(), os.Interrupt, syscall.SIGTERM)
	defer release()
	if err := s.run(ctx, every); err != nil {
		return exitError{failed, err}
	}
	return nil
}

// newServing returns a group of one node that joins through seeds and stays.
func newServing(id krpc.ID, seeds []protocol.Addr) *dht.Group {
	cfg := dht.Default()
	b := systemRandom()
	copy(cfg.Secret[:], b[:])
	group, err := dht.New(cfg, dht.Env{
		Directory: dht.NewBook(),
		Seeds: func(_ uint32, dst []protocol.Addr) []protocol.Addr {
			return append(dst, seeds...)
		},
	}, 1)
	if err != nil {
		panic(err) // the default configuration is valid
	}
	group.Assign(0, id)
	return group
}

// dhtServer is a node that serves, and the printing of its state.
type dhtServer struct {
	node  *live.Node
	group *dht.Group
	id    krpc.ID
	json  bool
	out   io.Writer
	start time.Time
}

// run serves until ctx ends.
func (s *dhtServer) run(ctx context.Context, every time.Duration) error {
	s.start = time.Now()
	if !s.json {
		fmt.Fprintf(s.out, "node %v at %v\n", s.id, s.node.Addr())
	}
	watching, end := context.WithCancel(ctx)
	serving, stop := context.WithCancel(context.Background())
	var watch sync.WaitGroup
	watch.Go(func() {
		defer stop() // after the last line, which the node must be alive for
		s.watch(watching, every)
	})
	err := s.node.Run(serving, s.group)
	end()
	watch.Wait()
	return err
}

// watch prints the state at the start, at intervals, and at the end.
func (s *dhtServer) watch(ctx context.Context, every time.Duration) {
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
