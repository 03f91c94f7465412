package overlay

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/cmd/swarmlab/command"
	"swarmlab/cmd/swarmlab/trial"
)

const someHash = "0123456789abcdef0123456789abcdef01234567"

// servedMesh starts serving nodes with ids 1000..., 2000... and so on.
func servedMesh(t *testing.T, size int) []*served {
	t.Helper()
	all := []*served{serve(t, "--listen", "127.0.0.1:0", "--id", meshID(0))}
	for n := 1; n < size; n++ {
		s := serve(t, "--bootstrap", all[0].addr, "--id", meshID(n))
		require.Eventually(t, func() bool { return s.state().Contacts >= n },
			10*time.Second, time.Millisecond)
		all = append(all, s)
	}
	return all
}

func meshID(n int) string { return fmt.Sprintf("%x%039d", n+1, 0) }

func TestDHTCommandsAgainstServingNodes(t *testing.T) {
	all := servedMesh(t, 6)
	ctx := context.Background()
	for n, s := range all {
		require.Equal(t, meshID(n), s.id)
		require.True(t, strings.HasPrefix(s.addr, "127.0.0.1:"), s.addr)

		out, code, err := run(ctx, "ping", s.addr, "--json")
		require.NoError(t, err)
		require.Equal(t, command.Done, code)
		pong := trial.Document[PingReport](t, out)
		require.Equal(t, s.id, pong.ID)
		require.Positive(t, *pong.RTT)
		require.Equal(t, "SM 0.1", pong.Client)

		out, _, err = run(ctx, "find-node", s.id, "--bootstrap", all[0].addr, "--json")
		require.NoError(t, err)
		found := trial.Document[LookupReport](t, out)
		require.Equal(t, s.addr, found.Nodes[0].Address)
		require.Equal(t, s.id, found.Nodes[0].ID)
		require.Len(t, found.Nodes, len(all))
		for _, node := range found.Nodes {
			want := 2
			if node.Address == all[0].addr {
				want = 1
			}
			require.Equal(t, want, node.Hops)
			require.Positive(t, node.RTT)
		}
		require.Equal(t, 2, found.Hops.Total)
		require.Equal(t, 1, found.Entries)
	}

	out, code, err := run(ctx, "get-peers", someHash, "--bootstrap", all[1].addr, "--json")
	require.ErrorContains(t, err, "no peers of "+someHash)
	require.Equal(t, command.Failed, code)
	none := trial.Document[LookupReport](t, out)
	require.Empty(t, none.Peers)
	require.Equal(t, err.Error(), none.Error)

	out, _, err = run(ctx, "announce", someHash, "--port", "4321", "--bootstrap", all[2].addr)
	require.NoError(t, err)
	require.Contains(t, out, "port 4321 stored by 6 nodes\n")

	out, _, err = run(ctx, "get-peers", someHash, "--bootstrap", all[3].addr, "--json")
	require.NoError(t, err)
	require.Equal(t, []string{"127.0.0.1:4321"}, trial.Document[LookupReport](t, out).Peers)

	out, _, err = run(ctx, "get-peers", someHash, "--bootstrap", all[3].addr)
	require.NoError(t, err)
	require.Contains(t, out, "\npeer 127.0.0.1:4321\n")
}

func TestDHTOverIPv6(t *testing.T) {
	if probe, err := net.ListenUDP("udp6", &net.UDPAddr{IP: net.IPv6loopback}); err != nil {
		t.Skip("this machine has no IPv6 loopback address")
	} else {
		probe.Close()
	}
	first := serve6(t)
	second := serve6(t, "--bootstrap", first.addr)
	require.Eventually(t, func() bool { return second.state().Contacts == 1 },
		10*time.Second, time.Millisecond)
	ctx := context.Background()
	out, _, err := run(ctx, "announce", someHash, "--port", "4321", "--bootstrap", first.addr)
	require.NoError(t, err)
	require.Contains(t, out, "port 4321 stored by 2 nodes\n")
	out, _, err = run(ctx, "get-peers", someHash, "--bootstrap", second.addr, "--json")
	require.NoError(t, err)
	require.Equal(t, []string{"[::1]:4321"}, trial.Document[LookupReport](t, out).Peers)
}

func serve6(t *testing.T, args ...string) *served {
	return serve(t, append([]string{"--listen", "[::1]:0"}, args...)...)
}

func TestDHTServeEndsWellAndTellsAll(t *testing.T) {
	s := serve(t, "--listen", "127.0.0.1:0")
	out, _, err := run(context.Background(), "ping", s.addr)
	require.NoError(t, err)
	require.Contains(t, out, s.id+" is at "+s.addr)
	code, err := s.End()
	require.NoError(t, err)
	require.Equal(t, command.Done, code, "Ctrl-C is the normal end of serve")
	last := s.state()
	require.EqualValues(t, 1, last.Counters["answered"])
	require.EqualValues(t, 1, last.Socket.Received, "the last line has the last state")
	for _, line := range s.Lines() {
		require.True(t, json.Valid([]byte(line)))
	}
}

