package main

import (
	"context"
	"testing"
)

// served is a running `dht serve --json`.
type served struct {
	*running
	addr string
	id   string
}

func dhtServe(t *testing.T, args ...string) *served {
	t.Helper()
	s := &served{running: background(t, newDHTCommand(), append([]string{"serve"},
		args...)...).spoken()}
	first := s.state()
	s.addr, s.id = first.Address, first.ID
	return s
}

// state returns the latest line.
func (s *served) state() (r serveReport) {
	s.last(&r)
	return r
}

// dhtRun runs `dht ARGS...` to its end and returns its output and exit status.
func dhtRun(ctx context.Context, args ...string) (out string, code int, err error) {
	return run(ctx, newDHTCommand(), args...)
}
