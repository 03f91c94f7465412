package overlay

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"

	"swarmlab/cmd/swarmlab/command"
	"swarmlab/cmd/swarmlab/trial"
	"swarmlab/plots"
	"swarmlab/protocol/crawl"
	"swarmlab/scenarios/results/crawls"
	"swarmlab/scenarios/results/manifest"
)

// crowd starts so many serving nodes that all join through the first one.
func crowd(t *testing.T, listen string, size int) []*served {
	t.Helper()
	all := []*served{serve(t, "--listen", listen)}
	for len(all) < size {
		all = append(all, serve(t, "--bootstrap", all[0].addr))
	}
	for _, s := range all {
		require.Eventually(t, func() bool { return s.state().Contacts >= min(8, size-1) },
			10*time.Second, time.Millisecond)
	}
	return all
}

func TestDHTCrawl(t *testing.T) {
	all := crowd(t, "127.0.0.1:0", 24)
	gone := all[len(all)-1]
	gone.End()
	all = all[:len(all)-1]
	dir := filepath.Join(t.TempDir(), "a", "crawl")
	out, code, err := run(context.Background(), "crawl", "--bootstrap", all[0].addr,
		"--bootstrap", all[1].addr, "--timeout", "300ms", "--samples", "--out", dir, "--json")
	require.NoError(t, err)
	require.Equal(t, command.Done, code)
	r := trial.Document[crawlReport](t, out)
	require.Equal(t, "complete", r.Ended)
	require.Equal(t, "IPv4", r.Family)
	require.Equal(t, dir, r.Out)
	require.Equal(t, len(all), r.Totals.Reachable)
	require.Equal(t, len(all), r.Totals.Sampled)
	require.Len(t, r.Clients, 1)
	require.Equal(t, "SM 0.1", r.Clients[0].Client)

	rows, err := parquet.ReadFile[crawls.CrawlNode](filepath.Join(dir, crawls.NodesFile))
	require.NoError(t, err)
	found := map[string]crawls.CrawlNode{}
	for _, row := range rows {
		found[fmt.Sprintf("%s at %s:%d", row.ID, row.IP, row.Port)] = row
	}
	require.Len(t, found, len(rows), "nobody is listed twice")
	for _, s := range all {
		row, ok := found[s.id+" at "+s.addr]
		require.True(t, ok, "%s is missing", s.addr)
		require.True(t, row.Reachable)
		require.True(t, row.Complete)
		require.Positive(t, row.RTT)
	}
	if row, ok := found[gone.id+" at "+gone.addr]; ok {
		require.False(t, row.Reachable)
	}
	for _, name := range []string{crawls.File, crawls.NodesTextFile, manifest.File,
		crawls.InfohashesFile, "figures/id-space.png", "figures/buckets.svg"} {
		require.FileExists(t, filepath.Join(dir, name))
	}
	lines, err := plots.Draw(dir, plots.Dark)
	require.NoError(t, err)
	require.Len(t, lines, 2, "the stored folder can be drawn again")
}

func TestDHTCrawlForPeople(t *testing.T) {
	all := crowd(t, "127.0.0.1:0", 4)
	dir := t.TempDir()
	out, _, err := run(context.Background(), "crawl", "--bootstrap", all[0].addr, "--out", dir,
		"--rate", "50", "--max", "3")
	require.NoError(t, err)
	for _, part := range []string{"IPv4 DHT, crawl ended at --max", "known nodes",
		"100 % of the asked", "runs SM 0.1", "queries in ", "id-space: ", "buckets: ", dir} {
		require.Contains(t, out, part)
	}
	out, code, err := run(context.Background(), "crawl", "--bootstrap", all[0].addr,
		"--out", dir, "--for", "200ms", "--rate", "5")
	require.NoError(t, err)
	require.Equal(t, command.Done, code, "the user asked for that time")
	require.Contains(t, out, "ended by --for: not everybody was asked")

	// What is not stored is not said to be.
	require.NoError(t, os.Remove(filepath.Join(dir, crawls.NodesTextFile)))
	require.NoError(t, os.MkdirAll(filepath.Join(dir, crawls.NodesTextFile, "x"), 0o755))
	out, code, err = run(context.Background(), "crawl", "--bootstrap", all[0].addr,
		"--out", dir, "--rate", "50", "--max", "3")
	require.ErrorContains(t, err, "not all results could be stored")
	require.Equal(t, command.Failed, code)
	require.Contains(t, out, "known nodes", "it is told, at least")
	require.NotContains(t, out, dir)
}

