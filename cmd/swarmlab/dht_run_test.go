package main

import (
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
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

// dhtDocument decodes a command's JSON output, which must be one document and nothing else.
func dhtDocument[T any](t *testing.T, out string) (r T) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(out))
	d.DisallowUnknownFields()
	require.NoError(t, d.Decode(&r), "output: %s", out)
	_, err := d.Token()
	require.ErrorIs(t, err, io.EOF, "output: %s", out)
	return r
}
