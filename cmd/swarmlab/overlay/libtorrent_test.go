package overlay

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/cmd/swarmlab/command"
	"swarmlab/cmd/swarmlab/trial"
	"swarmlab/protocol/krpc"
)

// libtorrentMesh is a process with libtorrent sessions on 127.0.0.1.
type libtorrentMesh struct {
	t      *testing.T
	ctx    context.Context
	in     io.Writer
	events chan meshEvent
	ports  []int
}

// meshEvent is a line of the process's output.
type meshEvent struct {
	Ports    []int
	Session  int
	Infohash string
	Peers    []string
}

func startLibtorrent(t *testing.T, sessions int, bootstrap ...string) *libtorrentMesh {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), trial.InteropTime)
	args := append([]string{"testdata/libtorrent_dht.py", strconv.Itoa(sessions)}, bootstrap...)
	c := exec.CommandContext(ctx, trial.SystemPython, args...)
	c.Stderr = os.Stderr
	in, err := c.StdinPipe()
	require.NoError(t, err)
	out, err := c.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, c.Start())
	m := &libtorrentMesh{t: t, ctx: ctx, in: in, events: make(chan meshEvent, 64)}
	read := make(chan struct{})
	go func() {
		defer close(read)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			var e meshEvent
			if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
				t.Errorf("libtorrent's output: %v: %s", err, lines.Bytes())
			}
			m.events <- e
		}
	}()
	t.Cleanup(func() {
		cancel()
		<-read
		c.Wait()
	})
	m.ports = m.next().Ports
	require.Len(t, m.ports, sessions)
	return m
}

func (m *libtorrentMesh) next() meshEvent {
	m.t.Helper()
	select {
	case e := <-m.events:
		return e
	case <-m.ctx.Done():
		m.t.Fatal("libtorrent found nothing in time")
		panic("unreachable")
	}
}

func (m *libtorrentMesh) tell(format string, args ...any) {
	_, err := fmt.Fprintf(m.in, format+"\n", args...)
	require.NoError(m.t, err)
}

func (m *libtorrentMesh) addr(session int) string {
	return fmt.Sprintf("127.0.0.1:%d", m.ports[session])
}

