package main

import (
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"

	"github.com/stretchr/testify/require"

	"swarmlab/cmd/swarmlab/command"
	"swarmlab/cmd/swarmlab/overlay"
	"swarmlab/cmd/swarmlab/trial"
)

// weCommand puts, gets, scrapes and samples with our commands in a network whose other nodes all
// are of one kind: nothing of it can have been done by nodes of ours.
func (b *bench) weCommand() {
	var theirs []string
	for n := range 4 {
		theirs = append(theirs, nodeAddr(b.kind, 11+n))
	}
	startForeign(b.T, b.kind, setup{Listen: theirs[:1]})
	startForeign(b.T, b.kind, setup{Listen: theirs[1:], Bootstrap: theirs[:1]})
	b.until("they form a network", func() bool {
		for _, addr := range theirs[1:] {
			if b.wire.degree(addr) == 0 {
				return false
			}
		}
		return true
	})
	entry := theirs[1]
	b.weStore(entry)
	b.weExplore(entry)
}

// run runs one of our commands until it succeeds.
func (b *bench) run(entry string, args ...string) (r overlay.LookupReport) {
	b.Helper()
	args = append(args, "--bootstrap", entry, "--json")
	var out string
	b.until(fmt.Sprint(args), func() bool {
		var code int
		out, code, _ = dhtCommand(b.Context(), args...)
		return code == command.Done
	})
	return trial.Document[overlay.LookupReport](b.T, out)
}

// weStore puts an item of each kind and gets it back.
func (b *bench) weStore(entry string) {
	key := filepath.Join(b.TempDir(), "key")
	secret := secretOf(b.kind, "we")
	text := "swarmlab ed25519 seed " + hex.EncodeToString(secret.Seed())
	require.NoError(b, os.WriteFile(key, []byte(text), 0o600))
	for name, flags := range map[string][]string{
		putImmutable: nil,
		putMutable:   {"--key", key},
		putSalted:    {"--key", key, "--salt", "ours"},
	} {
		if b.kind == anacrolix && name == putImmutable {
			continue // it refuses what has no seq, which an immutable item has not
		}
		value := name + " to " + b.kind
		put := b.run(entry, append([]string{"put", value}, flags...)...)
		require.Positive(b, *put.Stored, name)
		place := []string{"get", put.Target}
		if name == putSalted {
			place = append(place, "--salt", "ours")
		}
		got := b.run(entry, place...)
		require.Equal(b, hex.EncodeToString(fmt.Appendf(nil, "%d:%s", len(value), value)),
			got.Item.Bencoded)
		require.Equal(b, name != putImmutable, got.Item.Mutable)
	}
}

// weExplore announces, and asks for it in every way that they know.
func (b *bench) weExplore(entry string) {
	key := keyOf(b.kind, "we announce").String()
	stored := b.run(entry, "announce", key, "--port", "4323", "--listen", nodeAddr(ours, 250))
	require.Positive(b, *stored.Stored)
	peer := mustAddr(nodeAddr(ours, 250)).WithPort(4323).String()
	require.Equal(b, []string{peer}, b.run(entry, "get-peers", key).Peers)
	if b.knows(scrapes).theirs() {
		swarm := b.run(entry, "scrape", key).Swarm
		require.InDelta(b, 1, swarm.Peers, 0.1)
		require.Positive(b, swarm.Filters)
	}
	if b.knows(samples).theirs() {
		require.Contains(b, b.run(entry, "sample", key).Samples.InfoHashes, key)
	}
}
