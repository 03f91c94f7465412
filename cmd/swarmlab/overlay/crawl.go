package overlay

import (
	"context"
	"errors"
	"math"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"swarmlab/cmd/swarmlab/claim"
	"swarmlab/cmd/swarmlab/command"
	"swarmlab/cmd/swarmlab/identity"
	"swarmlab/plots"
	"swarmlab/protocol"
	"swarmlab/protocol/crawl"
	"swarmlab/protocol/live"
	"swarmlab/scenarios/results/crawls"
)

// crawlWatch is the time between two looks at a crawl's progress.
const crawlWatch = 100 * time.Millisecond

// crawlFlags are the flags of crawl.
type crawlFlags struct {
	flags
	cfg   crawl.Config
	limit time.Duration
	out   string
	theme string
}

func newCrawl() *cobra.Command {
	f := &crawlFlags{cfg: crawl.Default()}
	c := &cobra.Command{
		Use:   "crawl --bootstrap HOST:PORT...",
		Short: "Visit all nodes of a network, and draw who is there and whom they know",
		Long: `Visit all nodes of a network, breadth-first, and ask each for its buckets' contacts.

It sends at most --rate queries a second, to one node at most two a second and a few
dozen in all, and takes part in nothing else. What was found goes to one folder: a
table of the nodes, a summary and figures. Ctrl-C ends the crawl and keeps it.`,
		Example: "  swarmlab dht crawl --bootstrap 127.0.0.1:6881 --out results/crawl\n" +
			"  swarmlab dht crawl --bootstrap 127.0.0.1:6881 --rate 20 --max 5000 --for 10m",
		Args: command.Arguments(),
		RunE: func(c *cobra.Command, _ []string) error { return f.run(c) },
	}
	f.addListen(c)
	f.addBootstrap(c)
	flags := c.Flags()
	flags.IntVar(&f.cfg.Rate, "rate", f.cfg.Rate, "most queries a second")
	flags.IntVar(&f.cfg.Nodes, "max", f.cfg.Nodes, "most nodes to find; then only these are asked")
	flags.DurationVar(&f.cfg.Timeout, "timeout", f.cfg.Timeout, "wait so long for an answer")
	flags.DurationVar(&f.limit, "for", 0, "end after this time (default when all are visited)")
	flags.BoolVar(&f.cfg.Samples, "samples", false,
		"ask each node once also for a sample of its infohashes (BEP 51)")
	flags.StringVar(&f.out, "out", filepath.Join("results", "crawl"), "results `folder`")
	command.AddTheme(c, &f.theme)
	flags.BoolVar(&f.json, "json", false, "print one JSON document and nothing else")
	return c
}

// refuse returns what the flags alone show to be wrong.
func (f *crawlFlags) refuse() error {
	switch {
	case len(f.bootstrap) == 0:
		return command.Refuse("--bootstrap is missing: give the HOST:PORT of at least one " +
			"node of the network; none is built in")
	case f.cfg.Rate < 1 || f.cfg.Rate > 100_000:
		return command.Refuse("--rate %d is not from 1 to 100000 queries a second", f.cfg.Rate)
	case f.cfg.Nodes < 1 || f.cfg.Nodes > 1<<24:
		return command.Refuse("--max %d is not from 1 to %d nodes", f.cfg.Nodes, 1<<24)
	case f.cfg.Timeout < time.Millisecond || f.cfg.Timeout > time.Hour:
		return command.Refuse("--timeout %v is not from 1ms to 1h", f.cfg.Timeout)
	case f.limit < 0:
		return command.Refuse("--for %v is negative; give for example 10m", f.limit)
	}
	f.cfg.Burst = max(1, min(f.cfg.Burst, f.cfg.Rate/10))
	return nil
}