// until repeats try until it succeeds.
func (m *libtorrentMesh) until(what string, try func() bool) {
	m.t.Helper()
	for !try() {
		select {
		case <-m.ctx.Done():
			m.t.Fatal("not in time: ", what)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// ids pings every session.
func (m *libtorrentMesh) ids() (ids []string) {
	for n := range m.ports {
		m.until("ping", func() bool {
			out, _, err := run(m.ctx, "ping", m.addr(n), "--json")
			if err != nil {
				return false
			}
			pong := trial.Document[PingReport](m.t, out)
			require.Regexp(m.t, "^LT ", pong.Client)
			ids = append(ids, pong.ID)
			return true
		})
	}
	return ids
}

// findAll looks for each id through entry until it is found at its address.
func (m *libtorrentMesh) findAll(entry string, ids []string) {
	for n, id := range ids {
		m.until("find-node "+id, func() bool {
			out, _, err := run(m.ctx, "find-node", id, "--bootstrap", entry, "--json")
			if err != nil {
				return false
			}
			r := trial.Document[LookupReport](m.t, out)
			return r.Nodes[0].ID == id && r.Nodes[0].Address == m.addr(n)
		})
	}
}

// findPeer looks for a peer that a session announces, through entry. libtorrent announces once for
// each time it is told to, and its table may not be ready the first time.
func (m *libtorrentMesh) findPeer(entry string, session int, infoHash string) {
	m.until("get-peers of what libtorrent announced", func() bool {
		m.tell("announce %d %s", session, infoHash)
		out, code, _ := run(m.ctx, "get-peers", infoHash, "--bootstrap", entry, "--json")
		if code != command.Done {
			return false
		}
		require.Equal(m.t, []string{m.addr(session)}, trial.Document[LookupReport](m.t, out).Peers)
		return true
	})
}

// sessionsFind has libtorrent find a peer that we announced through entry.
func (m *libtorrentMesh) sessionsFind(entry string, infoHash string) {
	m.until("announce", func() bool {
		out, code, _ := run(m.ctx, "announce", infoHash, "--port", "4321", "--bootstrap", entry,
			"--json")
		return code == command.Done && *trial.Document[LookupReport](m.t, out).Stored >= 2
	})
	for n := range m.ports {
		m.tell("find %d %s", n, infoHash)
	}
	left := make(map[int]bool)
	for n := range m.ports {
		left[n] = true
	}
	for len(left) > 0 {
		e := m.next()
		require.Equal(m.t, infoHash, e.Infohash)
		require.Equal(m.t, []string{"127.0.0.1:4321"}, e.Peers)
		delete(left, e.Session)
	}
}

// peerAt asks one node, without a lookup, for a peer that it stores.
func peerAt(t *testing.T, addr, infoHash string) string {
	conn, err := net.Dial("udp", addr)
	require.NoError(t, err)
	defer conn.Close()
	target, err := krpc.ParseID(infoHash)
	require.NoError(t, err)
	w := krpc.Writer{ReadOnly: true}
	_, err = conn.Write(w.GetPeers(nil, []byte("aa"), krpc.ID{Lo: 1}, target))
	require.NoError(t, err)
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(5*time.Second)))
	b := make([]byte, 2048)
	n, err := conn.Read(b)
	require.NoError(t, err)
	var m krpc.Message
	require.Equal(t, krpc.OK, krpc.Decode(b[:n], &m))
	peers := krpc.Peers(m.Values)
	if peer, ok := peers.Next(); ok {
		return peer.String()
	}
	return ""
}

const (
	oursHash   = "a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3"
	theirsHash = "5051525354555657585950515253545556575859"
)

// Our commands enter a network of libtorrent nodes only.
func TestLibtorrentNetwork(t *testing.T) {
	trial.NeedLibtorrent(t)
	t.Parallel()
	if !trial.Isolated(t) {
		return
	}
	m := startLibtorrent(t, 6)
	m.findAll(m.addr(0), m.ids())
	m.findPeer(m.addr(3), 5, theirsHash)
	m.sessionsFind(m.addr(2), oursHash)
}

// libtorrent enters through a node of ours, which is also the entry of our commands.
func TestLibtorrentEntersThroughUs(t *testing.T) {
	trial.NeedLibtorrent(t)
	t.Parallel()
	if !trial.Isolated(t) {
		return
	}
	ours := serve(t, "--listen", "127.0.0.1:0")
	m := startLibtorrent(t, 4, ours.addr)
	m.until("our node knows all of libtorrent's", func() bool {
		return ours.state().Contacts >= len(m.ports)
	})
	m.findAll(ours.addr, m.ids())
	m.findPeer(ours.addr, 2, theirsHash)
	m.sessionsFind(ours.addr, oursHash)
	require.Equal(t, "127.0.0.1:4321", peerAt(t, ours.addr, oursHash))
	_, err := ours.End()
	require.NoError(t, err)
	c := ours.state().Counters
	require.GreaterOrEqual(t, c["answered"], uint64(2*len(m.ports)))
	require.Zero(t, c["junk"]+c["bad_argument"]+c["unknown_method"]+c["bad_contacts"])
}

// Serving nodes of both kinds form one network.
func TestLibtorrentMixedNetwork(t *testing.T) {
	trial.NeedLibtorrent(t)
	t.Parallel()
	if !trial.Isolated(t) {
		return
	}
	ours := servedMesh(t, 4)
	m := startLibtorrent(t, 4, ours[0].addr)
	m.findAll(ours[3].addr, m.ids())
	m.findPeer(ours[2].addr, 1, theirsHash)
	m.sessionsFind(ours[1].addr, oursHash)
	for _, s := range ours[1:] { // libtorrent never announces to nodes it bootstrapped from
		m.until("libtorrent announces to our node", func() bool {
			m.tell("announce 1 %s", theirsHash)
			return peerAt(t, s.addr, theirsHash) == m.addr(1)
		})
		require.Equal(t, "127.0.0.1:4321", peerAt(t, s.addr, oursHash))
	}
}
