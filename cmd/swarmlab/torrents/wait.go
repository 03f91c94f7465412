package torrents

import (
	"context"
	"time"

	"swarmlab/cmd/swarmlab/command"
	"swarmlab/protocol"
	"swarmlab/protocol/swarm"
	"swarmlab/protocol/tracker"
)

// Wait looks at intervals how far it is, until something is done, or cannot be done, or ctx ends
// it.
func (s *Session) Wait(
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
			return command.Fail("the sockets failed")
		case <-ctx.Done():
			return command.Interrupt("interrupted")
		case <-tick.C:
			if err := look(); err != nil {
				return err
			}
		}
	}
}

// Learn goes on with the metadata of a link, when it has come.
func (s *Session) Learn() { s.Source.Info, s.Source.Name = s.metadata, s.metadata.Name }

// Inform tells the client what was learned, and what there is of the content. It is called in a
// turn.
func (s *Session) Inform(t *protocol.Turn) {
	s.Group.Described(only, t, only, geometryOf(s.Source.Info), s.have())
}

// Beside does work beside, which the session waits for at its end. The context ends before that.
func (s *Session) Beside(work func(ctx context.Context)) {
	s.jobs.Go(func() { work(s.work) })
}

// Progress is what is known of the swarm, to be read in a turn.
func (s *Session) Progress() (swarm.Progress, bool) {
	return s.Group.Swarm().Progress(only, only)
}

// Tracker is what the torrent's tracker said last, to be read in a turn.
func (s *Session) Tracker() (tracker.Status, bool) {
	return s.Group.Trackers(only, only)
}
