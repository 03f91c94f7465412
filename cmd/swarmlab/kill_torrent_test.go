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

	"swarmlab/cmd/swarmlab/torrents"
	"swarmlab/cmd/swarmlab/trial"
)

// TestTorrentKilledAndResumed kills a download (kill -9) again and again, each time when some more
// of it has been sent. Each time it goes on with what is whole, and at the end everything is right.
func TestTorrentKilledAndResumed(t *testing.T) {
	r := rand.New(rand.NewPCG(seedOfNow(t), 0))
	l := trial.NewLoad(t, 48, torrents.NewCommand)
	file, _ := l.Torrent()
	seed, at := l.Seeding(file, "--listen", "127.0.0.1:0")
	sent := func() uint64 {
		var r torrents.TransferReport
		seed.Last(&r)
		return r.All.PayloadUp
	}
	dir, name := t.TempDir(), trial.Program(t)
	// run downloads until it is complete, or killed when so much has been sent.
	run := func(most uint64) (found uint32, done bool) {
		var out, errOut bytes.Buffer
		before, late := sent(), time.Now().Add(time.Minute)
		cmd := exec.Command(name, "torrent", "download", file, "--dir", dir, "--peer", at, "--json")
		cmd.Stdout, cmd.Stderr = &out, &errOut
		require.NoError(t, cmd.Start())
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		for killed := false; ; time.Sleep(2 * time.Millisecond) {
			select {
			case err := <-ended:
				if killed && err != nil {
					require.Equal(t, "signal: killed", err.Error(), errOut.String())
					return 0, false
				}
				require.NoError(t, err, errOut.String())
				var report torrents.TransferReport
				require.NoError(t, json.Unmarshal(out.Bytes(), &report))
				require.True(t, report.Complete)
				return report.Found, true
			default:
			}
			if !killed && (sent()-before > most || time.Now().After(late)) {
				killed = true
				cmd.Process.Kill()
			}
		}
	}
	resumed := false
	for killed := 0; killed < 5 || !resumed && killed < 50; {
		found, done := run(r.Uint64N(l.Size))
		if !done {
			killed++
			continue
		}
		resumed = resumed || found > 0 && found < 48<<4
		l.Same(dir)
		require.NoError(t, os.RemoveAll(dir))
	}
	_, done := run(2 * l.Size)
	require.True(t, done)
	l.Same(dir)
	require.True(t, resumed, "no download was ever resumed")
}

// seedOfNow is a seed that is told.
func seedOfNow(t *testing.T) uint64 {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	return seed
}
