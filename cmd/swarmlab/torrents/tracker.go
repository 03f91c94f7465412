package torrents

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"swarmlab/cmd/swarmlab/command"
	"swarmlab/cmd/swarmlab/endpoint"
	"swarmlab/cmd/swarmlab/identity"
	"swarmlab/protocol"
	"swarmlab/protocol/live"
	"swarmlab/protocol/live/httptracker"
	"swarmlab/protocol/tracker"
)

// trackerPort is where a tracker listens unless it is told otherwise, as most do.
const trackerPort = "0.0.0.0:6969"

// trackerFlags are the flags of `torrent tracker`.
type trackerFlags struct {
	http, udp       []string
	allow           []string
	interval, every time.Duration
	json            bool
}

func newTracker() *cobra.Command {
	var f trackerFlags
	c := &cobra.Command{
		Use:   "tracker",
		Short: "Run a tracker until Ctrl-C",
		Long: `Run a tracker until Ctrl-C, over HTTP, UDP or both, for all peers one and the same.
Without --http and --udp it listens for both at ` + trackerPort + `. It tracks every torrent
that is announced, or only those of --allow.

It prints where it listens, then what it knows at intervals and once more at the end;
with --json each of these is a JSON object on a line of its own.`,
		Example: "  swarmlab torrent tracker --http 127.0.0.1:6969 --udp 127.0.0.1:6969\n" +
			"  swarmlab torrent tracker --udp 0.0.0.0:6969 --udp [::]:6969 --interval 10m",
		Args: command.Arguments(),
		RunE: func(c *cobra.Command, _ []string) error { return f.run(c) },
	}
	flags := c.Flags()
	flags.StringArrayVar(&f.http, "http", nil, "`HOST:PORT` for HTTP; may be given several times")
	flags.StringArrayVar(&f.udp, "udp", nil,
		"`HOST:PORT` for UDP; may be given twice, for IPv4 and IPv6")
	flags.StringArrayVar(&f.allow, "allow", nil,
		"`INFOHASH` that is tracked, and no others; may be given several times")
	flags.DurationVar(&f.interval, "interval", 30*time.Minute, "time between a peer's announces")
	flags.DurationVar(&f.every, "every", 10*time.Second, "time between two lines")
	flags.BoolVar(&f.json, "json", false, "print JSON objects, one a line, and nothing else")
	return c
}

// run tracks until the user ends it.
func (f *trackerFlags) run(c *cobra.Command) error {
	group, err := f.group()
	if err != nil {
		return err
	}
	s := &trackerServer{group: group}
	s.json, s.out = f.json, c.OutOrStdout()
	if err := s.listen(f); err != nil {
		s.close()
		return err
	}
	ctx, release := command.UntilEnded(c.Context())
	defer release()
	if err := s.run(ctx, f.every); err != nil {
		return command.Exit(command.Failed, err)
	}
	return nil
}

// group makes the tracker that the flags describe.
func (f *trackerFlags) group() (*tracker.Group, error) {
	if f.every < time.Millisecond {
		return nil, command.Refuse("--every %v is too short; give for example 10s", f.every)
	}
	if f.interval < time.Second || f.interval > 24*time.Hour {
		return nil, command.Refuse("--interval %v is not from 1s to 24h", f.interval)
	}
	if len(f.http)+len(f.udp) == 0 {
		f.http, f.udp = []string{trackerPort}, []string{trackerPort}
	}
	for flag, all := range map[string][]string{"--http": f.http, "--udp": f.udp} {
		for _, text := range all {
			if _, err := endpoint.Parse(flag, text, true); err != nil {
				return nil, err
			}
		}
	}
	cfg := tracker.Defaults()
	cfg.Interval, cfg.Private = f.interval, len(f.allow) > 0
	random := identity.Random()
	copy(cfg.Secret[:], random[:])
	group, err := tracker.NewGroup(cfg, 1)
	if err != nil {
		return nil, command.Exit(command.Refused, err)
	}
	for _, text := range f.allow {
		hash, err := identity.Parse("--allow", text)
		if err != nil {
			return nil, err
		}
		group.Tracker(0).Allow([20]byte(hash.Append(nil)))
	}
	return group, nil
}

// trackerServer is a tracker on its sockets.
type trackerServer struct {
	trackerOutput
	group *tracker.Group
	node  *live.Node // of UDP; nil without
	webs  []*httptracker.Server
	turns httptracker.Turns
}

// listen opens all sockets.
func (s *trackerServer) listen(f *trackerFlags) (err error) {
	s.turns = httptracker.NewClock()
	if len(f.udp) > 0 {
		if s.node, err = live.Listen(f.udp...); err != nil {
			return command.Exit(command.Failed, err)
		}
		s.turns = s.node
		for _, a := range s.node.Addrs() {
			s.places = append(s.places, "udp://"+a.String()+"/announce")
		}
	}
	for _, at := range f.http {
		web, err := httptracker.Listen(at)
		if err != nil {
			return command.Exit(command.Failed, err)
		}
		s.webs = append(s.webs, web)
		s.places = append(s.places, "http://"+web.Addr().String()+"/announce")
	}
	return nil
}

// close closes the sockets of a tracker that does not run.
func (s *trackerServer) close() {
	if s.node != nil {
		s.node.Close()
	}
	for _, w := range s.webs {
		w.Close()
	}
}

// run tracks until ctx ends or one of the sockets fails, and tells what it knows.
func (s *trackerServer) run(ctx context.Context, every time.Duration) error {
	serving, stop := context.WithCancel(context.Background())
	defer stop()
	parts := 0
	ended := make(chan error)
	serve := func(part func() error) {
		parts++
		go func() { ended <- part() }()
	}
	if s.node != nil {
		serve(func() error { return s.node.Run(serving, s.group) })
	}
	for _, w := range s.webs {
		serve(func() error { return w.Run(serving, s.turns, s.group.Tracker(0)) })
	}
	watching, end := context.WithCancel(ctx)
	defer end()
	told := make(chan error, 1)
	go func() {
		told <- s.watch(watching, every, s.state)
		stop() // after the last line, which needs a running tracker
	}()
	var all error
	for ; parts > 0; parts-- {
		all = errors.Join(all, <-ended)
		end() // without one of its parts it is to end
	}
	return errors.Join(all, <-told)
}

// state returns what the tracker knows and has counted, and whether it still runs.
func (s *trackerServer) state() (r TrackerReport, running bool) {
	k := s.group.Tracker(0)
	err := s.turns.Do(func(t *protocol.Turn) {
		r.Peers, r.Seeds = k.Peers(t.Now)
		r.Swarms, r.Tracker = k.Swarms(), k.Tally()
		drops := s.group.Drops()
		drops.Each(r.dropped("udp"))
	})
	if err != nil {
		return r, false
	}
	if s.node != nil {
		socket := s.node.Stats()
		r.Socket = &socket
	}
	for _, w := range s.webs {
		st := w.Stats()
		r.Requests += st.Requests
		r.Other += st.Other + st.Turned
		st.Drops.Each(r.dropped("http"))
	}
	return r, true
}
