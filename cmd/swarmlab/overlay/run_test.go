package overlay

import (
	"context"
	"testing"

	"swarmlab/cmd/swarmlab/trial"
)

// served is a running `dht serve --json`.
type served struct {
	*trial.Running
	addr string
	id   string
}

func serve(t *testing.T, args ...string) *served {
	t.Helper()
	s := &served{Running: trial.Background(t, NewCommand(), append([]string{"serve"},
		args...)...).Spoken()}
	first := s.state()
	s.addr, s.id = first.Address, first.ID
	return s
}

// state returns the latest line.
func (s *served) state() (r ServeReport) {
	s.Last(&r)
	return r
}

// run runs `dht ARGS...` to its end and returns its output and exit status.
func run(ctx context.Context, args ...string) (out string, code int, err error) {
	return trial.Run(ctx, NewCommand(), args...)
}
