package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
)

// runTo runs a command to its end and returns its exit status.
func runTo(
	ctx context.Context, c *cobra.Command, out io.Writer, args ...string,
) (code int, err error) {
	c.SilenceUsage, c.SilenceErrors = true, true
	c.SetArgs(args)
	c.SetOut(out)
	c.SetErr(io.Discard)
	err = c.ExecuteContext(ctx)
	return status(err), err
}

// run runs a command to its end and returns its output and exit status.
func run(
	ctx context.Context, c *cobra.Command, args ...string,
) (out string, code int, err error) {
	var b safeOutput
	code, err = runTo(ctx, c, &b, args...)
	return b.String(), code, err
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

// running is a command that runs until it is ended, as by Ctrl-C, and prints a JSON object a line.
type running struct {
	t   *testing.T
	out safeOutput
	end func() (code int, err error)
}

// background starts a command.
func background(t *testing.T, c *cobra.Command, args ...string) *running {
	t.Helper()
	r := &running{t: t}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	var code int
	var err error
	go func() {
		defer close(ended)
		code, err = runTo(ctx, c, &r.out, append(args, "--json", "--every", "20ms")...)
	}()
	r.end = func() (int, error) { cancel(); <-ended; return code, err }
	t.Cleanup(func() { r.end() })
	return r
}

// spoken waits until it has printed something.
func (r *running) spoken() *running {
	r.t.Helper()
	require.Eventually(r.t, func() bool { return len(r.lines()) > 0 }, 10*time.Second,
		time.Millisecond)
	return r
}

// lines returns what was printed.
func (r *running) lines() []string {
	text := r.out.String()
	whole := text[:strings.LastIndexByte(text, '\n')+1]
	return strings.FieldsFunc(whole, func(c rune) bool { return c == '\n' })
}

// last decodes the latest line.
func (r *running) last(v any) {
	r.t.Helper()
	lines := r.lines()
	d := json.NewDecoder(strings.NewReader(lines[len(lines)-1]))
	d.DisallowUnknownFields()
	require.NoError(r.t, d.Decode(v))
}

// documentOf decodes a command's JSON output, which must be one document and nothing else.
func documentOf[T any](t *testing.T, out string) (r T) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(out))
	d.DisallowUnknownFields()
	require.NoError(t, d.Decode(&r), "output: %s", out)
	_, err := d.Token()
	require.ErrorIs(t, err, io.EOF, "output: %s", out)
	return r
}

// address returns the address of its own that it names.
func (r *running) address() string {
	r.t.Helper()
	lines := r.lines()
	var of struct{ Address string }
	require.NoError(r.t, json.Unmarshal([]byte(lines[len(lines)-1]), &of))
	return of.Address
}
