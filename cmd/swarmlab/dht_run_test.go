package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// dhtRun runs `dht ARGS...` to its end and returns its output and exit status.
func dhtRun(ctx context.Context, args ...string) (out string, code int, err error) {
	var b safeOutput
	code, err = dhtRunTo(ctx, &b, args...)
	return b.String(), code, err
}

func dhtRunTo(ctx context.Context, out io.Writer, args ...string) (code int, err error) {
	c := newDHTCommand()
	c.SilenceUsage, c.SilenceErrors = true, true
	c.SetArgs(args)
	c.SetOut(out)
	c.SetErr(io.Discard)
	err = c.ExecuteContext(ctx)
	var exit exitError
	switch {
	case errors.As(err, &exit):
		code = exit.code
	case err != nil:
		code = refused
	}
	return code, err
}

// safeOutput may be read while a command writes it.
type safeOutput struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *safeOutput) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *safeOutput) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// served is a running `dht serve --json`.
type served struct {
	t    *testing.T
	out  *safeOutput
	end  func() (code int, err error)
	addr string
	id   string
}

func dhtServe(t *testing.T, args ...string) *served {
	t.Helper()
	s := &served{t: t, out: new(safeOutput)}
	ctx, cancel := context.WithCancel(context.Background())
	var code int
	var err error
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		args := append([]string{"serve", "--json", "--every", "20ms"}, args...)
		code, err = dhtRunTo(ctx, s.out, args...)
	}()
	s.end = func() (int, error) { cancel(); <-ended; return code, err }
	t.Cleanup(func() { s.end() })
	require.Eventually(t, func() bool { return len(s.lines()) > 0 }, 10*time.Second,
		time.Millisecond)
	first := s.state()
	s.addr, s.id = first.Address, first.ID
	return s
}

func (s *served) lines() []string {
	text := s.out.String()
	whole := strings.LastIndexByte(text, '\n') + 1
	return strings.Fields(text[:whole]) // the objects have no spaces
}

// state returns the latest line.
func (s *served) state() (r serveReport) {
	lines := s.lines()
	require.NoError(s.t, json.Unmarshal([]byte(lines[len(lines)-1]), &r))
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
