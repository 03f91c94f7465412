package auditor

import (
	"context"
	"errors"
	"time"

	"swarmlab/cmd/swarmlab/claim"
	"swarmlab/cmd/swarmlab/command"
	"swarmlab/cmd/swarmlab/display"
	"swarmlab/cmd/swarmlab/torrents"
	"swarmlab/protocol"
	"swarmlab/scenarios/results/manifest"
	"swarmlab/scenarios/results/observation"
)

const (
	lookEvery = time.Second // between two looks, after which what was seen is on the disk
	// lastWords is how long trackers are waited for at the end.
	lastWords = 2 * time.Second
)

// auditing is an audit that runs.
type auditing struct {
	*torrents.Session
	flags   *flags
	eye     *eye
	dir     *claim.Folder
	journal *journal // nil until the torrent is known
	book    *book    // as long as the node runs, to be read in turns only
	scraper *scraper
	tell    *telling
	last    *observation.Observation
}

// openJournal opens the journal for a torrent that is known.
func (a *auditing) openJournal() (err error) {
	in := a.Source.Info
	a.journal, a.book, err = openJournal(a.dir.Path, subject{
		Infohash: a.Source.Hash.String(), Name: in.Name, Size: in.Total, Pieces: in.Count(),
		PieceLength: in.PieceLength, Parallel: a.flags.parallel, Fastest: a.flags.fastestRate,
	})
	return err
}

// audit runs the observer, stores what it saw, and prints it.
func (a *auditing) audit(ctx context.Context) error {
	err := a.Run(func() error {
		err := a.observe(ctx)
		a.tell.close()
		if a.journal == nil {
			return err
		}
		return a.conclude(ctx, err)
	})
	return a.keep(err)
}

// observe watches until the time is up, or the user ends what has no other end (nil), or it fails.
func (a *auditing) observe(ctx context.Context) error {
	before := a.scraper.scrape(ctx, scrapeTime)
	limited, release := ctx, context.CancelFunc(func() {})
	if a.flags.limit > 0 {
		limited, release = context.WithTimeout(ctx, a.flags.limit)
	}
	defer release()
	err := a.enter(limited, before)
	if err == nil {
		err = a.await(limited, nil)
	}
	over := command.Status(err) == command.Interrupted
	switch {
	case a.journal != nil && over && (ctx.Err() == nil || a.flags.limit == 0):
		return nil
	case over && ctx.Err() == nil:
		return command.Fail("the metadata of the link did not come within %v; name a peer "+
			"that has it with --peer, or give the .torrent file", a.flags.limit)
	}
	return err
}

// enter joins the swarm, and waits for the metadata of a link.
func (a *auditing) enter(ctx context.Context, before []observation.Scrape) error {
	if a.journal != nil {
		if err := a.begin(before, nil); err != nil {
			return err
		}
	}
	if err := a.Join(); err != nil {
		return command.Exit(command.Failed, err)
	}
	if a.journal != nil {
		return nil
	}
	if err := a.await(ctx, a.Described); err != nil {
		return err
	}
	return a.learn(before)
}

// learn goes on with the metadata of a link.
func (a *auditing) learn(before []observation.Scrape) error {
	a.Session.Learn()
	if err := a.openJournal(); err != nil {
		return err
	}
	return a.begin(before, a.Inform)
}

// begin gives the eye its book; then is done in the same turn.
func (a *auditing) begin(before []observation.Scrape, then func(t *protocol.Turn)) error {
	err := a.Node.Do(func(t *protocol.Turn) {
		now := max(a.book.now, protocol.Time(time.Since(a.journal.head.Began)))
		a.eye.begin(a.book, a.journal, now-t.Now)
		a.noteScrapes(before)
		if then != nil {
			then(t)
		}
	})
	if err != nil {
		return command.Exit(command.Failed, err)
	}
	return nil
}

// noteScrapes keeps what trackers said. It is called in a turn.
func (a *auditing) noteScrapes(all []observation.Scrape) {
	st, ok := a.Tracker()
	told := ok && st.Interval > 0 && st.Problem == ""
	for _, s := range all {
		s.At = milliseconds(a.book.now)
		if told && sameTracker(st.URL, s.Tracker) && s.Problem == "" {
			s.Us = 1
		}
		a.journal.noteScrape(s)
	}
}

// await looks at everything in turn until something is done, or ctx ends it.
func (a *auditing) await(ctx context.Context, done <-chan struct{}) error {
	if err := a.look(false); err != nil {
		return err
	}
	scrapeAt := time.Now().Add(scrapeApart)
	return a.Wait(ctx, done, min(lookEvery, a.flags.every), func() error {
		if time.Now().After(scrapeAt) && a.journal != nil {
			scrapeAt = time.Now().Add(scrapeApart)
			a.Beside(func(ctx context.Context) { a.scrape(ctx, scrapeTime) })
		}
		return a.look(false)
	})
}

