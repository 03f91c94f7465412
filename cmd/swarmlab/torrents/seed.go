package torrents

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"swarmlab/cmd/swarmlab/command"
	"swarmlab/cmd/swarmlab/display"
	"swarmlab/cmd/swarmlab/endpoint"
)

// torrentSeed is `torrent seed`: its flags.
type torrentSeed struct {
	Flags
	every time.Duration
}

func newSeed() *cobra.Command {
	o := &torrentSeed{}
	c := &cobra.Command{
		Use:   "seed FILE",
		Short: "Upload a torrent's content until Ctrl-C",
		Long: `Upload the content of a .torrent file until Ctrl-C. The content must be in the
folder, whole, under the name that the torrent has for it; it is checked first, and only
read.

It is announced to the torrent's trackers and, if a node to enter by is given, in the DHT.
It prints where it listens, then its state at intervals, and a summary at the end; with
--json each of these is a JSON object on a line of its own.`,
		Example: `  swarmlab torrent seed disk.torrent --dir downloads --listen 0.0.0.0:6881`,
		Args:    command.Arguments("FILE"),
		RunE:    o.run,
	}
	o.add(c, "the `folder` in which the content is")
	c.Flags().DurationVar(&o.every, "every", 10*time.Second, "time between two lines")
	c.Flags().BoolVar(&o.JSON, "json", false, "print JSON objects, one a line, and nothing else")
	return c
}

func (o *torrentSeed) run(c *cobra.Command, args []string) error {
	if o.every < time.Millisecond {
		return command.Refuse("--every %v is too short; give for example 10s", o.every)
	}
	source, err := ReadSource(args[0], false)
	if err == nil {
		err = o.checkDir(false)
	}
	if err != nil {
		return err
	}
	ctx, release := command.UntilEnded(c.Context())
	defer release()
	s, err := NewSession(ctx, &o.Flags, source, true, nil)
	if err != nil {
		return err
	}
	var screen io.Writer
	if !o.JSON {
		screen = c.ErrOrStderr()
	}
	if err := s.whole(ctx, screen); err != nil {
		s.Close()
		return err
	}
	return s.Run(func() error {
		if err := s.Join(); err != nil {
			return command.Exit(command.Failed, err)
		}
		return s.watch(ctx, o.every, c.OutOrStdout(), o.JSON)
	})
}

// whole opens the files, which must be there entirely.
func (s *Session) whole(ctx context.Context, screen io.Writer) error {
	if err := s.open(ctx, screen); err != nil {
		return err
	}
	if n := s.Source.Info.Count() - s.found; n > 0 {
		return command.Refuse("%s of %s are not in %s, or damaged; name the folder in which %s "+
			"is, or let torrent download get them", display.Count(uint64(n)),
			display.Quantity(int(s.Source.Info.Count()), "piece"), display.Visible(s.dir),
			display.Visible(s.Source.Info.Name))
	}
	return nil
}

// watch prints the state at the start, at intervals, and at the end.
func (s *Session) watch(
	ctx context.Context, every time.Duration, out io.Writer, asJSON bool,
) error {
	if !asJSON {
		if _, err := fmt.Fprintf(out, "seeding %s (%s) at %v\n", display.Visible(s.Source.Name),
			display.Volume(s.Source.Info.Total), endpoint.Addresses(s.Node)); err != nil {
			return command.Fail("cannot print the state: %w", err)
		}
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		last := ctx.Err() != nil
		if r, ok := s.report(true); ok && (asJSON || last || r.Time > 1000) {
			if err := r.tell(out, asJSON, last); err != nil {
				return command.Fail("cannot print the state: %w", err)
			}
		}
		if last {
			return nil
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		case err := <-s.trouble:
			return command.Exit(command.Failed, err)
		case <-s.over:
			return command.Fail("the sockets failed")
		}
	}
}

// tell prints the state of a seed in a line, or the summary.
func (r *TransferReport) tell(w io.Writer, asJSON, last bool) error {
	if asJSON {
		return command.PrintLine(w, r)
	}
	if last {
		r.Print(w)
		return nil
	}
	_, err := fmt.Fprintf(w, "%s: %s, %s of payload sent and %s of overhead\n",
		(time.Duration(r.Time) * time.Millisecond).Round(time.Second),
		display.Quantity(r.Conns, "peer"), display.Volume(r.All.PayloadUp),
		display.Volume(r.All.OverheadUp))
	return err
}
