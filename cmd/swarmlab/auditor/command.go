package auditor

import (
	"context"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"swarmlab/cmd/swarmlab/claim"
	"swarmlab/cmd/swarmlab/command"
	"swarmlab/cmd/swarmlab/torrents"
	"swarmlab/scenarios/results"
	"swarmlab/scenarios/results/observation"
)

// flags are the flags of `swarmlab audit`.
type flags struct {
	torrents.Flags
	limit, every time.Duration
	out          string
	connections  int
	parallel     uint32
	fastest      string
	fastestRate  uint64
	quiet        bool
}

// NewCommand returns `swarmlab audit`, which watches a swarm.
func NewCommand() *cobra.Command {
	f := &flags{}
	c := &cobra.Command{
		Use:   "audit FILE|MAGNET",
		Short: "Watch a torrent's swarm, and tell who got how much",
		Long: `Join the swarm of a torrent, given as a .torrent file or a magnet link, as a passive
observer, and tell who downloaded how much, with bounds, beside what the trackers count.

The observer has nothing, asks for nothing and gives nothing. It stays connected to as
many peers as it can, and adds up the pieces that they say they have got. What peers had
when it first met them, and what they get after it has lost them, it does not see; nor
from whom they got it, nor what they downloaded in vain. Peers that lie are believed.

Peers are found by the torrent's trackers, in the DHT (give a node to enter by), from other
peers, and by --peer. It goes on until Ctrl-C or for --for, shows a table while it does,
and leaves a folder: report.md, peers.csv, sightings.parquet and audit.json. It never
overwrites results; an audit that was killed goes on when it is started again with the
same --out. With --json it prints JSON objects, one a line.

Exit status: 0 done, 1 failed, 2 the input was refused, 130 interrupted before --for.`,
		Example: `  swarmlab audit disk.torrent --for 10m --out results/disk
  swarmlab audit 'magnet:?xt=urn:btih:...' --bootstrap 127.0.0.1:6881 --json`,
		Args: command.Arguments("FILE|MAGNET"),
		RunE: f.run,
	}
	f.AddPlaces(c)
	flags := c.Flags()
	flags.DurationVar(&f.limit, "for", 0, "end after this time (default at Ctrl-C)")
	flags.StringVar(&f.out, "out", "",
		"results `folder` (default results/audit- and the infohash's begin)")
	flags.IntVar(&f.connections, "connections", 500, "most peers to be connected with")
	flags.Uint32Var(&f.parallel, "parallel", 4,
		"`pieces` that a peer may have begun at a time: the bounds are as wide")
	flags.StringVar(&f.fastest, "fastest", "1GiB",
		"doubt peers that gain more than so much `a second`")
	flags.DurationVar(&f.every, "every", 10*time.Second, "time between two lines")
	flags.BoolVar(&f.quiet, "quiet", false, "show no progress")
	flags.BoolVar(&f.JSON, "json", false, "print JSON objects, one a line, and nothing else")
	flags.SetNormalizeFunc(func(_ *pflag.FlagSet, name string) pflag.NormalizedName {
		if name == "duration" {
			name = "for"
		}
		return pflag.NormalizedName(name)
	})
	return c
}

// refuse returns what the flags alone show to be wrong.
func (f *flags) refuse() (err error) {
	const most = 1 << 14
	switch {
	case f.limit < 0:
		return command.Refuse("--for %v is negative; give for example 10m", f.limit)
	case f.every < time.Millisecond:
		return command.Refuse("--every %v is too short; give for example 10s", f.every)
	case f.connections < 1 || f.connections > most:
		return command.Refuse("--connections %d is not from 1 to %d", f.connections, most)
	case f.parallel < 1 || f.parallel > most:
		return command.Refuse("--parallel %d is not from 1 to %d pieces", f.parallel, most)
	}
	f.fastestRate, err = torrents.ParseRate("--fastest", f.fastest)
	return err
}

func (f *flags) run(c *cobra.Command, args []string) error {
	if err := f.refuse(); err != nil {
		return err
	}
	source, err := torrents.ReadSource(args[0], true)
	if err != nil {
		return err
	}
	if f.out == "" {
		f.out = filepath.Join("results", "audit-"+source.Hash.String()[:8])
	}
	if observation.Holds(f.out) || results.Holds(f.out) {
		return command.Refuse("%s holds results already, which an audit does not overwrite; "+
			"choose another folder with --out", f.out)
	}
	ctx, release := command.WithInterrupts(c.Context(), func() {})
	defer release()
	// A reader that went away (SIGPIPE) ends it like the user.
	ctx, release = signal.NotifyContext(ctx, syscall.SIGPIPE)
	defer release()
	a, err := f.open(ctx, source)
	if err != nil {
		return err
	}
	a.tell = newTelling(c, f)
	return a.audit(ctx)
}

// open opens the sockets and claims the folder. With a .torrent file the journal is opened, too.
func (f *flags) open(ctx context.Context, source *torrents.Source) (a *auditing, err error) {
	a = &auditing{flags: f, eye: newEye()}
	role := &torrents.Observer{Eye: a.eye, Connections: f.connections}
	if a.Session, err = torrents.NewSession(ctx, &f.Flags, source, false, role); err != nil {
		return nil, err
	}
	a.eye.group = a.Group.Swarm()
	if a.dir, err = claim.Take(f.out); err != nil {
		a.Close()
		return nil, command.Exit(command.Refused, err)
	}
	a.scraper = newScraper(source, a.Node.Addr().AddrPort().Addr())
	if source.Info != nil {
		if err = a.openJournal(); err != nil {
			a.Close()
			a.dir.Discard()
			return nil, err
		}
	}
	return a, nil
}
