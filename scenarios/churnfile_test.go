package scenarios

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const upTable = "node,up_ms,down_ms\na,0,60000\nb,5000,70000\n"

// folder writes files and a scenario beside them, and loads it.
func folder(t *testing.T, churn string, files map[string]string) *Scenario {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	file := filepath.Join(dir, "x.yaml")
	require.NoError(t, os.WriteFile(file, []byte("name: x\nduration: 15m\ngroups:\n"+
		"  - {name: nodes, size: 50, churn: "+churn+"}\n"), 0o644))
	s, err := Load(file)
	require.NoError(t, err)
	return s
}

// packed is a text as gzip makes it.
func packed(t *testing.T, text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write([]byte(text))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.String()
}

func TestChurnOfFiles(t *testing.T) {
	files := map[string]string{"up.csv": upTable, "up.csv.gz": packed(t, upTable),
		"s.txt": "length_m\n1\n3\n", "o.txt": "10m\n"}
	for _, trace := range []string{"up.csv", "up.csv.gz"} {
		s := folder(t, "{trace: "+trace+", trace_from: 5s, graceful: 10%}", files)
		require.False(t, s.Groups[0].Churn.None())
		var read ChurnFiles
		churn, err := read.Churn(s, &s.Groups[0])
		require.NoError(t, err)
		require.Equal(t, 2, churn.Trace.Of.Nodes())
		require.Equal(t, 5*time.Second, churn.Trace.From)
		require.EqualValues(t, 100_000_000_000_000_000, churn.Graceful)
		again, err := read.Churn(s, &s.Groups[0])
		require.NoError(t, err)
		require.Equal(t, churn, again, "a file is read once")
		require.Same(t, churn.Trace.Of, again.Trace.Of)
		resolved, err := Parse("again.yaml", s.Resolved())
		require.NoError(t, err)
		require.Equal(t, s.Groups[0].Churn, resolved.Groups[0].Churn)
		require.NotContains(t, string(s.Resolved()), "session")
		s.Estimate()
	}
	s := folder(t, `{session: empirical(s.txt), offline: empirical(o.txt), arrivals: {}}`, files)
	churn, err := new(ChurnFiles).Churn(s, &s.Groups[0])
	require.NoError(t, err)
	require.Equal(t, 2*time.Minute, churn.Session.Mean())
	require.Equal(t, 10*time.Minute, churn.Offline.Mean())
	require.Equal(t, 6*time.Hour, churn.Arrivals.Peak)
	require.NoError(t, s.Set("groups.nodes.churn.arrivals", "even"))
	require.NoError(t, s.Set("groups.nodes.churn.always_on", "2%"))
	churn, err = new(ChurnFiles).Churn(s, &s.Groups[0])
	require.NoError(t, err)
	require.True(t, churn.Arrivals.IsZero())
	require.Equal(t, "2%", churn.AlwaysOn.String())
	_, err = Parse("again.yaml", s.Resolved())
	require.NoError(t, err)
	s.Estimate()
}

func TestChurnFilesRefuse(t *testing.T) {
	bomb := packed(t, strings.Repeat("\x00", 64<<20))
	require.Less(t, len(bomb), 1<<20)
	for churn, want := range map[string]string{
		"{trace: none.csv}": "x.yaml:4:44: groups.nodes.churn.trace: stat ",
		"{trace: .}":        "is no file but a folder; name a file",
		"{trace: /dev/zero}": "x.yaml:4:44: groups.nodes.churn.trace: /dev/zero is no file but a " +
			"device or a pipe; name a file",
		"{trace: junk.csv}": `junk.csv:1: "hello" is no heading of a trace`,
		"{trace: bomb.gz}":  "bomb.gz:1: line is longer than 16 MiB: is it a text?",
		"{trace: plain.gz}": "plain.gz: it is not packed with gzip: ",
		"{trace: cut.gz}":   "cut.gz: reading failed: unexpected EOF",
		"{trace: late.csv}": "x.yaml:4:44: groups.nodes.churn.trace: nobody of late.csv is up " +
			"within 15m from 0s on; simulate longer, or write another trace_from",
		"{trace: up.csv, trace_from: 70s}": "groups.nodes.churn.trace: up.csv: trace_from: 1m10s " +
			"is not within the trace, which ends at 1m10s: write less",
		"{session: empirical(none.txt)}": "x.yaml:4:46: groups.nodes.churn.session: stat ",
		"{session: empirical(nan.txt)}":  `nan.txt:2: the length "NaN" is no length of time`,
		"{session: empirical(bomb.gz)}":  "bomb.gz:1: line is longer than 16 MiB",
	} {
		s := folder(t, churn, map[string]string{"up.csv": upTable, "junk.csv": "hello\n",
			"bomb.gz": bomb, "plain.gz": upTable, "nan.txt": "length_s\nNaN\n",
			"cut.gz":   packed(t, upTable)[:30],
			"late.csv": "node,up_ms,down_ms\na,900000,900001\n"})
		_, err := new(ChurnFiles).Churn(s, &s.Groups[0])
		require.ErrorContains(t, err, want, churn)
	}
}

// What is stored in a folder of results names the files that were copied there.
func TestGatherChurns(t *testing.T) {
	s := folder(t, "{session: empirical(s.txt), offline: empirical(s.txt)}", nil)
	require.NoError(t, s.Set("vary", "{groups.nodes.churn: [{trace: /elsewhere/up.csv}, "+
		"{session: empirical(/else/s.txt)}, none]}"))
	copied := map[string]string{}
	stored, err := s.Gather(func(file, name string) error {
		copied[name] = file
		return nil
	})
	require.NoError(t, err)
	require.Len(t, copied, 3)
	require.Equal(t, "/elsewhere/up.csv", copied["1-input-up.csv"])
	require.Equal(t, "/else/s.txt", copied["2-s.txt"])
	require.True(t, strings.HasSuffix(copied["s.txt"], "/s.txt"))
	require.Equal(t, "s.txt", stored.Groups[0].Churn.Offline.File())
	again, err := Parse("again.yaml", stored.Resolved())
	require.NoError(t, err)
	cells, err := again.Cells()
	require.NoError(t, err)
	require.Equal(t, "1-input-up.csv", cells[0].Scenario.Groups[0].Churn.Trace)
	require.Equal(t, "2-s.txt", cells[1].Scenario.Groups[0].Churn.Session.File())
	require.True(t, cells[2].Scenario.Groups[0].Churn.None())

	s = folder(t, "{trace: up.csv}", nil)
	require.NoError(t, s.Set("vary", "{groups.nodes.churn.trace: [a/up.csv, b/up.csv]}"))
	stored, err = s.Gather(func(string, string) error { return nil })
	require.NoError(t, err)
	require.Equal(t, []string{`"1-input-up.csv"`, `"2-input-up.csv"`}, stored.Vary[0].Values)
}
