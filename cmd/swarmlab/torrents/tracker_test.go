package torrents

import (
	"context"
	"encoding/hex"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/cmd/swarmlab/command"
	"swarmlab/cmd/swarmlab/trial"
	"swarmlab/protocol"
	"swarmlab/protocol/live/httptracker"
	"swarmlab/protocol/tracker"
)

// tracking is a running `torrent tracker --json`.
type tracking struct {
	*trial.Running
	http, udp string // the first announce URL of each
	https     []string
	udps      []string
}

func startTracker(t *testing.T, args ...string) *tracking {
	t.Helper()
	k := &tracking{Running: trial.Background(t, NewCommand(), append([]string{"tracker",
		"--http", "127.0.0.1:0", "--udp", "127.0.0.1:0"}, args...)...)}
	t.Cleanup(func() {
		code, err := k.End()
		require.NoError(t, err)
		require.Equal(t, command.Done, code, "Ctrl-C is the normal end of a tracker")
	})
	k.Spoken()
	for _, url := range k.state().Addresses {
		if strings.HasPrefix(url, "udp") {
			k.udps = append(k.udps, url)
		} else {
			k.https = append(k.https, url)
		}
	}
	k.udp, k.http = k.udps[0], k.https[0]
	return k
}

// state returns the latest line.
func (k *tracking) state() (r TrackerReport) {
	k.Last(&r)
	return r
}

func TestTrackerOverHTTPAndUDP(t *testing.T) {
	k := startTracker(t, "--interval", "10s")
	first := startAnnouncer(t, tracker.Totals{Left: 7}, 1111, k.udp)
	first.until("announced", func() bool { return first.tally().Answered == 1 })
	q := tracker.Request{PeerID: [20]byte{1}, Addr: protocol.Addr4(0, 2222), Want: 5}
	var r tracker.Reply
	require.NoError(t, httptracker.Announce(context.Background(), k.http, &q, &r))
	require.Equal(t, "127.0.0.1:1111", r.Peers[0].Addr.String(), "one store for both")
	require.Equal(t, 10*time.Second, r.Interval)
	second := startAnnouncer(t, tracker.Totals{Left: 7}, 3333, k.udp)
	second.until("announced", func() bool { return second.tally().Answered == 1 })
	require.ElementsMatch(t, []string{"127.0.0.1:1111", "127.0.0.1:2222"}, second.found())
	second.leave()
	k.End()
	s := k.state()
	require.Equal(t, 1, s.Swarms)
	require.Equal(t, 2, s.Peers)
	require.Equal(t, 1, s.Seeds)
	require.EqualValues(t, 4, s.Tracker.Announces)
	require.EqualValues(t, 1, s.Tracker.Stopped)
	require.EqualValues(t, 1, s.Requests)
	require.Empty(t, s.Dropped)
	require.EqualValues(t, s.Socket.Received, s.Socket.Sent)
}

func TestTrackerAllowsOnlyWhatItIsTold(t *testing.T) {
	k := startTracker(t, "--allow", listedHash)
	q := tracker.Request{PeerID: [20]byte{1}, Addr: protocol.Addr4(0, 2222)}
	var r tracker.Reply
	require.NoError(t, httptracker.Announce(context.Background(), k.http, &q, &r))
	require.Equal(t, "unregistered torrent", r.Failure)
	hash, err := hex.DecodeString(listedHash)
	require.NoError(t, err)
	q.InfoHash = [20]byte(hash)
	require.NoError(t, httptracker.Announce(context.Background(), k.http, &q, &r))
	require.Empty(t, r.Failure)
}

func TestTrackerForPeople(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var out trial.Output
	code, err := trial.RunTo(ctx, NewCommand(), &out, "tracker", "--http", "127.0.0.1:0")
	require.NoError(t, err)
	require.Equal(t, command.Done, code)
	require.Regexp(t, `^tracker at http://127.0.0.1:\d+/announce\n`+
		`0s: 0 torrents, 0 peers \(0 seeds\); announces 0,`, out.String())
	require.Contains(t, out.String(), "\ntracked for 0s\n")
}

func TestTrackerRefusesBadInput(t *testing.T) {
	k := startTracker(t)
	taken := strings.TrimSuffix(strings.TrimPrefix(k.http, "http://"), "/announce")
	takenUDP := strings.TrimSuffix(strings.TrimPrefix(k.udp, "udp://"), "/announce")
	const failed, refused = command.Failed, command.Refused
	for line, want := range map[string]struct {
		hint string
		code int
	}{
		"--http 127.0.0.1":                        {"--http \"127.0.0.1\" is not a host", refused},
		"--udp 127.0.0.1:99999":                   {"port \"99999\" is not a number", refused},
		"--interval 0s":                           {"--interval 0s is not from 1s", refused},
		"--interval 25h":                          {"--interval 25h0m0s is not from 1s", refused},
		"--every 0s":                              {"--every 0s is too short", refused},
		"--allow 12":                              {"not 40 hexadecimal digits", refused},
		"now":                                     {"one argument too many", refused},
		"--udp 127.0.0.1:0 --udp 127.0.0.1:0":     {"of one family", failed},
		"--udp 127.0.0.1:0 --http " + taken:       {"address already in use", failed},
		"--http 127.0.0.1:0 --udp " + takenUDP:    {"address already in use", failed},
		"--http 127.0.0.1:0 --htp 127.0.0.1:8080": {"unknown flag", refused},
	} {
		var out trial.Output
		code, err := trial.RunTo(context.Background(), NewCommand(), &out,
			append([]string{"tracker"}, strings.Fields(line)...)...)
		require.ErrorContains(t, err, want.hint, line)
		require.Equal(t, want.code, code, line)
		require.Empty(t, out.String(), line)
	}
}

// A tracker of both families names the peers of each.
func TestTrackerOverIPv6(t *testing.T) {
	if probe, err := net.Listen("tcp6", "[::1]:0"); err != nil {
		t.Skip("this machine has no IPv6 loopback address")
	} else {
		probe.Close()
	}
	k := startTracker(t, "--udp", "[::1]:0", "--http", "[::1]:0")
	four := startAnnouncer(t, tracker.Totals{Left: 7}, 1111, k.udps[0])
	four.until("announced", func() bool { return four.tally().Answered == 1 })
	q := tracker.Request{PeerID: [20]byte{1}, Addr: protocol.Addr4(0, 2222), Want: 5,
		Totals: tracker.Totals{Left: 7}}
	var r tracker.Reply
	require.NoError(t, httptracker.Announce(context.Background(), k.https[1], &q, &r))
	require.Equal(t, "::1", r.External.AddrPort().Addr().String())
	require.Equal(t, "127.0.0.1:1111", r.Peers[0].Addr.String())
	q.PeerID, q.Dictionary = [20]byte{2}, true
	require.NoError(t, httptracker.Announce(context.Background(), k.https[0], &q, &r))
	require.Len(t, r.Peers, 2, "peers of both families, also as dictionaries")
	require.Contains(t, []string{r.Peers[0].Addr.String(), r.Peers[1].Addr.String()}, "[::1]:2222")
}

const listedHash = "0123456789abcdef0123456789abcdef01234567"
