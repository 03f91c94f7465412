package overlay

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"swarmlab/cmd/swarmlab/command"
	"swarmlab/cmd/swarmlab/trial"
	"swarmlab/protocol"
	"swarmlab/protocol/dht"
	"swarmlab/protocol/krpc"
)

// A node that comes back has its id, and finds the network without any bootstrap address.
func TestDHTServeKeepsItsState(t *testing.T) {
	all := servedMesh(t, 4)
	file := filepath.Join(t.TempDir(), "node.state")
	s := serve(t, "--bootstrap", all[0].addr, "--state", file)
	require.Eventually(t, func() bool { return s.state().Contacts == 4 }, 10*time.Second,
		time.Millisecond)
	_, err := s.End()
	require.NoError(t, err)
	_, err = all[0].End()
	require.NoError(t, err)

	again := serve(t, "--listen", "127.0.0.1:0", "--state", file)
	require.Equal(t, s.id, again.id)
	require.Eventually(t, func() bool { return again.state().Contacts == 3 }, 10*time.Second,
		time.Millisecond, "the three that are still there answer")

	dir := filepath.Dir(file)
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1, "no temporary file is left")
	_, code, err := run(t.Context(), "serve", "--state", filepath.Join(dir, "none", "state"))
	require.ErrorContains(t, err, "cannot keep")
	require.Equal(t, command.Failed, code)
}

// Two nodes with one file would have one id, and overwrite each other's table.
func TestDHTServeHoldsItsState(t *testing.T) {
	file := filepath.Join(t.TempDir(), "node.state")
	for range 2 { // with no file yet, and with one
		s := serve(t, "--listen", "127.0.0.1:0", "--state", file)
		for _, word := range []string{"serve", "monitor"} {
			_, code, err := run(t.Context(), word, "--listen", "127.0.0.1:0", "--state", file)
			require.ErrorContains(t, err, "another running node has it")
			require.Equal(t, command.Refused, code)
		}
		_, err := s.End()
		require.NoError(t, err)
	}
}

// fullDisk refuses what is written to it after the first lines.
type fullDisk struct{ left int }

func (f *fullDisk) Write(p []byte) (int, error) {
	if f.left--; f.left < 0 {
		return 0, syscall.ENOSPC
	}
	return len(p), nil
}

// A node whose output goes nowhere ends and says so, and nothing that it knows is lost.
func TestDHTOutputThatCannotBeWritten(t *testing.T) {
	all := servedMesh(t, 3)
	file := filepath.Join(t.TempDir(), "node.state")
	for _, flags := range [][]string{{"--json"}, nil} {
		serve := append([]string{"serve", "--every", "10ms", "--bootstrap", all[0].addr,
			"--state", file}, flags...)
		code, err := trial.RunTo(t.Context(), NewCommand(), &fullDisk{20}, serve...)
		require.ErrorIs(t, err, syscall.ENOSPC)
		require.ErrorContains(t, err, "cannot print the state")
		require.Equal(t, command.Failed, code)
		b, err := os.ReadFile(file)
		require.NoError(t, err)
		kept, err := dht.ParseState(b)
		require.NoError(t, err)
		require.Len(t, kept.Contacts, 3)
		for _, words := range [][]string{{"find-node", someHash, "--bootstrap"}, {"ping"}} {
			code, err = trial.RunTo(t.Context(), NewCommand(), &fullDisk{}, append(append(words,
				all[0].addr), flags...)...)
			require.ErrorContains(t, err, "cannot print the result")
			require.Equal(t, command.Failed, code)
		}
	}
}