// scrape asks the trackers and keeps what they say.
func (a *auditing) scrape(ctx context.Context, limit time.Duration) {
	all := a.scraper.scrape(ctx, limit)
	a.Node.Do(func(*protocol.Turn) { a.noteScrapes(all) })
}

// look writes what was seen to the journal, and tells it if it is time to.
func (a *auditing) look(last bool) error {
	due := a.tell.due() || last
	var o *observation.Observation
	var pending []byte
	err := a.Node.Do(func(t *protocol.Turn) {
		if a.journal != nil {
			pending = a.eye.tick(t)
		}
		if due {
			o = a.observation()
		}
	})
	if err != nil {
		return command.Exit(command.Failed, err)
	}
	if pending != nil {
		if err := a.journal.write(pending); err != nil {
			return err
		}
	}
	if last {
		a.last = o
		return nil
	}
	if due {
		return a.tell.show(o)
	}
	return nil
}

// observation is what is to be told now. It is called in a turn.
func (a *auditing) observation() *observation.Observation {
	o := &observation.Observation{Version: manifest.Version, Name: a.Source.Name,
		Infohash: a.Source.Hash.String(), Refused: map[string]uint64{},
		Peers: []observation.Peer{}}
	var scrapes []observation.Scrape
	if a.journal != nil {
		o = a.book.observation()
		o.Resumed, scrapes = a.journal.resumed, a.journal.scrapes
	}
	o.Address, o.Silent = a.Node.Addr().String(), a.eye.silent()
	if p, ok := a.Progress(); ok {
		o.Known = p.Peers
	}
	addScrapes(o, scrapes)
	return o
}

// conclude takes the last look, while the node still runs and the trackers count its peers.
func (a *auditing) conclude(ctx context.Context, err error) error {
	a.scrape(context.WithoutCancel(ctx), lastWords)
	failure := a.look(true)
	if a.last == nil { // the node has ended: nobody else reads the book
		a.last, failure = a.observation(), a.journal.write(a.journal.take())
	}
	switch {
	case err == nil && ctx.Err() != nil, command.Status(err) == command.Interrupted:
		a.last.Ended = command.EndedByCaller
	case err == nil:
		a.last.Ended = command.EndedInTime
	default:
		a.last.Ended, a.last.Error = "failed", err.Error()
	}
	return errors.Join(err, failure)
}

// keep stores what was seen, and prints it.
func (a *auditing) keep(err error) error {
	if a.last == nil || a.last.Seen == 0 {
		a.tell.wipe()
		if a.journal != nil {
			a.journal.close(false)
		}
		a.dir.Discard()
		return a.vain(err)
	}
	text := markdown(a.last)
	failure := observation.Write(a.dir.Path, a.last, text, a.journal.sightings(),
		a.journal.head.Began)
	a.journal.close(failure != nil)
	if failure != nil {
		failure = command.Fail("the results could not be stored: %w; what was seen is in %s: "+
			"make room, and give the same command again", failure, journalName(a.dir.Path))
		return errors.Join(a.tell.end(a.last, ""), err, failure)
	}
	if told := a.tell.end(a.last, a.dir.Path); told != nil {
		return errors.Join(told, err)
	}
	if command.Status(err) == command.Interrupted {
		return command.Interrupt("interrupted: what was seen is in %s", a.dir.Path)
	}
	return err
}

// troubles are the trackers that did not answer, and why.
func troubles(all []observation.Scrape) (text string) {
	for _, s := range lastScrapes(all) {
		if s.Problem != "" {
			text += "; tracker " + display.Visible(s.Tracker) + ": " + display.Visible(s.Problem)
		}
	}
	return text
}

// vain is the end of an audit that saw nobody.
func (a *auditing) vain(err error) error {
	switch {
	case command.Status(err) == command.Interrupted || err == nil && a.last == nil:
		err = command.Interrupt("interrupted before any peer was met; nothing is stored")
	case err == nil:
		err = command.Fail("no peer was met, nothing is stored: is anybody in the swarm, and "+
			"reachable from here? Name a peer with --peer, or a node of the DHT with "+
			"--bootstrap%s", troubles(a.last.Scrapes))
	}
	if a.last != nil && a.flags.JSON {
		a.last.Error = err.Error()
		return errors.Join(a.tell.end(a.last, ""), err)
	}
	return err
}
