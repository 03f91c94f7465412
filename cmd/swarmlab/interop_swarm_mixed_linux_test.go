package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/cmd/swarmlab/display"
	"swarmlab/cmd/swarmlab/trial"
	"swarmlab/protocol/bencode"
)

// mixedUp is the upload rate of the only seed of the mixed swarm, in bytes/s: slow enough that the
// others exchange what they have.
const mixedUp = 4 << 20

// TestInteropSwarm has clients of every kind and ours in one swarm with one slow seed, which know
// each other from our tracker, the DHT and each other. All get everything, and ours exchanges with
// every kind.
func TestInteropSwarm(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	programs := needExchangers(t)
	t.Parallel()
	if !trial.Isolated(t, programs...) {
		return
	}
	x := &market{sharedContent: newSharedContent(t)}
	x.nodes = startAllOurs(t, 1, 12)
	site := startOurTracker(t, "10.77.1.250:6969", "3s") // who comes late is known soon
	b := bencode.AppendBytes([]byte("d8:announce"), []byte(site.url("http")))
	of := x.variant(b, x.public)

	seed := startExchanger(t, libtorrent, 1, mixedUp, x.nodes)
	seed.add(t, of.file, x.copied(t))
	require.Eventually(t, func() bool { return site.seeds(t, of.hash) == 1 }, benchTime,
		50*time.Millisecond)
	began := time.Now()
	folders := make(map[string]string)
	var others []*exchanger
	for _, kind := range exchangeKinds {
		e := startExchanger(t, kind, 2, 0, x.nodes)
		folders[kind] = filepath.Join(t.TempDir(), "to")
		e.add(t, of.file, folders[kind])
		others = append(others, e)
	}
	var ours []*ourRun
	for n := range 2 {
		folder := filepath.Join(t.TempDir(), "to")
		ours = append(ours, downloadOurs(t, of.file, folder, nodeAddr("swarmlab", 100+n),
			x.nodes[0].addr, "--seed-for", "1h"))
		folders[fmt.Sprint("ours ", n)] = folder
	}
	for _, e := range others {
		x.until(t, e, of)
		t.Logf("%v: %s is complete", time.Since(began).Round(time.Second/10), e.kind)
	}
	for n := range ours {
		folder := folders[fmt.Sprint("ours ", n)]
		require.Eventually(t, func() bool { return x.written(folder) }, benchTime,
			50*time.Millisecond)
	}
	// The seed and all that have become one, but anacrolix, which says it a minute later.
	require.Eventually(t, func() bool { return site.seeds(t, of.hash) >= len(folders) },
		15*time.Second, 100*time.Millisecond, "they tell the tracker that they are complete")
	x.account(t, ours)
	for who, folder := range folders {
		require.Eventually(t, func() bool { return x.written(folder) }, 10*time.Second,
			50*time.Millisecond, who)
		x.check(t, folder)
	}
}

// account ends our clients and shows what they have exchanged with whom.
func (x *market) account(t *testing.T, ours []*ourRun) {
	t.Helper()
	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ours\tpeer\treceived\tsent\twasted")
	gave, took := make(map[string]bool), make(map[string]bool)
	for n, run := range ours {
		run.interrupt()
		r := run.last()
		require.True(t, r.Complete)
		require.EqualValues(t, sharedSize, r.All.Useful)
		require.Zero(t, r.Failures)
		for _, p := range r.Peers {
			kind := p.Peer
			if p.Peer != "" {
				kind = kindOf(mustAddr(p.Peer).AddrPort().Addr())
			}
			gave[kind] = gave[kind] || p.PayloadUp > 0
			took[kind] = took[kind] || p.PayloadDown > 0
			fmt.Fprintf(w, "%d\t%s %s\t%s\t%s\t%s\n", n, kind, p.Peer,
				display.Volume(p.PayloadDown), display.Volume(p.PayloadUp),
				display.Volume(p.Wasted()))
		}
	}
	w.Flush()
	t.Logf("\n%s", text.String())
	for _, kind := range exchangeKinds {
		require.True(t, gave[kind] || took[kind], "ours and %s exchanged nothing", kind)
	}
}
