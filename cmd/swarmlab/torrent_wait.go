package main

import (
	"context"
	"errors"
	"time"

	"swarmlab/cmd/swarmlab/command"
	"swarmlab/protocol"
	"swarmlab/protocol/swarm"
	"swarmlab/protocol/tracker"
)

// wait looks at intervals how far it is, until something is done, or cannot be done, or ctx ends it.
func (s *torrentSession) wait(
	ctx context.Context, done <-chan struct{}, every time.Duration, look func() error,
) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return nil
		case err := <-s.trouble:
			return command.Exit(command.Failed, err)
		case <-s.over:
			return command.Exit(command.Failed, errors.New("the sockets failed"))
		case <-ctx.Done():
			return command.Exit(command.Interrupted, errors.New("interrupted"))
		case <-tick.C:
			if err := look(); err != nil {
				return err
			}
		}
	}
}

// learn goes on with the metadata of a link, when it has come.
func (s *torrentSession) learn() { s.source.info, s.source.name = s.metadata, s.metadata.Name }

// inform tells the client what was learned, and what there is of the content. It is called in a
// turn.
func (s *torrentSession) inform(t *protocol.Turn) {
	s.group.Described(only, t, only, geometryOf(s.source.info), s.have())
}

// beside does work beside, which the session waits for at its end. The context ends before that.
func (s *torrentSession) beside(work func(ctx context.Context)) {
	s.jobs.Go(func() { work(s.work) })
}

// swarm is what is known of the swarm, to be read in a turn.
func (s *torrentSession) swarm() (swarm.Progress, bool) {
	return s.group.Swarm().Progress(only, only)
}

// tracker is what the torrent's tracker said last, to be read in a turn.
func (s *torrentSession) tracker() (tracker.Status, bool) {
	return s.group.Trackers(only, only)
}
