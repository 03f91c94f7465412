package torrents

import (
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/cmd/swarmlab/command"
	"swarmlab/cmd/swarmlab/trial"
	"swarmlab/protocol/metainfo"
)

// TestTorrentOverBothFamilies: who listens on an address of each has peers of each, whom it dials
// and who dial it, and each peer has one address.
func TestTorrentOverBothFamilies(t *testing.T) {
	if probe, err := net.Listen("tcp6", "[::1]:0"); err != nil {
		t.Skip("this machine has no IPv6 loopback address")
	} else {
		probe.Close()
	}
	l := newLoad(t, 3)
	file, tor := l.Torrent()
	_, four := l.Seeding(file, "--listen", "127.0.0.2:0", "--max-up", "2MiB")
	_, six := l.Seeding(file, "--listen", "[::1]:0", "--max-up", "2MiB")
	_, port, err := net.SplitHostPort(trial.VacantAddress(t))
	require.NoError(t, err)
	both := []string{"--listen", "[::1]:" + port, "--listen", "127.0.0.1:" + port}
	m := tor.Magnet()
	host, digits, err := net.SplitHostPort(six)
	require.NoError(t, err)
	m.Peers = []metainfo.Endpoint{endpointAt(four), endpointAt("x:" + digits)}
	m.Peers[1].Host = host
	for _, args := range [][]string{
		append([]string{file, "--peer", four, "--peer", six}, both...),
		append([]string{m.String()}, both...),
	} {
		_, r := l.fetch(args[0], args[1:]...)
		require.Equal(t, "127.0.0.1:"+port, r.Address)
		require.Equal(t, "[::1]:"+port, r.Address6)
		require.Len(t, r.Peers, 2)
		for _, p := range r.Peers {
			require.Contains(t, []string{four, six}, p.Peer)
			require.Greater(t, p.Useful, l.Size/6)
		}
	}

	seed, _ := l.Seeding(file, both...)
	for _, own := range []string{"127.0.0.1:", "[::1]:"} {
		_, r := l.fetch(file, "--peer", own+port)
		require.Equal(t, own+port, r.Peers[0].Peer)
	}
	_, err = seed.End()
	require.NoError(t, err)
	for _, bad := range [][]string{
		{"127.0.0.1:0", "[::1]:0"}, {"127.0.0.1:7000", "[::1]:7001"},
		{"127.0.0.1:7000", "127.0.0.2:7000"}, {"127.0.0.1:7000", "[::1]:7000", "[::2]:7000"},
	} {
		args := []string{"download", file, "--dir", t.TempDir()}
		for _, text := range bad {
			args = append(args, "--listen", text)
		}
		_, code, err := run(t.Context(), args...)
		require.Equal(t, command.Refused, code)
		require.ErrorContains(t, err, "--listen")
	}
}

// TestTorrentOfSomeFiles: a link that chooses files is refused, rather than all being downloaded.
func TestTorrentOfSomeFiles(t *testing.T) {
	l := newLoad(t, 1)
	_, tor := l.Torrent()
	_, code, err := run(t.Context(), "download", tor.Magnet().String()+"&so=0,2",
		"--dir", t.TempDir())
	require.Equal(t, command.Refused, code)
	require.ErrorContains(t, err, "take &so=... out of the link")
}

// TestLinksInDocuments: a link can be copied out of JSON as it is.
func TestLinksInDocuments(t *testing.T) {
	l := newLoad(t, 1)
	file, _ := l.Torrent("--tracker", "http://a.example/announce?a&b<c>")
	out, _, err := run(t.Context(), "info", file, "--json")
	require.NoError(t, err)
	s := clientServe(t, "seed", file, "--dir", l.Dir, "--listen", "127.0.0.1:0")
	require.Eventually(t, func() bool { return strings.Contains(s.Out.String(), `"url":`) },
		10*time.Second, 10*time.Millisecond)
	s.End()
	for _, text := range []string{out, s.Out.String()} {
		require.NotContains(t, text, `\u0026`)
		require.Contains(t, text, "a&b<c>")
	}
}
