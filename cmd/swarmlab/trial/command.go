package trial

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"swarmlab/cmd/swarmlab/command"
)

// RunTo runs a command to its end and returns its exit status.
func RunTo(
	ctx context.Context, c *cobra.Command, out io.Writer, args ...string,
) (code int, err error) {
	c.SilenceUsage, c.SilenceErrors = true, true
	c.SetArgs(args)
	c.SetOut(out)
	c.SetErr(io.Discard)
	err = c.ExecuteContext(ctx)
	return command.Status(err), err
}

// Run runs a command to its end and returns its output and exit status.
func Run(
	ctx context.Context, c *cobra.Command, args ...string,
) (out string, code int, err error) {
	var b Output
	code, err = RunTo(ctx, c, &b, args...)
	return b.String(), code, err
}

// Must runs a command, which must succeed and say nothing on standard error, and returns what it
// printed.
func Must(t *testing.T, c *cobra.Command, args ...string) string {
	t.Helper()
	var out, errOut Output
	c.SetArgs(args)
	c.SetOut(&out)
	c.SetErr(&errOut)
	err := c.ExecuteContext(t.Context())
	require.NoError(t, err, "%s", &errOut)
	require.Empty(t, errOut.String())
	return out.String()
}

// Output may be read while a command writes it.
type Output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write implements io.Writer.
func (l *Output) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// String is what was written so far.
func (l *Output) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// Running is a command that runs until it is ended, as by Ctrl-C, and prints a JSON object a line.
type Running struct {
	T   *testing.T
	Out Output
	End func() (code int, err error) // ends it, and returns how it ended
}

// Background starts a command, which is ended with the test.
func Background(t *testing.T, c *cobra.Command, args ...string) *Running {
	t.Helper()
	r := &Running{T: t}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	var code int
	var err error
	go func() {
		defer close(ended)
		code, err = RunTo(ctx, c, &r.Out, append(args, "--json", "--every", "20ms")...)
	}()
	r.End = func() (int, error) { cancel(); <-ended; return code, err }
	t.Cleanup(func() { r.End() })
	return r
}

// Spoken waits until it has printed something.
func (r *Running) Spoken() *Running {
	r.T.Helper()
	require.Eventually(r.T, func() bool { return len(r.Lines()) > 0 }, 10*time.Second,
		time.Millisecond)
	return r
}

// Lines returns what was printed.
func (r *Running) Lines() []string {
	text := r.Out.String()
	whole := text[:strings.LastIndexByte(text, '\n')+1]
	return strings.FieldsFunc(whole, func(c rune) bool { return c == '\n' })
}

// Last decodes the latest line.
func (r *Running) Last(v any) {
	r.T.Helper()
	lines := r.Lines()
	d := json.NewDecoder(strings.NewReader(lines[len(lines)-1]))
	d.DisallowUnknownFields()
	require.NoError(r.T, d.Decode(v))
}

// Address returns the address of its own that it names.
func (r *Running) Address() string {
	r.T.Helper()
	lines := r.Lines()
	var of struct{ Address string }
	require.NoError(r.T, json.Unmarshal([]byte(lines[len(lines)-1]), &of))
	return of.Address
}

// Document decodes a command's JSON output, which must be one document and nothing else.
func Document[T any](t *testing.T, out string) (r T) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(out))
	d.DisallowUnknownFields()
	require.NoError(t, d.Decode(&r), "output: %s", out)
	_, err := d.Token()
	require.ErrorIs(t, err, io.EOF, "output: %s", out)
	return r
}

// Program is the test binary under the name that makes it the program.
func Program(t *testing.T) string {
	self, err := os.Executable()
	require.NoError(t, err)
	name := filepath.Join(t.TempDir(), "swarmlab")
	require.NoError(t, os.Symlink(self, name))
	return name
}
