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

// torrentDownload is `torrent download`: its flags.
type torrentDownload struct {
	Flags
	seedFor time.Duration
	quiet   bool
}

func newDownload() *cobra.Command {
	o := &torrentDownload{}
	c := &cobra.Command{
		Use:   "download FILE|MAGNET",
		Short: "Download a torrent into a folder",
		Long: `Download a torrent, given as a .torrent file or a magnet link, into a folder.
Nothing is written outside of it. All of its files are downloaded: a link that chooses some
(so=) is refused.

Peers are found by the torrent's trackers, in the DHT (give a node to enter by), from other
peers, and by --peer. What is in the folder already is checked and used: start again after
Ctrl-C or a crash to go on. It ends when everything is there, or after --seed-for more,
with a summary; with --json that is one document, and there is nothing else.

Exit status: 0 complete, 1 failed, 2 the input was refused, 130 interrupted.`,
		Example: `  swarmlab torrent download disk.torrent --dir downloads
  swarmlab torrent download 'magnet:?xt=urn:btih:...' --bootstrap 127.0.0.1:6881 --json`,
		Args: command.Arguments("FILE|MAGNET"),
		RunE: o.run,
	}
	o.add(c, "the `folder` for the content, made if it is not there")
	c.Flags().DurationVar(&o.seedFor, "seed-for", 0, "go on uploading for this `time` at the end")
	c.Flags().BoolVar(&o.quiet, "quiet", false, "show no progress")
	c.Flags().BoolVar(&o.JSON, "json", false, "print one JSON document and nothing else")
	return c
}

func (o *torrentDownload) run(c *cobra.Command, args []string) error {
	if o.seedFor < 0 {
		return command.Refuse("--seed-for %v is less than nothing; give for example 10m", o.seedFor)
	}
	source, err := ReadSource(args[0], true)
	if err == nil {
		err = o.checkDir(true)
	}
	if err != nil {
		return err
	}
	ctx, release := command.WithInterrupts(c.Context(), func() {})
	defer release()
	s, err := NewSession(ctx, &o.Flags, source, false, nil)
	if err != nil {
		return err
	}
	d := &downloading{Session: s, seedFor: o.seedFor, lines: !o.JSON && !o.quiet}
	if !o.quiet && !o.JSON {
		d.screen = c.ErrOrStderr()
	}
	if source.Info != nil {
		if err := s.open(ctx, d.screen); err != nil {
			s.Close()
			return err
		}
		if s.all() && o.seedFor == 0 {
			s.Close()
			d.final = s.outset()
			return command.Print(c, o.JSON, &d.final, nil)
		}
	}
	err = s.Run(func() error { return d.work(ctx) })
	if err != nil {
		d.final.Error = err.Error()
	}
	return command.Print(c, o.JSON, &d.final, err)
}

// downloading is a download that runs.
type downloading struct {
	*Session
	seedFor time.Duration
	screen  io.Writer // where progress is told; nil: nowhere
	lines   bool      // also if it is no terminal
	final   TransferReport
}

// work downloads and notes what came of it.
func (d *downloading) work(ctx context.Context) error {
	if d.screen != nil && d.alone() {
		fmt.Fprintf(d.screen, "nobody can be asked for peers: %s has no tracker that is known "+
			"here; give --peer or --bootstrap. Waiting for who connects to %v\n",
			display.Visible(d.Source.Name), endpoint.Addresses(d.Node))
	}
	if err := d.Join(); err != nil {
		return command.Exit(command.Failed, err)
	}
	err := d.fetchAll(ctx)
	if r, ok := d.report(true); ok {
		d.final = r
	}
	return err
}

func (d *downloading) fetchAll(ctx context.Context) error {
	if d.Source.Info == nil {
		if err := d.learn(ctx); err != nil {
			return err
		}
	}
	if !d.all() {
		if err := d.wait(ctx, d.complete); err != nil {
			return err
		}
	}
	if d.seedFor == 0 {
		return nil
	}
	enough, release := context.WithTimeout(ctx, d.seedFor)
	defer release()
	err := d.wait(context.WithoutCancel(ctx), enough.Done())
	return err
}

// learn waits for the metadata, looks at what is there of the content, and tells the client.
func (d *downloading) learn(ctx context.Context) error {
	if err := d.wait(ctx, d.Described); err != nil {
		return err
	}
	d.Learn()
	if err := d.open(ctx, d.screen); err != nil {
		return err
	}
	if err := d.Node.Do(d.Inform); err != nil {
		return command.Exit(command.Failed, err)
	}
	return nil
}

// wait shows how far it is until something is done, or cannot be done.
func (d *downloading) wait(ctx context.Context, done <-chan struct{}) error {
	tell := newFetchProgress(d.screen, d.Source.Name, d.lines)
	defer tell.stop()
	return d.Wait(ctx, done, fetchTick, func() error {
		if r, ok := d.report(false); ok {
			tell.update(r)
		}
		return nil
	})
}
