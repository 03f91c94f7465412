package main

import (
	"fmt"
	"net/netip"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/cmd/swarmlab/command"
	"swarmlab/cmd/swarmlab/overlay"
	"swarmlab/cmd/swarmlab/trial"
)

// addr6 is an IPv6 address of the isolated network.
func addr6(group, number int) string { return fmt.Sprintf("[fd77::%d:%d]:6881", group, number) }

// TestInteropIPv6 has nodes of ours and of another kind form a network over IPv6, where contacts
// are in nodes6 (BEP 32). bittorrent-dht has no IPv6, and aria2 and Transmission want public
// addresses for it.
func TestInteropIPv6(t *testing.T) {
	if testing.Short() {
		t.Skip("starts many programs")
	}
	programs := needPrograms(t)
	t.Parallel()
	if !trial.Isolated(t, programs...) {
		return
	}
	for group := range 4 {
		for number := range 4 {
			a := netip.MustParseAddrPort(addr6(group+1, number+1)).Addr()
			out, err := exec.Command("ip", "address", "add", a.String()+"/128", "dev", "lo",
				"nodad").CombinedOutput()
			if err != nil {
				trial.Missing(t, "no IPv6 here: %v %s", err, out)
			}
		}
	}
	t.Run(libtorrent, func(t *testing.T) { overIPv6(t, libtorrent, 1) })
	t.Run(anacrolix, func(t *testing.T) { overIPv6(t, anacrolix, 3) })
}

func overIPv6(t *testing.T, kind string, group int) {
	first := trial.Background(t, overlay.NewCommand(), "serve", "--listen",
		addr6(group, 1)).Spoken()
	second := trial.Background(t, overlay.NewCommand(), "serve", "--listen", addr6(group, 2),
		"--bootstrap", first.Address()).Spoken()
	theirs := []string{addr6(group+1, 1), addr6(group+1, 2), addr6(group+1, 3)}
	program := startForeign(t, kind, setup{Listen: theirs, Bootstrap: []string{first.Address()}})
	until := func(what string, try func() bool) {
		t.Helper()
		require.Eventually(t, try, benchTime, 100*time.Millisecond, "%s: %s", kind, what)
	}
	run := func(args ...string) (r overlay.LookupReport, ok bool) {
		out, code, _ := dhtCommand(t.Context(), append(args, "--json", "--bootstrap",
			second.Address())...)
		if code == command.Done {
			r = trial.Document[overlay.LookupReport](t, out)
		}
		return r, code == command.Done
	}
	for _, addr := range theirs {
		out, _, err := dhtCommand(t.Context(), "ping", addr, "--json")
		require.NoError(t, err)
		id := trial.Document[overlay.PingReport](t, out).ID
		until("our lookup finds their node", func() bool {
			r, ok := run("find-node", id)
			return ok && r.Nodes[0].ID == id && r.Nodes[0].Address == addr
		})
	}

	key := keyOf(kind, "over IPv6").String()
	until("we announce to them, too", func() bool {
		r, ok := run("announce", key, "--port", "4321", "--listen", addr6(group, 4))
		return ok && *r.Stored >= 3
	})
	for n := range theirs {
		found, err := program.ask(question{Op: "find", Node: n, Key: key})
		require.NoError(t, err)
		require.Len(t, found.Peers, 1)
		require.Contains(t, found.Peers[0], fmt.Sprintf("fd77::%d:4", group))
	}

	key = keyOf(kind, "over IPv6, theirs").String()
	until("they announce, and we find it", func() bool {
		_, err := program.ask(question{Op: "announce", Node: 2, Key: key, Port: 6881})
		require.NoError(t, err)
		r, ok := run("get-peers", key)
		if ok {
			require.Equal(t, []string{theirs[2]}, r.Peers)
		}
		return ok
	})
}