// A node of both networks answers in both, and tells each of the other one where it is asked to.
func TestDHTServeOfBothFamilies(t *testing.T) {
	if probe, err := net.ListenUDP("udp6", &net.UDPAddr{IP: net.IPv6loopback}); err != nil {
		t.Skip("this machine has no IPv6 loopback address")
	} else {
		probe.Close()
	}
	both := serve(t, "--listen", "[::1]:0", "--listen", "127.0.0.1:0")
	addrs := both.state().Addresses
	require.Len(t, addrs, 2)
	require.True(t, strings.HasPrefix(addrs[0], "127.0.0.1:"), "IPv4 comes first")
	four := serve(t, "--bootstrap", addrs[0])
	six := serve6(t, "--bootstrap", addrs[1])
	// A second one learns of both networks from the IPv4 address of the first.
	second := serve(t, "--listen", "127.0.0.1:0", "--listen", "[::1]:0", "--bootstrap", addrs[0])
	require.Eventually(t, func() bool {
		return both.state().Contacts == 4 && second.state().Contacts == 4
	}, 20*time.Second, time.Millisecond)
	require.Equal(t, 2, four.state().Contacts)
	require.Equal(t, 2, six.state().Contacts)
	must(t, "announce", someHash, "--port", "4321", "--bootstrap", six.addr)
	require.Equal(t, []string{"[::1]:4321"},
		look(t, second.state().Addresses[1], "get-peers", someHash).Peers)
	_, code, _ := run(t.Context(), "get-peers", someHash, "--bootstrap", four.addr)
	require.Equal(t, command.Failed, code, "peers are told in their own network only")
}

func TestDHTServeAsEveryClient(t *testing.T) {
	// The first one is no libtorrent: that asks whom it heard of only after a while.
	first := serve(t, "--listen", "127.0.0.1:0", "--client", "bep5")
	for n, client := range []string{"libtorrent", "jech", "anacrolix", "webtorrent"} {
		s := serve(t, "--client", client, "--bootstrap", first.addr)
		require.Eventually(t, func() bool { return s.state().Contacts > n }, 10*time.Second,
			time.Millisecond, client)
	}
	require.Equal(t, 5, *look(t, first.addr, "announce", someHash, "--port", "1").Stored)
}

func TestDHTMonitorWithoutTerminal(t *testing.T) {
	all := servedMesh(t, 2)
	var out trial.Output
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		_, err := trial.RunTo(ctx, NewCommand(), &out, "monitor", "--bootstrap", all[0].addr,
			"--every", "10ms")
		ended <- err
	}()
	require.Eventually(t, func() bool { return strings.Contains(out.String(), "table 2 (2 good)") },
		10*time.Second, time.Millisecond)
	cancel()
	require.NoError(t, <-ended)
	require.NotContains(t, out.String(), "\x1b")
}

func TestMonitorFitsItsWindow(t *testing.T) {
	v := view{over: time.Second, now: protocol.Time(10 * time.Second)}
	v.ID, v.Addresses, v.Contacts, v.Good = someHash, []string{"127.0.0.1:6881"}, 60, 50
	for depth := range 20 {
		v.Table = append(v.Table, bucketReport{"v4", depth, 128 >> min(depth, 4), 3, 2})
	}
	f := traffic{}
	w := krpc.Writer{Version: krpc.Version}
	for n := range 100 {
		f.passed(protocol.Time(n), n%2 == 0, protocol.Addr4(127<<24|1, 6881),
			w.FindNode(nil, []byte("aa"), krpc.ID{}, krpc.ID{Hi: uint64(n)}))
	}
	f.passed(100, true, protocol.Addr4(127<<24|1, 6881), []byte("rubbish\x1b[2J"))
	v.in, v.out, v.lately = f.in, f.out, f.lately
	require.EqualValues(t, 51, v.in.datagrams)
	require.EqualValues(t, 50, v.in.queries[krpc.FindNode])
	require.EqualValues(t, 1, v.in.junk)
	require.Len(t, v.lately, latelyMost)
	for _, size := range [][2]int{{200, 100}, {80, 24}, {40, 12}, {10, 5}, {1, 1}} {
		lines := v.frame(size[0], size[1])
		require.LessOrEqual(t, len(lines), size[1], fmt.Sprint(size))
		for _, line := range lines {
			require.LessOrEqual(t, utf8.RuneCountInString(line), size[0])
			require.NotContains(t, line, "\x1b", "what others send is no command for the terminal")
		}
	}
	text := strings.Join(v.frame(120, 60), "\n")
	for _, want := range []string{"table: 60 contacts, 50 of them good", "v4   0", "v4  19",
		"51.0/s", `junk "rubbish`} {
		require.Contains(t, text, want)
	}
	require.Regexp(t, `find_node +50 +50\n`, text)
	require.Contains(t, strings.Join(v.frame(80, 24), "\n"), "buckets ...")
}