func TestDHTServeForPeople(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	out, code, err := run(ctx, "serve", "--listen", "127.0.0.1:0", "--id", someHash)
	require.NoError(t, err)
	require.Equal(t, command.Done, code)
	require.True(t, strings.HasPrefix(out, "node "+someHash+" at 127.0.0.1:"), out)
	require.Contains(t, out, "table 0 (0 good) in 1 bucket; answered 0")
}

func TestDHTNobodyAnswers(t *testing.T) {
	silent, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	require.NoError(t, err)
	defer silent.Close()
	addr := silent.LocalAddr().String()

	out, code, err := run(context.Background(), "ping", addr, "--timeout", "90ms", "--json")
	require.ErrorContains(t, err, "no answer from "+addr+" within 90ms")
	require.Equal(t, command.Failed, code)
	require.Equal(t, err.Error(), trial.Document[PingReport](t, out).Error)
	b := make([]byte, 100)
	for range greetTries {
		silent.SetReadDeadline(time.Now().Add(time.Second))
		_, err := silent.Read(b)
		require.NoError(t, err, "a ping that is not answered is repeated")
	}

	out, code, err = run(context.Background(), "find-node", someHash, "--timeout", "100ms",
		"--bootstrap", addr)
	require.ErrorContains(t, err, "nobody answered 3 pings of "+addr)
	require.Equal(t, command.Failed, code)
	require.Empty(t, out)
}

func TestDHTInterrupted(t *testing.T) {
	silent, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	require.NoError(t, err)
	defer silent.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Millisecond)
	defer cancel()
	_, code, err := run(ctx, "find-node", someHash, "--bootstrap", silent.LocalAddr().String())
	require.ErrorContains(t, err, "interrupted")
	require.Equal(t, command.Interrupted, code)
}

func TestDHTRefusesBadInput(t *testing.T) {
	for line, hint := range map[string]string{
		"ping":                                     "HOST:PORT is missing",
		"ping a b":                                 `"b" is one argument too many`,
		"ping 127.0.0.1":                           "write HOST:PORT, for example",
		"ping 127.0.0.1:0":                         `port "0" is not a number from 1 to 65535`,
		"ping 127.0.0.1:99999":                     `port "99999" is not a number`,
		"ping :6881":                               "write HOST:PORT, for example",
		"ping no..name:6881":                       "no IPv4 address is known for this name",
		"ping 127.0.0.1:9 --timeout 0s":            "--timeout 0s is too short",
		"ping 127.0.0.1:9 --timeout x":             "invalid argument",
		"find-node 12":                             "ID \"12\" is not 40 hexadecimal digits",
		"find-node HASH":                           "--bootstrap is missing",
		"get-peers HASHx":                          "INFOHASH",
		"announce HASH ENTRY":                      "--port is missing",
		"announce HASH ENTRY --port 65536":         "from 1 to 65535",
		"find-node HASH --bootstrap [::1]:9 ENTRY": "separate networks",
		"find-node HASH ENTRY --listen [::1]:0":    "separate networks",
		"find-node HASH --bootstap 127.0.0.1:9":    "unknown flag",
		"serve --listen 127.0.0.1":                 "--listen \"127.0.0.1\" is not",
		"serve --id xyz":                           "--id \"xyz\" is not 40 hexadecimal",
		"serve --every 0s":                         "--every 0s is too short",
		"serve now":                                "one argument too many",
		"pong":                                     `no command "pong"`,
	} {
		line = strings.ReplaceAll(line, "HASH", someHash)
		line = strings.ReplaceAll(line, "ENTRY", "--bootstrap 127.0.0.1:9")
		out, code, err := run(context.Background(), strings.Fields(line)...)
		require.ErrorContains(t, err, hint, line)
		require.Equal(t, command.Refused, code, line)
		require.Empty(t, out, line)
	}
}

func TestDHTListenFailureIsAFailure(t *testing.T) {
	s := serve(t, "--listen", "127.0.0.1:0")
	_, code, err := run(context.Background(), "serve", "--listen", s.addr)
	require.ErrorContains(t, err, "address already in use")
	require.Equal(t, command.Failed, code)
}

func TestDHTDefaultListen(t *testing.T) {
	for _, c := range []struct{ seeds, want string }{
		{"", "0.0.0.0:0"}, {"127.0.0.1:1", "127.0.0.1:0"}, {"127.0.0.1:1 10.0.0.1:1", "0.0.0.0:0"},
		{"[::1]:1", "[::1]:0"}, {"[::1]:1 [2001:db8::1]:1", "[::]:0"},
	} {
		f := flags{}
		node, _, err := f.enter(context.Background(), "--bootstrap", strings.Fields(c.seeds))
		if strings.HasPrefix(c.want, "[") && err != nil {
			t.Log("no IPv6 here:", err)
			continue
		}
		require.NoError(t, err)
		node.Close()
		require.Equal(t, c.want, f.listen)
	}
}