func TestDHTCrawlOverIPv6(t *testing.T) {
	if probe, err := net.ListenUDP("udp6", &net.UDPAddr{IP: net.IPv6loopback}); err != nil {
		t.Skip("this machine has no IPv6 loopback address")
	} else {
		probe.Close()
	}
	all := crowd(t, "[::1]:0", 5)
	out, _, err := run(context.Background(), "crawl", "--bootstrap", all[0].addr, "--out",
		t.TempDir(), "--json")
	require.NoError(t, err)
	r := trial.Document[crawlReport](t, out)
	require.Equal(t, "IPv6", r.Family)
	require.Equal(t, 5, r.Totals.Reachable)
}

func TestDHTCrawlInterrupted(t *testing.T) {
	all := crowd(t, "127.0.0.1:0", 6)
	dir := t.TempDir()
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel() // the first query is answered then, however slow the machine, and few are sent
	out, code, err := run(ctx, "crawl", "--bootstrap", all[0].addr, "--rate", "1", "--out", dir,
		"--json")
	require.ErrorContains(t, err, "interrupted: what was found is in "+dir)
	require.Equal(t, command.Interrupted, code)
	r := trial.Document[crawlReport](t, out)
	require.Equal(t, "interrupted", r.Ended)
	require.Positive(t, r.Totals.Reachable)
	require.FileExists(t, filepath.Join(dir, "figures", "id-space.png"))
}

func TestDHTCrawlWithoutAnAnswerLeavesNothing(t *testing.T) {
	silent, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	require.NoError(t, err)
	defer silent.Close()
	addr, dir := silent.LocalAddr().String(), filepath.Join(t.TempDir(), "new")
	out, code, err := run(context.Background(), "crawl", "--bootstrap", addr, "--out", dir,
		"--timeout", "50ms")
	require.ErrorContains(t, err, "nobody answered at "+addr)
	require.Equal(t, command.Failed, code)
	require.Empty(t, out)
	require.NoDirExists(t, dir)

	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	_, code, err = run(ctx, "crawl", "--bootstrap", addr, "--out", dir)
	require.ErrorContains(t, err, "interrupted before anybody answered")
	require.Equal(t, command.Interrupted, code)
	require.NoDirExists(t, dir)

	out, code, err = run(context.Background(), "crawl", "--bootstrap", addr, "--out", dir,
		"--timeout", "50ms", "--json")
	require.ErrorContains(t, err, "nobody answered at "+addr)
	require.Equal(t, command.Failed, code)
	r := trial.Document[crawlReport](t, out)
	require.Equal(t, 1, r.Totals.Asked)
	require.Zero(t, r.Totals.Reachable)
	require.Empty(t, r.Out)
	require.NoDirExists(t, dir)
}

func TestDHTCrawlRefusesBadInput(t *testing.T) {
	full := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(full, "letter.txt"), nil, 0o644))
	for line, hint := range map[string]string{
		"":                      "--bootstrap is missing",
		"ENTRY --rate 0":        "--rate 0 is not from 1 to 100000",
		"ENTRY --rate x":        "invalid argument",
		"ENTRY --max 0":         "--max 0 is not from 1",
		"ENTRY --timeout 0s":    "--timeout 0s is not from 1ms",
		"ENTRY --for -1s":       "--for -1s is negative",
		"ENTRY --theme beige":   "unknown theme",
		"ENTRY --out FULL":      "holds no results",
		"ENTRY now":             "one argument too many",
		"--bootstrap 224.0.0.1": "write HOST:PORT",
		"--bootstrap 224.0.0.1:9 --listen 127.0.0.1:0 --out NEW": "not an address that can be",
	} {
		line = strings.ReplaceAll(line, "ENTRY", "--bootstrap 127.0.0.1:9")
		line = strings.ReplaceAll(line, "FULL", full)
		line = strings.ReplaceAll(line, "NEW", filepath.Join(full, "new"))
		out, code, err := run(context.Background(), append([]string{"crawl"},
			strings.Fields(line)...)...)
		require.ErrorContains(t, err, hint, line)
		require.Equal(t, command.Refused, code, line)
		require.Empty(t, out, line)
	}
	require.NoDirExists(t, filepath.Join(full, "new"))
}

// The bar draws in a goroutine of its own: neither it nor the crawl may wait for the other.
func TestCrawlBarAndWorkDoNotWaitForEachOther(t *testing.T) {
	var screen bytes.Buffer
	p := &crawlProgress{started: time.Now().Add(-time.Minute)}
	p.showBar(&screen, time.Microsecond)
	over := make(chan struct{})
	go func() {
		defer close(over)
		for n := range 2000 {
			p.update(crawl.Progress{Known: 4000, Addresses: 3000, Asked: n, Answered: n, Done: n})
		}
		p.stop()
	}()
	select {
	case <-over:
	case <-time.After(30 * time.Second):
		require.FailNow(t, "the bar and the crawl wait for each other")
	}
	require.Contains(t, p.text(), "known 4,000, asked 1,999")
	require.Contains(t, p.text(), " left at least")
}
