package main

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestTorrentKilledAndResumed kills a download (kill -9) again and again. Each time it goes on with
// what is whole, and at the end everything is right.
func TestTorrentKilledAndResumed(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	l := newLoad(t, 48)
	file, _ := l.torrent()
	_, at := l.seeding(file, "--listen", "127.0.0.1:0")
	dir, name := t.TempDir(), program(t)
	run := func(limit time.Duration) (found uint32, done bool) {
		var out, errOut bytes.Buffer
		cmd := exec.Command(name, "torrent", "download", file, "--dir", dir, "--peer", at, "--json")
		cmd.Stdout, cmd.Stderr = &out, &errOut
		require.NoError(t, cmd.Start())
		over := time.AfterFunc(limit, func() { cmd.Process.Kill() })
		defer over.Stop()
		if err := cmd.Wait(); err != nil {
			require.Equal(t, "signal: killed", err.Error(), errOut.String())
			return 0, false
		}
		var report transferReport
		require.NoError(t, json.Unmarshal(out.Bytes(), &report))
		require.True(t, report.Complete)
		return report.Found, true
	}
	resumed := false
	for killed := 0; killed < 5 || !resumed && killed < 50; {
		found, done := run(time.Duration(100+r.IntN(400)) * time.Millisecond)
		if !done {
			killed++
			continue
		}
		resumed = resumed || found > 0 && found < 48<<4
		l.same(dir)
		require.NoError(t, os.RemoveAll(dir))
	}
	if _, err := os.Stat(dir); err != nil {
		dir = t.TempDir()
	}
	_, done := run(time.Minute)
	require.True(t, done)
	l.same(dir)
	require.True(t, resumed, "no download was ever resumed")
}