func (f *crawlFlags) run(c *cobra.Command) error {
	if err := f.refuse(); err != nil {
		return err
	}
	theme, err := plots.ThemeByName(f.theme)
	if err != nil {
		return command.Exit(command.Refused, err)
	}
	node, seeds, err := f.enter(c.Context(), "--bootstrap", f.bootstrap)
	if err != nil {
		return err
	}
	dir, err := claim.Take(f.out)
	if err != nil {
		node.Close()
		return command.Exit(command.Refused, err)
	}
	crawler, err := crawl.New(f.cfg, identity.New(), seeds)
	if err != nil {
		node.Close()
		dir.Discard()
		return command.Exit(command.Refused, err)
	}
	ctx, release := command.WithInterrupts(c.Context(), dir.Discard)
	defer release()
	tell := newCrawlProgress(c.ErrOrStderr(), !f.json)
	w := &crawlWork{flags: f, dir: dir, node: node, crawler: crawler, started: time.Now()}
	ending, err := w.crawl(ctx, tell)
	if err == nil {
		err = w.keep(ending, theme)
	}
	tell.stop()
	if !w.stored {
		dir.Discard()
	}
	if w.result == nil || w.result.Totals.Reachable == 0 && !f.json {
		return err // which says it all
	}
	return command.Print(c, f.json, w.report(), errors.Join(err, w.verdict(ending)))
}

// crawlWork is a crawl and what becomes of it.
type crawlWork struct {
	flags   *crawlFlags
	dir     *claim.Folder
	node    *live.Node
	crawler *crawl.Crawler
	started time.Time
	took    time.Duration
	result  *crawls.Crawl
	stored  bool
	figures []string // a line each
}

// crawl runs until nobody is left to ask, the time is up, or the user ends it. It returns why it
// ended before its own end; empty if it did not.
func (w *crawlWork) crawl(ctx context.Context, tell *crawlProgress) (ending string, err error) {
	limit := w.flags.limit
	if limit == 0 {
		limit = math.MaxInt64
	}
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		w.watch(limited, cancel, tell)
	}()
	err = w.node.Run(limited, w.crawler)
	cancel()
	<-watched
	w.took = time.Since(w.started)
	switch {
	case err != nil:
		return "", command.Exit(command.Failed, err)
	case w.crawler.Progress().Ended != crawl.Running:
		return "", nil
	case ctx.Err() != nil:
		return command.EndedByCaller, nil
	}
	return command.EndedInTime, nil
}

// watch tells the progress, and ends the run when the crawl has ended.
func (w *crawlWork) watch(ctx context.Context, end func(), tell *crawlProgress) {
	tick := time.NewTicker(crawlWatch)
	defer tick.Stop()
	for {
		var p crawl.Progress
		if w.node.Do(func(*protocol.Turn) { p = w.crawler.Progress() }) != nil {
			return
		}
		tell.update(p)
		if p.Ended != crawl.Running {
			end()
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// keep stores and draws what was found. There is nothing to keep if nobody answered.
func (w *crawlWork) keep(ending string, theme plots.Theme) error {
	w.result = crawls.New(w.crawler, w.flags.cfg, w.flags.bootstrap, w.took, programName)
	if ending != "" {
		w.result.Ended = ending
	}
	if w.crawler.Progress().Answered == 0 {
		if ending == command.EndedByCaller {
			return command.Interrupt("interrupted before anybody answered; nothing is stored")
		}
		return command.Fail("nobody answered at %v; is it running, and reachable from here?",
			strings.Join(w.flags.bootstrap, ", "))
	}
	plots.Clear(w.dir.Path)
	if err := crawls.Write(w.dir.Path, w.result, w.started); err != nil {
		return command.Fail("not all results could be stored: %w", err)
	}
	w.stored = true
	lines, err := plots.Draw(w.dir.Path, theme)
	if w.figures = lines; err != nil {
		return command.Fail("the results are in %s, but not all figures: %w", w.dir.Path, err)
	}
	return nil
}

// verdict turns the ending into the exit status.
func (w *crawlWork) verdict(ending string) error {
	if ending == command.EndedByCaller && w.stored {
		return command.Interrupt("interrupted: what was found is in %s", w.dir.Path)
	}
	return nil
}
